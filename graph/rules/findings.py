"""What an answer shows: the path that joins its assets, the evidence of every property and step, the missing facts."""

from collections.abc import Iterable

from graph.asset_graph import VERDICTS, AssetGraph
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


def finding(matcher: Matcher, rule: Rule, found: Match) -> Finding:
    """A match with its path, its proof, and what would decide it if it is open."""
    graph, pattern = matcher.graph, rule.pattern
    steps = _path(matcher, pattern, found)
    ids = {name: graph.ids[i] for name, i in found.bindings.items()}
    along = [end for step in steps for end in (step.source, step.target)]
    counted = [graph.ids[i] for i in found.counted]
    assets = dict.fromkeys((ids[pattern.about], *along, *ids.values(), *counted))
    proof = (
        *_property_evidence(matcher, pattern, found),
        *(item for step in steps for item in step.evidence),
    )
    if not proof:  # of an absence: the answer that told of the asset
        proof = graph.asset(found.bindings[pattern.about]).evidence[:1]
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
        missing=_missing(matcher, pattern, found, steps),
    )


def _once(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    found: dict[tuple[str, str, str], Evidence] = {}
    for item in items:
        found.setdefault((item.record, item.pointer, item.note), item)
    return tuple(found.values())


def _path(matcher: Matcher, pattern: Pattern, found: Match) -> tuple[Step, ...]:
    """The relationships that join the assets, in the order in which the rule names them."""
    edges: dict[int, None] = {}
    for step in pattern.steps:
        source, target = found.bindings[step.source], found.bindings[step.target]
        edges.update(dict.fromkeys(matcher.relations.way(step, source, target)))
    return tuple(_step(matcher.graph, edge) for edge in edges)


def _step(graph: AssetGraph, edge: int) -> Step:
    item = graph.relationship(edge)
    return Step(
        source=item.source,
        kind=item.kind,
        target=item.target,
        verdict=VERDICTS[int(graph.verdict_code[edge])],
        evidence=item.evidence,
        missing=item.missing,
        properties=item.properties,
    )


def _property_evidence(matcher: Matcher, pattern: Pattern, found: Match) -> list[Evidence]:
    items: list[Evidence] = []
    for name, i in found.bindings.items():
        asset = matcher.graph.asset(i)
        selector = selected(matcher, pattern.nodes[name], asset)
        for predicate in (*selector.applies, *selector.where):
            item = asset.evidence_for(predicate.property)
            if item:
                items.append(item)
    return items


def _missing(
    matcher: Matcher, pattern: Pattern, found: Match, steps: tuple[Step, ...]
) -> tuple[str, ...]:
    """The named facts that would decide it; nothing for what is decided."""
    if found.verdict == YES:
        return ()
    missing: dict[str, None] = {}
    for name, i in found.bindings.items():
        asset = matcher.graph.asset(i)
        selector = selected(matcher, pattern.nodes[name], asset)
        for predicate in (*selector.applies, *selector.where):
            if holds(predicate, asset, matcher.graph.collected_at) is None:
                missing[_gap(matcher, asset, predicate.property)] = None
    missing.update(dict.fromkeys(text for step in steps for text in step.missing))
    for part in pattern.absent:
        shared = shared_names(part, found.bindings)
        anchor = matcher.graph.asset(found.bindings[shared[0]])
        missing.update(dict.fromkeys(absence_gaps(part, shared, anchor, pattern, matcher.ledger)))
    for item in pattern.comparisons:
        missing.update(dict.fromkeys(_incomparable(matcher, item, found)))
    return tuple(missing)


def _gap(matcher: Matcher, asset: Asset, name: str) -> str:
    if name in asset.properties:
        return f"{asset.name}: the snapshot does not tell when it was taken"
    return matcher.ledger.property_gap(asset, name)


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
