"""The cheapest ways that visit no asset twice, one after another: Yen's partition with exact potentials.

The ways not yet reported are kept as disjoint families: "begin so, but do not go on with one of these moves". A family
waits in the queue under a lower bound of its best way, which is searched for only when its turn comes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import count

import numpy as np

from graph.paths.shortest import Positions, distances, read_off
from graph.paths.walk import Floats, Ints, Rows, Walk

PATIENCE = 2_000  # states that A* may open before Dijkstra measures without the closed ones


@dataclass(frozen=True, slots=True)
class Family:
    """All ways that begin with `root` and go on with a move outside `blocked`."""

    root: Positions
    blocked: frozenset[int] = frozenset()


def first_return(assets: Iterable[int]) -> int | None:
    """Where a way first comes back to an asset that it had left; None if it never does."""
    here, left = -1, set[int]()
    for i, there in enumerate(assets):
        if there != here:
            if there in left:
                return i
            left.add(there)
        here = there
    return None


def simple_ways(walk: Walk, start: int, goal: int) -> Iterator[Positions]:
    """Ways from start row to goal row, as places in `walk.forward`, cheapest first."""
    search = _Search(walk, start, goal)
    number = count()
    queue: list[tuple[float, int, Family, Positions | None]] = []

    def enqueue(family: Family) -> None:
        bounds = search.openings(family)[1]
        if len(bounds):
            bound = search.cost(family.root) + float(bounds.min())
            heappush(queue, (bound, next(number), family, None))

    enqueue(Family(()))
    while queue:
        _, _, family, way = heappop(queue)
        if way is None:
            best = search.best(family)
            if best is not None:
                heappush(queue, (search.cost(best), next(number), family, best))
            continue
        turn = first_return(map(walk.asset, search.states(way)))
        if turn is None:
            yield way
        for i in range(len(family.root), len(way) if turn is None else turn):
            blocked = family.blocked if i == len(family.root) else frozenset()
            enqueue(Family(way[:i], blocked | {way[i]}))


class _Search:
    """Finds the best way of a family; the distance to the goal is known for every state."""

    def __init__(self, walk: Walk, start: int, goal: int) -> None:
        self.walk = walk
        self.rows: Rows = walk.forward
        self.start = start
        self.goal = goal
        self.distance: Floats = distances(walk.backward, np.array([goal], dtype=np.int32))[0]

    def cost(self, way: Positions) -> float:
        return float(self.rows.cost[list(way)].sum())

    def states(self, way: Positions) -> list[int]:
        return [self.start, *self.rows.to[list(way)].tolist()]

    def end(self, way: Positions) -> int:
        return int(self.rows.to[way[-1]]) if way else self.start

    def openings(self, family: Family) -> tuple[Ints, Floats]:
        """The first moves that a family may make, and the least cost to the goal by each."""
        return self._ahead(self.end(family.root), self._closed(family), self.distance, family)

    def best(self, family: Family) -> Positions | None:
        """The cheapest way of a family, by A*; by Dijkstra where A* would open too much."""
        closed, end = self._closed(family), self.end(family.root)
        came: dict[int, tuple[int, int]] = {}  # opened state -> its move, the state before
        positions, bounds = self._ahead(end, closed, self.distance, family)
        number = count()
        queue = [
            (bound, next(number), position, end)
            for bound, position in zip(bounds.tolist(), positions.tolist(), strict=True)
        ]
        heapify(queue)
        while queue and len(came) < PATIENCE:
            bound, _, position, before = heappop(queue)
            state = int(self.rows.to[position])
            if state in came:
                continue
            came[state] = (position, before)
            if state == self.goal:
                return family.root + _trace(came, state)
            so_far = bound - float(self.distance[state])
            positions, bounds = self._ahead(state, closed, self.distance)
            for more, place in zip(bounds.tolist(), positions.tolist(), strict=True):
                heappush(queue, (so_far + more, next(number), place, state))
        return self._measured(family, closed) if queue else None

    def _measured(self, family: Family, closed: Ints) -> Positions | None:
        """The same, from distances that are measured without the closed states."""
        backward = self.walk.backward
        cost = backward.cost.copy()
        for state in closed.tolist():
            cost[backward.span(state)] = np.inf
        without = Rows(backward.offsets, backward.to, cost, backward.edge)
        distance = distances(without, np.array([self.goal], dtype=np.int32))[0]
        distance[closed] = np.inf
        positions, bounds = self._ahead(self.end(family.root), closed, distance, family)
        if not len(positions):
            return None
        first = int(positions[np.argmin(bounds)])
        rest = read_off(self.rows, distance, int(self.rows.to[first]))
        return (*family.root, first, *rest)

    def _closed(self, family: Family) -> Ints:
        """States that may not be visited again: of every asset left, and those of the root."""
        states = self.states(family.root)
        here = self.walk.asset(states[-1])
        left = {self.walk.asset(state) for state in states} - {here}
        closed = {*states, *(row for asset in left for row in self.walk.rows_of(asset))}
        return np.array(sorted(closed), dtype=np.int32)

    def _ahead(
        self, state: int, closed: Ints, distance: Floats, family: Family | None = None
    ) -> tuple[Ints, Floats]:
        span = self.rows.span(state)
        to = self.rows.to[span]
        bounds = self.rows.cost[span] + distance[to]
        bounds[np.isin(to, closed)] = np.inf
        if family is not None:
            bounds[[position - span.start for position in family.blocked]] = np.inf
        open_ = np.flatnonzero(np.isfinite(bounds))
        return (open_ + span.start).astype(np.int32), bounds[open_]


def _trace(came: dict[int, tuple[int, int]], state: int) -> Positions:
    way: list[int] = []
    while state in came:
        position, state = came[state]
        way.append(position)
    return tuple(reversed(way))
