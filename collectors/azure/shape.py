"""Azure resources by the table of resources/mapping/azure.toml: one row a resource type, evidence beside every value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from collectors.azure.answer import Answer
from collectors.azure.convert import CONVERSIONS, Convert
from collectors.azure.ids import clean, is_guid, last, subscription, type_of
from collectors.azure.item import each, first, has, read
from collectors.tags import meaning
from graph.content import read_toml
from graph.estate import Piece
from graph.model import Asset

_FROM_TAGS = ("classification", "environment", "crown_jewel")
_MANY = {"list", "ids", "one", "approved"}  # conversions that gather every match of a pointer
_SELDOM = {"restrictions"}  # of settings that lists leave out: nothing there is no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A property: where it stands and what is done to it."""

    pointer: str
    word: str = ""

    @property
    def convert(self) -> Convert | None:
        """The conversion, or None for the value as it stands."""
        return CONVERSIONS[self.word] if self.word else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A relationship: `reverse` runs from the other end."""

    kind: str
    pointer: str
    convert: Convert
    reverse: bool
    unless: tuple[str, tuple[str, ...]] = ("", ())  # pointer, values with which there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How one resource type is read."""

    kind: str
    fields: Mapping[str, Field]
    wires: tuple[Wire, ...] = ()
    identities: bool = False
    principal: str = ""  # where an identity that is a resource names its object in Entra
    variant: tuple[str, str] = ("", "")  # pointer, value: then the kind is "<kind>/<value>"
    constants: Mapping[str, Any] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)

    def read(self, answer: Answer, item: Any, pointer: str, asset_id: str) -> Iterator[Piece]:
        """The asset of an item, its relationships, and assets that stand inside it."""
        yield self._asset(answer, item, pointer, asset_id)
        for wire in self.wires:
            where, values = wire.unless
            if where and read(item, where) in values:
                continue
            for at, value in each(item, wire.pointer):
                other = wire.convert(value, asset_id)
                if isinstance(other, str) and other and other != asset_id:
                    ends = (other, asset_id) if wire.reverse else (asset_id, other)
                    yield answer.edge(ends[0], wire.kind, ends[1], pointer + at)
        if self.identities:
            yield from _identities(answer, item, pointer, asset_id)
        if is_guid(object_id := read(item, self.principal) if self.principal else None):
            yield managed_identity(clean(object_id), last(asset_id))
        for place, kind in self.nested.items():
            for at, inner in each(item, place):
                inner_id = read(inner, "/id")
                if isinstance(inner_id, str):
                    yield from shapes()[kind.lower()].read(
                        answer, inner, pointer + at, clean(inner_id)
                    )

    def _asset(self, answer: Answer, item: Any, pointer: str, asset_id: str) -> Asset:
        properties: dict[str, Any] = dict(self.constants)
        places: dict[str, str] = {}
        for name, spec in self.fields.items():
            at, value, was_read = _value(item, spec, asset_id)
            if was_read:
                properties[name] = value
                places[name] = at
        at, tags = first(item, "/tags")
        if isinstance(tags, Mapping):
            properties |= {"tags": dict(tags)} | meaning(tags)
            places |= dict.fromkeys(("tags", *_FROM_TAGS), at)
        where, wanted = self.variant
        varied = bool(where) and read(item, where) == wanted
        return Asset(
            id=asset_id,
            kind=f"{self.kind}/{wanted}" if varied else self.kind,
            name=_name(item, asset_id),
            account=subscription(asset_id) or answer.account,
            region=str(read(item, "/location") or "").lower().replace(" ", ""),
            properties=properties,
            evidence=(answer.evidence(pointer, places),),
        )


def _value(item: Any, spec: Field, asset_id: str) -> tuple[str, Any, bool]:
    """(pointer, value, whether it was read); an item with properties that lacks one has it not set."""
    convert = spec.convert
    if spec.word in _MANY:
        found = list(each(item, spec.pointer))
        upper = spec.pointer.split("/*")[0]
        if not found and not _described(item, upper):
            return "", None, False
        value = [
            v for _, each_value in found for v in (convert(each_value, asset_id) if convert else [])
        ]
        return first(item, upper)[0] or upper, value, True
    at, raw = first(item, spec.pointer)
    if raw is None and (spec.word in _SELDOM or not _described(item, spec.pointer)):
        return "", None, False
    return (
        at or spec.pointer,
        (convert(raw, asset_id) if convert and raw is not None else raw),
        True,
    )


def _described(item: Any, pointer: str) -> bool:
    """Whether an item speaks of such things at all: the generic list of resources has no properties."""
    return not pointer.startswith("/properties") or has(item, "/properties") or has(item, pointer)


def _name(item: Any, asset_id: str) -> str:
    found = read(item, "/displayName") or read(item, "/name")
    return str(found).rpartition("/")[2] if found else last(asset_id)


def _identities(answer: Answer, item: Any, pointer: str, asset_id: str) -> Iterator[Piece]:
    at, own = first(item, "/identity/principalId")
    if isinstance(own, str) and own:
        yield answer.edge(asset_id, "RUNS_AS", clean(own), pointer + at)
        yield managed_identity(clean(own), last(asset_id))
    at, assigned = first(item, "/identity/userAssignedIdentities")
    for identity in assigned if isinstance(assigned, Mapping) else ():
        yield answer.edge(asset_id, "RUNS_AS", clean(str(identity)), pointer + at)


def managed_identity(object_id: str, name: str) -> Asset:
    """The service principal of a managed identity, known from the resource that has it."""
    return Asset(id=object_id, kind="Microsoft.Graph/managedIdentities", name=name)


@cache
def shapes() -> Mapping[str, Shape]:
    """The table by resource type in lower case."""
    rows = read_toml("mapping/azure.toml")
    return {
        kind.lower(): _shape(kind, rows[row["same"]] if "same" in row else row)
        for kind, row in rows.items()
    }


def _shape(kind: str, row: Mapping[str, Any]) -> Shape:
    return Shape(
        kind=kind,
        fields={
            name: Field(pointer=spec)
            if isinstance(spec, str)
            else Field(pointer=spec[0], word=spec[1])
            for name, spec in row.get("fields", {}).items()
        },
        wires=tuple(
            Wire(
                kind=name.removeprefix("<"),
                pointer=pointer,
                convert=CONVERSIONS[word],
                reverse=name.startswith("<"),
                unless=(unless[0], tuple(unless[1])) if unless else ("", ()),
            )
            for name, pointer, word, *unless in row.get("edges", ())
        ),
        identities=row.get("identities", False),
        principal=row.get("principal", ""),
        variant=tuple(row.get("variant", ("", ""))),
        constants=row.get("constants", {}),
        nested=row.get("nested", {}),
    )


def resource(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """Whatever resource an item describes, if its type is in the table."""
    found = read(item, "/id") or read(item, "/resourceId")
    if isinstance(found, str) and (shape := shapes().get(type_of(clean(found)))):
        yield from shape.read(answer, item, pointer, clean(found))
