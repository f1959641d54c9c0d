"""Properties of assets and relationships in words: titles from the schema, values as plain text."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graph.model import Asset, Evidence
from graph.schema import Schema

MOST = 12  # items of a list or map that are spelt out
HIDDEN = {"described"}  # said elsewhere, in words of its own


class Row(NamedTuple):
    """One property: its title, its value in words, and where it was read."""

    title: str
    value: str
    evidence: Evidence | None


def rows(schema: Schema, asset: Asset) -> Iterator[Row]:
    """The properties of an asset, in order of title."""
    label = schema.label(asset.kind).name
    made = [
        Row(title(schema, label, name), words(value), asset.evidence_for(name))
        for name, value in asset.properties.items()
        if name not in HIDDEN
    ]
    yield from sorted(made, key=lambda row: row.title.casefold())


def title(schema: Schema, label: str, name: str) -> str:
    """What a property is called."""
    declared = schema.property(label, name)
    return declared.title if declared else name.replace("_", " ").capitalize()


def words(value: Any) -> str:
    """A value as people read it; what was read and is not set says so."""
    if value is None or value in ("", [], {}, ()):
        return "not set"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        if "Statement" in value:
            return _statements(value["Statement"])
        return _lines([f"{key} = {_short(item)}" for key, item in value.items()])
    if isinstance(value, list | tuple):
        return _lines([_short(item) for item in value])
    return str(value)


def _statements(value: Any) -> str:
    number = len(value) if isinstance(value, list | tuple) else 1
    return f"Policy document, {number} {'statement' if number == 1 else 'statements'}"


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_leaf(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_leaf(item) for item in value)
    return _leaf(value)


def _leaf(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return "…"
    return words(value) if value is None or isinstance(value, bool) else str(value)


def _lines(items: list[str]) -> str:
    more = len(items) - MOST
    return "\n".join([*items[:MOST], *([f"… and {more:,} more"] if more > 0 else [])])
