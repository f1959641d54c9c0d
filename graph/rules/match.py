"""Matching a pattern on a graph: candidates are narrowed by semi-joins, then joined step by step, each answer three-valued."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import AssetGraph, Int32
from graph.coverage import own_lists, provider_of
from graph.model import Asset
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

_CODE = {True: YES, False: NO, None: UNDECIDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One answer: an asset for every name, how certain, and further assets that were counted."""

    bindings: Mapping[str, int]
    verdict: int
    counted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rows:
    """Partial answers: a column of assets for every name bound so far."""

    columns: Mapping[str, Int32]
    verdict: Codes

    def __len__(self) -> int:
        return len(self.verdict)

    def take(self, rows: NDArray[np.integer] | Mask) -> "_Rows":
        return _Rows(
            {name: column[rows] for name, column in self.columns.items()}, self.verdict[rows]
        )

    def at_most(self, verdict: NDArray[np.integer]) -> "_Rows":
        """The same answers, none surer than this; what is known not to be is left out."""
        lower = np.minimum(self.verdict, verdict).astype(np.uint8)
        return _Rows(self.columns, lower).take(lower > NO)


class Matcher:
    """Matches patterns on one graph; what rules share is looked up once."""

    def __init__(self, graph: AssetGraph) -> None:
        self.graph = graph
        self.relations = Relations(graph)
        self.ledger = Ledger(graph.coverage, graph.schema)

    def matches(self, pattern: Pattern) -> list[Match]:
        """Every answer, one for each combination of the names that results are grouped by."""
        truth = self._candidates(pattern, pattern.bound, pattern.steps)
        rows = self._join(pattern, truth)
        for part in pattern.absent:
            rows = self._without(rows, pattern, part)
        counted: dict[tuple[int, ...], set[int]] = {}
        groups = pattern.group_by or pattern.bound
        for count in pattern.counts:
            rows = self._counted(rows, count)
            for key, item in zip(
                zip(*(rows.columns[n].tolist() for n in groups), strict=True),
                rows.columns[count.of].tolist(),
                strict=True,
            ):
                counted.setdefault(key, set()).add(item)
        rows = self._distinct(rows, groups)
        return [
            Match(
                bindings=(bound := dict(zip(rows.columns, row, strict=True))),
                verdict=code,
                counted=tuple(sorted(counted.get(tuple(bound[n] for n in groups), ()))),
            )
            for *row, code in zip(
                *(column.tolist() for column in rows.columns.values()),
                rows.verdict.tolist(),
                strict=True,
            )
        ]

    # --- candidates

    def truth(self, node: NodePattern, among: Mask | None = None) -> Codes:
        """For every asset, whether it fits a node of the pattern by itself."""
        found = np.zeros(self.graph.node_count, dtype=np.uint8)
        for selector in node.selectors:
            fits = self.of_kinds(selector.kinds)
            if among is not None:
                fits &= among
            predicates = (*selector.applies, *selector.where)
            if not predicates:
                found[fits] = YES
                continue
            for i in np.flatnonzero(fits & (found < YES)).tolist():
                found[i] = max(int(found[i]), self.judge(predicates, self.graph.asset(i)))
        return found

    def judge(self, predicates: Iterable[Predicate], asset: Asset) -> int:
        """Whether all of them hold for an asset."""
        verdict = YES
        for predicate in predicates:
            code = _CODE[holds(predicate, asset, self.graph.collected_at)]
            if code == NO:
                return NO
            verdict = min(verdict, code)
        return verdict

    def of_kinds(self, kinds: Iterable[str]) -> Mask:
        """Assets of these kinds."""
        wanted = set(kinds)
        flags = np.array([kind in wanted for kind in self.graph.kinds], dtype=bool)
        if not len(flags):
            return np.zeros(self.graph.node_count, dtype=bool)
        found: Mask = flags[self.graph.kind_code]
        return found

    def _candidates(
        self, pattern: Pattern, names: Iterable[str], steps: tuple[StepPattern, ...]
    ) -> dict[str, Codes]:
        """Assets that may stand for each name: by kind, by what they are joined to, and only then by property."""
        masks = {name: self.of_kinds(pattern.nodes[name].kinds) for name in names}
        self._narrow(masks, steps)
        truth = {name: self.truth(pattern.nodes[name], mask) for name, mask in masks.items()}
        masks = {name: codes > NO for name, codes in truth.items()}
        self._narrow(masks, steps)
        return {name: np.where(masks[name], codes, NO) for name, codes in truth.items()}

    def _narrow(self, masks: dict[str, Mask], steps: tuple[StepPattern, ...]) -> None:
        """Semi-joins along the steps and back."""
        for step in (*steps, *reversed(steps)):
            masks[step.target] &= self.relations.reached(step, masks[step.source])
            masks[step.source] &= self.relations.reached(step, masks[step.target], backwards=True)

    # --- joins

    def _join(self, pattern: Pattern, truth: Mapping[str, Codes]) -> _Rows:
        first = np.flatnonzero(truth[pattern.about]).astype(np.int32)
        rows = _Rows({pattern.about: first}, truth[pattern.about][first])
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
            rows = self._distinct(rows, self._needed(pattern, rows, waiting, compare))
        return rows

    def _step(
        self, rows: _Rows, step: StepPattern, pairs: Pairs, truth: Mapping[str, Codes]
    ) -> _Rows:
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
        grown = _Rows({**taken.columns, new: far[hits]}, taken.verdict)
        return grown.at_most(np.minimum(pairs.verdict[hits], truth[new][far[hits]]))

    def _needed(
        self,
        pattern: Pattern,
        rows: _Rows,
        waiting: list[StepPattern],
        compare: list[Comparison],
    ) -> tuple[str, ...]:
        """Names whose assets still matter; of rows that agree in them, one is enough."""
        needed = {*(pattern.group_by or pattern.bound), pattern.about}
        later = (*waiting, *(step for part in pattern.absent for step in part))
        needed |= {name for step in later for name in (step.source, step.target)}
        needed |= {name for item in compare for name in item.nodes}
        needed |= {name for count in pattern.counts for name in (count.of, *count.per)}
        return tuple(name for name in rows.columns if name in needed)

    def _distinct(self, rows: _Rows, names: Iterable[str]) -> _Rows:
        """One row for each combination: the surest, and of those the first."""
        columns = [rows.columns[name] for name in names]
        others = [column for name, column in rows.columns.items() if name not in names]
        keys = [*others, -rows.verdict.astype(np.int8), *reversed(columns)]
        order = np.lexsort(np.array(keys))
        first = np.ones(len(order), dtype=bool)
        first[1:] = False
        for column in columns:
            first[1:] |= column[order][1:] != column[order][:-1]
        return rows.take(order[first])

    # --- comparisons, counts, absence

    def _compared(self, rows: _Rows, item: Comparison) -> NDArray[np.uint8]:
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

    def _counted(self, rows: _Rows, count: Count) -> _Rows:
        sure = self._number_of(rows, count, YES)
        possible = self._number_of(rows, count, UNDECIDED)
        enough = np.where(sure >= count.gte, YES, np.where(possible >= count.gte, UNDECIDED, NO))
        return rows.at_most(enough)

    def _number_of(self, rows: _Rows, count: Count, least: int) -> NDArray[np.int64]:
        """For every row, how many different assets are counted with it."""
        seen: dict[tuple[int, ...], set[int]] = {}
        keys = list(zip(*(rows.columns[name].tolist() for name in count.per), strict=True))
        items, codes = rows.columns[count.of].tolist(), rows.verdict.tolist()
        for key, item, code in zip(keys, items, codes, strict=True):
            if code >= least:
                seen.setdefault(key, set()).add(item)
        return np.array([len(seen.get(key, ())) for key in keys], dtype=np.int64)

    def _without(self, rows: _Rows, pattern: Pattern, part: tuple[StepPattern, ...]) -> _Rows:
        """Rows to which the absent part is not joined; undecided where its lists were not read whole."""
        inner = tuple(dict.fromkeys(n for s in part for n in (s.source, s.target)))
        shared = [name for name in inner if name in rows.columns]
        present = self._best_present(rows, pattern, part, inner, shared)
        keys = list(zip(*(rows.columns[name].tolist() for name in shared), strict=True))
        silent = {key for key in keys if key not in present}
        unread = {key for key in silent if self.absence_gaps(part, shared, key, pattern)}
        verdict = [
            YES - present[key] if key in present else UNDECIDED if key in unread else YES
            for key in keys
        ]
        return rows.at_most(np.array(verdict, dtype=np.uint8))

    def _best_present(
        self,
        rows: _Rows,
        pattern: Pattern,
        part: tuple[StepPattern, ...],
        inner: tuple[str, ...],
        shared: list[str],
    ) -> dict[tuple[int, ...], int]:
        """How certain the absent part is there, by the assets that it shares with the rows."""
        sub = Pattern(about=shared[0], nodes=pattern.nodes, steps=part, group_by=tuple(shared))
        truth = self._candidates(sub, inner, part)
        for name in shared:
            mask = np.zeros(self.graph.node_count, dtype=bool)
            mask[rows.columns[name]] = True
            truth[name] = np.where(mask & (truth[name] > NO), YES, NO).astype(np.uint8)
        found = self._distinct(self._join(sub, truth), shared)
        keys = zip(*(found.columns[name].tolist() for name in shared), strict=True)
        return dict(zip(keys, found.verdict.tolist(), strict=True))

    def absence_gaps(
        self,
        part: tuple[StepPattern, ...],
        shared: list[str],
        key: tuple[int, ...],
        pattern: Pattern,
    ) -> tuple[str, ...]:
        """What must be read before "no such thing" is known, and was not."""
        anchor = self.graph.asset(key[0])
        return self.ledger.gaps(self.lists_behind(part, shared, pattern, anchor), anchor)

    def lists_behind(
        self,
        steps: Iterable[StepPattern],
        shared: Sequence[str],
        pattern: Pattern,
        anchor: Asset,
    ) -> tuple[tuple[str, bool], ...]:
        """The lists of the anchor's cloud that, read whole, would show the relationships of these steps.

        With each whether it is asked once for every such anchor. What is derived of two known assets rests on the
        policies of its source.
        """
        schema, found = self.graph.schema, dict[tuple[str, bool], None]()
        for step in steps:
            told = [schema.relationships[kind] for kind in sorted(step.kinds)]
            read_by = own_lists((op for kind in told for op in kind.read_by), anchor.kind)
            far = step.target if step.source in shared else step.source
            if any(kind.derived for kind in told) and {step.source, step.target} <= set(shared):
                far = step.source
            listed = self._listed(pattern.nodes[far], provider_of(anchor.kind))
            own = bool(read_by) and step.source == shared[0]
            found.update(dict.fromkeys((operation, own) for operation in read_by or listed))
        return tuple(found)

    def _listed(self, node: NodePattern, cloud: str) -> list[str]:
        kinds = [kind for kind in sorted(node.kinds) if provider_of(kind) == cloud]
        return [op for kind in kinds for op in self.graph.schema.kinds[kind].listed_by]


def selected(matcher: Matcher, node: NodePattern, asset: Asset) -> Selector:
    """The selector by which an asset fits best."""
    fitting = [s for s in node.selectors if asset.kind in s.kinds]
    return max(fitting, key=lambda s: matcher.judge((*s.applies, *s.where), asset))
