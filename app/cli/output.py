"""Answers go to standard output as table, JSON or CSV; everything else goes to standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.spreadsheet import cell_text, csv_text
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
FORMATS = click.Choice(["table", "json", "csv"])

error_console = Console(stderr=True, highlight=False)

format_option = click.option(
    "--format", "format_", type=FORMATS, default="table", show_default=True, help="How to print."
)


def print_json(value: object) -> None:
    """One JSON document, readable, in UTF-8."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    click.echo(text)


def print_rows(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, format_: str, title: str = ""
) -> None:
    """Rows as a table for people, or as CSV for spreadsheets."""
    if format_ == "csv":
        click.echo(csv_text(rows, columns), nl=False)
        return
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
def progress_bar() -> Iterator[Callable[[float | None, str], None]]:
    """A progress line on standard error, only where a person watches."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=error_console,
        transient=True,
        disable=not error_console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=1.0)

        def report(fraction: float | None, text: str) -> None:
            label = escape(visible(text))
            if fraction is None:
                bar.update(task, description=label)
            else:
                bar.update(task, description=label, completed=fraction)

        yield report


def say(text: str) -> None:
    """A line for the person, on standard error, as plain text."""
    error_console.print(escape(visible(text)), soft_wrap=True)
