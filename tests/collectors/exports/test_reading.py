"""Whatever files come: exports become records, the rest one sentence each, and nothing is lost on the way."""

import gzip
import json
import os
import random
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collectors.exports import read_exports
from graph.model import (
    Cancelled,
    CoverageEntry,
    CoverageState,
    ImportFileError,
    Record,
    Scope,
    Snapshot,
    SnapshotError,
)
from graph.snapshot import read_snapshot, write_snapshot

ACCOUNT = "123456789012"
BUCKETS = {"Buckets": [{"Name": "acme-train"}], "Owner": {"ID": "x"}}
ROLE = {
    "RoleName": "r",
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/Größe",
    "AssumeRolePolicyDocument": {},
}
USER = {"UserName": "u", "Arn": f"arn:aws:iam::{ACCOUNT}:user/u"}
DETAILS = {
    "UserDetailList": [USER],
    "GroupDetailList": [],
    "RoleDetailList": [ROLE],
    "Policies": [],
}

WRONG: dict[str, tuple[bytes, list[str]]] = {
    "nothing": (b"", ["empty"]),
    "blanks": (b" \n\n", ["empty"]),
    "zip": (b"PK\3\4 and no more", ["zip", "damaged"]),
    "gzip": (b"\x1f\x8b\x08 and no more", ["gzip"]),
    "cut gzip": (gzip.compress(b"{}" * 5000, mtime=0)[:-20], ["gzip", "cut off"]),
    "junk": (random.Random(1).randbytes(3000), ["not JSON"]),
    "utf-16 junk": (b"\xff\xfe" + b"\0\xd8" * 9, ["not a text file"]),
    "text": (b"hello", ["not JSON"]),
    "second value": (b'{"Users": []} {"more": 1}', ["line 1, column 15", "more data follows"]),
    "trailing text": (b'{"Users": []}\n\ntrailing', ["line 3, column 1"]),
    "syntax": (b'{\n  "Users": [\n    1,,\n', ["line 3, column 7"]),
    "gzip bomb": (gzip.compress(b" " * (64 << 20), mtime=0), ["far more than an export"]),
    "cut text": (b'{"Users": [{"UserName": "a', ["cut off"]),
    "not a number": (b'{"a": NaN}', ["line 1, column 7"]),
    "bad text": (b'{"a": "\xff\xfe"}', ["line 1"]),
    "deep list": (b"[" * 100_000, ["nested too deeply"]),
    "deep object": (b'{"a":' * 100_000, ["nested too deeply"]),
    "too deep": (b'{"a":' * 900 + b"1" + b"}" * 900, ["nested too deeply"]),
    "package": (b'{"name": "left-pad", "version": "1.3.0"}', ["not an export", "name, version"]),
    "list": (b"[1, 2]", ["list", "--query"]),
    "number": (b"3", ["JSON number"]),
    "ambiguous": (b'{"items": []}', ["name the file", "list-gateways.json"]),
    "old state": (b'{"version": 3, "terraform_version": "0.11", "modules": []}', ["version 3"]),
    "bad state": (
        b'{"version": 4, "terraform_version": "1.7", "resources": [7]}',
        ["not built like one", "of another type"],
    ),
    "bad details": (b'{"UserDetailList": [7], "RoleDetailList": []}', ["not an export"]),
    "saved error": (
        b'{"Error": {"Code": "AccessDenied", "Message": "x"}}',
        ["saved error", "AccessDenied"],
    ),
}


def _write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def _operations(snapshot: Snapshot) -> list[str]:
    return sorted(record.operation for record in snapshot.records)


def _refused(*paths: Path) -> str:
    with pytest.raises(ImportFileError) as caught:
        read_exports(paths)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert str(paths[0]) in sentence
    return sentence


def _unread(snapshot: Snapshot) -> list[CoverageEntry]:
    return [entry for entry in snapshot.coverage if entry.operation == "file:read"]


