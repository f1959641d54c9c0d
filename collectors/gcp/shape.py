"""Google Cloud resources by the table of resources/mapping/gcp.toml: one row an asset type, evidence beside every value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from collectors.gcp import names
from collectors.gcp.answer import Piece, Thing
from collectors.gcp.convert import CONVERSIONS
from collectors.gcp.ends import Convert
from collectors.gcp.identity import asset_id
from collectors.gcp.item import each, first, read, text
from collectors.tags import meaning
from graph.content import read_toml
from graph.model import Asset

_FROM_TAGS = ("classification", "environment", "crown_jewel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A property: where it may stand and what is done to it; `many` gathers every match."""

    pointers: tuple[str, ...]
    convert: Convert | None = None
    many: bool = False
    told: bool = False  # an answer that lacks it does not tell, for it may be asked for or not

    def read(self, thing: Thing, owner: str) -> tuple[str, Any, bool]:
        """(pointer, value, was it read?): an answer that lacks a place has it not set, a search result did not tell."""
        if self.many:
            return self._all(thing, owner)
        at, raw = first(thing.data, *self.pointers)
        if raw is None:
            return self.pointers[0], None, not (thing.shallow or self.told)
        return at, self.convert(raw, owner) if self.convert else raw, True

    def _all(self, thing: Thing, owner: str) -> tuple[str, Any, bool]:
        found = [value for p in self.pointers for _, value in each(thing.data, p)]
        converted = [self.convert(v, owner) if self.convert else v for v in found]
        upper = self.pointers[0].split("/*")[0]
        values = [value for value in converted if value not in (None, "")]
        return first(thing.data, upper)[0] or upper, values, bool(found) or not thing.shallow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A relationship: `reverse` runs from the other end."""

    kind: str
    pointer: str
    convert: Convert
    reverse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """Assets that stand inside an item: their kind, and how their ids go on from the item's."""

    pointer: str
    kind: str
    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How one asset type is read."""

    kind: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    wires: tuple[Wire, ...] = ()
    nested: tuple[Nested, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)
    runs_as: str = ""  # who it runs as when nobody is named: {number} and {project} of its project
    runs_as_unless: Mapping[str, str] = field(
        default_factory=dict
    )  # property -> value, then it does not

    def read_whole(self, properties: Mapping[str, Any]) -> bool:
        """Did an answer tell all that answers of this type always tell?"""
        return all(name in properties or row.told for name, row in self.fields.items())

    def pieces(self, thing: Thing) -> Iterator[Piece]:
        """The asset of an item, its relationships, and assets that stand inside it."""
        owner = asset_id(self.kind, thing)
        if owner:
            yield from self.read(thing, owner)

    def read(self, thing: Thing, owner: str) -> Iterator[Piece]:
        """Likewise, once it is known which asset it is."""
        yield self._asset(thing, owner)
        for wire in self.wires:
            for at, value in each(thing.data, wire.pointer):
                other = wire.convert(value, owner)
                if isinstance(other, str) and other and other != owner:
                    ends = (other, owner) if wire.reverse else (owner, other)
                    yield thing.edge(ends[0], wire.kind, ends[1], at)
        for place in self.nested:
            for at, inner in each(thing.data, place.pointer):
                inner_id = text(inner, "/id", "/name")
                if inner_id:
                    part = Thing(
                        thing.answer,
                        thing.item,
                        thing.pointer,
                        inner,
                        thing.at + at,
                        "",
                        shallow=False,
                    )
                    name = f"{owner}/{place.segment}/{names.last(inner_id)}"
                    yield from shapes()[place.kind].read(part, name)

    def _asset(self, thing: Thing, owner: str) -> Asset:
        properties: dict[str, Any] = dict(self.constants)
        places: dict[str, str] = {}
        for name, spec in self.fields.items():
            at, value, was_read = spec.read(thing, owner)
            if was_read:
                properties[name], places[name] = value, at
        _labels(thing.data, properties, places)
        return Asset(
            id=owner,
            kind=self.kind,
            name=_name(thing.data),
            account=names.project(owner) or thing.project,
            region=names.region(owner, read(thing.data, "/location", "/region")),
            properties=properties,
            evidence=(thing.evidence(places),),
        )


def _labels(data: Any, properties: dict[str, Any], places: dict[str, str]) -> None:
    """Labels are Google's tags that name and explain; `tags` of the API are others."""
    at, labels = first(data, "/labels", "/resourceLabels", "/userLabels", "/metadata/labels")
    if isinstance(labels, Mapping):
        properties |= {"tags": dict(labels)} | meaning(labels)
        places |= dict.fromkeys(("tags", *_FROM_TAGS), at)
    created = text(data, "/createTime", "/creationTimestamp", "/timeCreated", "/createdAt")
    if created:
        properties["created"] = created


def _name(data: Any) -> str:
    return text(data, "/displayName", "/friendlyName")


@cache
def shapes() -> Mapping[str, Shape]:
    """The table by asset type."""
    rows = read_toml("mapping/gcp.toml")
    return {kind: _shape(kind, _row(rows, kind)) for kind in rows}


def _row(rows: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """A row; `like` takes another's fields and edges, with `prefix` before each pointer."""
    row = rows[kind]
    if "like" not in row:
        return dict(row)
    other, prefix, new = _row(rows, row["like"]), row.get("prefix", ""), row.get("instead", "")

    def moved(pointer: str) -> str:
        return (
            new + pointer.removeprefix(prefix) if prefix and pointer.startswith(prefix) else pointer
        )

    fields = {
        name: [*map(moved, _pointers(spec)), *([spec[-1]] if _has_word(spec) else [])]
        for name, spec in other.get("fields", {}).items()
    }
    edges = [[kind_, moved(pointer), word] for kind_, pointer, word in other.get("edges", ())]
    return {
        **other,
        **{key: value for key, value in row.items() if key not in {"like", "prefix", "instead"}},
        "fields": fields | row.get("fields", {}),
        "edges": [*edges, *row.get("edges", ())],
    }


def _pointers(spec: str | list[str]) -> list[str]:
    return (
        [spec]
        if isinstance(spec, str)
        else [part for part in spec if part.startswith(("/", "?")) or not part]
    )


def _has_word(spec: str | list[str]) -> bool:
    return isinstance(spec, list) and bool(spec[-1]) and not spec[-1].startswith("/")


def _field(spec: str | list[str]) -> Field:
    told = any(pointer.startswith("?") for pointer in _pointers(spec))
    pointers = tuple(pointer.removeprefix("?") for pointer in _pointers(spec))
    word = spec[-1] if _has_word(spec) else ""
    return Field(
        pointers=pointers,
        convert=CONVERSIONS[word] if word else None,
        many=any("/*" in pointer for pointer in pointers),
        told=told,
    )


def _shape(kind: str, row: Mapping[str, Any]) -> Shape:
    return Shape(
        kind=kind,
        fields={name: _field(spec) for name, spec in row.get("fields", {}).items()},
        wires=tuple(
            Wire(
                kind=name.removeprefix("<"),
                pointer=pointer,
                convert=CONVERSIONS[word],
                reverse=name.startswith("<"),
            )
            for name, pointer, word in row.get("edges", ())
        ),
        nested=tuple(
            Nested(pointer=pointer, kind=inner, segment=segment)
            for pointer, inner, segment in row.get("nested", ())
        ),
        constants=row.get("constants", {}),
        runs_as=row.get("runs_as", ""),
        runs_as_unless=row.get("runs_as_unless", {}),
    )
