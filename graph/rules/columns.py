"""Properties as columns: one pass over the assets of a kind, and each condition asked once for each different value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.asset_graph import AssetGraph, Int32
from graph.rules.model import NodePattern, Predicate, Selector
from graph.rules.predicates import OWN, holds, holds_of
from graph.rules.relations import NO, UNDECIDED, YES, Codes, Mask

_CODE = {True: YES, False: NO, None: UNDECIDED}
_PLACE = ("account", "region")  # coverage asks for them
_MISSING = object()  # the value of a property that was not read


@dataclass(frozen=True, slots=True)
class _Column:
    """For each asset of a kind the number of its value, and the values."""

    codes: Int32
    values: list[Any]


class Columns:
    """The properties of one graph's assets, kind by kind; read when a condition first asks for them."""

    def __init__(self, graph: AssetGraph, patterns: Iterable[NodePattern] = ()) -> None:
        """`patterns`: what will be asked, so that each kind's assets are gone through once."""
        self.graph = graph
        self._nodes = _by_kind(graph)
        self._columns: dict[tuple[str, str], _Column] = {}
        self._verdicts: dict[tuple[str, str, str, str], Codes] = {}
        self._asked: dict[str, set[str]] = defaultdict(set)
        for pattern in patterns:
            for selector in pattern.selectors:
                for kind in selector.kinds & self._nodes.keys():
                    self._asked[kind].update(pattern.asked)

    def of_kind(self, kind: str) -> Int32:
        """The assets of a kind."""
        return self._nodes.get(kind, np.zeros(0, dtype=np.int32))

    def of_kinds(self, kinds: Iterable[str]) -> Mask:
        """Which assets are of these kinds?"""
        found = np.zeros(self.graph.node_count, dtype=bool)
        for kind in kinds:
            found[self.of_kind(kind)] = True
        return found

    def truth(self, node: NodePattern, among: Mask) -> Codes:
        """For every asset of some, whether it fits a node of a pattern by itself; NO for all others."""
        found = np.zeros(self.graph.node_count, dtype=np.uint8)
        for selector in node.selectors:
            for kind in selector.kinds:
                nodes = self.of_kind(kind)
                if among[nodes].any():
                    codes = self.verdicts(kind, (*selector.applies, *selector.where))
                    found[nodes] = np.maximum(found[nodes], codes)
        found[~among] = NO
        return found

    def verdicts(self, kind: str, predicates: Iterable[Predicate]) -> Codes:
        """Whether all conditions hold, for each asset of a kind."""
        codes: Codes = np.full(len(self.of_kind(kind)), YES, dtype=np.uint8)
        for predicate in predicates:
            codes = np.minimum(codes, self._verdict(kind, predicate))
        return codes

    def best_selector(self, node: NodePattern, kind: str) -> tuple[list[Selector], Int32]:
        """The selectors that speak of a kind, and which of them fits each of its assets best."""
        among = [selector for selector in node.selectors if kind in selector.kinds]
        fits = [self.verdicts(kind, (*s.applies, *s.where)) for s in among]
        return among, np.argmax(np.stack(fits), axis=0).astype(np.int32)

    def codes(self, kind: str, name: str) -> Int32:
        """For each asset of a kind a number that is the same for the same value of a property."""
        return self._column(kind, name).codes

    def missing(self, kind: str, name: str) -> Mask:
        """Which assets of a kind lack a property?"""
        column = self._column(kind, name)
        lacking = np.array([value is _MISSING for value in column.values], dtype=bool)
        return lacking[column.codes]

    def _verdict(self, kind: str, predicate: Predicate) -> Codes:
        key = (kind, predicate.property, predicate.operator, repr(predicate.value))
        if key not in self._verdicts:
            self._verdicts[key] = self._asked_of(kind, predicate)
        return self._verdicts[key]

    def _asked_of(self, kind: str, predicate: Predicate) -> Codes:
        graph = self.graph
        if predicate.operator == "allows":  # depends on the account of the asset as well
            assets = (graph.asset(i) for i in self.of_kind(kind).tolist())
            answers = [holds(predicate, asset, graph.collected_at) for asset in assets]
            return np.array([_CODE[answer] for answer in answers], dtype=np.uint8)
        column = self._column(kind, predicate.property)
        said = [
            UNDECIDED
            if value is _MISSING
            else _CODE[holds_of(predicate, value, graph.collected_at)]
            for value in column.values
        ]
        return np.array(said, dtype=np.uint8)[column.codes]

    def _column(self, kind: str, name: str) -> _Column:
        if (kind, name) not in self._columns:
            wanted = {name, *_PLACE, *self._asked[kind]}
            self._read(kind, [item for item in wanted if (kind, item) not in self._columns])
        return self._columns[kind, name]

    def _read(self, kind: str, names: list[str]) -> None:
        """One pass over the assets of a kind."""
        own = [name for name in names if name in OWN]
        read = [name for name in names if name not in OWN]
        tables: dict[str, dict[Any, int]] = {name: {} for name in names}
        values: dict[str, list[Any]] = {name: [] for name in names}
        codes: dict[str, list[int]] = {name: [] for name in names}

        def note(name: str, value: Any) -> None:
            key, table = _key(value), tables[name]
            code = table.get(key)
            if code is None:
                code = table[key] = len(table)
                values[name].append(value)
            codes[name].append(code)

        for i in self.of_kind(kind).tolist():
            asset = self.graph.asset(i)
            for name in own:
                note(name, getattr(asset, name))
            for name in read:
                note(name, asset.properties.get(name, _MISSING))
        for name in names:
            column = _Column(np.array(codes[name], dtype=np.int32), values[name])
            self._columns[kind, name] = column


def _by_kind(graph: AssetGraph) -> Mapping[str, Int32]:
    order = np.argsort(graph.kind_code, kind="stable").astype(np.int32)
    ends = np.cumsum(np.bincount(graph.kind_code, minlength=len(graph.kinds)))
    return {
        kind: order[end - size : end]
        for kind, end, size in zip(graph.kinds, ends, np.diff(ends, prepend=0), strict=True)
    }


def _key(value: Any) -> Any:
    """Equal for equal values of one type; texts, the most frequent, stand for themselves."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict | tuple):
        return (type(value), repr(value))
    return (type(value), value)
