"""What a tool wrote of a resource as if the API had answered: values put where the API has them, evidence led back.

Which attribute stands for what is data (resources/mapping/terraform_*.toml). So each mapping is written once, and what a
resource does not tell stays unread.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from collectors.origin import Origin
from graph.content import read_toml
from graph.estate import Piece
from graph.model import Asset, Evidence, Relationship

_EMPTY: list[Any] = []  # stands for a list that has no element for a "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an API value comes from: an attribute, possibly only if it looks so, possibly spelt otherwise."""

    at: tuple[str, ...]  # the first that the resource has
    like: re.Pattern[str] | None = None
    word: str = ""  # the name of a conversion
    arn: tuple[str, str] | None = (
        None  # service and start of the resource, where a short name becomes an ARN
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One call whose answer a resource stands for."""

    operation: str
    sources: Mapping[str, Source]
    constants: Mapping[str, Any]
    region: str = ""
    unless: str = ""  # another resource type that says the same of the same bucket, and better
    only: tuple[str, str] = ("", "")  # a pointer, and how the value there must start
    empty_lists: bool = False  # whether a list without elements tells that there are none

    def applies(self, attributes: Any) -> bool:
        """Whether a resource stands for such an answer."""
        pointer, start = self.only
        return not pointer or str(value_at(attributes, pointer) or "").startswith(start)

    def translate(self, attributes: Any, spell: Callable[[Any, Source], Any]) -> "Translated":
        """The answer that the attributes of a resource stand for."""
        made = Translated()
        for pointer, value in self.constants.items():
            put(made.body, pointer, value)
            made.origin.note(pointer, "")
        for pointer, source in self.sources.items():
            into = made.params if pointer.startswith("^") else made.body
            for at, raw, value in found(attributes, source, pointer.removeprefix("^")):
                if value is _EMPTY and (not self.empty_lists or value_at(into, at) is not None):
                    continue  # another attribute tells a part of the list
                if into is made.body:
                    made.origin.note(at, raw)
                fits = not source.like or source.like.fullmatch(str(value))
                if value not in (None, "") and fits:
                    put(into, at, [] if value is _EMPTY else spell(value, source))
        return made


@dataclass(frozen=True, slots=True)
class Translated:
    """An answer, the parameters of its call, and the way back."""

    body: dict[str, Any] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)


def table(path: str) -> Mapping[str, tuple[Translation, ...]]:
    """A file of translations by resource type; `same` names types that are read like others.

    `empty_lists` = true: in this provider's attributes an empty list tells that there is nothing.
    """
    content = read_toml(path)
    rows = {
        name: tuple(_translation(row, content) for row in rows)
        for name, rows in content.items()
        if isinstance(rows, list)
    }
    return rows | {name: rows[other] for name, other in content.get("same", {}).items()}


def _translation(row: Mapping[str, Any], content: Mapping[str, Any]) -> Translation:
    return Translation(
        operation=row["operation"],
        sources={key: _source(value) for key, value in row.items() if key.startswith(("/", "^/"))},
        constants=row.get("constants", {}),
        region=row.get("region", ""),
        unless=row.get("unless", ""),
        only=(row["only"]["at"], row["only"]["is"]) if "only" in row else ("", ""),
        empty_lists=content.get("empty_lists", False),
    )


def _source(value: Any) -> Source:
    if isinstance(value, str):
        return Source(at=(value,))
    if isinstance(value, list):
        return Source(at=tuple(value))
    like, arn, at = value.get("like"), value.get("arn"), value["at"]
    return Source(
        at=(at,) if isinstance(at, str) else tuple(at),
        like=re.compile(like) if like else None,
        word=value.get("as", ""),
        arn=(arn[0], arn[1]) if arn else None,
    )


def value_at(attributes: Any, pointer: str) -> Any:
    """The first value that a pointer names, or None."""
    return next((value for _, _, value in walk(attributes, pointer, pointer)), None)


def found(attributes: Any, source: Source, pointer: str) -> Iterator[tuple[str, str, Any]]:
    """(pointer in the answer, pointer in the attributes, value) of each value that a source stands for."""
    for at in source.at:
        if isinstance(attributes, Mapping) and at.split("/")[1] in attributes:
            yield from walk(attributes, at, pointer)
            return


def walk(value: Any, at: str, pointer: str, raw: str = "") -> Iterator[tuple[str, str, Any]]:
    """Follow a pointer; each "*" stands for every element, in both pointers at once. An empty list is itself a value."""
    steps = at.split("/")[1:]
    for number, step in enumerate(steps):
        if step == "*":
            rest = "".join(f"/{more}" for more in steps[number + 1 :])
            if value == []:
                yield pointer.partition("/*")[0], raw, _EMPTY
            for index, item in enumerate(value if isinstance(value, list) else ()):
                yield from walk(item, rest, pointer.replace("*", str(index), 1), f"{raw}/{index}")
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


def put(into: dict[str, Any], pointer: str, value: Any) -> None:
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


def joined(pieces: Iterable[Piece], lists: Mapping[str, tuple[str, ...]]) -> Iterator[Piece]:
    """Make one list of what several resources say of one asset; `lists`: kind -> properties."""
    partial: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    for piece in pieces:
        names = lists.get(piece.kind, ()) if isinstance(piece, Asset) else ()
        if isinstance(piece, Asset) and any(piece.properties.get(name) for name in names):
            partial[piece.id, piece.kind].append(piece)
        else:
            yield piece
    for (_, kind), parts in partial.items():
        whole = {
            name: _union([part.properties[name] for part in parts if part.properties.get(name)])
            for name in lists[kind]
            if any(name in part.properties for part in parts)
        }
        for part in parts:
            mine = {name: value for name, value in whole.items() if name in part.properties}
            yield replace(part, properties={**part.properties, **mine})


def _union(values: list[Any]) -> Any:
    if values and isinstance(values[0], Mapping):
        return {**values[0], "Statement": _union([v.get("Statement") or [] for v in values])}
    found: list[Any] = []
    for value in values:
        found.extend(item for item in value if item not in found)
    return found
