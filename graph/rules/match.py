"""Matching a pattern on a graph: candidates are narrowed by semi-joins, then joined step by step, each answer three-valued."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import AssetGraph
from graph.model import Asset
from graph.rules.absence import gaps_of, lists_behind, shared_names
from graph.rules.columns import Columns
from graph.rules.ledger import Ledger
from graph.rules.model import (
    Comparison,
    Count,
    NodePattern,
    Pattern,
    Predicate,
    Selector,
    StepPattern,
)
from graph.rules.predicates import OWN, holds
from graph.rules.relations import NO, UNDECIDED, YES, Codes, Mask, Pairs, Relations, match
from graph.rules.rows import Rows, numbered

_CODE = {True: YES, False: NO, None: UNDECIDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One answer: an asset for every name, how certain, and further assets that were counted."""

    bindings: Mapping[str, int]
    verdict: int
    counted: tuple[int, ...] = ()


class Matcher:
    """Matches patterns on one graph; what rules share is looked up once."""

    def __init__(self, graph: AssetGraph, patterns: Iterable[Pattern] = ()) -> None:
        """`patterns` that will be asked, so that properties are read in one pass."""
        self.graph = graph
        self.relations = Relations(graph)
        self.ledger = Ledger(graph.coverage, graph.schema)
        self.columns = Columns(graph, (node for p in patterns for node in p.nodes.values()))

    def matches(self, pattern: Pattern) -> list[Match]:
        """Every answer, one for each combination of the names that results are grouped by."""
        truth = self._candidates(pattern, pattern.bound, pattern.steps)
        rows = self._join(pattern, truth)
        for part in pattern.absent:
            rows = rows.at_most(
                self.absent(rows, pattern, part, self._present(rows, pattern, part))
            )
        return self.grouped(rows, pattern)

    def grouped(self, rows: Rows, pattern: Pattern) -> list[Match]:
        """Rows counted and put together by the names that results are grouped by."""
        counted: dict[tuple[int, ...], set[int]] = {}
        groups = pattern.group_by or pattern.bound
        for count in pattern.counts:
            rows = _counted(rows, count)
            keys = zip(*(rows.columns[name].tolist() for name in groups), strict=True)
            for key, item in zip(keys, rows.columns[count.of].tolist(), strict=True):
                counted.setdefault(key, set()).add(item)
        rows = rows.distinct(groups)
        names = tuple(rows.columns)
        return [
            Match(
                bindings=(bound := dict(zip(names, row, strict=True))),
                verdict=code,
                counted=tuple(sorted(counted[tuple(bound[name] for name in groups)]))
                if counted
                else (),
            )
            for *row, code in zip(
                *(column.tolist() for column in rows.columns.values()),
                rows.verdict.tolist(),
                strict=True,
            )
        ]

    def judge(self, predicates: Iterable[Predicate], asset: Asset) -> int:
        """Whether all of them hold for an asset."""
        verdict = YES
        for predicate in predicates:
            code = _CODE[holds(predicate, asset, self.graph.collected_at)]
            if code == NO:
                return NO
            verdict = min(verdict, code)
        return verdict

    # --- candidates

    def _candidates(
        self, pattern: Pattern, names: Iterable[str], steps: tuple[StepPattern, ...]
    ) -> dict[str, Codes]:
        """Assets that may stand for each name: by kind, by what they are joined to, and only then by property."""
        masks = {name: self.columns.of_kinds(pattern.nodes[name].kinds) for name in names}
        if not self._narrow(masks, steps):
            return {name: np.zeros(self.graph.node_count, dtype=np.uint8) for name in masks}
        truth = {name: self.columns.truth(pattern.nodes[name], m) for name, m in masks.items()}
        masks = {name: codes > NO for name, codes in truth.items()}
        self._narrow(masks, steps)
        return {name: np.where(masks[name], codes, NO) for name, codes in truth.items()}

    def _narrow(self, masks: dict[str, Mask], steps: tuple[StepPattern, ...]) -> bool:
        """Semi-joins along the steps and back; False as soon as nothing is left for a name."""
        if not all(mask.any() for mask in masks.values()):
            return False
        for step in (*steps, *reversed(steps)):
            masks[step.target] &= self.relations.reached(step, masks[step.source])
            masks[step.source] &= self.relations.reached(step, masks[step.target], backwards=True)
            if not (masks[step.source].any() and masks[step.target].any()):
                return False
        return True

    # --- joins

    def _join(self, pattern: Pattern, truth: Mapping[str, Codes]) -> Rows:
        first = np.flatnonzero(truth[pattern.about]).astype(np.int32)
        rows = Rows({pattern.about: first}, truth[pattern.about][first])
        waiting = list(pattern.steps)
        pairs = {
            step: self.relations.pairs(step, truth[step.source] > NO, truth[step.target] > NO)
            for step in waiting
        }
        compare = list(pattern.comparisons)
        while waiting:
            step = min(
                (s for s in waiting if s.source in rows.columns or s.target in rows.columns),
                key=lambda s: (
                    not (s.source in rows.columns and s.target in rows.columns),
                    len(pairs[s]),
                ),
            )
            waiting.remove(step)
            rows = self._step(rows, step, pairs[step], truth)
            for item in [c for c in compare if set(c.nodes) <= set(rows.columns)]:
                compare.remove(item)
                rows = rows.at_most(self._compared(rows, item))
            rows = rows.distinct(_needed(pattern, rows, waiting, compare))
        return rows

    def _step(
        self, rows: Rows, step: StepPattern, pairs: Pairs, truth: Mapping[str, Codes]
    ) -> Rows:
        """The rows that the step continues, with the new name bound."""
        known = [name in rows.columns for name in (step.source, step.target)]
        if all(known):
            size = self.graph.node_count
            wanted = rows.columns[step.source].astype(np.int64) * size
            wanted = wanted + rows.columns[step.target]
            at, hits = match(wanted, pairs.source.astype(np.int64) * size + pairs.target)
            return rows.take(at).at_most(pairs.verdict[hits])
        if known[0]:
            bound, new, order = step.source, step.target, np.arange(len(pairs))
            near, far = pairs.source, pairs.target
        else:
            bound, new = step.target, step.source
            near, far = pairs.target, pairs.source
            order = np.argsort(near, kind="stable")
        at, hits = match(rows.columns[bound], near[order])
        hits = order[hits]
        taken = rows.take(at)
        grown = Rows({**taken.columns, new: far[hits]}, taken.verdict)
        return grown.at_most(np.minimum(pairs.verdict[hits], truth[new][far[hits]]))

    def _compared(self, rows: Rows, item: Comparison) -> NDArray[np.uint8]:
        left, right = (rows.columns[name] for name in item.nodes)
        if item.property == "id":
            same = left == right
            return np.where(same if item.equal else ~same, YES, NO).astype(np.uint8)
        values: dict[object, int] = {}
        numbers = np.full(self.graph.node_count, -1, dtype=np.int64)
        for i in np.unique(np.concatenate([left, right])).tolist():
            known, value = self.value(i, item.property)
            numbers[i] = values.setdefault(value, len(values)) if known else -1
        same = numbers[left] == numbers[right]
        unknown = (numbers[left] < 0) | (numbers[right] < 0)
        decided = np.where(same if item.equal else ~same, YES, NO)
        return np.where(unknown, UNDECIDED, decided).astype(np.uint8)

    def value(self, i: int, name: str) -> tuple[bool, str]:
        """(is it known, a text that is equal for equal values) of a property."""
        asset = self.graph.asset(i)
        if name in OWN:
            value = getattr(asset, name)
            return bool(value), str(value)
        return name in asset.properties, repr(asset.properties.get(name))

    # --- absence

    def absent(
        self, rows: Rows, pattern: Pattern, part: tuple[StepPattern, ...], present: Codes
    ) -> Codes:
        """For each row, how certain the part is absent, given how certain it is there; undecided where its lists were not read whole."""
        verdict = (YES - present).astype(np.uint8)
        silent = np.flatnonzero(present == NO)
        shared = shared_names(part, rows.columns)
        anchors, inverse = np.unique(rows.columns[shared[0]][silent], return_inverse=True)
        gaps = self.gaps(part, shared, pattern, anchors)
        unread = np.array([bool(gap) for gap in gaps], dtype=bool)
        verdict[silent[unread[inverse]]] = UNDECIDED
        return verdict

    def gaps(
        self,
        steps: tuple[StepPattern, ...],
        shared: tuple[str, ...],
        pattern: Pattern,
        anchors: NDArray[np.int32],
    ) -> list[tuple[str, ...]]:
        """For each asset what must be read before it is known that no such steps leave it, and was not."""
        schema = self.graph.schema
        return gaps_of(
            anchors,
            self.graph,
            self.columns,
            self.ledger,
            lambda kind: lists_behind(steps, shared, pattern, kind, schema),
        )

    def _present(self, rows: Rows, pattern: Pattern, part: tuple[StepPattern, ...]) -> Codes:
        """For each row, how certain the absent part is there."""
        shared = shared_names(part, rows.columns)
        inner = tuple(dict.fromkeys(n for s in part for n in (s.source, s.target)))
        sub = Pattern(about=shared[0], nodes=pattern.nodes, steps=part, group_by=shared)
        truth = self._candidates(sub, inner, part)
        for name in shared:
            mask = np.zeros(self.graph.node_count, dtype=bool)
            mask[rows.columns[name]] = True
            truth[name] = np.where(mask & (truth[name] > NO), YES, NO).astype(np.uint8)
        found = self._join(sub, truth)
        both = [np.concatenate([found.columns[n], rows.columns[n]]) for n in shared]
        numbers = numbered(both, len(found) + len(rows))
        best = np.zeros(int(numbers.max(initial=0)) + 1, dtype=np.uint8)
        np.maximum.at(best, numbers[: len(found)], found.verdict)
        return best[numbers[len(found) :]]


