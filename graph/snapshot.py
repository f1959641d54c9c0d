"""The `.hound` file: records and coverage as canonical, sorted lines with their digests; saved whole or not at all.

    manifest.json    format, name, times, redactions, and SHA-256, bytes and count of the other entries
    coverage.jsonl   one line for each operation asked
    records.jsonl    one line for each answer, in order of id

The same snapshot makes the same bytes (compared uncompressed: builds of zlib may differ).
"""

import hashlib
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from graph.container import (
    Digest,
    Limits,
    most_shrunk,
    opened,
    read_entry,
    read_lines,
    refusal,
    write_lines,
)
from graph.lines import coverage_line, parse_coverage, parse_record, record_line
from graph.model import Snapshot, canonical_json
from graph.spool import RecordSpool

_FORMAT = "modelhound-snapshot"
_VERSION = 1
_MANIFEST, _COVERAGE, _RECORDS = "manifest.json", "coverage.jsonl", "records.jsonl"
_ENTRIES = (_COVERAGE, _RECORDS, _MANIFEST)
_LIMITS = Limits()
_T = TypeVar("_T")


class _EntryLine(msgspec.Struct, forbid_unknown_fields=True):
    sha256: str
    bytes: int
    count: int


class _ManifestLine(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    version: int
    entries: dict[str, _EntryLine]
    name: str
    collected_at: str
    tool_version: str
    redactions: dict[str, int]


_decode_manifest = msgspec.json.Decoder(_ManifestLine).decode


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Save atomically: after any failure the old file is as it was."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise refusal(path, "", "is no regular file", "name another one")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        try:
            digests = _write_new(temporary, snapshot)
            _verify(temporary, digests)
            os.replace(temporary, path)  # noqa: PTH105 - the name says that it is atomic
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise refusal(path, "", f"cannot be saved ({reason})", _save_advice(path)) from error
    except UnicodeEncodeError as error:
        raise refusal(path, _RECORDS, "a text is not valid Unicode", "mend its source") from error


def read_snapshot(path: Path, *, limits: Limits = _LIMITS) -> Snapshot:
    """Read and check a whole file; anything that is not as it was written is refused."""
    with opened(path, _ENTRIES, limits) as archive:
        manifest = _read_manifest(path, archive)

        def parsed(name: str, parse: Callable[[bytes], tuple[str, _T]]) -> tuple[_T, ...]:
            entry = manifest.entries[name]
            expected = Digest(sha256=entry.sha256, bytes=entry.bytes, count=entry.count)
            lines = read_lines(path, archive, name, expected=expected, line_limit=limits.line)
            return tuple(_ascending(path, name, lines, parse))

        return Snapshot(
            records=parsed(_RECORDS, parse_record),
            coverage=parsed(_COVERAGE, parse_coverage),
            name=manifest.name,
            collected_at=manifest.collected_at,
            tool_version=manifest.tool_version,
            redactions=manifest.redactions,
        )


def snapshot_digest(path: Path) -> str:
    """SHA-256 of the manifest, which holds the digests of everything else."""
    with opened(path, _ENTRIES, _LIMITS) as archive:
        return hashlib.sha256(read_entry(path, archive, _MANIFEST)).hexdigest()


def _write_new(path: Path, snapshot: Snapshot) -> dict[str, Digest]:
    """A new file of ours alone, flushed to the disk; its digests by entry."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "w+b") as file:
        digests, shrank = _write_archive(file, snapshot, zipfile.ZIP_DEFLATED)
        if shrank > _LIMITS.ratio:  # a reader would take it for a bomb
            digests, _ = _write_archive(file, snapshot, zipfile.ZIP_STORED)
        file.flush()
        os.fsync(file.fileno())
    return digests


def _write_archive(
    file: BinaryIO, snapshot: Snapshot, method: int
) -> tuple[dict[str, Digest], float]:
    """The digests by entry, and how many times larger the worst entry is unpacked."""

    def write(name: str, lines: Iterator[bytes]) -> Digest:
        return write_lines(archive, name, lines, method=method, limits=_LIMITS)

    file.seek(0)
    file.truncate()
    with zipfile.ZipFile(file, "w") as archive:
        digests = {
            _COVERAGE: write(_COVERAGE, _coverage_lines(snapshot)),
            _RECORDS: write(_RECORDS, _record_lines(snapshot)),
        }
        digests[_MANIFEST] = write(_MANIFEST, iter([_manifest(snapshot, digests)]))
        return digests, most_shrunk(archive)


def _verify(path: Path, digests: Mapping[str, Digest]) -> None:
    """Read back what the disk holds and compare it with what was meant."""
    with opened(path, _ENTRIES, _LIMITS) as archive:
        for name, digest in digests.items():
            lines = read_lines(path, archive, name, expected=digest, line_limit=_LIMITS.line)
            for _ in lines:
                pass


def _sync_folder(folder: Path) -> None:
    """Make the new name last; systems that cannot open a folder need no such call."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _save_advice(path: Path) -> str:
    if path.is_dir():
        return "it is a folder; name a file"
    if not path.parent.is_dir():
        return f"make the folder {path.parent} first"
    return f"check that you may write to {path.parent} and that the disk has room"


def _manifest(snapshot: Snapshot, digests: Mapping[str, Digest]) -> bytes:
    return canonical_json(
        {
            "format": _FORMAT,
            "version": _VERSION,
            "entries": {name: asdict(digest) for name, digest in digests.items()},
            "name": snapshot.name,
            "collected_at": snapshot.collected_at,
            "tool_version": snapshot.tool_version,
            "redactions": dict(snapshot.redactions),
        }
    ).encode()


def _record_lines(snapshot: Snapshot) -> Iterator[bytes]:
    """Lines in order of id; of records that say the same only the first (by source and time) is kept."""
    if isinstance(snapshot.records, RecordSpool):
        yield from snapshot.records.lines()
        return
    ordered = sorted(
        (record.id, record.source, record.time, position)
        for position, record in enumerate(snapshot.records)
    )
    previous = ""
    for record_id, _, _, position in ordered:
        if record_id != previous:
            yield record_line(snapshot.records[position], record_id)
        previous = record_id


def _coverage_lines(snapshot: Snapshot) -> Iterator[bytes]:
    yield from sorted({coverage_line(entry) for entry in snapshot.coverage})


def _read_manifest(path: Path, archive: zipfile.ZipFile) -> _ManifestLine:
    content = read_entry(path, archive, _MANIFEST)
    try:
        manifest = _decode_manifest(content)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise refusal(path, _MANIFEST, f"not readable ({error})") from error
    if manifest.format != _FORMAT:
        raise refusal(path, _MANIFEST, "it is of another program", "choose a .hound file")
    if manifest.version != _VERSION:
        problem = f"format version {manifest.version} is not known here"
        raise refusal(path, _MANIFEST, problem, "open it with a newer Modelhound")
    if set(manifest.entries) != {_COVERAGE, _RECORDS}:
        raise refusal(path, _MANIFEST, "it does not list the entries")
    return manifest


def _ascending(
    path: Path, name: str, lines: Iterator[bytes], parse: Callable[[bytes], tuple[str, _T]]
) -> Iterator[_T]:
    """Parsed lines, each with a key above the one before: sorted, and nothing twice."""
    previous = ""
    for number, line in enumerate(lines, 1):
        try:
            key, item = parse(line)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise refusal(path, name, f"line {number} is not readable ({error})") from error
        if key <= previous:
            raise refusal(path, name, f"line {number} is out of order or there twice")
        previous = key
        yield item