@pytest.mark.parametrize(
    "encode",
    [
        str.encode,
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: gzip.compress(text.encode()),
        lambda text: gzip.compress(text.encode("utf-16")),
        lambda text: gzip.compress(text[:50].encode()) + gzip.compress(text[50:].encode()),
        lambda text: ("\n\t " + text + "\r\n").encode(),
    ],
    ids=["utf8", "bom", "utf16", "utf16be", "le", "be", "gzip", "gzip16", "members", "spaces"],
)
def test_any_encoding_gives_the_same_snapshot(tmp_path, encode):
    plain = read_exports([_write(tmp_path / "a.json", DETAILS)])
    other = tmp_path / "b.json"
    other.write_bytes(encode(json.dumps(DETAILS, ensure_ascii=False)))
    snapshot = read_exports([other])
    assert replace(snapshot, name="a") == plain
    assert _operations(snapshot) == ["iam:GetAccountAuthorizationDetails"]
    assert "Größe" in snapshot.records[0].body["RoleDetailList"][0]["Arn"]


def test_a_folder_and_a_zip_of_it_say_the_same(tmp_path):
    folder = tmp_path / "dump"
    _write(folder / "iam" / "details.json", DETAILS)
    _write(folder / "eu-west-1" / "sagemaker_list-models.json", {"Models": []})
    _write(folder / "s3" / "list-buckets.json", BUCKETS)
    archive = tmp_path / "dump.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(folder.rglob("*.json")):
            out.write(path, Path("dump") / path.relative_to(folder))
    nested = tmp_path / "nested.zip"
    with zipfile.ZipFile(nested, "w") as out:
        out.write(archive, "inner/dump.zip")
    snapshot = read_exports([folder])
    assert len(snapshot.records) == 3
    assert read_exports([archive]) == snapshot
    assert replace(read_exports([nested]), name="dump").records == snapshot.records


def test_two_runs_give_the_same_bytes(tmp_path):
    folder = tmp_path / "dump"
    _write(folder / "a.json", DETAILS)
    _write(folder / "b.json", BUCKETS)
    first, second = tmp_path / "1.hound", tmp_path / "2.hound"
    write_snapshot(read_exports([folder / "a.json", folder / "b.json"], name="x"), first)
    write_snapshot(read_exports([folder / "b.json", folder / "a.json"], name="x"), second)
    assert first.read_bytes() == second.read_bytes()


def test_a_snapshot_is_merged(tmp_path):
    record = Record(
        source="aws",
        operation="sts:GetCallerIdentity",
        scope=Scope(provider="aws", account=ACCOUNT),
        body={"Account": ACCOUNT},
    )
    entry = CoverageEntry(
        operation=record.operation,
        scope=record.scope,
        state=CoverageState.COMPLETE,
        record=record.id,
    )
    made = Snapshot(
        records=(record,),
        coverage=(entry,),
        collected_at="2026-01-01T00:00:00Z",
        redactions={"content": 2},
    )
    write_snapshot(made, tmp_path / "live.hound")
    details = _write(tmp_path / "details.json", DETAILS)
    snapshot = read_exports([tmp_path / "live.hound", details])
    assert _operations(snapshot) == ["iam:GetAccountAuthorizationDetails", "sts:GetCallerIdentity"]
    assert entry in snapshot.coverage
    assert snapshot.redactions == {"content": 2}
    assert snapshot.collected_at == made.collected_at
    write_snapshot(snapshot, tmp_path / "both.hound")
    assert len(read_snapshot(tmp_path / "both.hound").records) == 2


