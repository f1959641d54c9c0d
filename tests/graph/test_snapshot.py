"""The .hound file keeps what it was given, says the same in the same bytes, and refuses whatever was touched."""

import hashlib
import io
import json
import os
import random
import stat
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from graph.container import Limits
from graph.model import (
    CoverageEntry,
    CoverageState,
    Record,
    RecordError,
    Scope,
    Snapshot,
    SnapshotError,
)
from graph.snapshot import read_snapshot, snapshot_digest, write_snapshot

_NAMES = ("manifest.json", "records.jsonl", "coverage.jsonl")
SCOPE = Scope(provider="aws", account="123456789012", region="eu-west-1")


def _record(number: int, **changes) -> Record:
    values: dict[str, Any] = {
        "source": "aws",
        "operation": "sagemaker:DescribeModel",
        "scope": SCOPE,
        "params": {"ModelName": f"model-{number}"},
        "body": {"ModelName": f"model-{number}", "Größe": 1.5, "Tags": [None, True, 2**70]},
    }
    return Record(**(values | changes))


def _snapshot(count: int = 20, **changes) -> Snapshot:
    records = tuple(_record(number) for number in range(count))
    denied = _record(-1, body=None, error=RecordError(code="AccessDenied", message="no"))
    coverage = [
        CoverageEntry(
            operation=record.operation,
            scope=record.scope,
            params=record.params,
            state=CoverageState.COMPLETE,
            record=record.id,
        )
        for record in records
    ]
    gap = CoverageEntry(
        operation="s3:ListBuckets",
        scope=Scope(provider="aws"),
        state=CoverageState.DENIED,
        reason="AccessDenied",
    )
    values: dict[str, Any] = {
        "records": (*records, denied),
        "coverage": (*coverage, gap),
        "name": "acme",
        "collected_at": "2026-01-01T00:00:00Z",
        "tool_version": "1",
        "redactions": {"environment value": 3},
    }
    return Snapshot(**(values | changes))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "estate.hound"
    write_snapshot(_snapshot(), path)
    return path


