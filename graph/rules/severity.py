"""Severity in context: an asset that attackers pass is worse, an exposed one that leads nowhere is less bad."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from graph.content import read_toml
from graph.model import AttackPath, Finding, Severity
from graph.rules.model import Rule

_LEAST, _MOST = 1, 5


def in_context(
    findings: Iterable[Finding], rules: Mapping[str, Rule], paths: Iterable[AttackPath]
) -> tuple[Finding, ...]:
    """Posture findings with the severity that their place gives them, and a sentence that says so; worst first.

    Without any attack path nothing is lowered: then nobody knows where attackers begin.
    """
    passed = Counter(
        asset
        for path in paths
        for asset in {end for step in path.steps for end in (step.source, step.target)}
    )
    placed = [_placed(item, rules[item.rule], passed) for item in findings]
    return tuple(sorted(placed, key=lambda item: -item.severity.rank))  # stable: else as before


def _placed(finding: Finding, rule: Rule, passed: Mapping[str, int]) -> Finding:
    count = passed.get(finding.assets[0], 0)
    place, by = ("on_a_path", 1) if count else ("on_no_path", -1)
    table = _table()
    if finding.kind != "posture" or not passed or set(rule.themes).isdisjoint(table[place]):
        return finding
    likelihood = min(max(rule.likelihood + by, _LEAST), _MOST)
    if likelihood == rule.likelihood:
        return finding
    text = str(table["texts"][place]).format(count=count, new=likelihood, old=rule.likelihood)
    return replace(finding, severity=Severity.of(likelihood, rule.impact), adjustment=text)


@cache
def _table() -> Mapping[str, Any]:
    return read_toml("rules/severity.toml")
