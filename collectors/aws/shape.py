"""Mapping as tables: which pointer of an answer is which property or relationship, with evidence beside every value.

A pointer is RFC 6901, relative to the item. In `items` and edges, "*" stands for every element of a list. In a field,
"^/Name" reads a parameter of the call.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote

from collectors.aws.answer import Answer
from collectors.aws.arn import account_of, region_of, short_name
from collectors.tags import meaning
from graph.estate import Piece
from graph.model import Asset, Evidence, Relationship

Odd = list[str]  # ids of records that are not built as the API builds its answers
Mapper = Callable[[Answer], Iterator[Piece]]
Convert = Callable[[Any, Answer], Any]
Field = str | tuple[str, Convert]
Path = tuple[str, ...]

NOT_READ: Final = object()  # a conversion says: the answer does not tell
_FROM_TAGS = ("classification", "environment", "crown_jewel")


def path_of(pointer: str) -> Path:
    """The steps of a pointer."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def get(value: Any, path: Path) -> Any:
    """The value at a path, or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def each(value: Any, path: Path, at: str = "") -> Iterator[tuple[str, Any]]:
    """(pointer, value) of everything that a path with "*" reaches."""
    for position, step in enumerate(path):
        if step == "*":
            if isinstance(value, list):
                for number, item in enumerate(value):
                    yield from each(item, path[position + 1 :], f"{at}/{number}")
            return
        value = get(value, (step,))
        at += "/" + step.replace("~", "~0").replace("/", "~1")
    if value is not None:
        yield at, value


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A relationship to every id found at a pointer; `reverse`: that id is the source."""

    kind: str
    at: str
    to: Convert
    reverse: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def path(self) -> Path:
        """The steps of its pointer."""
        return path_of(self.at)

    def read(self, answer: Answer, item: Any, pointer: str, asset_id: str) -> Iterator[Piece]:
        """The relationships of one asset."""
        for at, value in each(item, self.path):
            other = self.to(value, answer)
            if other and isinstance(other, str) and other != asset_id:
                yield relationship(
                    (other, self.kind, asset_id) if self.reverse else (asset_id, self.kind, other),
                    Evidence(record=answer.record, pointer=pointer + at),
                    **self.properties,
                )


def relationship(key: tuple[str, str, str], evidence: Evidence, **properties: Any) -> Relationship:
    """A configured relationship with its proof."""
    source, kind, target = key
    return Relationship(
        source=source, kind=kind, target=target, evidence=(evidence,), properties=properties
    )


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How one kind of asset is read from an answer."""

    kind: str | Convert
    id: Field
    name: Field = ""
    items: str = ""
    region: Field = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)
    owned: bool = True  # by the account of the answer, where its id names none
    edges_only: bool = False  # the answer tells of relationships; it does not describe the asset

    def __call__(self, answer: Answer) -> Iterator[Piece]:
        """Every asset of the answer with its relationships."""
        for pointer, item in each(answer.body, path_of(self.items)):
            yield from self.read(answer, item, pointer)

    def read(self, answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
        """The asset that one item describes, with its relationships."""
        asset_id = self._id.read(answer, item)
        if not asset_id or not isinstance(asset_id, str):
            return
        if not self.edges_only:
            yield from self._asset(answer, item, pointer, asset_id)
        for edge in self.edges:
            yield from edge.read(answer, item, pointer, asset_id)

    def _asset(self, answer: Answer, item: Any, pointer: str, asset_id: str) -> Iterator[Asset]:
        kind = self.kind if isinstance(self.kind, str) else self.kind(asset_id, answer)
        if not kind:
            return
        yield Asset(
            id=asset_id,
            kind=kind,
            name=str(self._name.read(answer, item) or ""),
            account=account_of(asset_id) or (answer.account if self.owned else ""),
            region=self._region.read(answer, item) or region_of(asset_id),
            properties=self._properties(answer, item),
            evidence=(Evidence(record=answer.record, pointer=pointer, fields=self._pointers),),
        )

    def _properties(self, answer: Answer, item: Any) -> dict[str, Any]:
        found: dict[str, Any] = dict(self.constants)
        for name, place in self._places.items():
            value = place.read(answer, item)
            if value is not NOT_READ:
                found[name] = value
        if found.get("tags") is not None:
            found |= meaning(found["tags"])
        return found

    @cached_property
    def _id(self) -> "_Place":
        return _Place(self.id)

    @cached_property
    def _name(self) -> "_Place":
        return _Place(self.name or _NOWHERE)

    @cached_property
    def _region(self) -> "_Place":
        return _Place(self.region or _NOWHERE)

    @cached_property
    def _places(self) -> Mapping[str, "_Place"]:
        return {name: _Place(spec) for name, spec in self.fields.items()}

    @cached_property
    def _pointers(self) -> Mapping[str, str]:
        """Property -> pointer, shared by the evidence of every asset of the shape."""
        table = {n: place.pointer for n, place in self._places.items() if not place.of_call}
        if "tags" in table:
            table |= dict.fromkeys(_FROM_TAGS, table["tags"])
        return table


_NOWHERE: Final[Field] = ("", lambda _value, _answer: None)


class _Place:
    """A field, its pointer taken apart once."""

    __slots__ = ("convert", "of_call", "path", "pointer")

    def __init__(self, spec: Field) -> None:
        pointer = spec if isinstance(spec, str) else spec[0]
        self.convert = None if isinstance(spec, str) else spec[1]
        self.of_call = pointer.startswith("^")
        self.pointer = pointer.removeprefix("^")
        self.path = path_of(self.pointer)

    def read(self, answer: Answer, item: Any) -> Any:
        """The value of the field; None where the answer does not set it."""
        value = get(answer.params if self.of_call else item, self.path)
        if self.convert:
            return self.convert(value, answer)
        return None if value in ("", [], {}) else value


def several(*mappers: Mapper) -> Mapper:
    """One answer that describes several kinds of asset."""

    def mapper(answer: Answer) -> Iterator[Piece]:
        for each_mapper in mappers:
            yield from each_mapper(answer)

    return mapper


def named(asset_id: str) -> str:
    """A name for an asset that no answer names."""
    return short_name(asset_id)


def document(value: Any, _: Answer) -> Any:
    """A policy document: an object, JSON text or URL-encoded JSON text."""
    if value is None or isinstance(value, dict | list):
        return value or None
    if not isinstance(value, str):
        return NOT_READ
    text = unquote(value) if value.lstrip().startswith("%") else value
    if not text.strip():
        return None
    try:
        decoded = json.loads(text)
    except ValueError:
        return NOT_READ
    return decoded if isinstance(decoded, dict | list) else NOT_READ
