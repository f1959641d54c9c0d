"""The main job on the sample estate, as `make demo` runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import run


def test_it_ends_with_counts_a_report_and_a_picture(tmp_path, capsys: pytest.CaptureFixture[str]):
    code = run(["demo", "--no-window", "--out", str(tmp_path)])
    said = capsys.readouterr()
    assert code == 0
    assert "attack paths and" in said.err
    assert "toxic combinations" in said.err
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "attack-path.png").read_bytes().startswith(b"\x89PNG")
    assert "attack paths" in said.out


def test_a_folder_that_cannot_be_made_is_one_sentence_before_the_work(tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"")
    assert run(["demo", "--no-window", "--out", str(tmp_path / "file" / "demo")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "the folder cannot be made" in told.err


@pytest.mark.parametrize("arguments", [[], ["open"]])
def test_no_display_is_one_sentence(arguments, monkeypatch, capsys):
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert run(arguments) == 2
    assert "no display for the window" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_a_full_disk_is_one_sentence(tmp_path):
    (tmp_path / "iam_list-account-aliases.json").write_text('{"AccountAliases": ["larkfield"]}')
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "app", "assess", str(tmp_path)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "nothing more can be written" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
