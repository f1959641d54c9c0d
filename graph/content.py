"""The only door to shipped data files: read resources/ as text or TOML, with the file named in every error."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from graph.model import ContentError


def resource(path: str) -> Traversable:
    """A file or folder below resources/; `path` uses forward slashes."""
    if path.startswith("/") or ".." in path.split("/"):
        raise ContentError(f"resources/{path}: not a path inside resources")
    return files("resources").joinpath(*path.split("/"))


def read_text(path: str) -> str:
    """The text of one shipped file."""
    return resource(path).read_text(encoding="utf-8")


def read_bytes(path: str) -> bytes:
    """The bytes of one shipped file."""
    return resource(path).read_bytes()


def read_toml(path: str) -> dict[str, Any]:
    """One shipped TOML file; a syntax error names the file."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"resources/{path}: {error}") from error


def toml_files(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, content) of every TOML file in a folder and below it, in order of path."""
    for entry in sorted(resource(folder).iterdir(), key=lambda item: item.name):
        path = f"{folder}/{entry.name}"
        if entry.is_dir():
            yield from toml_files(path)
        elif entry.name.endswith(".toml"):
            yield path, read_toml(path)
