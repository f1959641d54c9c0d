"""Whatever the user points at becomes a snapshot: a .hound file, exports, folders, zips."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from collectors.exports import read_exports
from graph.model import Snapshot, UserError
from graph.progress import CancelCheck, Progress, never, silent
from graph.snapshot import read_snapshot

SUFFIX = ".hound"


def load(
    paths: Sequence[Path], *, progress: Progress = silent, cancelled: CancelCheck = never
) -> Snapshot:
    """Read one .hound file as it stands, or import any other files together."""
    must_exist(paths)
    if len(paths) == 1 and is_snapshot(paths[0]):
        return read_snapshot(paths[0])
    return read_exports(paths, progress=progress, cancelled=cancelled)


def must_exist(paths: Sequence[Path]) -> None:
    """One clear sentence for a path that is not there."""
    for path in paths:
        try:
            there = path.exists()
        except OSError as error:  # too long a name, or a folder that may not be looked into
            raise UserError(
                f"{path}: {(error.strerror or str(error)).lower()}; check the path and its rights"
            ) from None
        if not there:
            raise UserError(f"{path}: no such file or folder; check the spelling of the path")


def is_snapshot(path: Path) -> bool:
    """Named as a snapshot, or a zip that holds a manifest."""
    if not path.is_file():  # opening a pipe would wait for its writer
        return False
    if path.suffix.lower() == SUFFIX:
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return "manifest.json" in archive.namelist() and "records.jsonl" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
