"""What an answer shows: the path that joins its assets, the evidence of every property and step, the missing facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from graph.asset_graph import VERDICTS
from graph.model import Asset, Evidence, Finding, RuleVerdict, Step
from graph.rules.absence import absence_gaps, shared_names
from graph.rules.match import Match, Matcher, selected
from graph.rules.model import Comparison, Pattern, Rule
from graph.rules.predicates import OWN, holds
from graph.rules.relations import NO, UNDECIDED, YES

_SAID = {YES: RuleVerdict.FAIL, UNDECIDED: RuleVerdict.UNDECIDED, NO: RuleVerdict.PASS}


def unread_finding(rule: Rule, asset_id: str, gaps: tuple[str, ...]) -> Finding:
    """An asset of which nobody can tell, for what was not read."""
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        title=rule.title,
        severity=rule.severity,
        verdict=RuleVerdict.UNDECIDED,
        assets=(asset_id,),
        bindings={rule.pattern.about: asset_id},
        missing=gaps,
    )


def findings_of(matcher: Matcher, rule: Rule, matches: Sequence[Match]) -> list[Finding]:
    """Each match with its path, its proof, and what would decide it if it is open."""
    proofs = _Proofs(matcher, rule)
    paths = _paths(matcher, rule.pattern, matches)
    return [proofs.finding(found, path) for found, path in zip(matches, paths, strict=True)]


def _paths(matcher: Matcher, pattern: Pattern, matches: Sequence[Match]) -> list[list[int]]:
    """For each match the edges that join its assets, in the order in which the rule names them."""
    paths: list[dict[int, None]] = [{} for _ in matches]
    for step in pattern.steps if matches else ():
        ends = [
            np.array([found.bindings[name] for found in matches], dtype=np.int32)
            for name in (step.source, step.target)
        ]
        for path, way in zip(paths, matcher.relations.ways(step, *ends), strict=True):
            path.update(dict.fromkeys(way))
    return [list(path) for path in paths]


@dataclass(frozen=True, slots=True)
class _Fit:
    """How one asset fits one name of a pattern: the evidence of what was asked, and what of that was not read."""

    evidence: tuple[Evidence, ...]
    gaps: tuple[str, ...]


class _Proofs:
    """Findings of one rule; what several of them share is looked up once."""

    def __init__(self, matcher: Matcher, rule: Rule) -> None:
        self._matcher = matcher
        self._rule = rule
        self._fits: dict[tuple[str, int], _Fit] = {}
        self._steps: dict[int, Step] = {}

    def finding(self, found: Match, path: Sequence[int]) -> Finding:
        graph, rule = self._matcher.graph, self._rule
        steps = tuple(self._step(edge) for edge in path)
        ids = {name: graph.ids[i] for name, i in found.bindings.items()}
        along = [end for step in steps for end in (step.source, step.target)]
        counted = [graph.ids[i] for i in found.counted]
        assets = dict.fromkeys((ids[rule.pattern.about], *along, *ids.values(), *counted))
        fits = [self._fit(name, i) for name, i in found.bindings.items()]
        proof = (
            *(item for fit in fits for item in fit.evidence),
            *(item for step in steps for item in step.evidence),
        )
        if not proof:  # of an absence: the answer that told of the asset
            proof = graph.asset(found.bindings[rule.pattern.about]).evidence[:1]
        return Finding(
            rule=rule.id,
            kind=rule.kind,
            title=rule.title,
            severity=rule.severity,
            verdict=_SAID[found.verdict],
            assets=tuple(assets),
            bindings=ids,
            path=steps,
            evidence=_once(proof),
            missing=() if found.verdict == YES else self._missing(found, fits, steps),
        )

    def _step(self, edge: int) -> Step:
        if edge not in self._steps:
            graph = self._matcher.graph
            item = graph.relationship(edge)
            self._steps[edge] = Step(
                source=item.source,
                kind=item.kind,
                target=item.target,
                verdict=VERDICTS[int(graph.verdict_code[edge])],
                evidence=item.evidence,
                missing=item.missing,
                properties=item.properties,
            )
        return self._steps[edge]

    def _fit(self, name: str, i: int) -> _Fit:
        if (name, i) not in self._fits:
            asset = self._matcher.graph.asset(i)
            selector = selected(self._matcher, self._rule.pattern.nodes[name], asset)
            asked = (*selector.applies, *selector.where)
            evidence = (asset.evidence_for(predicate.property) for predicate in asked)
            now = self._matcher.graph.collected_at
            gaps = [self._gap(asset, p.property) for p in asked if holds(p, asset, now) is None]
            self._fits[name, i] = _Fit(tuple(item for item in evidence if item), tuple(gaps))
        return self._fits[name, i]

    def _gap(self, asset: Asset, name: str) -> str:
        if name in asset.properties:
            return f"{asset.name}: the snapshot does not tell when it was taken"
        return self._matcher.ledger.property_gap(asset, name)

    def _missing(
        self, found: Match, fits: Iterable[_Fit], steps: Iterable[Step]
    ) -> tuple[str, ...]:
        """The named facts that would decide it."""
        matcher, pattern = self._matcher, self._rule.pattern
        missing = dict.fromkeys(text for fit in fits for text in fit.gaps)
        missing.update(dict.fromkeys(text for step in steps for text in step.missing))
        for part in pattern.absent:
            shared = shared_names(part, found.bindings)
            anchor = matcher.graph.asset(found.bindings[shared[0]])
            gaps = absence_gaps(part, shared, anchor, pattern, matcher.ledger)
            missing.update(dict.fromkeys(gaps))
        for item in pattern.comparisons:
            missing.update(dict.fromkeys(_incomparable(matcher, item, found)))
        return tuple(missing)


def _once(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    found: dict[tuple[str, str, str], Evidence] = {}
    for item in items:
        found.setdefault((item.record, item.pointer, item.note), item)
    return tuple(found.values())


def _incomparable(matcher: Matcher, item: Comparison, found: Match) -> Iterable[str]:
    if item.property == "id":
        return
    for name in item.nodes:
        i = found.bindings[name]
        known, _ = matcher.value(i, item.property)
        asset = matcher.graph.asset(i)
        if not known:
            own = item.property in OWN
            yield (
                f"{asset.name}: its {item.property} is not known"
                if own
                else matcher.ledger.property_gap(asset, item.property)
            )
