"""Questions that cannot be understood, and the whole way from a folder of exports to a file of answers."""

import json
from pathlib import Path

from click.testing import CliRunner

from app.cli import cli
from graph.permissions.azure.abac import Request, evaluate
from tests.beds import azure_world as world
from tests.collectors.azure.answers import arm_exports
from tests.graph.permissions.azure.tenants import ask, given


def test_what_is_no_question_says_so() -> None:
    estate = given()
    assert ask(estate, world.ALICE, "read", world.AI).decision == "Error"
    assert ask(estate, world.ALICE, "Microsoft.X/*", world.AI).decision == "Error"
    assert ask(estate, world.ALICE, "Microsoft.X/y/read", "oai").decision == "Error"


def test_a_hostile_condition_is_undecided_and_no_more() -> None:
    request = Request(operation="Microsoft.X/y/read")
    for text in ("(" * 5_000, "@Resource[a] StringEquals", "{", "!" * 3_000, "@Resource[a", "'"):
        assert evaluate(text, request).value is None


def test_from_exports_to_answers(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    arm_exports(folder)
    questions = [
        (world.ALICE, "Microsoft.CognitiveServices/accounts/listKeys/action", world.AI, "Allowed"),
        (world.GUEST, "Microsoft.CognitiveServices/accounts/listKeys/action", world.AI, "Allowed"),
        (world.BOB, "Microsoft.CognitiveServices/accounts/listKeys/action", world.AI, "ImplicitlyDenied"),
        (world.BOB, "Microsoft.CognitiveServices/accounts/read", world.AI.upper(), "Allowed"),
    ]  # fmt: skip
    lines = [
        json.dumps({"id": n, "principal": p, "action": a, "resource": r})
        for n, (p, a, r, _) in enumerate(questions)
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "a.jsonl"
    arguments = ["access", str(folder), "--batch", str(tmp_path / "q.jsonl"), "--out", str(out)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["decision"] for row in answers] == [row[3] for row in questions]
