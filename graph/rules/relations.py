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

    def __len__(self) -> int:
        return len(self.source)


class Relations:
    """The relations of one graph; edges of a set of kinds are looked up once. Edges known not to be are left out."""

    def __init__(self, graph: AssetGraph) -> None:
        self.graph = graph
        self._edges: dict[frozenset[str], Pairs] = {}
        self._trees: dict[tuple[StepPattern, int, int], dict[int, int]] = {}

    def edges(self, kinds: frozenset[str]) -> Pairs:
        """The edges of some kinds."""
        if kinds not in self._edges:
            graph = self.graph
            found = graph.edges_of_kind(*kinds)
            found = found[graph.verdict_code[found] > NO]
            self._edges[kinds] = Pairs(
                graph.source[found], graph.target[found], graph.verdict_code[found]
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

    def _chain(self, chain: tuple[frozenset[str], ...], sources: Mask, targets: Mask) -> Pairs:
        """One relationship after the other; what cannot arrive is left out from the start."""
        allowed = [targets]
        for kinds in chain[:0:-1]:
            allowed.insert(0, self._next(kinds, allowed[0], backwards=True))
        edges = self.edges(chain[0])
        keep = sources[edges.source] & allowed[0][edges.target]
        found = self._best(edges.source[keep], edges.target[keep], edges.verdict[keep])
        for kinds, fits in zip(chain[1:], allowed[1:], strict=True):
            edges = self.edges(kinds)
            keep = fits[edges.target]
            by_source = self._best(edges.source[keep], edges.target[keep], edges.verdict[keep])
            rows, hits = match(found.target, by_source.source)
            verdict = np.minimum(found.verdict[rows], by_source.verdict[hits])
            found = self._best(found.source[rows], by_source.target[hits], verdict)
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

    def way(self, step: StepPattern, source: int, target: int) -> list[int]:
        """The edges by which the step joins two assets, by the most certain way."""
        if step.repeats:
            return self._repeated(step, source, target)
        ways = [way for chain in step.chains if (way := self._find(chain, source, target))]
        return max(ways, key=lambda way: (self.weakest(way), -len(way)))

    def weakest(self, way: list[int]) -> int:
        """The verdict code of a way."""
        return int(self.graph.verdict_code[way].min()) if way else YES

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

    def _find(self, chain: tuple[frozenset[str], ...], source: int, target: int) -> list[int]:
        """The best way along one chain, looked for from the end that has fewer edges."""
        graph = self.graph
        out, into = graph.forward.row(source), graph.backward.row(target)
        if len(chain) == 1:
            fewer = (
                graph.out_edges(source, chain[0])[:]
                if len(out) <= len(into)
                else graph.in_edges(target, chain[0])
            )
            good = (graph.source[fewer] == source) & (graph.target[fewer] == target)
            edges = fewer[good & (graph.verdict_code[fewer] > NO)]
            return [int(edges[np.argmax(graph.verdict_code[edges])])] if len(edges) else []
        ways: list[list[int]] = []
        if len(out) <= len(into):
            for edge in graph.out_edges(source, chain[0]).tolist():
                rest = self._find(chain[1:], int(graph.target[edge]), target)
                ways += [[edge, *rest]] if rest else []
        else:
            for edge in graph.in_edges(target, chain[-1]).tolist():
                rest = self._find(chain[:-1], source, int(graph.source[edge]))
                ways += [[*rest, edge]] if rest else []
        return max(ways, key=self.weakest, default=[])

    def _best(self, source: Int32, target: Int32, verdict: Codes) -> Pairs:
        """Each pair once, with its best verdict."""
        key = source.astype(np.int64) * self.graph.node_count + target
        order = np.lexsort((-verdict.astype(np.int8), key))
        ordered = key[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = ordered[1:] != ordered[:-1]
        kept = order[first]
        return Pairs(source[kept], target[kept], verdict[kept])


def match(keys: NDArray[np.integer], ordered: NDArray[np.integer]) -> tuple[Int64, Int64]:
    """Every (row, hit) with keys[row] == ordered[hit]; `ordered` is sorted."""
    low, high = np.searchsorted(ordered, keys, "left"), np.searchsorted(ordered, keys, "right")
    counts = high - low
    rows = np.repeat(np.arange(len(keys)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return rows, np.repeat(low, counts) + np.arange(len(rows)) - before


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
