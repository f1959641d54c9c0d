"""Accepting by command: what is accepted stays in the list and the export, and counts no more for --fail-on."""

import json

import pytest

from app.__main__ import run
from app.sample import sample_path


@pytest.fixture
def command(capsys):
    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_an_accepted_finding_is_shown_with_its_owner(command, tmp_path) -> None:
    estate, file = sample_path(), tmp_path / "accepted.json"
    before = json.loads(command("findings", estate, "--format", "json")[1])
    first = before[0]["id"]
    owner = ("--owner", "Ann", "--reason", "lab", "--until", "2999-01-01", "--file", file)
    code, _, said = command("risks", "accept", "--finding", first, *owner)
    assert (code, "accepted until 2999-01-01" in said) == (0, True)
    after = json.loads(command("findings", estate, "--accepted", file, "--format", "json")[1])
    assert [item["id"] for item in after] == [item["id"] for item in before]
    assert after[0]["accepted"]["owner"] == "Ann"
    assert after[1]["accepted"] is None
    for name in ("findings.csv", "report.html"):
        target = tmp_path / name
        assert command("export", estate, "--to", target, "--accepted", file)[0] == 0
        assert "by Ann until 2999-01-01: lab" in target.read_text(encoding="utf-8-sig")
    listed = json.loads(command("risks", "list", "--file", file, "--format", "json")[1])
    assert [row["state"] for row in listed] == ["valid"]
    assert command("risks", "revoke", listed[0]["id"], "--file", file)[0] == 0
    assert json.loads(command("risks", "list", "--file", file, "--format", "json")[1]) == []


def test_accepted_findings_do_not_fail_a_build(command, tmp_path) -> None:
    estate, file = sample_path(), tmp_path / "accepted.json"
    found = json.loads(command("findings", estate, "--format", "json")[1])
    critical = {item["rule"] for item in found if item["severity"] == "critical"}
    assert command("assess", estate, "--fail-on", "critical")[0] == 3
    rows = [
        {"rule": rule, "owner": "Ann", "reason": "lab", "until": "2999-01-01"}
        for rule in sorted(critical)
    ]
    file.write_text(json.dumps({"accepted": rows}), encoding="utf-8")
    assert command("assess", estate, "--fail-on", "critical", "--accepted", file)[0] == 0


def test_without_a_last_day_nothing_is_accepted(command) -> None:
    code, _, said = command(
        "risks", "accept", "--rule", "X-1", "--owner", "a", "--reason", "b", "--until", "soon"
    )
    assert (code, "no day such as" in said) == (2, True)
