"""Answers go to standard output as table, JSON or CSV; everything else goes to standard error."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from app.spreadsheet import csv_text
from graph.progress import silent
from graph.text import visible

FORMATS = click.Choice(["table", "json", "csv"])

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
    from app.cli.terminal import print_table  # noqa: PLC0415 - rich takes longer to load than small commands run

    print_table(rows, columns, title)


@contextmanager
def progress_bar() -> Iterator[Callable[[float | None, str], None]]:
    """A progress line on standard error, only where a person watches."""
    if not (sys.stderr.isatty() or os.environ.get("FORCE_COLOR")):
        yield silent
        return
    from app.cli.terminal import progress_line  # noqa: PLC0415 - rich takes longer to load than small commands run

    with progress_line() as report:
        yield report


def say(text: str) -> None:
    """A line for the person, on standard error, as plain text."""
    click.echo(visible(text), err=True)
