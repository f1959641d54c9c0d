"""All rules on one graph: findings worst first, and for each rule how often it said what. Never a guess: pass, fail or undecided."""

from collections.abc import Iterable, Mapping

import numpy as np

from graph.asset_graph import VERDICTS, AssetGraph
from graph.coverage import provider_of
from graph.model import Asset, Evidence, Finding, RuleVerdict, Step
from graph.progress import Progress, silent
from graph.rules.match import Match, Matcher, selected
from graph.rules.model import Comparison, Pattern, Rule, RuleResult, RuleResults
from graph.rules.predicates import OWN, holds
from graph.rules.relations import NO, UNDECIDED, YES

_SAID = {YES: RuleVerdict.FAIL, UNDECIDED: RuleVerdict.UNDECIDED, NO: RuleVerdict.PASS}


def evaluate(
    graph: AssetGraph, rules: Mapping[str, Rule], *, progress: Progress = silent
) -> RuleResults:
    """Every rule on the graph."""
    matcher = Matcher(graph)
    findings: list[Finding] = []
    results: dict[str, RuleResult] = {}
    for number, rule in enumerate(rules.values(), 1):
        found, results[rule.id] = _evaluated(matcher, rule)
        findings += found
        progress(number / len(rules), f"Rule {rule.id}")
    findings.sort(key=_worst_first)
    return RuleResults(findings=tuple(findings), results=results)


def _worst_first(finding: Finding) -> tuple[object, ...]:
    return (
        -finding.severity.rank,
        finding.verdict is not RuleVerdict.FAIL,
        finding.kind == "posture",
        finding.rule,
        finding.assets,
        sorted(finding.bindings.items()),
    )


def _evaluated(matcher: Matcher, rule: Rule) -> tuple[list[Finding], RuleResult]:
    matches = matcher.matches(rule.pattern)
    findings = [_finding(matcher, rule, found) for found in matches]
    unread = _not_read(matcher, rule)
    passed = untold = 0
    if rule.kind == "posture":
        about = rule.pattern.about
        silent_ones = _silent(matcher, rule, {found.bindings[about] for found in matches})
        unknown = {i: gaps for i, gaps in silent_ones.items() if gaps}
        passed = len(silent_ones) - len(unknown)
        if unread and not findings and not passed:
            untold = len(unknown)  # nobody read what it takes: one line for the rule says it
        else:
            findings += [_unread(matcher, rule, i, gaps) for i, gaps in unknown.items()]
    failed = sum(finding.verdict is RuleVerdict.FAIL for finding in findings)
    result = RuleResult(
        passed=passed,
        failed=failed,
        undecided=len(findings) - failed + untold,
        reason=_reason(rule, unread, said=bool(findings or passed)),
        needs=unread,
    )
    return findings, result


def _not_read(matcher: Matcher, rule: Rule) -> tuple[str, ...]:
    """What the rule needs of the clouds in the snapshot, and nobody read."""
    clouds = {provider_of(kind) for kind in matcher.graph.kinds}
    clouds |= {entry.scope.provider for entry in matcher.graph.coverage}
    wanted = [op for op in rule.needs if provider_of(op) in clouds] or rule.needs
    return tuple(op for op in wanted if not matcher.ledger.read_somewhere(op))


def _reason(rule: Rule, unread: tuple[str, ...], *, said: bool) -> str:
    if said:
        return ""
    if unread:
        return f"not assessed: needs {', '.join(unread)}"
    if rule.kind == "toxic":
        return "no such path in the snapshot"
    return "nothing in the snapshot that the rule is about"


def _silent(matcher: Matcher, rule: Rule, named: set[int]) -> dict[int, tuple[str, ...]]:
    """Assets that a posture rule is about and finds nothing wrong with, each with what was not read for that."""
    pattern = rule.pattern
    node = pattern.nodes[pattern.about]
    found: dict[int, tuple[str, ...]] = {}
    for i in np.flatnonzero(matcher.of_kinds(node.kinds)).tolist():
        if i in named:
            continue
        asset = matcher.graph.asset(i)
        selector = selected(matcher, node, asset)
        if matcher.judge(selector.applies, asset) == YES:
            cleared = matcher.judge(selector.where, asset) == NO
            found[i] = () if cleared else _silence_gaps(matcher, pattern, asset)
    return found


def _silence_gaps(matcher: Matcher, pattern: Pattern, asset: Asset) -> tuple[str, ...]:
    """What must be known before the lack of a path from the asset means that all is well."""
    ledger = matcher.ledger
    unread = [
        ledger.property_gap(asset, name)
        for name in pattern.nodes[pattern.about].rests_on
        if name not in asset.properties
    ]
    lists = matcher.lists_behind(pattern.steps, (pattern.about,), pattern, asset)
    return (*unread, *ledger.gaps(lists, asset))


def _unread(matcher: Matcher, rule: Rule, i: int, gaps: tuple[str, ...]) -> Finding:
    asset = matcher.graph.asset(i)
    return Finding(
        rule=rule.id,
        kind=rule.kind,
        title=rule.title,
        severity=rule.severity,
        verdict=RuleVerdict.UNDECIDED,
        assets=(asset.id,),
        bindings={rule.pattern.about: asset.id},
        missing=gaps,
    )


def _finding(matcher: Matcher, rule: Rule, found: Match) -> Finding:
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
        names = dict.fromkeys(n for s in part for n in (s.source, s.target))
        shared = [name for name in names if name in found.bindings]
        key = tuple(found.bindings[name] for name in shared)
        missing.update(dict.fromkeys(matcher.absence_gaps(part, shared, key, pattern)))
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
