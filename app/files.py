"""Writing a file whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from graph.model import UserError


def must_be_writable(target: Path) -> None:
    """One clear sentence before long work for a target that can never be written."""
    folder = target.parent
    try:
        _must_be_a_file(target)
    except OSError as error:  # a name that is too long
        raise UserError(
            f"{target}: cannot be written ({error.strerror}); choose another name"
        ) from None
    if not folder.is_dir():
        raise UserError(
            f"{target}: {folder} is no folder; "
            + ("name another one" if folder.exists() else "make it first")
        )
    if not os.access(folder, os.W_OK):
        raise UserError(f"{target}: no permission to write in {folder}; choose another folder")


def make_folder(folder: Path) -> None:
    """A folder with those above it; one clear sentence where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{folder}: the folder cannot be made ({error.strerror}); choose another one"
        ) from None


def _must_be_a_file(target: Path) -> None:
    """A device or pipe would be replaced by a file."""
    if target.is_dir():
        raise UserError(f"{target}: is a folder; name a file in it")
    if target.exists() and not target.is_file():
        raise UserError(f"{target}: is no regular file; name another one")


def write_atomic(target: Path, content: bytes) -> None:
    """Write beside the target, then move over it; what was there stays until the new file is safe."""
    with open_atomic(target) as stream:
        stream.write(content)


@contextmanager
def open_atomic(target: Path) -> Iterator[BinaryIO]:
    """The same for content that comes piece by piece: the target changes only when the block ends well."""
    try:
        if target.is_symlink():  # the link, such as /dev/stdout, stays
            target = target.resolve()
        _must_be_a_file(target)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise UserError(
            f"{target}: cannot write here ({error.strerror}); choose another folder"
        ) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except OSError as error:
        raise UserError(
            f"{target}: could not be written ({error.strerror}); the old file is untouched"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
