"""Controls of frameworks beside what the rules found: fail, undecided, not assessed, pass, nothing there, not covered.

Never one share of "compliant": what was not assessed and what no rule covers stand beside the rest as states of their own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graph.assessment import Assessment
from graph.rules.frameworks import load_frameworks
from graph.rules.load import load_rules
from graph.rules.model import Rule, RuleResult

COLUMNS = (
    "framework",
    "version",
    "control",
    "title",
    "state",
    "rule",
    "verdict",
    "finding",
    "assets",
    "evidence",
)


class State(StrEnum):
    """What can be said of a control, worst first."""

    FAIL = "fail"
    UNDECIDED = "undecided"
    NOT_ASSESSED = "not_assessed"  # its rules need lists that were not read
    PASS = "pass"  # noqa: S105 - a verdict, no password
    EMPTY = "empty"  # there is nothing that it would be about
    NOT_COVERED = "not_covered"  # no rule speaks of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control with the rules that speak of it; counts are of assets or paths."""

    framework: str
    id: str
    title: str
    state: State
    rules: tuple[Rule, ...] = ()
    passed: int = 0
    failed: int = 0
    undecided: int = 0


def controls(assessment: Assessment) -> tuple[Control, ...]:
    """Every control of every framework, in the frameworks' own order."""
    by_control: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in load_rules().values():
        for framework, ids in rule.frameworks.items():
            for item in ids:
                by_control[framework, item].append(rule)
    return tuple(
        _control(assessment.results, name, item, title, by_control[name, item])
        for name, framework in load_frameworks().items()
        for item, title in framework.items.items()
    )


def _control(
    results: Mapping[str, RuleResult], framework: str, item: str, title: str, rules: list[Rule]
) -> Control:
    said = [results[rule.id] for rule in rules if rule.id in results]
    return Control(
        framework=framework,
        id=item,
        title=title,
        state=_state(rules, said),
        rules=tuple(rules),
        passed=sum(each.passed for each in said),
        failed=sum(each.failed for each in said),
        undecided=sum(each.undecided for each in said),
    )


def _state(rules: list[Rule], said: list[RuleResult]) -> State:
    if not rules:
        return State.NOT_COVERED
    if any(each.failed for each in said):
        return State.FAIL
    if any(each.undecided for each in said):
        return State.UNDECIDED
    if len(said) < len(rules) or not all(each.assessed for each in said):
        return State.NOT_ASSESSED
    return State.PASS if any(each.passed for each in said) else State.EMPTY


def evidence_rows(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """For each control a row for every finding of its rules, or one row that says why there is none."""
    frameworks = load_frameworks()
    found = defaultdict(list)
    for finding in assessment.findings:
        found[finding.rule].append(finding)
    for control in controls(assessment):
        base: dict[str, Any] = {
            "framework": frameworks[control.framework].name,
            "version": frameworks[control.framework].version,
            "control": control.id,
            "title": control.title,
            "state": control.state.value,
        }
        rows = [
            base
            | {
                "rule": rule.id,
                "verdict": finding.verdict.value,
                "finding": finding.title,
                "assets": list(finding.assets),
                "evidence": [f"{item.record} {item.pointer}" for item in finding.evidence],
            }
            for rule in control.rules
            for finding in found[rule.id]
        ]
        yield from rows or [base]
