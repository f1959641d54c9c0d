"""From records to assets and relationships: map every item, settle one spelling for each id, join what several records say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from collectors.azure import agents, authorization, entra, hierarchy, search, terraform
from collectors.azure.answer import Answer, Odd
from collectors.azure.ids import last
from collectors.azure.links import links
from collectors.azure.shape import resource
from collectors.azure.spelling import settled
from graph.estate import Piece
from graph.model import Asset, Record

PREFIXES = ("arm:", "graph:")
_INSIDE = {**agents.MAPPERS, **search.MAPPERS}  # what services tell of their own contents


def map_records(records: Iterable[Record], odd: Odd | None = None) -> Iterator[Piece]:
    """Everything that Azure and Entra records say, in an order that does not depend on theirs.

    The ids of records that are not built as the APIs build their answers are added to `odd`.
    """
    odd = [] if odd is None else odd
    found = [
        (record.operation, record.id, record)
        for record in records
        if record.operation.startswith((*PREFIXES, *terraform.PREFIXES)) and record.error is None
    ]
    answers = [
        Answer(
            record=record_id,
            operation=operation,
            account=record.scope.account,
            params=record.params,
            body=record.body,
        )
        for operation, record_id, record in sorted(found, key=lambda item: item[:2])
    ]
    pieces = _kinds(settled([*_told(answers, odd), *_configured(answers, odd)]))
    yield from pieces
    yield from links(pieces)


def _told(answers: Iterable[Answer], odd: Odd) -> Iterator[Piece]:
    """What ARM and Microsoft Graph answered."""
    for answer in answers:
        if answer.operation.startswith(PREFIXES):
            yield from _mapped(answer, odd)


def _configured(answers: Iterable[Answer], odd: Odd) -> Iterator[Piece]:
    """What Terraform holds, as if they had answered."""
    yield from terraform.joined(
        piece
        for resource in answers
        if resource.operation.startswith(terraform.PREFIXES)
        for answer in terraform.translated(resource)
        for piece in terraform.led_back(resource, answer, _mapped(answer, odd))
    )


def _mapped(answer: Answer, odd: Odd) -> Sequence[Piece]:
    """All pieces of an answer, or none where it is not built as such answers are."""
    try:
        return [
            piece
            for pointer, item in answer.items()
            if isinstance(item, Mapping)
            for piece in _item(answer, item, pointer)
        ] + list(_emptiness(answer))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        odd.append(answer.record)
        return ()


def _item(answer: Answer, item: Mapping[str, Any], pointer: str) -> Iterator[Piece]:
    if answer.operation.startswith("graph:"):
        mapper = entra.MAPPERS.get(answer.operation)
        yield from mapper(answer, item, pointer) if mapper else ()
    elif answer.operation in _INSIDE and not str(item.get("id", "")).startswith("/"):
        yield from _INSIDE[answer.operation](answer, item, pointer)
    elif rule := authorization.mapper_for(answer, item):
        yield from rule(answer, item, pointer)
    elif hierarchy.is_container(item):
        yield from hierarchy.container(answer, item, pointer)
    else:
        yield from resource(answer, item, pointer)
        yield from hierarchy.diagnostics(answer, item, pointer)
        yield from hierarchy.perimeter(answer, item, pointer)


def _emptiness(answer: Answer) -> Iterator[Piece]:
    """A list of one group's members that was read: known whole, be it empty."""
    if answer.operation == "graph:groups/members" and not answer.origin:
        group = " ".join(str(value) for value in answer.params.values()).lower()
        if group:
            yield Asset(
                id=group,
                kind="Microsoft.Graph/groups",
                name="",
                properties={"members_read": True},
                evidence=(answer.evidence("", {"members_read": "/value"}),),
            )


_VAGUE = {"Microsoft.Graph/directoryObjects": 0, "Microsoft.Graph/servicePrincipals": 1}


def _kinds(pieces: Sequence[Piece]) -> list[Piece]:
    """One kind for each asset: the most telling of those that its pieces claim; no empty names."""
    kinds: dict[str, str] = {}
    named: dict[str, str] = {}
    for piece in pieces:
        if isinstance(piece, Asset):
            known = kinds.get(piece.id)
            if known is None or _VAGUE.get(piece.kind, 2) > _VAGUE.get(known, 2):
                kinds[piece.id] = piece.kind
            if piece.name and piece.name != last(piece.id):
                named.setdefault(piece.id, piece.name)
    return [
        replace(
            piece,
            kind=kinds[piece.id],
            name=named.get(piece.id) or piece.name or last(piece.id),
        )
        if isinstance(piece, Asset)
        else piece
        for piece in pieces
    ]