def _entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def _rezip(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def _with_digests_remade(entries: dict[str, bytes]) -> dict[str, bytes]:
    """What a forger would do: the manifest fits the altered content again."""
    manifest = json.loads(entries["manifest.json"])
    for name, entry in manifest["entries"].items():
        content = entries[name]
        entry |= {
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "count": content.count(b"\n"),
        }
    return entries | {"manifest.json": json.dumps(manifest).encode()}


def _refused(path: Path, *words: str) -> str:
    with pytest.raises(SnapshotError) as caught:
        read_snapshot(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    for word in words:
        assert word in sentence, sentence
    return sentence


def test_what_is_written_is_read(saved):
    snapshot, read = _snapshot(), read_snapshot(saved)
    assert read.records == tuple(sorted(snapshot.records, key=lambda record: record.id))
    assert len(read.coverage) == len(snapshot.coverage)
    assert all(entry in snapshot.coverage for entry in read.coverage)
    assert (read.name, read.collected_at, read.tool_version) == (
        "acme",
        "2026-01-01T00:00:00Z",
        "1",
    )
    assert read.redactions == {"environment value": 3}


def test_order_and_repetition_do_not_change_the_bytes(saved, tmp_path):
    snapshot = _snapshot()
    other = tmp_path / "other.hound"
    write_snapshot(
        _snapshot(
            records=(*snapshot.records[::-1], *snapshot.records[:3]),
            coverage=snapshot.coverage[::-1] + snapshot.coverage[:3],
        ),
        other,
    )
    assert other.read_bytes() == saved.read_bytes()
    write_snapshot(read_snapshot(saved), other)
    assert other.read_bytes() == saved.read_bytes()
    assert snapshot_digest(other) == snapshot_digest(saved)


def test_a_different_snapshot_has_a_different_digest(saved, tmp_path):
    other = tmp_path / "other.hound"
    write_snapshot(_snapshot(21), other)
    assert snapshot_digest(other) != snapshot_digest(saved)


def test_an_empty_snapshot_is_a_snapshot(tmp_path):
    path = tmp_path / "empty.hound"
    write_snapshot(Snapshot(records=(), coverage=()), path)
    assert read_snapshot(path) == Snapshot(records=(), coverage=())


def test_very_repetitive_records_are_not_taken_for_a_bomb(tmp_path):
    path = tmp_path / "estate.hound"
    snapshot = Snapshot(records=(_record(1, body={"text": "a" * 5_000_000}),), coverage=())
    write_snapshot(snapshot, path)
    assert read_snapshot(path).records == snapshot.records


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights elsewhere")
def test_only_the_owner_may_read_a_snapshot(saved):
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_a_failed_save_leaves_the_old_file_and_no_litter(saved, monkeypatch):
    before = saved.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SnapshotError, match="No space left on device"):
        write_snapshot(_snapshot(50), saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_saving_checks_what_reached_the_disk(saved, monkeypatch):
    before = saved.read_bytes()
    flush = os.fsync

    def tear(handle):
        os.lseek(handle, 60, os.SEEK_SET)
        os.write(handle, b"\0\0")
        flush(handle)

    monkeypatch.setattr(os, "fsync", tear)
    with pytest.raises(SnapshotError):
        write_snapshot(_snapshot(50), saved)
    assert saved.read_bytes() == before


def test_saving_says_what_stands_in_the_way(tmp_path):
    with pytest.raises(SnapshotError, match="make the folder"):
        write_snapshot(_snapshot(), tmp_path / "missing" / "a.hound")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SnapshotError, match="name a file"):
        write_snapshot(_snapshot(), tmp_path / "folder")


def test_a_record_is_an_answer_or_an_error(tmp_path):
    with pytest.raises(ValueError, match="exactly one"):
        write_snapshot(_snapshot(records=(_record(1, body=None),)), tmp_path / "a.hound")
    assert not list(tmp_path.iterdir())


def test_wrong_files_are_refused_in_one_sentence(tmp_path, saved):
    empty = tmp_path / "a.hound"
    empty.write_bytes(b"")
    _refused(empty, "empty")
    junk = tmp_path / "b.hound"
    junk.write_bytes(random.Random(1).randbytes(3000))
    _refused(junk, "does not begin as a zip")
    _refused(tmp_path, "cannot be read")
    _refused(tmp_path / "nowhere.hound", "cannot be read")
    cut = tmp_path / "c.hound"
    cut.write_bytes(saved.read_bytes()[:-100])
    _refused(cut, "cut off")


def test_prefix_and_suffix_are_refused(saved):
    content = saved.read_bytes()
    saved.write_bytes(b"%PDF-1.7\n" + content)
    _refused(saved)
    saved.write_bytes(content + b"more")
    _refused(saved)
    saved.write_bytes(content[:-2] + struct.pack("<H", 4) + b"more")
    _refused(saved)


def test_other_entries_are_refused(saved):
    entries = _entries(saved)
    _rezip(saved, {**entries, "../../evil.py": b"x"})
    _refused(saved, "4 entries")
    _rezip(saved, {("x" if name == "coverage.jsonl" else name): c for name, c in entries.items()})
    _refused(saved, "x")
    _rezip(saved, {"a.txt": b"hello"})
    _refused(saved, "1 entries")


def test_many_entries_are_refused_before_they_are_listed(tmp_path):
    path = tmp_path / "many.hound"
    _rezip(path, {str(number): b"" for number in range(20_000)})
    _refused(path, "20000 entries")


def test_doubled_entries_are_refused(saved):
    entries = _entries(saved)
    _rezip(saved, dict.fromkeys(("records.jsonx", *_NAMES[1:]), entries["records.jsonl"]))
    saved.write_bytes(saved.read_bytes().replace(b"records.jsonx", b"records.jsonl"))
    _refused(saved, "instead of")


def test_bombs_are_refused(saved):
    entries = _entries(saved)
    _rezip(saved, {**entries, "records.jsonl": b" " * 50_000_000})
    _refused(saved, "records.jsonl", "200-fold")


def test_an_unknown_method_is_refused(saved):
    _rezip(saved, _entries(saved), zipfile.ZIP_BZIP2)
    _refused(saved, "packed in an unknown way")


def test_forged_sizes_are_refused(saved):
    content = bytearray(saved.read_bytes())
    start = content.index(b"PK\1\2")
    struct.pack_into("<L", content, start + 20, 0x7FFFFFFF)
    saved.write_bytes(bytes(content))
    _refused(saved)


def test_every_changed_byte_is_noticed(saved):
    """P3: 600 mutants of one file; each is refused, or what it says is the same."""
    content, whole = saved.read_bytes(), read_snapshot(saved)
    chooser = random.Random(7)
    for _ in range(600):
        mutant = bytearray(content)
        position = chooser.randrange(len(mutant))
        mutant[position] ^= 1 << chooser.randrange(8)
        saved.write_bytes(bytes(mutant))
        try:
            read = read_snapshot(saved)
        except SnapshotError:
            continue
        assert read == whole  # a date or an attribute of an entry


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b'"source":"aws"', b'"source":"aws","source":"aws"', "canonical"),
        (b'"source":"aws"', b'"source":"aws","extra":1', "extra"),
        (b'"source":"aws"', b'"source":1', "source"),
        (b"1.5", b"NaN", "not readable"),
        (b"1.5", b"[" * 100_000, "not readable"),
        (b"1.5", b"1.50", "canonical"),
        (b"1.5", b"1e999", "not readable"),
        (b"1.5", b'"\\ud800"', "not readable"),
        (b"model-3", b"model-\\u0000", "canonical"),
        (b"eu-west-1", b"eu-west-2", "id"),
        (b'{"body"', b'x{"body"', "line 1"),
    ],
    ids=str,
)
def test_content_that_no_writer_makes_is_refused_even_with_fitting_digests(saved, old, new, word):
    entries = _entries(saved)
    altered = entries["records.jsonl"].replace(old, new, 1)
    assert altered != entries["records.jsonl"]
    _rezip(saved, _with_digests_remade(entries | {"records.jsonl": altered}))
    _refused(saved, "records.jsonl", "line ", word)


