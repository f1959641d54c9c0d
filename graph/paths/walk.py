"""What an attacker may do next, as one directed graph of states.

A state is an asset together with what the attacker has of it: use, or control. Moves between states are the traversable
relationships, plus two moves that stay at the asset: control includes use, and use of an asset whose label has a
`takeover` text may become control (which leaves the next step undecided).
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import AssetGraph
from graph.paths.risk import load_weights
from graph.schema import Level

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

DOWNGRADE = -1  # control includes use
TAKEOVER = -2  # use may become control


@dataclass(frozen=True, slots=True)
class Rows:
    """Compressed sparse rows of moves: row r leads to `to[offsets[r]:offsets[r + 1]]`."""

    offsets: Ints
    to: Ints
    cost: Floats
    edge: Ints  # number of the relationship, DOWNGRADE or TAKEOVER

    @property
    def count(self) -> int:
        """How many states there are."""
        return len(self.offsets) - 1

    def span(self, row: int) -> slice:
        """Where the moves of one state stand."""
        return slice(int(self.offsets[row]), int(self.offsets[row + 1]))

    def part(self, keep: Mask) -> "Rows":
        """The moves between kept states, which are renumbered in order."""
        number = np.cumsum(keep, dtype=np.int32) - np.int32(1)
        kept = np.repeat(keep, np.diff(self.offsets)) & keep[self.to]
        before = np.concatenate([[0], np.cumsum(kept, dtype=np.int32)])[self.offsets]
        counts = np.diff(before)[keep]
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return Rows(offsets, number[self.to[kept]], self.cost[kept], self.edge[kept])


@dataclass(frozen=True, slots=True)
class Walk:
    """Moves both ways. `states[row]` is 2 * asset (use) or 2 * asset + 1 (control), ascending."""

    states: Ints
    forward: Rows
    backward: Rows

    def row(self, asset: int, level: Level) -> int:
        """The row of a state that this walk has."""
        return int(np.searchsorted(self.states, 2 * asset + (level == "control")))

    def rows_of(self, asset: int) -> range:
        """The rows of an asset: two, fewer in a part of a walk."""
        first, last = np.searchsorted(self.states, [2 * asset, 2 * asset + 2])
        return range(int(first), int(last))

    def asset(self, row: int) -> int:
        """The number of the asset that a row is about."""
        return int(self.states[row]) >> 1

    def part(self, keep: Mask) -> "Walk":
        """The same walk with only some states, renumbered."""
        return Walk(self.states[keep], self.forward.part(keep), self.backward.part(keep))


_walks: WeakKeyDictionary[AssetGraph, Walk] = WeakKeyDictionary()


def walk_of(graph: AssetGraph) -> Walk:
    """The walk over a graph; made once per graph."""
    if graph not in _walks:
        _walks[graph] = build_walk(graph)
    return _walks[graph]


def build_walk(graph: AssetGraph) -> Walk:
    """Moves of every traversable relationship whose verdict is not no."""
    kinds = [graph.schema.relationships[name] for name in graph.relationship_kinds]
    weights = load_weights()
    traversable = np.array([kind.traversable for kind in kinds] or [False])
    needs = np.array([kind.needs == "control" for kind in kinds] or [False], dtype=np.int32)
    gives = np.array([kind.gives == "control" for kind in kinds] or [False], dtype=np.int32)
    costs = np.array([kind.cost for kind in kinds] or [0], dtype=np.float64)
    walked = traversable[graph.relationship_code] & (graph.verdict_code > 0)
    edges = np.flatnonzero(walked).astype(np.int32)
    codes = graph.relationship_code[edges]
    undecided = graph.verdict_code[edges] == 1
    every = np.arange(graph.node_count, dtype=np.int32)
    taken = every[_takeover_mask(graph)]
    return _walk(
        np.arange(2 * graph.node_count, dtype=np.int32),
        np.concatenate([2 * graph.source[edges] + needs[codes], 2 * every + 1, 2 * taken]),
        np.concatenate([2 * graph.target[edges] + gives[codes], 2 * every, 2 * taken + 1]),
        np.concatenate(
            [
                costs[codes] + undecided * weights.undecided_cost,
                np.zeros(len(every)),
                np.full(len(taken), weights.takeover_cost),
            ]
        ),
        np.concatenate(
            [
                edges,
                np.full(len(every), DOWNGRADE, dtype=np.int32),
                np.full(len(taken), TAKEOVER, dtype=np.int32),
            ]
        ),
    )


def _takeover_mask(graph: AssetGraph) -> Mask:
    by_label = [bool(graph.schema.labels[label].takeover) for label in graph.labels]
    return np.array(by_label or [False])[graph.label_code]


def _walk(states: Ints, tails: Ints, heads: Ints, cost: Floats, edge: Ints) -> Walk:
    return Walk(
        states,
        _rows(len(states), tails, heads, cost, edge),
        _rows(len(states), heads, tails, cost, edge),
    )


def _rows(count: int, here: Ints, there: Ints, cost: Floats, edge: Ints) -> Rows:
    order = np.argsort(here, kind="stable")
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(here, minlength=count), out=offsets[1:])
    return Rows(offsets, there[order].astype(np.int32), cost[order], edge[order])
