"""Verdicts and pairs from files, and the texts of a technique beside its step."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import cli
from app.lookup import step_texts
from graph.permissions.techniques import technique
from tests.graph.factories import arn, asset, edge, graph

DUMP = Path(__file__).parents[1] / "fixtures" / "identity" / "iam_vulnerable_gaad.json"
USERS = "arn:aws:iam::123456789012:user/"
ADMIN, KEYS, NOBODY = (
    USERS + "terraform-operator",
    USERS + "privesc4-CreateAccessKey-user",
    USERS + "fp3-deny-iam-user",
)


def ask(tmp_path: Path, *lines: str) -> list[dict[str, object]]:
    source, target = tmp_path / "pairs.jsonl", tmp_path / "answers.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    files = ["--batch", str(source), "--out", str(target)]
    result = CliRunner().invoke(cli, ["access", str(DUMP), "--escalation", *files])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def test_one_object_a_principal() -> None:
    command = ["access", str(DUMP), "--escalation", "--format", "json"]
    result = CliRunner().invoke(cli, command)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(found) == 87
    assert all(set(item) == {"principal", "verdict", "steps", "missing"} for item in found)
    assert {item["verdict"] for item in found} == {"admin", "yes", "conditional", "no"}


def test_people_get_a_line_each() -> None:
    result = CliRunner().invoke(cli, ["access", str(DUMP), "--escalation"])
    assert f"admin       {ADMIN}" in result.stdout
    assert f"no          {NOBODY}" in result.stdout


def test_pairs_are_answered_in_order_whatever_is_wrong_with_some(tmp_path: Path) -> None:
    answers = ask(
        tmp_path,
        json.dumps({"id": 1, "principal": KEYS, "target": ADMIN}),
        '{"id": 2, "principal": ',
        json.dumps({"id": 3, "principal": NOBODY, "target": ADMIN, "gain": "identity"}),
        json.dumps({"id": 4, "principal": NOBODY}),
        json.dumps({"id": 5, "principal": NOBODY, "target": ADMIN, "gain": "fame"}),
        json.dumps({"id": [6], "principal": NOBODY, "target": "nothing-known"}),
        "[7]",
    )
    assert [item["id"] for item in answers] == [1, 2, 3, 4, 5, [6], None]
    told = [item["verdict"] for item in answers]
    assert told == ["yes", "error", "no", "error", "error", "conditional", "error"]
    assert answers[5]["missing"] == ["nothing-known is not in the snapshot"]
    assert all(item["reason"] for item in answers if item["verdict"] == "error")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--escalation"], "needs an estate"), ([str(DUMP), "--escalation", "--batch", "x"], "--out")],
)
def test_what_is_missing_is_said(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(cli, ["access", *arguments])
    assert result.exit_code != 0
    assert said in (result.output + str(result.exception))


def test_a_step_tells_its_technique() -> None:
    user, key = arn("iam", "user/u"), arn("iam", "user/other")
    step = edge(user, "CAN_ESCALATE_TO", key, technique="iam-002")
    known = graph(asset(user, "AWS::IAM::User"), asset(key, "AWS::IAM::User"), step)
    texts, told = step_texts(known, step), technique("iam-002")
    assert told is not None
    assert "Create an access key for other" in texts.abuse
    assert "CreateAccessKey" in texts.detect
    assert texts.detect in texts.abuse
    assert texts.remedy == told.remedy
    assert "${aws:username}" in texts.remedy
