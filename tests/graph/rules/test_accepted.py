"""Accepted risks: what they cover, when they end, where they are kept, what is refused."""

import json
from datetime import date
from pathlib import Path

import pytest

from app import accepted
from graph.model import AcceptedRisk, ContentError, Finding, RuleVerdict, Severity, UserError
from graph.rules.accepted import risk_id, risks_of, with_accepted
from tests.graph.factories import ACCOUNT, arn, asset, graph

DEV, LIVE = arn("s3", "shop-dev-data"), arn("s3", "shop-data")
ESTATE = graph(asset(DEV, "AWS::S3::Bucket"), asset(LIVE, "AWS::S3::Bucket"))
TODAY = date(2026, 11, 22)


def finding(asset_id: str, rule: str = "X-DS-005") -> Finding:
    return Finding(
        rule=rule,
        kind="posture",
        title="t",
        severity=Severity.HIGH,
        verdict=RuleVerdict.FAIL,
        assets=(asset_id,),
        bindings={"data": asset_id},
    )


FOUND = (finding(DEV), finding(LIVE), finding(LIVE, "X-DS-001"))


def risk(**given: str) -> AcceptedRisk:
    return AcceptedRisk(**{"owner": "Ann", "reason": "lab", "until": "2026-11-22"} | given)


def covered(*risks: AcceptedRisk, today: date = TODAY) -> list[bool]:
    marked = with_accepted(FOUND, ESTATE, risks, today)
    assert [item.id for item in marked] == [item.id for item in FOUND], "none is hidden"
    return [bool(item.accepted) for item in marked]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"finding": FOUND[1].id}, [False, True, False]),
        ({"rule": "X-DS-005"}, [True, True, False]),
        ({"rule": "X-DS-005", "scope": "*-dev-*"}, [True, False, False]),
        ({"rule": "X-DS-005", "scope": ACCOUNT}, [True, True, False]),
        ({"rule": "X-DS-005", "scope": "shop-data"}, [False, True, False]),
        ({"rule": "X-DS-005", "scope": "999988887777"}, [False, False, False]),
    ],
)
def test_a_risk_covers_its_finding_or_its_rule_in_its_scope(given, expected) -> None:
    assert covered(risk(**given)) == expected


def test_it_ends_after_its_last_day() -> None:
    assert any(covered(risk(rule="X-DS-005"), today=date(2026, 11, 22)))
    assert not any(covered(risk(rule="X-DS-005"), today=date(2026, 11, 23)))


@pytest.mark.parametrize("name", ["a.json", "a.workspace"])
def test_it_is_kept_replaced_and_revoked(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    first, other = risk(rule="X-DS-005"), risk(finding="f-1")
    accepted.accept(path, first)
    accepted.accept(path, other)
    again = accepted.accept(path, risk(rule="X-DS-005", until="2027-01-01"))
    assert again == risk_id(first)
    assert {item.until for item in accepted.load(path)} == {"2027-01-01", "2026-11-22"}
    accepted.revoke(path, again)
    assert accepted.load(path) == (other,)
    with pytest.raises(UserError, match="no accepted risk"):
        accepted.revoke(path, again)


def test_a_toml_file_is_read_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        '[[accepted]]\nrule = "X-DS-005"\nowner = "Ann"\nreason = "lab"\nuntil = "2027-01-01"\n',
        encoding="utf-8",
    )
    assert accepted.load(path) == (risk(rule="X-DS-005", until="2027-01-01"),)
    with pytest.raises(UserError, match="files are written"):
        accepted.accept(path, risk(rule="X-DS-001"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"until": "soon"}, "no day such as"),
        ({"owner": " "}, "an owner and a reason"),
        ({"finding": "f-1"}, "either one finding or a rule"),
        ({"rule": ""}, "either one finding or a rule"),
        ({"untill": "2027-01-01"}, "did you mean until"),
    ],
)
def test_what_does_not_hold_together_is_one_sentence(change, problem: str) -> None:
    row = {"rule": "X-1", "owner": "Ann", "reason": "lab", "until": "2027-01-01"} | change
    with pytest.raises(ContentError, match=problem):
        risks_of(json.loads(json.dumps({"accepted": [row]})), "a.json")
