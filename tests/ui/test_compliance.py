"""The compliance view: counts of every state, rules behind a control, the way to their findings."""

from dataclasses import replace

from app.compliance import State
from graph.rules.load import load_rules
from graph.rules.model import RuleResult
from tests.ui import sample
from tests.ui.conftest import Open, place_of
from tests.ui.test_views import words
from ui.views.compliance import ComplianceView
from ui.views.findings import FindingsView
from ui.widgets import Wide


def test_every_state_is_counted_and_a_rule_leads_to_its_findings(open_window: Open) -> None:
    found = sample.small()
    failed = {finding.rule for finding in found.findings}
    results = {
        rule: RuleResult(failed=1) if rule in failed else RuleResult(passed=1)
        for rule in load_rules()
    }
    window = open_window(replace(found, results=results))
    window.session.go("compliance", framework="owasp_llm_2025")
    view = window.view("compliance")
    assert isinstance(view, ComplianceView)
    assert view.controls is not None
    shown = [view.controls.items[int(row)] for row in view.table.shown]
    assert {each.framework for each in shown} == {"owasp_llm_2025"}
    number = sum(each.state is State.FAIL for each in shown)
    assert number
    assert f"{number:,} failed" in words(view)
    assert "not covered" in words(view)
    assert shown[0].state is State.FAIL
    rule = view.panel.findChildren(Wide)[0]
    rule.click()
    assert place_of(window).view == "findings"
    findings = window.view("findings")
    assert isinstance(findings, FindingsView)
    assert findings.list.count >= 1
