"""`modelhound collect aws` end to end against a moto server, and `modelhound policy aws`."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.__main__ import run
from graph.snapshot import read_snapshot
from tests.beds.aws_estate import ACCOUNT, HOME, ROLE
from tests.beds.aws_world import World
from tests.beds.serving import served

ROOT = Path(__file__).parents[3]
REGION = ["--region", HOME]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return tmp_path


def _modelhound(*arguments: str, code: str = "") -> list[str]:
    program = code or "from app.__main__ import main; main()"
    return [sys.executable, "-c", program, *arguments]


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def test_an_account_becomes_a_file_and_its_gaps_are_told(aws_bed, here, capsys):
    command = ["collect", "aws", "--environment", *REGION, "--endpoint-url", aws_bed.url]
    assert run([*command, "--out", "estate.hound"]) == 0
    snapshot = read_snapshot(here / "estate.hound")
    assert snapshot.name == f"AWS account {ACCOUNT}"
    assert snapshot.tool_version
    assert {entry.scope.region for entry in snapshot.coverage} == {"", HOME}
    told = capsys.readouterr()
    first, *gaps = told.err.splitlines()
    assert told.out == ""
    assert f"{len(snapshot.records)} records" in first
    gap_count = sum(entry.state.value == "failed" for entry in snapshot.coverage)
    assert f"{gap_count} of {len(snapshot.coverage)} calls or lists not read whole" in first
    assert sum(int(line.split()[1]) for line in gaps) == gap_count
    assert any(
        "failed: " in line and "500: the server answered with a web page" in line for line in gaps
    )
    assert b"not-for-us" not in (here / "estate.hound").read_bytes()

    assert run(["assess", "estate.hound", "--format", "json"]) == 0
    assessed = json.loads(capsys.readouterr().out)
    assert assessed["assets"]["AWS::SageMaker::NotebookInstance"] == 1
    assert assessed["relationships"]["RUNS_AS"] > 5
    assert any(line["state"] == "failed" and line["reason"] for line in assessed["coverage"])


def test_a_profile_is_enough_two_runs_are_alike_and_the_parent_never_loads_the_sdk(
    aws_bed, here, own_folders
):
    """The credentials stay in the child: the process of the command line imports no SDK at all."""
    (own_folders / ".aws").mkdir()
    keys = "aws_access_key_id = testing\naws_secret_access_key = testing\n"
    (own_folders / ".aws" / "credentials").write_text(f"[audit]\n{keys}", encoding="utf-8")
    code = (
        "import sys\nfrom app.__main__ import run\n"
        "if __name__ == '__main__':\n"
        "    code = run(sys.argv[1:])\n"
        "    print([name for name in sys.modules if name.startswith('boto')])\n"
        "    sys.exit(code)\n"
    )
    environment = _environment()
    del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    script = here / "parent.py"
    script.write_text(code, encoding="utf-8")
    told = []
    for out, more in (
        ("a.hound", {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "FORCE_COLOR": "1"}),
        ("b.hound", {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LC_ALL": "C"}),
    ):
        options = ["--profile", "audit", *REGION, "--endpoint-url", aws_bed.url, "--out", out]
        done = subprocess.run(
            [sys.executable, str(script), "collect", "aws", *options],
            env=environment | {"SOURCE_DATE_EPOCH": "1767225600"} | more,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "[]"
        told.append(done.stderr)
    snapshot = read_snapshot(here / "a.hound")
    assert snapshot.name == f"AWS account {ACCOUNT}"
    assert snapshot.collected_at == "2026-01-01T00:00:00Z"
    assert (here / "a.hound").read_bytes() == (here / "b.hound").read_bytes()
    asking = "Asking who the credentials belong to"  # progress: on a terminal, nowhere else
    assert [asking in text for text in told] == [True, False]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "a.hound"], "name where the credentials come from: --profile NAME, or --environment"),
        (["--profile", "nobody", "--out", "a.hound"], "profile 'nobody' is not in your AWS configuration; it has: none"),
        (["--environment", "--region", "mars-1", "--out", "a.hound"], "there is no AWS region 'mars-1'"),
        (["--environment", "--out", "no/where.hound"], "is no folder; make it first"),
        (["--environment", *REGION, "--out", "a.hound"], "AWS does not answer (Could not connect"),
        (["--environment"], "Missing option '--out'"),
    ],
)  # fmt: skip
def test_wrong_input_is_one_sentence(here, capsys, options, said):
    assert run(["collect", "aws", "--endpoint-url", "http://127.0.0.1:9", *options]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert list(here.iterdir()) == []


def test_credentials_that_are_refused_are_one_sentence(here, capsys):
    world = World(["sts"])
    world.faults = {("sts", "GetCallerIdentity"): "expired"}
    with served(world) as url:
        options = ["--environment", *REGION, "--endpoint-url", url, "--out", "a.hound"]
        assert run(["collect", "aws", *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("modelhound: AWS does not accept the credentials (ExpiredToken")
    assert list(here.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_ctrl_c_ends_at_once_and_leaves_nothing(here):
    world = World(["sts", "iam", "organizations", "s3"])
    operation = ("iam", "ListPolicies")
    world.faults = dict.fromkeys([operation, ("s3", "ListBuckets")], "hang")
    with served(world) as url:
        options = ["--environment", *REGION, "--endpoint-url", url, "--out", "a.hound"]
        started = subprocess.Popen(
            _modelhound("collect", "aws", *options),
            env=_environment(),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while not world.asked.get(operation) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(started.pid, signal.SIGINT)
        pressed = time.monotonic()
        _, told = started.communicate(timeout=60)
    assert time.monotonic() - pressed < 5
    assert started.returncode == 130
    assert told.splitlines()[-1] == "modelhound: cancelled; nothing was written"
    assert "Traceback" not in told
    assert list(here.iterdir()) == []


def test_the_policy_is_printed_as_json(capsys):
    assert run(["policy", "aws"]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    (statement,) = document["Statement"]
    assert {"iam:GetAccountAuthorizationDetails", "s3:ListAllMyBuckets"} <= set(statement["Action"])
    assert told.err == ""
    assert ROLE not in told.out


def test_every_command_has_an_example(capsys):
    for command in (["collect"], ["collect", "aws"], ["policy"], ["policy", "aws"], ["import"]):
        assert run([*command, "--help"]) == 0
        assert "Example:" in capsys.readouterr().out
