"""Every shipped rule: its cases, its proof, its texts."""

import pytest

from graph.model import RuleVerdict, Step
from graph.rules.cases import ask, asset_id
from graph.rules.load import load_rules
from graph.rules.model import Rule, RuleCase

RULES = tuple(load_rules().values())
CASES = [
    pytest.param(rule, case, id=f"{rule.id}: {case.title}") for rule in RULES for case in rule.cases
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_rule_says_of_its_cases_what_they_expect(rule: Rule, case: RuleCase) -> None:
    said, findings = ask(rule, case)
    assert said == case.expect, [finding.missing for finding in findings]
    for finding in findings:
        assert {asset_id(case, name) for name in case.assets} <= set(finding.assets)
        if finding.verdict is RuleVerdict.FAIL:
            assert finding.evidence
            assert not finding.missing
        else:
            assert finding.missing, "undecided must name the missing fact"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_a_firing_and_a_silent_case(rule: Rule) -> None:
    expected = {case.expect for case in rule.cases}
    assert {RuleVerdict.FAIL, RuleVerdict.PASS} <= expected


def test_a_path_is_connected_and_joins_what_the_rule_names() -> None:
    for rule in RULES:
        if rule.kind == "toxic":
            for case in rule.cases:
                for finding in ask(rule, case)[1]:
                    _assert_connected(finding.path, set(finding.bindings.values()))


def _assert_connected(path: tuple[Step, ...], named: set[str]) -> None:
    assert path
    reached = {path[0].source}
    for _ in path:
        for step in path:
            if {step.source, step.target} & reached:
                reached |= {step.source, step.target}
    assert named <= reached
    assert all({step.source, step.target} <= reached for step in path)


def test_all_combinations_of_the_catalogue_are_there() -> None:
    ids = {rule.id for rule in RULES}
    assert {f"TC-{number:03}" for number in range(1, 49)} <= ids


def test_components_are_rules() -> None:
    ids = {rule.id for rule in RULES}
    for rule in RULES:
        assert set(rule.components) <= ids, rule.id
