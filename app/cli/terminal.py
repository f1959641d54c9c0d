"""What rich draws: tables for people, and a progress line where a person watches."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.spreadsheet import cell_text
from graph.text import visible

UNBROKEN = {
    "on",
    "outcome",
    "before",
    "severity",
    "verdict",
    "kind",
    "rule",
    "id",
    "risk",
    "proved",
    "undecided",
}
WIDTH_OF_FILES = 160  # columns


def print_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    """A table on standard output."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in UNBROKEN)
    for row in rows:
        table.add_row(*(escape(visible(cell_text(row.get(column)))) for column in columns))
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:  # a file or a pipe has no width that a table should bend to
        console.width = max(console.width, WIDTH_OF_FILES)
    console.print(table)


@contextmanager
def progress_line() -> Iterator[Callable[[float | None, str], None]]:
    """A progress line on standard error that goes when the work is done."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True, highlight=False),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=1.0)
        shown = ""

        def report(fraction: float | None, text: str) -> None:
            nonlocal shown
            label = escape(visible(text))
            # What is new is drawn at once: short steps would pass between two refreshes unseen.
            bar.update(task, description=label, completed=fraction, refresh=label != shown)
            shown = label

        yield report
