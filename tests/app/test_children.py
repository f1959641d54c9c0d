"""Tasks in processes of their own: answers, errors, cancel, and a child that dies."""

import multiprocessing
import time
from pathlib import Path

import pytest

from app import children
from app.__main__ import run
from graph.model import Cancelled, UserError


def test_a_users_error_comes_back_as_one_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_bytes(b"")
    with pytest.raises(UserError, match=r"empty\.json"):
        children.run("import", {"paths": [str(empty)], "out": str(tmp_path / "out.hound")})
    assert not (tmp_path / "out.hound").exists()


def test_cancel_ends_the_process(tmp_path: Path) -> None:
    arguments = {"paths": [str(tmp_path)], "out": str(tmp_path / "out.hound")}
    with pytest.raises(Cancelled):
        children.run("import", arguments, cancelled=lambda: True)
    assert not multiprocessing.active_children()


def test_a_child_that_is_killed_is_told_in_one_sentence(tmp_path: Path) -> None:
    child = children.Child("import", {"paths": [str(tmp_path)], "out": str(tmp_path / "o.hound")})
    child._process.kill()
    deadline = time.monotonic() + 20
    events: list[children.Event] = []
    while not events and time.monotonic() < deadline:
        events = list(child.poll())
        time.sleep(0.02)
    assert events[-1].kind == "failed"
    assert "ended unexpectedly" in events[-1].text
    assert list(child.poll()) == []


def test_an_error_of_ours_in_a_child_is_not_called_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(children.ChildError, match="KeyError: 'paths'") as caught:
        children.run("import", {})
    assert "Traceback" in caught.value.__notes__[0]

    def broken(*_arguments: object, **_more: object) -> None:
        raise caught.value

    monkeypatch.setattr(children, "run", broken)
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    assert run(["import", str(tmp_path), "--out", str(tmp_path / "o.hound")]) == 1
    assert "an error inside Modelhound" in capsys.readouterr().err
