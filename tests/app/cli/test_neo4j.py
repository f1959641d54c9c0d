"""The team's graph by command: push, pull, push again, on a real server; and what is refused before a packet is sent."""

import json
import operator
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import run
from graph.stores.spelling import graph_digest
from graph.stores.sqlite import SqliteStore

EXPORT = Path(__file__).parents[2] / "fixtures" / "identity" / "iam_vulnerable_gaad.json"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command as a user does: its exit code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Ten principals of a real account, so that the test stays short."""
    account = json.loads(EXPORT.read_text(encoding="utf-8"))
    account["UserDetailList"] = account["UserDetailList"][:5]
    account["RoleDetailList"] = account["RoleDetailList"][:5]
    path = tmp_path / "account.json"
    path.write_text(json.dumps(account), encoding="utf-8")
    return path


def test_a_pull_gives_the_pushed_graph_and_a_second_push_changes_nothing(
    command, estate, neo4j_server, monkeypatch, tmp_path
) -> None:
    monkeypatch.setenv("MODELHOUND_NEO4J_PASSWORD", neo4j_server.password)
    server = ("--uri", neo4j_server.uri, "--graph", "command-line")
    team, again = tmp_path / "team.workspace", tmp_path / "again.workspace"

    code, _, said = command("neo4j", "push", estate, *server)
    assert (code, "loaded" in said) == (0, True)
    code, _, said = command("neo4j", "push", estate, *server)
    assert (code, "nothing changed" in said) == (0, True)
    assert command("neo4j", "pull", *server, "--workspace", team)[0] == 0
    assert command("neo4j", "pull", *server, "--workspace", again)[0] == 0
    code, listed, _ = command("neo4j", "list", "--uri", neo4j_server.uri)
    assert (code, "command-line" in listed.split()) == (0, True)

    code, served, _ = command("neo4j", "findings", *server, "--format", "json")
    local = command("findings", estate, "--format", "json")[1]
    key = operator.itemgetter("rule", "verdict", "assets")
    assert sorted(map(key, json.loads(served))) == sorted(map(key, json.loads(local)))
    assert (code, len(json.loads(served)) > 5) == (0, True)
    assert "high" in command("neo4j", "findings", *server, "--kind", "posture")[1]

    from app.assess import build_graph  # noqa: PLC0415 - the graph that the command built
    from app.sources import load  # noqa: PLC0415 - likewise

    pulled = SqliteStore(team).load("command-line")
    assert graph_digest(pulled) == graph_digest(build_graph(load([estate])))
    assert graph_digest(pulled) == graph_digest(SqliteStore(again).load("command-line"))


@pytest.mark.parametrize("mistake", ["password", "name"])
def test_a_wrong_password_or_name_is_one_sentence(
    command, neo4j_server, monkeypatch, tmp_path, mistake
) -> None:
    password = "wrong" if mistake == "password" else neo4j_server.password
    monkeypatch.setenv("MODELHOUND_NEO4J_PASSWORD", password)
    workspace = tmp_path / "team.workspace"
    code, out, said = command(
        *("neo4j", "pull", "--uri", neo4j_server.uri, "--graph", "nowhere", "--workspace"),
        workspace,
    )
    assert (code, out, said.count("\n")) == (2, "", 1)
    assert not workspace.exists()


def test_no_server_is_one_sentence(command, estate, monkeypatch) -> None:
    monkeypatch.setenv("MODELHOUND_NEO4J_PASSWORD", "x")
    code, out, said = command("neo4j", "push", estate, "--uri", "bolt://127.0.0.1:9")
    assert (code, out, said.count("\n")) == (2, "", 1)


def test_an_unencrypted_connection_to_elsewhere_is_refused(command, estate, monkeypatch) -> None:
    monkeypatch.setenv("MODELHOUND_NEO4J_PASSWORD", "x")
    code, _, said = command("neo4j", "push", estate, "--uri", "bolt://graph.example.com")
    assert (code, said.count("\n")) == (2, 1)
    assert "neo4j+s" in said or "bolt+s" in said
