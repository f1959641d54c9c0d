"""What scripts rely on: shapes, formats and exit codes of the commands that read an assessment."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import networkx as nx
import pytest

from app.__main__ import run
from app.cli import COMMANDS, LazyGroup
from app.sample import sample_path

Command = Callable[..., tuple[int, str, str]]

STEP = {"source", "kind", "target", "verdict", "evidence"}
PATH = {"entry", "target", "risk", "verdict", "steps"}
FINDING = {"rule", "kind", "severity", "verdict", "assets", "path", "evidence"}
VERDICTS = {"yes", "no", "undecided"}


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command as a user does: its exit code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture(scope="module")
def sample() -> Path:
    return sample_path()


def _is_path(path: dict[str, Any]) -> None:
    assert set(path) >= PATH
    assert 0 <= path["risk"] <= 100
    assert path["verdict"] in VERDICTS
    places = [path["entry"], *(step["target"] for step in path["steps"])]
    assert [step["source"] for step in path["steps"]] == places[:-1]
    assert places[-1] == path["target"]
    for step in path["steps"]:
        _is_step(step)


def _is_step(step: dict[str, Any]) -> None:
    assert set(step) >= STEP
    assert step["verdict"] in VERDICTS
    assert all(set(item) == {"record", "pointer", "note"} for item in step["evidence"])


def _is_finding(finding: dict[str, Any]) -> None:
    assert set(finding) >= FINDING
    assert finding["kind"] in {"posture", "toxic"}
    assert finding["severity"] in {"critical", "high", "medium", "low"}
    assert finding["verdict"] in {"fail", "undecided"}
    assert finding["assets"]
    for step in finding["path"]:
        _is_step(step)


def test_assess_prints_one_object_and_nothing_else(command, sample):
    code, out, _ = command("assess", sample, "--format", "json")
    assert code == 0
    found = json.loads(out)
    assert set(found) >= {"assets", "relationships", "findings", "attack_paths", "coverage"}
    assert found["assets"]["AWS::SageMaker::NotebookInstance"] == 6
    assert found["relationships"]["CAN_POISON"] > 0
    assert len(found["attack_paths"]) >= 8
    for path in found["attack_paths"]:
        _is_path(path)
    for finding in found["findings"]:
        _is_finding(finding)
    states = {entry["state"] for entry in found["coverage"]}
    assert {"complete", "denied", "partial"} <= states
    assert all(set(entry) >= {"operation", "state", "reason"} for entry in found["coverage"])


def test_every_piece_of_evidence_names_a_record_of_the_snapshot(command, sample):
    from graph.snapshot import read_snapshot  # noqa: PLC0415 - only here

    records = {record.id for record in read_snapshot(sample).records}
    found = json.loads(command("assess", sample, "--format", "json")[1])
    steps = [step for path in found["attack_paths"] for step in path["steps"]]
    named = {item["record"] for step in [*steps, *found["findings"]] for item in step["evidence"]}
    assert named
    assert named <= records


def test_paths_and_findings_print_their_arrays_alone(command, sample):
    code, out, _ = command("paths", sample, "--format", "json")
    assert code == 0
    for path in json.loads(out):
        _is_path(path)
    code, out, _ = command("findings", sample, "--kind", "toxic", "--format", "json")
    assert code == 0
    toxic = json.loads(out)
    assert len({item["rule"] for item in toxic}) >= 10
    for finding in toxic:
        _is_finding(finding)
        assert finding["kind"] == "toxic"


def test_paths_between_two_names(command, sample):
    ends = ("--from", "contractor-jreyes", "--to", "larkfield-ehr-lake")
    code, out, _ = command("paths", sample, *ends, "--format", "json")
    assert code == 0
    shortest, *_ = json.loads(out)
    assert [step["kind"] for step in shortest["steps"]] == ["CAN_ASSUME", "CAN_READ"]
    assert shortest["target"] == "arn:aws:s3:::larkfield-ehr-lake"


def test_a_pattern_names_several_targets(command, sample):
    code, out, _ = command("paths", sample, "--to", "arn:aws:s3:::*-lake", "--format", "json")
    assert code == 0
    lakes = {"arn:aws:s3:::larkfield-ehr-lake", "arn:aws:s3:::larkfield-claims-lake"}
    assert {path["target"] for path in json.loads(out)} == lakes


@pytest.mark.parametrize("name", ["assess", "paths", "findings"])
def test_csv_and_table_are_for_people_and_spreadsheets(command, sample, name):
    code, out, _ = command(name, sample, "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows
    assert all(None not in row and None not in row.values() for row in rows)
    code, out, _ = command(name, sample, "--format", "table")
    assert code == 0
    assert out.strip()


def test_fail_on_gives_its_own_exit_code(command, sample, tmp_path):
    assert command("assess", sample, "--format", "json", "--fail-on", "high")[0] == 3
    quiet = tmp_path / "iam_list-account-aliases.json"
    quiet.write_text('{"AccountAliases": ["larkfield"]}', encoding="utf-8")
    assert command("assess", tmp_path, "--format", "json", "--fail-on", "critical")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("paths", "{sample}", "--from", "nobody-of-that-name"), "nobody-of-that-name"),
        (("paths", "{sample}", "--to", "no-*-such"), "no-*-such"),
        (("assess", "not-there.hound"), "not-there.hound"),
        (("findings", "{sample}", "--rule", "AWS-XX-999"), "AWS-XX-999"),
        (("findings", "{sample}", "--show", "f-0123456789abcdef"), "f-0123456789abcdef"),
        (("export", "{sample}", "--to", "report.docx"), "report.docx"),
    ],
)
def test_a_wrong_name_gets_one_sentence(command, sample, arguments, words):
    code, out, err = command(*(str(sample) if word == "{sample}" else word for word in arguments))
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


def test_exports_open_in_the_tools_that_they_are_for(command, sample, tmp_path):
    names = ("report.html", "all.json", "findings.csv", "graph.graphml")
    targets = [word for name in names for word in ("--to", tmp_path / name)]
    code, out, err = command("export", sample, *targets)
    assert (code, out) == (0, "")
    assert all(name in err.replace("\n", "") for name in names)

    graph = nx.read_graphml(tmp_path / "graph.graphml")
    whole = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert graph.number_of_nodes() == sum(whole["assets"].values())
    assert "arn:aws:s3:::larkfield-ehr-lake" in {
        *graph.nodes,
        *(data.get("id") for _, data in graph.nodes(data=True)),
    }
    with (tmp_path / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(whole["findings"])
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Larkfield Health" in report
    assert not re.search(r"<script|<iframe|<link|\bsrc=|@import|url\(", report)
    assert not re.search(r'\bhref="(?!#)', report)


def _commands() -> list[tuple[str, ...]]:
    group = LazyGroup()
    context = click.Context(group)
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        made = group.get_command(context, name)
        found.append((name,))
        if isinstance(made, click.Group):
            found += [(name, inner) for inner in made.list_commands(context)]
    return found


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_every_command_shows_an_example(command, words):
    code, out, _ = command(*words, "--help")
    assert code == 0
    assert re.search(r"Examples?:\n(.+\n)*\s+modelhound ", out), out
