"""Terraform state as if the API had answered: attributes are put where the API would have them, evidence is led back.

Which attribute stands for what is data (resources/mapping/terraform_aws.toml). So each mapping is written once, and
what a resource does not tell stays unread.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from collectors.aws.answer import Answer
from collectors.aws.arn import is_arn
from collectors.aws.origin import Origin
from graph.content import read_toml
from graph.estate import Piece
from graph.model import Asset, Evidence, Relationship

PREFIX = "terraform:aws_"

# Lists that several resources make up together: what each says is joined.
_JOINED = {
    "AWS::EC2::RouteTable": ("routes", "subnets"),
    "AWS::EC2::SecurityGroup": ("ingress", "egress"),
    "AWS::EC2::InternetGateway": ("vpcs",),
    "AWS::KMS::Key": ("aliases",),
    "AWS::Bedrock::KnowledgeBase": ("data_sources",),
    "AWS::Lambda::Function": ("policy",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Where an API value comes from: an attribute, possibly only if it looks so, possibly made an ARN."""

    at: tuple[str, ...]  # the first that the resource has
    like: re.Pattern[str] | None = None
    arn: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Translation:
    """One call whose answer a resource stands for."""

    operation: str
    sources: Mapping[str, _Source]
    constants: Mapping[str, Any]
    region: str = ""
    unless: str = ""  # another resource type that says the same of the same bucket, and better
    only: tuple[str, str] = ("", "")  # a pointer, and how the value there must start


@cache
def _table() -> Mapping[str, tuple[_Translation, ...]]:
    table = {
        name: tuple(_translation(row) for row in rows)
        for name, rows in read_toml("mapping/terraform_aws.toml").items()
        if isinstance(rows, list)
    }
    same = read_toml("mapping/terraform_aws.toml")["same"]
    return table | {name: table[other] for name, other in same.items()}


def _translation(row: Mapping[str, Any]) -> _Translation:
    return _Translation(
        operation=row["operation"],
        sources={key: _source(value) for key, value in row.items() if key.startswith(("/", "^/"))},
        constants=row.get("constants", {}),
        region=row.get("region", ""),
        unless=row.get("unless", ""),
        only=(row["only"]["at"], row["only"]["is"]) if "only" in row else ("", ""),
    )


def _source(value: Any) -> _Source:
    if isinstance(value, str):
        return _Source(at=(value,))
    if isinstance(value, list):
        return _Source(at=tuple(value))
    like, arn = value.get("like"), value.get("arn")
    return _Source(
        at=(value["at"],),
        like=re.compile(like) if like else None,
        arn=(arn[0], arn[1]) if arn else None,
    )


def translated(resources: Iterable[Answer]) -> Iterator[Answer]:
    """The API answers that resources stand for; unknown types give none."""
    found = list(resources)
    described = {(_type(answer), str(_bucket(answer))) for answer in found}
    for answer in found:
        for translation in _table().get(_type(answer), ()):
            doubled = (translation.unless, str(_bucket(answer))) in described
            if not doubled and _applies(answer, translation):
                yield _translate(answer, translation)


def _applies(answer: Answer, translation: _Translation) -> bool:
    pointer, start = translation.only
    return not pointer or str(_value_at(answer.body, pointer) or "").startswith(start)


def _type(answer: Answer) -> str:
    return answer.operation.removeprefix("terraform:")


def _bucket(answer: Answer) -> Any:
    return answer.body.get("bucket") if isinstance(answer.body, Mapping) else None


def _translate(answer: Answer, translation: _Translation) -> Answer:
    origin = Origin()
    body: dict[str, Any] = {}
    params: dict[str, Any] = {}
    for pointer, value in translation.constants.items():
        _put(body, pointer, value)
        origin.note(pointer, "")
    for pointer, source in translation.sources.items():
        into = params if pointer.startswith("^") else body
        for at, raw, value in _found(answer.body, source, pointer.removeprefix("^")):
            if into is body:
                origin.note(at, raw)
            if value not in (None, "") and (not source.like or source.like.fullmatch(str(value))):
                _put(into, at, _spelled(value, source, answer))
    region = _value_at(answer.body, translation.region) if translation.region else None
    return replace(
        answer,
        operation=translation.operation,
        params=params,
        body=body,
        origin=origin,
        region=region or answer.region,
    )


