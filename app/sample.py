"""Where the bundled sample estate lies."""

from importlib.resources import as_file
from pathlib import Path

from graph.content import resource


def sample_path() -> Path:
    """The sample estate as a file on disk."""
    with as_file(resource("sample/estate.hound")) as path:
        return Path(path)
