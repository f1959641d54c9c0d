"""CSV in which no cell can be taken for a formula (OWASP ASVS 1.2.10)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.text import visible

# At the start of a cell; the last four are full-width forms, which some programs take as well.
STARTERS = ("=", "+", "-", "@", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """The rows as CSV text, with a header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guard_cell(cell_text(row.get(column))) for column in columns])
    return buffer.getvalue()


def guard_cell(text: str) -> str:
    """A leading quote keeps a spreadsheet from running the cell; characters that act are spelt out.

    The csv module leaves a carriage return unquoted, and what follows it would begin a row of its own.
    """
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return "'" + shown if shown.startswith(STARTERS) else shown


def cell_text(value: object) -> str:
    """How a value is spelt in a table."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(cell_text(item) for item in value)
    if isinstance(value, float):
        return f"{value:.1f}"
    return str(value)