def test_nul_is_refused_and_an_escaped_backslash_is_not(saved):
    write_snapshot(_snapshot(records=(_record(1, body={"pattern": "\\u0000"}),)), saved)
    assert read_snapshot(saved).records[0].body == {"pattern": "\\u0000"}
    write_snapshot(_snapshot(records=(_record(1, body={"text": "\0"}),)), saved)
    _refused(saved, "NUL")


def test_lines_out_of_order_or_doubled_are_refused(saved):
    entries = _entries(saved)
    lines = entries["records.jsonl"].splitlines(keepends=True)
    for name in (b"".join(lines[::-1]), b"".join([lines[0], *lines])):
        _rezip(saved, _with_digests_remade(entries | {"records.jsonl": name}))
        _refused(saved, "records.jsonl", "line 2", "out of order or there twice")


def test_a_lost_line_is_noticed(saved):
    entries = _entries(saved)
    lines = entries["records.jsonl"].splitlines(keepends=True)
    _rezip(saved, entries | {"records.jsonl": b"".join(lines[1:])})
    _refused(saved, "records.jsonl", "not what the manifest states")


def test_a_line_longer_than_the_limit_is_refused(saved):
    with pytest.raises(SnapshotError, match="longer than the limit"):
        read_snapshot(saved, limits=Limits(line=100))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": "other"}, "another program"),
        ({"version": 2}, "newer"),
        ({"entries": {}}, "list the entries"),
        ({"more": 1}, "not readable"),
    ],
    ids=str,
)
def test_other_manifests_are_refused(saved, change, word):
    entries = _entries(saved)
    manifest = json.loads(entries["manifest.json"]) | change
    _rezip(saved, entries | {"manifest.json": json.dumps(manifest).encode()})
    _refused(saved, "manifest.json", word)


def test_the_archive_tells_nothing_of_the_machine(saved):
    with zipfile.ZipFile(io.BytesIO(saved.read_bytes())) as archive:
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.create_system == 3