def test_one_unreadable_file_does_not_lose_the_rest(tmp_path):
    folder = tmp_path / "dump"
    _write(folder / "details.json", DETAILS)
    (folder / "cut.json").write_text('{"Models": [', encoding="utf-8")
    (folder / "README.md").write_text("how these were made", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\0\1")
    told: list[str] = []
    snapshot = read_exports([folder], progress=lambda _, text: told.append(text))
    assert len(snapshot.records) == 1
    (entry,) = _unread(snapshot)
    assert (entry.params, entry.state) == ({"file": "cut.json"}, CoverageState.FAILED)
    assert "line 1, column 13" in entry.reason
    assert str(tmp_path) not in entry.reason
    assert any("cut off" in text for text in told)


def test_a_damaged_entry_does_not_lose_the_rest_of_a_zip(tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a.json", json.dumps(DETAILS))
        out.writestr("b.json", json.dumps(BUCKETS))
    content = archive.read_bytes()
    archive.write_bytes(content.replace(b"acme-train", b"acme-trash"))
    snapshot = read_exports([archive])
    assert _operations(snapshot) == ["iam:GetAccountAuthorizationDetails"]
    assert "damaged" in _unread(snapshot)[0].reason


@pytest.mark.parametrize(("content", "words"), WRONG.values(), ids=WRONG)
def test_every_wrong_file_gets_one_sentence(tmp_path, content, words):
    path = tmp_path / "wrong.json"
    path.write_bytes(content)
    sentence = _refused(path)
    for word in words:
        assert word in sentence, sentence


def test_a_folder_without_exports_is_an_error(tmp_path):
    assert "no exports in it" in _refused(tmp_path)
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "main.py").write_text("print()", encoding="utf-8")
    assert "no exports in it" in _refused(tmp_path)
    _write(tmp_path / "package.json", {"name": "x", "version": "1"})
    _write(tmp_path / "other.json", {"openapi": "3"})
    assert "none of 2 files" in _refused(tmp_path)


def test_a_missing_path_is_an_error(tmp_path):
    assert "no such file" in _refused(tmp_path / "nothing.json")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights elsewhere")
def test_a_file_that_may_not_be_read_is_an_error(tmp_path):
    path = _write(tmp_path / "details.json", DETAILS)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "permission denied" in _refused(path)


def test_what_the_system_refuses_is_passed_on(tmp_path, monkeypatch):
    path = _write(tmp_path / "details.json", DETAILS)

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "permission denied; check that you may read it" in _refused(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in _refused(tmp_path / "pipe")


def test_a_touched_snapshot_is_refused(tmp_path):
    write_snapshot(Snapshot(records=(), coverage=()), tmp_path / "a.hound")
    with zipfile.ZipFile(tmp_path / "a.hound", "a") as archive:
        archive.comment = b"hello"
    with pytest.raises((ImportFileError, SnapshotError), match=r"a\.hound"):
        read_exports([tmp_path / "a.hound"])


def test_a_bomb_is_refused_and_nothing_is_unpacked_to_a_path(tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("bomb.json", b" " * (64 << 20))
        out.writestr("../../evil.json", json.dumps(DETAILS))
        out.writestr("/absolute/evil.json", json.dumps(BUCKETS))
    before = sorted(tmp_path.parent.rglob("*"))
    snapshot = read_exports([archive])
    assert sorted(tmp_path.parent.rglob("*")) == before
    assert len(snapshot.records) == 2
    (entry,) = _unread(snapshot)
    assert "far more than an export" in entry.reason


def test_zips_in_zips_end_somewhere(tmp_path):
    content = json.dumps(DETAILS).encode()
    name = "a.json"
    for level in range(6):
        path = tmp_path / f"{level}.zip"
        with zipfile.ZipFile(path, "w") as out:
            out.writestr(name, content)
        content, name = path.read_bytes(), f"{level}.zip"
    assert "nested too deeply" in _refused(tmp_path / "5.zip")


def test_an_import_can_be_cancelled_and_tells_how_far_it_is(tmp_path):
    for number in range(5):
        _write(tmp_path / f"{number}.json", DETAILS)
    fractions: list[float | None] = []
    read_exports([tmp_path], progress=lambda fraction, _: fractions.append(fraction))
    assert fractions[0] == 0
    assert fractions == sorted(fractions, key=lambda f: f or 0)
    assert fractions[-1] == 1
    with pytest.raises(Cancelled):
        read_exports([tmp_path], cancelled=lambda: True)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux has a file that fails")
def test_a_disk_that_fails_while_a_file_is_read_is_one_sentence():
    assert "check that you may read it" in _refused(Path("/proc/self/mem"))
