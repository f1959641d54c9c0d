"""The main job on the sample estate, as `make demo` runs it."""

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
