"""Files, folders and zips as one stream of named contents, with guards against hostile archives.

Nothing is ever unpacked to a path: entries are read as streams, so a name such as ../../x is only a name.
"""

import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from collectors.exports.text import MAX_BYTES, MAX_RATIO, SMALL, ZIP
from graph.model import ImportFileError

_MAX_ENTRIES = 200_000
_MAX_TOTAL = 4 << 30
_DEEPEST = 2  # a zip in a zip


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file, wherever it lies. `parts` are its folders and name, which may hint at what it is."""

    label: str
    parts: tuple[str, ...]
    size: int
    read: Callable[[], bytes]
    open: Callable[[], BinaryIO]  # for what is read line by line
    path: Path | None = None  # None inside a zip
    depth: int = 0


def listed(paths: Sequence[Path]) -> list[Source]:
    """Every file that the paths name, folders walked in order of name."""
    found: list[Source] = []
    for path in paths:
        if not path.exists():
            raise ImportFileError(f"{path}: no such file or folder; check the spelling of the path")
        try:
            if path.is_dir():
                found.extend(_of_file(file, file.relative_to(path.parent)) for file in _walk(path))
            else:
                found.append(_of_file(path, Path(path.name)))
        except OSError as error:
            raise ImportFileError(
                f"{path}: {_reason(error)}; check the path and its rights"
            ) from None
    return found


def entries(source: Source, content: bytes) -> Iterator[Source]:
    """The files inside a zip."""
    if source.depth >= _DEEPEST:
        raise ImportFileError(f"{source.label}: zips nested too deeply; unpack it first")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise ImportFileError(
            f"{source.label}: the zip is damaged or cut off; get it again"
        ) from None
    infos = sorted((i for i in archive.infolist() if not i.is_dir()), key=lambda i: i.filename)
    if len(infos) > _MAX_ENTRIES or sum(info.file_size for info in infos) > _MAX_TOTAL:
        raise ImportFileError(f"{source.label}: the zip holds too much; import it in parts")
    for info in infos:
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        label = f"{source.label}/{info.filename}"
        yield Source(
            label=label,
            parts=source.parts[:-1] + tuple(part for part in parts if part not in {"/", ".."}),
            size=info.file_size,
            read=_entry_reader(archive, info, label),
            open=partial(_in_memory, _entry_reader(archive, info, label)),
            depth=source.depth + 1,
        )


def is_zip(content: bytes) -> bool:
    """By content, whatever the name."""
    return content.startswith((ZIP, b"PK\5\6"))


def hidden(source: Source) -> bool:
    """What systems leave behind: .git, .DS_Store, __MACOSX."""
    return any(part.startswith((".", "__MACOSX")) for part in source.parts[1:])


def _walk(folder: Path) -> Iterator[Path]:
    """Every file; a folder that cannot be opened stands for its own files, and its reading fails."""
    closed: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=closed.append):
        folders.sort()
        yield from (Path(root, name) for name in sorted(files))
    yield from sorted(Path(error.filename) for error in closed)


def _of_file(path: Path, relative: Path) -> Source:
    return Source(
        label=str(path),
        parts=relative.parts,
        size=path.stat().st_size if path.is_file() else 0,
        read=lambda: _read_file(path),
        open=lambda: _open_file(path),
        path=path,
    )


def _read_file(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ImportFileError(f"{path}: cannot be opened; check that you may read the folder")
        if not path.is_file():
            raise ImportFileError(f"{path}: not a regular file; choose a file or folder of exports")
        size = path.stat().st_size
        if not size:  # what the kernel offers as files may never end
            return b""
        if size > MAX_BYTES:
            raise ImportFileError(f"{path}: larger than {MAX_BYTES} bytes; split the export")
        return path.read_bytes()
    except OSError as error:
        raise ImportFileError(f"{path}: {_reason(error)}; check that you may read it") from None


def _open_file(path: Path) -> BinaryIO:
    try:
        if not path.is_file():
            return io.BytesIO()  # reading it whole tells what is wrong
        return path.open("rb")
    except OSError as error:
        raise ImportFileError(f"{path}: {_reason(error)}; check that you may read it") from None


def _in_memory(read: Callable[[], bytes]) -> BinaryIO:
    return io.BytesIO(read())


def _entry_reader(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str
) -> Callable[[], bytes]:
    def read() -> bytes:
        if info.flag_bits & 1:
            raise ImportFileError(f"{label}: encrypted; unpack the zip and import the folder")
        bomb = info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        if bomb or info.file_size > MAX_BYTES:
            raise ImportFileError(
                f"{label}: unpacks to {info.file_size} bytes, far more than an export; unpack it and import the folder"
            )
        if info.compress_size > len(archive.fp.getbuffer()):  # type: ignore[union-attr] # it is there: made above
            raise ImportFileError(f"{label}: its size is forged; get the zip again")
        try:
            with archive.open(info) as entry:
                content = entry.read(info.file_size + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ):
            raise ImportFileError(f"{label}: damaged inside the zip; get the zip again") from None
        if len(content) != info.file_size:
            raise ImportFileError(f"{label}: damaged inside the zip; get the zip again")
        return content

    return read


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
