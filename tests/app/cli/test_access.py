"""The command `access`."""

import json
from pathlib import Path

from app.__main__ import run

CASE = {
    "id": "a",
    "principal": "arn:aws:iam::111122223333:user/a",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::b/x",
}


def test_a_batch_without_a_snapshot(tmp_path: Path):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(CASE) + "\nbroken\n", encoding="utf-8")
    assert run(["access", "--batch", str(source), "--out", str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["decision"] for row in rows] == ["ImplicitlyDenied", "Error"]


def test_what_is_missing_is_said_in_one_sentence(tmp_path: Path, capsys):
    assert run(["access"]) == 2
    assert run(["access", "--batch", str(tmp_path / "none")]) == 2
    assert run(["access", "--batch", str(tmp_path / "none"), "--out", str(tmp_path / "o")]) == 2
    assert "Traceback" not in capsys.readouterr().err
