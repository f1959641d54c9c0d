"""Severity by where an asset lies on attack paths, the adjustment shown."""

from itertools import pairwise

from graph.model import AttackPath, Finding, RuleVerdict, Severity, Step, Verdict
from graph.rules.load import load_rules
from graph.rules.severity import in_context

RULES = load_rules()


def finding(rule: str, asset: str) -> Finding:
    made = RULES[rule]
    return Finding(
        rule=rule,
        kind=made.kind,
        title=made.title,
        severity=made.severity,
        verdict=RuleVerdict.FAIL,
        assets=(asset,),
    )


def path(*assets: str) -> AttackPath:
    steps = [
        Step(source=a, kind="CAN_REACH", target=b, verdict=Verdict.YES) for a, b in pairwise(assets)
    ]
    return AttackPath(
        entry=assets[0], target=assets[-1], steps=tuple(steps), verdict=Verdict.YES, risk=50.0
    )


def test_an_exposed_asset_that_leads_nowhere_is_less_bad() -> None:
    (found,) = in_context([finding("AWS-AC-002", "gateway")], RULES, [path("a", "b")])
    assert RULES["AWS-AC-002"].severity is Severity.CRITICAL
    assert found.severity is Severity.HIGH
    assert found.adjustment == (
        "No attack path that was found passes it: likelihood 3 instead of 4."
    )


def test_an_asset_that_attackers_pass_is_worse() -> None:
    paths = [path("internet", "nb", "role"), path("user", "nb", "role")]
    (found,) = in_context([finding("AWS-SM-001", "nb")], RULES, paths)
    assert found.severity is Severity.HIGH
    assert found.adjustment == "It lies on 2 attack paths: likelihood 4 instead of 3."
    (found,) = in_context([finding("AWS-SM-003", "nb")], RULES, paths)
    assert (RULES["AWS-SM-003"].severity, found.severity) == (Severity.MEDIUM, Severity.HIGH)


def test_other_themes_combinations_and_a_search_without_paths_change_nothing() -> None:
    logging, toxic = finding("AWS-BR-001", "settings"), finding("TC-001", "nb")
    gateway = finding("AWS-AC-002", "gateway")
    assert in_context([toxic, logging], RULES, [path("a", "b")]) == (toxic, logging)
    assert in_context([gateway], RULES, []) == (gateway,)


def test_the_worst_come_first_again() -> None:
    low, high = finding("AWS-SM-003", "nb"), finding("AWS-BR-001", "settings")
    found = in_context([high, low], RULES, [path("internet", "nb")])
    assert [item.severity for item in found] == [Severity.HIGH, Severity.HIGH]
    lowered = finding("AWS-AC-002", "gateway")
    critical = finding("TC-001", "nb")
    found = in_context([lowered, critical], RULES, [path("a", "b")])
    assert [item.rule for item in found] == ["TC-001", "AWS-AC-002"]
