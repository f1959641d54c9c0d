"""The outside of a `.hound` file: a zip of known entries, checked before a byte of it is believed.

Refused are unknown, missing or doubled entries, other methods than stored and deflate, encryption, bytes before,
between or after the entries, and entries that grow further than the limits allow.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graph.model import SnapshotError

_END = struct.Struct("<4s4H2LH")  # end of central directory, without a comment
_LOCAL = struct.Struct("<4s5H3L2H")
_CHUNK = 1 << 20
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_LEVEL = 6
_STORED_AND_DEFLATED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ADVICE = "the file is damaged or was not made by Modelhound; ask for a fresh copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a reader accepts."""

    line: int = 256 << 20  # one record; a large account's authorisation details are one
    entry: int = 2_000_000_000  # uncompressed bytes of one entry
    manifest: int = 1 << 20
    ratio: int = 200  # uncompressed to compressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What the manifest says of an entry."""

    sha256: str
    bytes: int
    count: int


def refusal(path: Path, entry: str, problem: str, advice: str = ADVICE) -> SnapshotError:
    """The one sentence that every refusal is."""
    place = f"{path}: {entry}: " if entry else f"{path}: "
    return SnapshotError(f"{place}{problem}; {advice}")


def write_lines(
    archive: zipfile.ZipFile, name: str, lines: Iterable[bytes], *, method: int, limits: Limits
) -> Digest:
    """Stream lines into a new entry whose bytes depend on nothing but the lines."""
    info = zipfile.ZipInfo(name, date_time=_FIXED_TIME)
    info.compress_type = method
    info._compresslevel = _LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - public from 3.13
    info.create_system = 3  # or the bytes would tell the system that wrote them
    info.external_attr = 0o600 << 16
    sha, size, count = hashlib.sha256(), 0, 0
    with archive.open(info, "w") as out:
        for line in lines:
            size += len(line) + 1
            if size > limits.entry or len(line) > limits.line:
                raise SnapshotError(
                    f"{name}: too large for one .hound file; make one snapshot for each account"
                )
            for piece in (line, b"\n"):
                sha.update(piece)
                out.write(piece)
            count += 1
    return Digest(sha256=sha.hexdigest(), bytes=size, count=count)


def most_shrunk(archive: zipfile.ZipFile) -> float:
    """How many times larger than packed the most repetitive entry is."""
    return max(info.file_size / max(info.compress_size, 1) for info in archive.infolist())


@contextmanager
def opened(path: Path, names: tuple[str, ...], limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The archive, once its outside is found sound; what goes wrong while it is read is refused too."""
    try:
        with path.open("rb") as file:
            _check_end(path, file, len(names))
            with zipfile.ZipFile(file) as archive:
                _check_entries(path, archive, file, names, limits)
                yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise refusal(path, "", f"not a sound .hound file ({error})") from error
    except OSError as error:
        reason = error.strerror or str(error)
        advice = "check that the file is there and that you may read it"
        raise refusal(path, "", f"cannot be read ({reason})", advice) from error


def _check_end(path: Path, file: BinaryIO, entries: int) -> None:
    """Counted here, before zipfile would build a list of all entries."""
    size = file.seek(0, 2)
    if not size:
        raise refusal(path, "", "the file is empty", "choose a .hound file or make a new one")
    file.seek(0)
    if file.read(4) != b"PK\3\4":
        raise refusal(path, "", "not a .hound file (it does not begin as a zip)", "choose another")
    file.seek(max(size - _END.size, 0))
    tail = file.read()
    if len(tail) != _END.size or tail[:4] != b"PK\5\6":
        raise refusal(path, "", "cut off, or something follows the end of the archive")
    _, disks, here, total, length, start, comment = _parse_end(tail)
    if disks or here != total or comment or start + length != size - _END.size:
        raise refusal(path, "", "the zip directory does not fit the file")
    if total != entries:
        raise refusal(path, "", f"it holds {total} entries where {entries} belong")


def _parse_end(tail: bytes) -> tuple[bytes, int, int, int, int, int, int]:
    signature, disk, first_disk, here, total, length, start, comment = _END.unpack(tail)
    return signature, disk or first_disk, here, total, length, start, comment


def _check_entries(
    path: Path,
    archive: zipfile.ZipFile,
    file: BinaryIO,
    names: tuple[str, ...],
    limits: Limits,
) -> None:
    infos = archive.infolist()
    if sorted(info.filename for info in infos) != sorted(names):
        found = ", ".join(sorted(repr(info.filename)[1:-1][:40] for info in infos))
        raise refusal(path, "", f"its entries are {found} instead of {', '.join(names)}")
    position = 0
    for info in sorted(infos, key=lambda item: item.header_offset):
        _check_entry(path, info, limits)
        if info.header_offset != position:
            raise refusal(path, info.filename, "the entry overlaps another or leaves a gap")
        position = _end_of(path, file, info)
    if position != archive.start_dir:
        raise refusal(path, "", "the entries do not fill the archive")


def _check_entry(path: Path, info: zipfile.ZipInfo, limits: Limits) -> None:
    name = info.filename
    if info.flag_bits & ~0x800 or info.compress_type not in _STORED_AND_DEFLATED:
        raise refusal(path, name, "the entry is encrypted or packed in an unknown way")
    limit = limits.manifest if name == "manifest.json" else limits.entry
    if info.file_size > limit:
        raise refusal(path, name, f"{info.file_size} bytes are more than the limit of {limit}")
    if info.file_size > limits.ratio * max(info.compress_size, 1):
        raise refusal(path, name, f"it grows more than {limits.ratio}-fold when unpacked")


def _end_of(path: Path, file: BinaryIO, info: zipfile.ZipInfo) -> int:
    file.seek(info.header_offset)
    header = file.read(_LOCAL.size)
    if len(header) != _LOCAL.size:
        raise refusal(path, info.filename, "cut off")
    fields: tuple[int, ...] = _LOCAL.unpack(header)[1:]
    compressed, uncompressed, name, extra = fields[6:10]
    if (compressed, uncompressed) != (info.compress_size, info.file_size):
        raise refusal(path, info.filename, "its two headers state different sizes")
    return info.header_offset + _LOCAL.size + name + extra + info.compress_size


def read_entry(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    """A small entry as a whole; its size was checked on opening."""
    try:
        return archive.read(name)
    except zipfile.BadZipFile as error:
        raise refusal(path, name, f"damaged ({error})") from error


def read_lines(
    path: Path, archive: zipfile.ZipFile, name: str, *, expected: Digest, line_limit: int
) -> Iterator[bytes]:
    """The lines of an entry; digest, bytes and count are compared once the last one was taken."""
    sha, size, count, rest = hashlib.sha256(), 0, 0, b""
    for chunk in _chunks(path, archive, name):
        sha.update(chunk)
        size += len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        if max(len(rest), *map(len, lines), 0) > line_limit:
            raise refusal(path, name, f"a line is longer than the limit of {line_limit} bytes")
        count += len(lines)
        yield from lines
    if rest:
        raise refusal(path, name, f"line {count + 1} is cut off")
    found = Digest(sha256=sha.hexdigest(), bytes=size, count=count)
    if found != expected:
        raise refusal(path, name, "the content is not what the manifest states")


def _chunks(path: Path, archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    try:
        with archive.open(name) as entry:
            while chunk := entry.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise refusal(path, name, f"damaged ({error})") from error