def _spelled(value: Any, source: _Source, answer: Answer) -> Any:
    if not source.arn or is_arn(value):
        return value
    service, resource = source.arn
    return answer.arn(service, f"{resource}{value}")


def _value_at(attributes: Any, pointer: str) -> Any:
    return next((value for _, _, value in _walk(attributes, pointer, pointer)), None)


def _found(attributes: Any, source: _Source, pointer: str) -> Iterator[tuple[str, str, Any]]:
    """(pointer in the answer, pointer in the attributes, value) of each value that a source stands for."""
    for at in source.at:
        if isinstance(attributes, Mapping) and at.split("/")[1] in attributes:
            yield from _walk(attributes, at, pointer)
            return


def _walk(value: Any, at: str, pointer: str, raw: str = "") -> Iterator[tuple[str, str, Any]]:
    """Follow a pointer; each "*" stands for every element, in both pointers at once."""
    steps = at.split("/")[1:]
    for number, step in enumerate(steps):
        if step == "*":
            rest = "".join(f"/{more}" for more in steps[number + 1 :])
            for index, item in enumerate(value if isinstance(value, list) else ()):
                yield from _walk(item, rest, pointer.replace("*", str(index), 1), f"{raw}/{index}")
            return
        if step == "0" and isinstance(value, Mapping):
            continue  # some provider versions write a single block without its list
        raw += f"/{step}"
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = None
    if "*" not in pointer:
        yield pointer, raw, value


def _put(into: dict[str, Any], pointer: str, value: Any) -> None:
    """Set a value, making objects and lists on the way."""
    place: Any = into
    *upper, last = pointer.split("/")[1:]
    for step, following in pairwise([*upper, last]):
        new: Any = [] if following.isdigit() else {}
        if isinstance(place, list):
            place.extend([None] * (int(step) + 1 - len(place)))
            place[int(step)] = place[int(step)] or new
            place = place[int(step)]
        else:
            place = place.setdefault(step, new)
    if isinstance(place, list):
        place.extend([None] * (int(last) + 1 - len(place)))
        place[int(last)] = value
    else:
        place[last] = value


def restored(pieces: Iterable[Piece], origin: Origin) -> Iterator[Piece]:
    """Pieces of a translated answer with evidence in the resource; what it does not tell is left out."""
    for piece in pieces:
        if isinstance(piece, Relationship):
            yield replace(piece, evidence=tuple(_raw(proof, origin) for proof in piece.evidence))
        else:
            yield _restored_asset(piece, origin)


def _raw(proof: Evidence, origin: Origin) -> Evidence:
    return replace(proof, pointer=origin.pointer(proof.pointer) or "")


def _restored_asset(asset: Asset, origin: Origin) -> Asset:
    pointers = {
        name: origin.pointer(proof.pointer + pointer)
        for proof in asset.evidence
        for name, pointer in proof.fields.items()
    }
    kept = {
        name: value
        for name, value in asset.properties.items()
        if name not in pointers or pointers[name] is not None
    }
    fields = {name: at for name, at in pointers.items() if at is not None}
    evidence = tuple(
        Evidence(record=proof.record, pointer="", fields=fields) for proof in asset.evidence[:1]
    )
    return replace(asset, properties=kept, evidence=evidence)


def joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Make one list of what several resources say of one asset (routes, rules, aliases, permissions)."""
    partial: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    for piece in pieces:
        names = _JOINED.get(piece.kind, ()) if isinstance(piece, Asset) else ()
        if isinstance(piece, Asset) and any(piece.properties.get(name) for name in names):
            partial[piece.id, piece.kind].append(piece)
        else:
            yield piece
    for (_, kind), parts in partial.items():
        lists = {
            name: _union([part.properties[name] for part in parts if part.properties.get(name)])
            for name in _JOINED[kind]
            if any(name in part.properties for part in parts)
        }
        for part in parts:
            mine = {name: lists[name] for name in lists if name in part.properties}
            yield replace(part, properties={**part.properties, **mine})


def _union(values: list[Any]) -> Any:
    if values and isinstance(values[0], Mapping):
        return {**values[0], "Statement": _union([v.get("Statement") or [] for v in values])}
    found: list[Any] = []
    for value in values:
        found.extend(item for item in value if item not in found)
    return found
