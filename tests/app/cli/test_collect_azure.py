"""`modelhound collect azure` end to end, with a login of an `az` of ours, and `modelhound policy azure`."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.__main__ import run
from graph.snapshot import read_snapshot
from tests.beds.azure_bed import TOKEN, acme, running
from tests.beds.azure_world import SUB

ROOT = Path(__file__).parents[3]
NO_SHELL = pytest.mark.skipif(
    sys.platform == "win32", reason="the az of the test is a shell script"
)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def az(tmp_path, monkeypatch):
    """An Azure CLI with a login: it gives the token that the test server takes."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    token = {"accessToken": TOKEN, "expires_on": int(time.time()) + 3600, "tokenType": "Bearer"}
    (bin_ / "az").write_text(f"#!/bin/sh\necho '{json.dumps(token)}'\n", encoding="utf-8")
    (bin_ / "az").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}{os.pathsep}{os.environ['PATH']}")


@NO_SHELL
@pytest.mark.usefixtures("az")
def test_a_subscription_becomes_a_file_and_its_gaps_are_told(here, capsys):
    world = acme()
    world.faults = {"graph:users": "denied"}
    with running(world):
        command = ["collect", "azure", "--az-login", "--subscription", SUB]
        assert run([*command, "--endpoint-url", world.url, "--out", "estate.hound"]) == 0
    snapshot = read_snapshot(here / "estate.hound")
    assert snapshot.name == f"Azure subscription {SUB}"
    told = capsys.readouterr()
    first, *gaps = told.err.splitlines()
    assert told.out == ""
    assert (
        f"estate.hound: {len(snapshot.records)} records; 1 of {len(snapshot.coverage)} calls"
        in first
    )
    assert [line.strip() for line in gaps if "graph:users" in line or "AuthorizationFailed" in line]
    assert TOKEN.encode() not in (here / "estate.hound").read_bytes()

    assert run(["assess", "estate.hound", "--format", "json"]) == 0
    assessed = json.loads(capsys.readouterr().out)
    assert assessed["assets"]["Microsoft.CognitiveServices/accounts"] == 1
    assert any(
        line["operation"] == "graph:users" and line["state"] == "denied"
        for line in assessed["coverage"]
    )


@NO_SHELL
@pytest.mark.usefixtures("az")
def test_two_runs_are_alike_and_the_parent_never_loads_the_sdk(here):
    code = (
        "import sys\nfrom app.__main__ import run\n"
        "if __name__ == '__main__':\n"
        "    code = run(sys.argv[1:])\n"
        "    print([name for name in sys.modules if name.startswith(('azure', 'msal'))])\n"
        "    sys.exit(code)\n"
    )
    script = here / "parent.py"
    script.write_text(code, encoding="utf-8")
    world = acme()
    with running(world):
        for out, more in (
            ("a.hound", {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}),
            ("b.hound", {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LC_ALL": "C"}),
        ):
            done = subprocess.run(
                [sys.executable, str(script), "collect", "azure", "--az-login", "--endpoint-url", world.url, "--out", out],
                env={**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1767225600", **more},
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=120,
                check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            assert done.stdout.strip() == "[]"
    assert read_snapshot(here / "a.hound").collected_at == "2026-01-01T00:00:00Z"
    assert (here / "a.hound").read_bytes() == (here / "b.hound").read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "a.hound"], "name where the credentials come from: --az-login, --environment"),
        (["--az-login", "--subscription", "prod", "--out", "a.hound"], "'prod' is no subscription id"),
        (["--az-login", "--endpoint-url", "http://a.example", "--out", "a.hound"], "in the clear; use https"),
        (["--az-login"], "Missing option '--out'"),
    ],
)  # fmt: skip
def test_wrong_input_is_one_sentence(here, capsys, options, said):
    assert run(["collect", "azure", *options]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert list(here.iterdir()) == []


def test_the_role_and_the_graph_permissions_are_printed_as_json(capsys):
    assert run(["policy", "azure", "--subscription", SUB]) == 0
    role = json.loads(capsys.readouterr().out)
    assert "Microsoft.CognitiveServices/accounts/deployments/read" in role["Actions"]
    assert role["AssignableScopes"] == [f"/subscriptions/{SUB}"]
    assert run(["policy", "azure", "--graph"]) == 0
    assert "Application.Read.All" in json.loads(capsys.readouterr().out)
    for command in (["collect", "azure"], ["policy", "azure"]):
        assert run([*command, "--help"]) == 0
        assert "Example:" in capsys.readouterr().out
