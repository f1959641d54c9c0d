"""Steps of a pattern as relations on a graph: who is reached from whom, in whole columns at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import AssetGraph, Int32
from graph.rules.model import StepPattern

Mask = NDArray[np.bool_]
Codes = NDArray[np.uint8]
Int64 = NDArray[np.int64]

NO, UNDECIDED, YES = 0, 1, 2  # as the graph's verdict codes


@dataclass(frozen=True, slots=True)
class Pairs:
    """A relation: each pair once, with its best verdict; in order of source, then target."""

    source: Int32
    target: Int32
    verdict: Codes
    via: tuple[
        Int32, ...
    ] = ()  # the edges by which, if they were asked for: the first, the second, ...

    def __len__(self) -> int:
        return len(self.source)


class Relations:
    """The relations of one graph; edges of a set of kinds are looked up once. Edges known not to be are left out."""

    def __init__(self, graph: AssetGraph) -> None:
        self.graph = graph
        self._edges: dict[frozenset[str], Pairs] = {}
        self._trees: dict[tuple[StepPattern, int, int], dict[int, int]] = {}

    def edges(self, kinds: frozenset[str]) -> Pairs:
        """The edges of some kinds, of several between two assets the most certain."""
        if kinds not in self._edges:
            graph = self.graph
            found = graph.edges_of_kind(*kinds)
            found = found[graph.verdict_code[found] > NO]
            self._edges[kinds] = self._best(
                graph.source[found], graph.target[found], graph.verdict_code[found], (found,)
            )
        return self._edges[kinds]

    def reached(self, step: StepPattern, among: Mask, *, backwards: bool = False) -> Mask:
        """Every asset that one of the given reaches by the step, or that reaches one of them."""
        found = np.zeros(len(among), dtype=bool)
        if step.repeats:
            return self._flooded(step, among, backwards=backwards)
        for chain in step.chains:
            here = among
            for kinds in reversed(chain) if backwards else chain:
                here = self._next(kinds, here, backwards=backwards)
            found |= here
        return found

    def _next(self, kinds: frozenset[str], among: Mask, *, backwards: bool) -> Mask:
        edges = self.edges(kinds)
        start, end = (edges.target, edges.source) if backwards else (edges.source, edges.target)
        found = np.zeros(len(among), dtype=bool)
        found[end[among[start]]] = True
        return found

    def _flooded(self, step: StepPattern, among: Mask, *, backwards: bool) -> Mask:
        found = among.copy() if step.least == 0 else np.zeros(len(among), dtype=bool)
        front, rounds = among, 0
        while front.any() and (step.most is None or rounds < step.most):
            reached = self._next(step.chains[0][0], front, backwards=backwards)
            front = reached & ~found
            found |= reached
            rounds += 1
        return found

    def pairs(self, step: StepPattern, sources: Mask, targets: Mask) -> Pairs:
        """The relation of a step between two sets of assets."""
        if step.repeats:
            return self._closure(step, sources, targets)
        parts = [self._chain(chain, sources, targets) for chain in step.chains]
        return parts[0] if len(parts) == 1 else self._best(*_joined(parts))

    def _chain(
        self,
        chain: tuple[frozenset[str], ...],
        sources: Mask,
        targets: Mask,
        *,
        traced: bool = False,
    ) -> Pairs:
        """One relationship after the other; what cannot arrive is left out from the start."""
        allowed = [targets]
        for kinds in chain[:0:-1]:
            allowed.insert(0, self._next(kinds, allowed[0], backwards=True))
        edges = self.edges(chain[0])
        found = _taken(edges, sources[edges.source] & allowed[0][edges.target], traced=traced)
        for kinds, fits in zip(chain[1:], allowed[1:], strict=True):
            edges = self.edges(kinds)
            edges = _taken(edges, fits[edges.target], traced=traced)
            rows, hits = match(found.target, edges.source)
            found = self._best(
                found.source[rows],
                edges.target[hits],
                np.minimum(found.verdict[rows], edges.verdict[hits]),
                (*(edge[rows] for edge in found.via), *(edge[hits] for edge in edges.via)),
            )
        return found

    def _closure(self, step: StepPattern, sources: Mask, targets: Mask) -> Pairs:
        """Every pair that some repetition joins: certain if certain edges alone do."""
        useful = self._flooded(step, targets, backwards=True) | targets
        rows: list[tuple[int, Int32, int]] = []
        for start in np.flatnonzero(sources & (useful | targets)).tolist():
            certain = self._distances(step, start, useful, YES)
            possible = self._distances(step, start, useful, UNDECIDED)
            sure = _within(certain, targets)
            rows.append((start, sure, YES))
            rows.append((start, np.setdiff1d(_within(possible, targets), sure), UNDECIDED))
        return self._best(*_spelt_out(rows))

    def _distances(self, step: StepPattern, start: int, useful: Mask, least: int) -> Int32:
        """What is reached from one asset by edges that are at least so certain."""
        return np.array([i for i in self._tree(step, start, least) if useful[i]], dtype=np.int32)

    def _tree(self, step: StepPattern, start: int, least: int) -> dict[int, int]:
        """Breadth first: by which edge each asset was first reached; -1 for the start itself."""
        key = (step, start, least)
        if key not in self._trees:
            self._trees[key] = self._grown(step, start, least)
        return self._trees[key]

    def _grown(self, step: StepPattern, start: int, least: int) -> dict[int, int]:
        graph, kinds = self.graph, step.chains[0][0]
        tree = {start: -1} if step.least == 0 else {}
        front, rounds = [start], 0
        while front and (step.most is None or rounds < step.most):
            reached: list[int] = []
            for i in front:
                for edge in graph.out_edges(i, kinds).tolist():
                    end = int(graph.target[edge])
                    if graph.verdict_code[edge] >= least and end not in tree:
                        tree[end] = edge
                        reached.append(end)
            front, rounds = reached, rounds + 1
        return tree

    def ways(self, step: StepPattern, sources: Int32, targets: Int32) -> list[list[int]]:
        """For each two assets that the step joins, the edges by which it does: by the most certain way, then the shortest."""
        if step.repeats:
            ends = zip(sources.tolist(), targets.tolist(), strict=True)
            return [self._repeated(step, source, target) for source, target in ends]
        keys, inverse = np.unique(self._key(sources, targets), return_inverse=True)
        score = np.full(len(keys), -1, dtype=np.int64)
        best = np.full((len(keys), max(map(len, step.chains))), -1, dtype=np.int64)
        for chain in step.chains:
            found = self._chain(chain, self._mask(sources), self._mask(targets), traced=True)
            at, hits = match(keys, self._key(found.source, found.target))
            worth = found.verdict[hits].astype(np.int64) * (best.shape[1] + 1) - len(chain)
            better = worth > score[at]
            at, hits = at[better], hits[better]
            score[at], best[at] = worth[better], -1
            for hop, edges in enumerate(found.via):
                best[at, hop] = edges[hits]
        spelt = [[edge for edge in row if edge >= 0] for row in best.tolist()]
        return [spelt[i] for i in inverse.tolist()]

    def _mask(self, nodes: Int32) -> Mask:
        mask = np.zeros(self.graph.node_count, dtype=bool)
        mask[nodes] = True
        return mask

    def _key(self, source: Int32, target: Int32) -> Int64:
        key: Int64 = source.astype(np.int64) * self.graph.node_count + target
        return key

    def _repeated(self, step: StepPattern, source: int, target: int) -> list[int]:
        certain = self._tree(step, source, YES)
        tree = certain if target in certain else self._tree(step, source, UNDECIDED)
        way: list[int] = []
        here = target
        while (edge := tree[here]) >= 0:
            way.insert(0, edge)
            here = int(self.graph.source[edge])
            if here == source:
                break
        return way

    def _best(
        self, source: Int32, target: Int32, verdict: Codes, via: tuple[Int32, ...] = ()
    ) -> Pairs:
        """Each pair once, with its best verdict."""
        key = self._key(source, target) * (YES + 1) + (YES - verdict)
        in_order = bool(np.all(key[1:] > key[:-1]))
        kept = np.arange(len(key)) if in_order else np.argsort(key, kind="stable")
        pair = key[kept] // (YES + 1)
        first = np.ones(len(kept), dtype=bool)
        first[1:] = pair[1:] != pair[:-1]
        kept = kept[first]
        return Pairs(source[kept], target[kept], verdict[kept], tuple(edges[kept] for edges in via))


def match(keys: NDArray[np.integer], ordered: NDArray[np.integer]) -> tuple[Int64, Int64]:
    """Every (row, hit) with keys[row] == ordered[hit]; `ordered` is sorted."""
    low, high = np.searchsorted(ordered, keys, "left"), np.searchsorted(ordered, keys, "right")
    counts = high - low
    rows = np.repeat(np.arange(len(keys)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return rows, np.repeat(low, counts) + np.arange(len(rows)) - before


def _taken(pairs: Pairs, rows: Mask, *, traced: bool) -> Pairs:
    via = tuple(edges[rows] for edges in pairs.via) if traced else ()
    return Pairs(pairs.source[rows], pairs.target[rows], pairs.verdict[rows], via)


def _within(found: Int32, mask: Mask) -> Int32:
    return found[mask[found]]


def _spelt_out(rows: list[tuple[int, Int32, int]]) -> tuple[Int32, Int32, Codes]:
    nothing = np.zeros(0, dtype=np.int32)
    sizes = [len(ends) for _, ends, _ in rows]
    return (
        np.repeat(np.array([start for start, _, _ in rows], dtype=np.int32), sizes),
        np.concatenate([nothing, *(ends for _, ends, _ in rows)]).astype(np.int32),
        np.repeat(np.array([code for _, _, code in rows], dtype=np.uint8), sizes),
    )


def _joined(parts: list[Pairs]) -> tuple[Int32, Int32, Codes]:
    return (
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.target for part in parts]),
        np.concatenate([part.verdict for part in parts]),
    )
