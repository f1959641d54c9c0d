"""What an attacker may do next, as one directed graph of states.

A state is an asset together with what the attacker has of it: use, steering or control. Moves between states are the
traversable relationships, plus moves that stay at the asset: control includes use and steering (but who steers an asset
cannot read it for that), and where the label has a `takeover` or `steering` text, use or steering may become control
(which leaves the next step undecided). An asset is reached when the attacker has any of the three of it. A network step
into what asks its callers for a key or a sign-in is no move: it gives none of the three.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import AssetGraph
from graph.paths.risk import load_weights
from graph.schema import Level

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

DOWNGRADE = -1  # control includes use and steering; each of them is a way to have reached it
TAKEOVER = -2  # use may become control
STEERING = -3  # steering may become control

REACHED, USE, STEER, CONTROL = range(4)
STATES = 4  # numbers an asset
NO, UNDECIDED = range(2)  # verdict codes
LEVELS: dict[Level | Literal["reached"], int] = {
    "reached": REACHED,
    "use": USE,
    "steer": STEER,
    "control": CONTROL,
}


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

    def without(self, edges: Ints) -> "Rows":
        """The same states without the moves of some relationships."""
        kept = ~np.isin(self.edge, edges)
        before = np.concatenate([[0], np.cumsum(kept, dtype=np.int32)])[self.offsets]
        return Rows(before.astype(np.int32), self.to[kept], self.cost[kept], self.edge[kept])


@dataclass(frozen=True, slots=True)
class Walk:
    """Moves both ways. `states[row]` is STATES * asset + level, ascending.

    Steering stands only where a move speaks of it; elsewhere control is what steers, and use is how it is reached.
    """

    states: Ints
    forward: Rows
    backward: Rows

    def row(self, asset: int, level: Level | Literal["reached"]) -> int:
        """The row of a state of this walk, or of the next that stands for it."""
        return int(np.searchsorted(self.states, STATES * asset + LEVELS[level]))

    def rows_of(self, asset: int) -> range:
        """The rows of an asset; fewer in a part of a walk."""
        first, last = np.searchsorted(self.states, [STATES * asset, STATES * (asset + 1)])
        return range(int(first), int(last))

    def asset(self, row: int) -> int:
        """The number of the asset that a row is about."""
        return int(self.states[row]) // STATES

    def part(self, keep: Mask) -> "Walk":
        """The same walk with only some states, renumbered."""
        return Walk(self.states[keep], self.forward.part(keep), self.backward.part(keep))

    def without(self, edges: Ints) -> "Walk":
        """The same walk without some relationships."""
        if not len(edges):
            return self
        return Walk(self.states, self.forward.without(edges), self.backward.without(edges))


_walks: WeakKeyDictionary[AssetGraph, Walk] = WeakKeyDictionary()


def walk_of(graph: AssetGraph) -> Walk:
    """The walk over a graph; made once per graph."""
    if graph not in _walks:
        _walks[graph] = build_walk(graph)
    return _walks[graph]


def build_walk(graph: AssetGraph) -> Walk:
    """Moves of every traversable relationship whose verdict is not no, and those within an asset."""
    steps = _steps(graph)
    present = np.tile(np.array([False, True, False, True]), graph.node_count)
    present[steps.tail] = present[steps.head] = True
    present[REACHED::STATES] = present[STEER::STATES]
    parts = (steps, *_within(graph, present))
    number = np.cumsum(present, dtype=np.int32) - np.int32(1)
    tail = number[np.concatenate([part.tail for part in parts])]
    head = number[np.concatenate([part.head for part in parts])]
    cost = np.concatenate([part.cost for part in parts])
    edge = np.concatenate([part.edge for part in parts])
    states = np.flatnonzero(present).astype(np.int32)
    return Walk(
        states,
        _rows(len(states), tail, head, cost, edge),
        _rows(len(states), head, tail, cost, edge),
    )


@dataclass(frozen=True, slots=True)
class _Moves:
    tail: Ints
    head: Ints
    cost: Floats
    edge: Ints


def _steps(graph: AssetGraph) -> _Moves:
    kinds = [graph.schema.relationships[name] for name in graph.relationship_kinds]
    traversable = np.array([kind.traversable for kind in kinds], dtype=bool)
    needs = np.array([LEVELS[kind.needs] for kind in kinds], dtype=np.int32)
    gives = np.array([LEVELS[kind.gives] for kind in kinds], dtype=np.int32)
    costs = np.array([kind.cost for kind in kinds], dtype=np.float64)
    walked = graph.verdict_code > NO
    if kinds:
        walked &= traversable[graph.relationship_code]
        network = np.array([kind.attack_class == "network" for kind in kinds], dtype=bool)
        asks = np.array([graph.schema.labels[name].asks for name in graph.labels], dtype=bool)
        asked = asks[graph.label_code[graph.target]] if len(asks) else asks
        walked &= ~(network[graph.relationship_code] & asked)
    edge = np.flatnonzero(walked).astype(np.int32)
    code = graph.relationship_code[edge]
    undecided = graph.verdict_code[edge] == UNDECIDED
    return _Moves(
        STATES * graph.source[edge] + needs[code],
        STATES * graph.target[edge] + gives[code],
        costs[code] + undecided * load_weights().undecided_cost,
        edge,
    )


def _within(graph: AssetGraph, present: Mask) -> Iterator[_Moves]:
    """Moves that stay at an asset, between the levels that it has."""
    every = STATES * np.arange(graph.node_count, dtype=np.int32)
    steered = every[present[every + STEER]]
    plain = every[~present[every + STEER]]
    yield _stay(plain + CONTROL, plain + USE, DOWNGRADE)
    yield _stay(steered + CONTROL, steered + STEER, DOWNGRADE)
    yield _stay(steered + CONTROL, steered + USE, DOWNGRADE)
    yield _stay(steered + STEER, steered + REACHED, DOWNGRADE)
    yield _stay(steered + USE, steered + REACHED, DOWNGRADE)
    labels = [graph.schema.labels[name] for name in graph.labels]
    takeover = np.array([bool(label.takeover) for label in labels], dtype=bool)
    steering = np.array([bool(label.steering) for label in labels], dtype=bool)
    if labels:
        taken = every[takeover[graph.label_code]]
        yield _stay(taken + USE, taken + CONTROL, TAKEOVER)
        taken = steered[steering[graph.label_code[steered // STATES]]]
        yield _stay(taken + STEER, taken + CONTROL, STEERING)


def _stay(tail: Ints, head: Ints, edge: int) -> _Moves:
    cost = 0.0 if edge == DOWNGRADE else load_weights().takeover_cost
    return _Moves(tail, head, np.full(len(tail), cost), np.full(len(tail), edge, dtype=np.int32))


def _rows(count: int, here: Ints, there: Ints, cost: Floats, edge: Ints) -> Rows:
    order = np.argsort(here, kind="stable")
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(here, minlength=count), out=offsets[1:])
    return Rows(offsets, there[order].astype(np.int32), cost[order], edge[order])
