"""Entry points and crown jewels: assets chosen by the patterns in resources/analysis, or by the user."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import AssetGraph
from graph.content import read_toml
from graph.model import Asset, ContentError, UserError
from graph.schema import Level, load_schema

USER_WEIGHT = 4
_KEYS = {
    "labels",
    "where",
    "incoming",
    "outgoing",
    "no_incoming",
    "ends",
    "reason",
    "weight",
    "level",
}
_OPERATORS = {"in", "matches"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """An asset that attack paths begin or end at; `level` is what an attacker must get of it."""

    id: str
    reason: str
    weight: int
    level: Level = "use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Assets of some labels whose properties hold and that have one of the relationships, if asked from or to one of `ends`."""

    labels: tuple[str, ...]
    reason: str
    weight: int
    where: Mapping[str, Any]
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    no_incoming: tuple[str, ...] = ()  # has none of these
    ends: tuple[str, ...] = ()  # labels that the other end may have; none = any
    level: Level = "use"

    def holds(self, graph: AssetGraph, i: int, asset: Asset) -> bool:
        """Does the asset fit? A property that was not read fits nothing."""
        return (
            all(_fits(asset, name, wanted) for name, wanted in self.where.items())
            and (not self.incoming or self._has(graph, graph.in_edges(i, self.incoming), "source"))
            and not (self.no_incoming and len(graph.in_edges(i, self.no_incoming)))
            and (not self.outgoing or self._has(graph, graph.out_edges(i, self.outgoing), "target"))
        )

    def _has(
        self, graph: AssetGraph, edges: NDArray[np.int32], end: Literal["source", "target"]
    ) -> bool:
        others = (graph.source if end == "source" else graph.target)[edges]
        labels = {graph.labels[code] for code in graph.label_code[others].tolist()}
        return bool(labels & set(self.ends) if self.ends else labels)


def entry_points(graph: AssetGraph) -> tuple[Selected, ...]:
    """Where an attacker may stand, heaviest first."""
    return _chosen(graph, load_patterns("entry_points"))


def crown_jewels(graph: AssetGraph) -> tuple[Selected, ...]:
    """What an attacker wants, heaviest first."""
    return _chosen(graph, load_patterns("crown_jewels"))


def selected(
    graph: AssetGraph, chosen: Iterable[str | Selected] | None, known: tuple[Selected, ...]
) -> tuple[Selected, ...]:
    """What the user names instead of the known ones; an id that is among these keeps its weight."""
    if chosen is None:
        return known
    by_id = {item.id: item for item in known}
    items: dict[str, Selected] = {}
    for item in chosen:
        asset_id = item if isinstance(item, str) else item.id
        if asset_id not in graph:
            raise UserError(f"{asset_id} is not in the snapshot; give the id of one of its assets.")
        given = by_id.get(asset_id) if isinstance(item, str) else item
        items[asset_id] = given or Selected(
            id=asset_id, reason="chosen by the user", weight=USER_WEIGHT
        )
    return tuple(items.values())


@cache
def load_patterns(name: Literal["entry_points", "crown_jewels"]) -> tuple[Pattern, ...]:
    """The patterns of one file, checked against the schema."""
    path = f"analysis/{name}.toml"
    return tuple(_pattern(f"resources/{path}: {key}", row) for key, row in read_toml(path).items())


def _pattern(place: str, row: Mapping[str, Any]) -> Pattern:
    schema = load_schema()
    unknown = sorted(set(row) - _KEYS)
    if unknown:
        raise ContentError(f"{place}.{unknown[0]}: no such key")
    for label in (*row["labels"], *row.get("ends", ())):
        if label not in schema.labels and label != "*":
            raise ContentError(f"{place}.labels: no label {label!r}")
    for kind in (k for key in ("incoming", "outgoing", "no_incoming") for k in row.get(key, ())):
        if kind not in schema.relationships:
            raise ContentError(f"{place}: no relationship kind {kind!r}")
    for prop, wanted in row.get("where", {}).items():
        if isinstance(wanted, Mapping) and not set(wanted) <= _OPERATORS:
            raise ContentError(f"{place}.where.{prop}: use a value, in = [...] or matches = '...'")
        if prop != "name" and not any(schema.property(label, prop) for label in row["labels"]):
            raise ContentError(f"{place}.where.{prop}: no such property of {row['labels']}")
    return Pattern(
        labels=tuple(row["labels"]),
        reason=row["reason"],
        weight=row["weight"],
        where=row.get("where", {}),
        incoming=tuple(row.get("incoming", ())),
        outgoing=tuple(row.get("outgoing", ())),
        no_incoming=tuple(row.get("no_incoming", ())),
        ends=tuple(row.get("ends", ())),
        level=row.get("level", "use"),
    )


def _chosen(graph: AssetGraph, patterns: tuple[Pattern, ...]) -> tuple[Selected, ...]:
    """The heaviest pattern that an asset fits gives its reason; of equals, the first."""
    best: dict[str, Selected] = {}
    for pattern in patterns:
        for i in _candidates(graph, pattern):
            asset = graph.asset(i)
            known = best.get(asset.id)
            if (known is None or pattern.weight > known.weight) and pattern.holds(graph, i, asset):
                best[asset.id] = Selected(
                    id=asset.id, reason=pattern.reason, weight=pattern.weight, level=pattern.level
                )
    return tuple(sorted(best.values(), key=lambda item: (-item.weight, item.id)))


def _candidates(graph: AssetGraph, pattern: Pattern) -> Iterator[int]:
    if "*" in pattern.labels:
        return iter(range(graph.node_count))
    return iter(graph.nodes_of_label(*pattern.labels).tolist())


def _fits(asset: Asset, name: str, wanted: Any) -> bool:
    value = asset.name if name == "name" else asset.properties.get(name)
    if isinstance(wanted, Mapping):
        texts = list(_texts(value))
        if "in" in wanted:
            return any(text in wanted["in"] for text in texts)
        return any(re.search(wanted["matches"], text, re.IGNORECASE) for text in texts)
    return type(value) is type(wanted) and bool(value == wanted)


def _texts(value: Any) -> Iterator[str]:
    """A text, each element of a list, each `key=value` of a map."""
    if isinstance(value, Mapping):
        yield from (f"{key}={text}" for key, text in value.items())
    elif isinstance(value, list | tuple):
        yield from (str(text) for text in value)
    elif value is not None:
        yield str(value)
