"""Running the task that makes a snapshot, and saying what came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app import children
from app.cli.output import progress_bar, say
from app.files import must_be_writable


def make_snapshot(task: str, arguments: Mapping[str, Any]) -> None:
    """Run a task in a process of its own; `arguments` hold `out`, the file to write."""
    must_be_writable(Path(arguments["out"]))
    with progress_bar() as progress:
        made = children.run(task, arguments, progress=progress)
    say(
        f"{made['out']}: {made['records']} records; {made['gaps']} of {made['calls']} calls or lists "
        f"not read whole; {made['redacted']} secret values dropped"
    )
    for line in made["gap_lines"]:
        say(f"  {line}")
