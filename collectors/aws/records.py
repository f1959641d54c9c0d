"""From records to assets and relationships: settle where each record comes from, map it, then join what several records say."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from collectors.aws import terraform
from collectors.aws.answer import Answer
from collectors.aws.arn import home_of, short_name
from collectors.aws.links import links
from collectors.aws.services import ABSENT, FACTS, MAPPERS
from collectors.aws.shape import Odd
from graph.estate import Piece
from graph.model import Asset, Evidence, Record, Relationship

_CATALOGUE = {"AWS::Bedrock::FoundationModel", "AWS::Bedrock::InferenceProfile"}
T = TypeVar("T")
_ACCOUNT = "AWS::Account::Account"


def map_records(records: Iterable[Record], odd: Odd | None = None) -> Iterator[Piece]:
    """Everything that AWS records say, in an order that does not depend on theirs.

    Files may hold anything: the ids of records that are not built as AWS builds its answers are added to `odd`.
    """
    odd = [] if odd is None else odd
    answers = _answers(records, odd)
    pieces = list(_without_unused(_mapped(answers, odd)))
    yield from pieces
    yield from links(pieces)
    yield from _contents(pieces)
    yield from _accounts(answers, pieces)
    yield from _names(pieces)


def _answers(records: Iterable[Record], odd: Odd) -> Sequence[Answer]:
    """What can be mapped; an error that means "not set" counts as an empty answer."""
    found = [
        (record.id, record)
        for record in records
        if (record.operation in MAPPERS or record.operation.startswith(terraform.PREFIX))
        and (not record.error or _means_absent(record))
    ]
    found.sort(key=lambda item: (item[1].operation, item[0]))
    homes = [_home(record) for _, record in found]
    account = _commonest(account for account, _ in homes)
    region = _commonest(region for _, region in homes)
    answers = [
        Answer(
            record=record_id,
            operation=record.operation,
            account=home[0] or account,
            region=home[1] or ("" if record.operation in _GLOBAL else region),
            params=record.params,
            body={} if record.error else record.body,
        )
        for (record_id, record), home in zip(found, homes, strict=True)
    ]
    resources = [a for a in answers if a.operation.startswith(terraform.PREFIX)]
    native = [a for a in answers if a.operation in MAPPERS]
    return _informed([*native, *terraform.translated(resources)], odd)


_GLOBAL = {name for name in MAPPERS if name.partition(":")[0] in {"iam", "organizations", "s3"}}


def _means_absent(record: Record) -> bool:
    return bool(record.error and record.error.code in ABSENT.get(record.operation, ()))


def _home(record: Record) -> tuple[str, str]:
    """Account and region of a record; files often name them only inside ARNs."""
    scope = record.scope
    if scope.account and (scope.region or record.operation in _GLOBAL):
        return scope.account, scope.region
    account, region = home_of(record.body)
    if record.operation in _GLOBAL:
        region = ""
    return scope.account or account, scope.region or region


def _commonest(values: Iterable[str]) -> str:
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda text: (-counts[text], text)) if counts else ""


def _informed(answers: Sequence[Answer], odd: Odd) -> Sequence[Answer]:
    """The answers, each knowing what the others say of names."""
    known: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for answer in answers:
        if facts := FACTS.get(answer.operation):
            for what, name, value in _taken(facts(answer), answer, odd):
                known[what, answer.account][name] = value
    return [replace(answer, known=known) for answer in answers]


def _taken(found: Iterator[T], answer: Answer, odd: Odd) -> Iterable[T]:
    """All that an answer gives, or nothing where it is not built as such answers are."""
    try:
        return list(found)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        odd.append(answer.record)
        return ()


def _mapped(answers: Iterable[Answer], odd: Odd) -> Iterator[Piece]:
    translated: list[Piece] = []
    for answer in answers:
        pieces = _taken(MAPPERS[answer.operation](answer), answer, odd)
        if answer.origin:
            translated.extend(terraform.restored(pieces, answer.origin))
        else:
            yield from pieces
    yield from terraform.joined(translated)


def _without_unused(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Leave out what AWS offers to everybody (hundreds of models) and nothing here uses."""
    found = list(pieces)
    offered = {p.id for p in found if isinstance(p, Asset) and p.kind in _CATALOGUE}
    edges = [p for p in found if isinstance(p, Relationship)]
    used = {e.target for e in edges if e.source not in offered} & offered
    used |= {e.target for e in edges if e.source in used}
    unused = offered - used
    for piece in found:
        owner = piece.id if isinstance(piece, Asset) else piece.source
        if owner not in unused:
            yield piece


def _contents(pieces: Iterable[Piece]) -> Iterator[Relationship]:
    """Account -CONTAINS-> every described asset of the account."""
    seen: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Relationship) or piece.id in seen or not piece.account:
            continue
        seen.add(piece.id)
        if piece.kind != _ACCOUNT:
            yield Relationship(
                source=f"arn:aws:iam::{piece.account}:root",
                kind="CONTAINS",
                target=piece.id,
                evidence=tuple(
                    Evidence(record=proof.record, pointer=proof.pointer)
                    for proof in piece.evidence[:1]
                ),
            )


def _accounts(answers: Iterable[Answer], pieces: Iterable[Piece]) -> Iterator[Asset]:
    """Every account that an answer came from or that owns something, under its number if it has no name."""
    numbers = {answer.account for answer in answers if answer.account}
    numbers |= {piece.account for piece in pieces if isinstance(piece, Asset) and piece.account}
    for number in sorted(numbers):
        yield Asset(id=f"arn:aws:iam::{number}:root", kind=_ACCOUNT, name=number, account=number)


def _names(pieces: Iterable[Piece]) -> Iterator[Asset]:
    """A name from the id for assets that no answer names."""
    nameless: dict[str, Asset] = {}
    named: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Asset):
            if piece.name:
                named.add(piece.id)
            else:
                nameless.setdefault(piece.id, piece)
    for asset_id, asset in nameless.items():
        if asset_id not in named and asset.kind != _ACCOUNT:
            yield Asset(
                id=asset_id,
                kind=asset.kind,
                name=short_name(asset_id),
                account=asset.account,
                region=asset.region,
            )
