"""A control is as bad as its worst rule, and what was not assessed never counts as passed."""

from dataclasses import replace

import pytest

from app.compliance import State, controls, evidence_rows
from app.spreadsheet import csv_text
from graph.rules.load import load_rules
from graph.rules.model import RuleResult
from tests.ui import sample

RULE = next(rule for rule in load_rules().values() if rule.frameworks)
FRAMEWORK, IDS = next(iter(RULE.frameworks.items()))
CLEAN = {rule_id: RuleResult(passed=1) for rule_id in load_rules()}
BLIND = RuleResult(reason="not assessed: needs iam:ListRoles")


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (RuleResult(passed=3), State.PASS),
        (RuleResult(passed=3, failed=1, undecided=2), State.FAIL),
        (RuleResult(passed=3, undecided=1), State.UNDECIDED),
        (BLIND, State.NOT_ASSESSED),
    ],
)
def test_the_worst_rule_decides(result: RuleResult, state: State) -> None:
    assessment = replace(sample.nothing(), results=CLEAN | {RULE.id: result})
    found = {(each.framework, each.id): each for each in controls(assessment)}
    assert found[FRAMEWORK, IDS[0]].state is state
    assert RULE in found[FRAMEWORK, IDS[0]].rules


def test_where_nothing_is_there_nothing_passed() -> None:
    results = {rule_id: RuleResult() for rule_id in load_rules()}
    states = {each.state for each in controls(replace(sample.nothing(), results=results))}
    assert states <= {State.EMPTY, State.NOT_COVERED}


def test_a_control_without_a_rule_is_not_covered() -> None:
    found = controls(replace(sample.nothing(), results=CLEAN))
    assert {each.state for each in found if not each.rules} <= {State.NOT_COVERED}
    assert all(each.state is State.PASS for each in found if each.rules)


def test_the_evidence_of_each_control_can_be_exported() -> None:
    rows = list(evidence_rows(sample.small()))
    assert {(row["framework"], row["control"]) for row in rows} >= {
        (rows[0]["framework"], rows[0]["control"])
    }
    with_finding = [row for row in rows if row.get("finding")]
    assert with_finding
    assert all(row["evidence"] for row in with_finding)
    assert csv_text(rows, ["control", "state"]).count("\n") == len(rows) + 1
