"""All rules on one graph: findings worst first, and for each rule how often it said what. Never a guess: pass, fail or undecided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from graph.asset_graph import AssetGraph
from graph.coverage import Coverage, provider_of
from graph.model import Finding, RuleVerdict
from graph.progress import Progress, silent
from graph.rules.findings import findings_of, unread_finding
from graph.rules.match import Match, Matcher
from graph.rules.model import Rule, RuleResult, RuleResults
from graph.rules.relations import NO, YES


@dataclass(frozen=True, slots=True)
class Silent:
    """Assets that a posture rule is about and finds nothing wrong with."""

    passed: int = 0
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by id, what was not read


def evaluate(
    graph: AssetGraph, rules: Mapping[str, Rule], *, progress: Progress = silent
) -> RuleResults:
    """Every rule on the graph."""
    matcher = Matcher(graph, (rule.pattern for rule in rules.values()))
    clouds = clouds_of(graph.kinds, graph.coverage)
    findings: list[Finding] = []
    results: dict[str, RuleResult] = {}
    for number, rule in enumerate(rules.values(), 1):
        matches = matcher.matches(rule.pattern)
        quiet = _silent(matcher, rule, matches) if rule.kind == "posture" else Silent()
        found, results[rule.id] = concluded(matcher, rule, matches, quiet, clouds)
        findings += found
        progress(number / len(rules), f"Rule {rule.id}")
    return RuleResults(findings=worst_first(findings), results=results)


def clouds_of(kinds: Iterable[str], coverage: Coverage) -> frozenset[str]:
    """The clouds that a snapshot is about."""
    return frozenset(map(provider_of, kinds)) | {entry.scope.provider for entry in coverage}


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By severity; what is certain before what is not; of the same, combinations first."""
    return tuple(sorted(findings, key=_place))


def _place(item: Finding) -> tuple[object, ...]:
    return (
        -item.severity.rank,
        item.verdict is not RuleVerdict.FAIL,
        item.kind == "posture",
        item.rule,
        item.assets,
        sorted(item.bindings.items()),
    )


def concluded(
    matcher: Matcher, rule: Rule, matches: Sequence[Match], quiet: Silent, clouds: frozenset[str]
) -> tuple[list[Finding], RuleResult]:
    """The findings of a rule and its result, from the answers of either evaluator."""
    findings = findings_of(matcher, rule, matches)
    unread = _not_read(matcher, rule, clouds)
    untold = 0
    if _is_silenced(rule, unread, findings, passed=quiet.passed):
        # Nobody read what it takes: one line for the rule says it.
        untold, findings = len(findings) + len(quiet.unknown), []
    else:
        findings += [unread_finding(rule, asset, gaps) for asset, gaps in quiet.unknown.items()]
    failed = sum(item.verdict is RuleVerdict.FAIL for item in findings)
    result = RuleResult(
        passed=quiet.passed,
        failed=failed,
        undecided=len(findings) - failed + untold,
        reason=_reason(rule, unread, said=bool(findings) or (quiet.passed > 0 and not untold)),
        needs=unread,
    )
    return findings, result


def _is_silenced(
    rule: Rule, unread: Sequence[str], findings: Sequence[Finding], *, passed: int
) -> bool:
    """Would it only say of each asset what nobody read for any?"""
    if any(set(told) <= set(unread) for told in rule.awaits):
        return all(item.verdict is RuleVerdict.UNDECIDED for item in findings)
    return bool(unread) and not findings and not passed


def _not_read(matcher: Matcher, rule: Rule, clouds: frozenset[str]) -> tuple[str, ...]:
    """What the rule needs of the clouds in the snapshot, and nobody read."""
    wanted = [op for op in rule.needs if provider_of(op) in clouds | {"register"}] or rule.needs
    return tuple(op for op in wanted if not matcher.ledger.read_somewhere(op))


def _reason(rule: Rule, unread: tuple[str, ...], *, said: bool) -> str:
    if said:
        return ""
    if unread:
        return f"not assessed: needs {', '.join(unread)}"
    if rule.kind == "toxic":
        return "no such path in the snapshot"
    return "nothing in the snapshot that the rule is about"


def _silent(matcher: Matcher, rule: Rule, matches: Sequence[Match]) -> Silent:
    """Kind by kind: those that are cleared by their properties pass, the others if all that speaks of them was read."""
    graph, columns, pattern = matcher.graph, matcher.columns, rule.pattern
    node = pattern.nodes[pattern.about]
    named = np.zeros(graph.node_count, dtype=bool)
    named[[found.bindings[pattern.about] for found in matches]] = True
    passed, unknown = 0, dict[str, tuple[str, ...]]()
    for kind in sorted(node.kinds & set(graph.kinds)):
        nodes = columns.of_kind(kind)
        selectors, best = columns.best_selector(node, kind)
        rows = np.arange(len(nodes))
        applies = np.stack([columns.verdicts(kind, s.applies) for s in selectors])[best, rows]
        where = np.stack([columns.verdicts(kind, s.where) for s in selectors])[best, rows]
        about = (applies == YES) & ~named[nodes]
        passed += int(np.count_nonzero(about & (where == NO)))
        gaps = silence_gaps(matcher, rule, kind, np.flatnonzero(about & (where != NO)))
        unknown.update({asset: found for asset, found in gaps.items() if found})
        passed += sum(not found for found in gaps.values())
    return Silent(passed, unknown)


def silence_gaps(
    matcher: Matcher, rule: Rule, kind: str, rows: np.ndarray
) -> dict[str, tuple[str, ...]]:
    """For some assets of a kind, what must be known before the lack of a path means that all is well."""
    graph, pattern = matcher.graph, rule.pattern
    nodes = matcher.columns.of_kind(kind)[rows]
    lists = matcher.gaps(pattern.steps, (pattern.about,), pattern, nodes)
    found = dict(zip((graph.ids[i] for i in nodes.tolist()), lists, strict=True))
    for name in reversed(pattern.nodes[pattern.about].rests_on):
        for i in nodes[matcher.columns.missing(kind, name)[rows]].tolist():
            gap = matcher.ledger.property_gap(graph.asset(i), name)
            found[graph.ids[i]] = (gap, *found[graph.ids[i]])
    return found