def _needed(
    pattern: Pattern, rows: Rows, waiting: list[StepPattern], compare: list[Comparison]
) -> tuple[str, ...]:
    """Names whose assets still matter; of rows that agree in them, one is enough."""
    needed = {*(pattern.group_by or pattern.bound), pattern.about}
    later = (*waiting, *(step for part in pattern.absent for step in part))
    needed |= {name for step in later for name in (step.source, step.target)}
    needed |= {name for item in compare for name in item.nodes}
    needed |= {name for count in pattern.counts for name in (count.of, *count.per)}
    return tuple(name for name in rows.columns if name in needed)


def _counted(rows: Rows, count: Count) -> Rows:
    """Rows of which enough share what is counted."""
    sure = _number_of(rows, count, YES)
    possible = _number_of(rows, count, UNDECIDED)
    enough = np.where(sure >= count.gte, YES, np.where(possible >= count.gte, UNDECIDED, NO))
    return rows.at_most(enough)


def _number_of(rows: Rows, count: Count, least: int) -> NDArray[np.int64]:
    """For every row, how many different assets are counted with it."""
    groups = numbered((rows.columns[name] for name in count.per), len(rows))
    certain = rows.verdict >= least
    pairs = np.stack([groups[certain], rows.columns[count.of][certain].astype(np.int64)])
    counts = np.bincount(np.unique(pairs, axis=1)[0], minlength=int(groups.max(initial=0)) + 1)
    return counts[groups].astype(np.int64)


def selected(matcher: Matcher, node: NodePattern, asset: Asset) -> Selector:
    """The selector by which an asset fits best."""
    fitting = [s for s in node.selectors if asset.kind in s.kinds]
    return max(fitting, key=lambda s: matcher.judge((*s.applies, *s.where), asset))
