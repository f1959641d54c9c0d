"""`rules list | check | explain | test`, and rules of the user's own in an assessment."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.__main__ import run as run_program
from app.cli import cli

PACK = """
id = "ACME-1"
kind = "posture"
title = "Bucket keeps no versions"
likelihood = 2
impact = 3
why = "What is overwritten is lost."

[nodes.bucket]
label = "Bucket"
where = { versioning = false }

[remediation]
short = "Turn on versioning of {bucket}."

[[cases]]
title = "off"
expect = "fail"

[cases.nodes]
bucket = { label = "Bucket", versioning = false }
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "one.toml").write_text(PACK, encoding="utf-8")
    return tmp_path


def test_list_prints_what_scripts_rely_on(pack: Path) -> None:
    rows = json.loads(run("rules", "list", "--rules", str(pack), "--format", "json").stdout)
    by_id = {row["id"]: row for row in rows}
    assert by_id["TC-001"]["kind"] == "toxic"
    assert by_id["TC-001"]["severity"] == "critical"
    assert by_id["TC-001"]["frameworks"]["owasp_llm_2025"]
    assert "sagemaker:ListNotebookInstances" in by_id["TC-001"]["needs"]
    assert by_id["ACME-1"]["source"] == "one.toml"


def test_check_names_every_wrong_file(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "check", str(pack)).exit_code == 0
    for name, old, new in (("a", "versioning =", "versionin ="), ("b", "ACME-1", "TC-001")):
        (pack / f"{name}.toml").write_text(PACK.replace(old, new), encoding="utf-8")
    assert run_program(["rules", "check", str(pack)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "a.toml: nodes.bucket.where.versionin: not a property of Bucket" in said
    assert "(did you mean versioning?)" in said
    assert "b.toml: id: 'TC-001' is already the id of rules/toxic/TC-001.toml" in said
    assert "2 rule files do not hold together" in said


def test_test_names_a_case_that_does_not_hold(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rules", "test", str(pack)).exit_code == 0
    wrong = PACK.replace('expect = "fail"', 'expect = "pass"')
    (pack / "one.toml").write_text(wrong, encoding="utf-8")
    assert run_program(["rules", "test", str(pack)]) == 2
    assert "one.toml: off: says fail, not pass" in capsys.readouterr().err


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    text = run("rules", "explain", "AWS-SM-001").stdout
    assert "aws sagemaker create-notebook-instance" in text
    assert "The resource must be recreated." in text
    assert run_program(["rules", "explain", "AWS-SM-00"]) == 2
    assert "did you mean AWS-SM-0" in capsys.readouterr().err
