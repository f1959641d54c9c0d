"""From records to assets and relationships: map every item, settle one id for each thing, join what several records say."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from collectors.gcp import accounts, hierarchy, names, policies, terraform
from collectors.gcp.answer import PREFIX, Answer, Odd, Piece, Thing
from collectors.gcp.identity import asset_id
from collectors.gcp.item import read, text
from collectors.gcp.links import links
from collectors.gcp.shape import shapes
from collectors.gcp.spelling import settled
from graph.model import Asset, Record, Relationship
from graph.schema import load_schema

_PROOFS = 8  # of one relationship
Mapper = Callable[[Thing], Iterator[Piece]]

MAPPERS: Mapping[str, Mapper] = {
    **dict.fromkeys(hierarchy.KINDS, hierarchy.container),
    hierarchy.BINDING: hierarchy.tag_binding,
    accounts.ACCOUNT: accounts.service_account,
    accounts.KEY: accounts.account_key,
    accounts.POOL: accounts.pool,
    accounts.PROVIDER: accounts.provider,
    "iam.googleapis.com/WorkforcePool": accounts.pool,
    "iam.googleapis.com/WorkforcePoolProvider": accounts.provider,
    accounts.GROUP: accounts.group,
    accounts.MEMBERSHIP: accounts.membership,
    accounts.USER: accounts.user,
    "aiplatform.googleapis.com/RagFile": accounts.rag_file,
    policies.ALLOW: policies.allow,
    policies.ROLE: policies.role,
    policies.DENY: policies.deny,
    policies.BOUNDARY: policies.boundary,
    policies.BINDING: policies.binding,
    policies.ORG: policies.org_policy,
    "accesscontextmanager.googleapis.com/AccessPolicy": policies.access,
    "accesscontextmanager.googleapis.com/AccessLevel": policies.access,
    "accesscontextmanager.googleapis.com/ServicePerimeter": policies.access,
}


def map_records(records: Iterable[Record], odd: Odd | None = None) -> Iterator[Piece]:
    """Everything that Google Cloud records say, in an order that does not depend on theirs.

    The ids of records that are not built as the APIs build their answers are added to `odd`.
    """
    odd = [] if odd is None else odd
    found = [
        (record.operation, record.id, record)
        for record in records
        if record.operation.startswith((PREFIX, terraform.PREFIX)) and record.error is None
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
    native = [answer for answer in answers if answer.operation.startswith(PREFIX)]
    states = [answer for answer in answers if answer.operation.startswith(terraform.PREFIX)]
    told, stood_for = _of_terraform(states, odd)
    raw = [piece for answer in native for piece in _mapped(answer, odd)]
    pieces = settled([*told, *raw], _stand_ins([*stood_for, *native]))  # what the APIs say counts
    pieces = list(_joined(list(_proved_enough(pieces))))
    pieces += list(links(pieces))
    yield from _described(pieces)
    yield from _names(pieces)


def _of_terraform(resources: Sequence[Answer], odd: Odd) -> tuple[list[Piece], list[Answer]]:
    """What resources of a state say, and the answers that they stand for."""
    pieces: list[Piece] = []
    answers: list[Answer] = []
    for resource in resources:
        for answer, origin in terraform.translated(resource):
            answers.append(answer)
            pieces += terraform.led_back(_mapped(answer, odd), origin)
    return list(terraform.joined(pieces)), answers


def _mapped(answer: Answer, odd: Odd) -> Sequence[Piece]:
    """All pieces of an answer, or none where it is not built as such answers are."""
    seen: set[tuple[str, ...]] = set()
    try:
        return [
            *(
                piece
                for thing in answer.things()
                for piece in (*_thing(thing), *hierarchy.ancestors(thing, seen))
            ),
            *_emptiness(answer),
        ]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        odd.append(answer.record)
        return ()


def _thing(thing: Thing) -> Iterator[Piece]:
    kind = thing.answer.kind
    if mapper := MAPPERS.get(kind):
        yield from mapper(thing)
    elif shape := shapes().get(kind):
        yield from shape.pieces(thing)
    if thing.shallow and kind in load_schema().kinds and (owner := asset_id(kind, thing)):
        yield from _found(thing, owner, kind)


def _found(thing: Thing, owner: str, kind: str) -> Iterator[Piece]:
    """What a search result tells beside the name."""
    yield from hierarchy.effective_tags(thing, owner, kind)
    keys = read(thing.item, "/kmsKeys") or [read(thing.item, "/kmsKey")]
    for key in keys:
        if isinstance(key, str) and key:
            target = names.full("cloudkms.googleapis.com", key.partition("/cryptoKeyVersions/")[0])
            yield thing.item_edge(owner, "ENCRYPTED_BY", target, "/kmsKeys")


def _emptiness(answer: Answer) -> Iterator[Piece]:
    """A list of one group's members that was read: known whole, be it empty."""
    group = answer.params.get("group")
    if answer.kind == accounts.MEMBERSHIP and isinstance(group, str):
        yield Asset(
            id=names.member(f"group:{group}"),
            kind=accounts.GROUP,
            name=group,
            properties={"members_read": True},
            evidence=(_proof(answer),),
        )


def _proof(answer: Answer) -> Any:
    return Thing.of(answer, {}, "/items").item_evidence({"members_read": ""})


def _stand_ins(answers: Sequence[Answer]) -> Mapping[str, str]:
    """Members by the stand-ins for them: unique ids of service accounts, resource names of groups."""
    found: dict[str, str] = {}
    for answer in answers:
        if answer.kind == accounts.ACCOUNT:
            for thing in answer.things():
                email, unique = text(thing.data, "/email"), text(thing.data, "/uniqueId")
                if email and (unique or thing.name):
                    member = names.account_member(email)
                    found[accounts.UNIQUE + (unique or names.last(thing.name))] = member
        elif answer.kind == accounts.GROUP:
            for thing in answer.things():
                member = asset_id(accounts.GROUP, thing)
                number = names.last(thing.name or text(thing.data, "/name"))
                if names.is_member(member) and number:
                    found[accounts.GROUP_NAME + number] = member
    return found


def _proved_enough(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces, without the hundredth record that tells the same relationship: each asset repeats its ancestors."""
    told: Counter[tuple[str, str, str]] = Counter()
    stubs: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Relationship):
            told[piece.key] += 1
            if told[piece.key] <= _PROOFS:
                yield piece
        elif piece.evidence or piece.id not in stubs:
            if not piece.evidence:
                stubs.add(piece.id)
            yield piece


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, with the tags that several bindings give one thing in one map."""
    tags: dict[str, dict[str, str]] = defaultdict(dict)
    for piece in pieces:
        if isinstance(piece, Asset) and "resource_tags" in piece.properties:
            tags[piece.id] |= piece.properties["resource_tags"]
    for piece in pieces:
        if isinstance(piece, Asset) and "resource_tags" in piece.properties:
            yield replace(piece, properties={**piece.properties, "resource_tags": tags[piece.id]})
        else:
            yield piece


def _described(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Each named one that an answer describes after all is no stub."""
    known = {
        p.id
        for p in pieces
        if isinstance(p, Asset) and p.evidence and "described" not in p.properties
    }
    for piece in pieces:
        if isinstance(piece, Asset) and piece.id in known and "described" in piece.properties:
            kept = {name: value for name, value in piece.properties.items() if name != "described"}
            yield replace(piece, properties=kept)
        else:
            yield piece


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
    for found, asset in nameless.items():
        if found not in named:
            yield Asset(id=found, kind=asset.kind, name=names.last(found), account=asset.account)
