"""CSV in which no cell can be taken for a formula (OWASP ASVS 1.2.10)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\0")


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """The rows as CSV text, with a header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guard_cell(cell_text(row.get(column))) for column in columns])
    return buffer.getvalue()


def guard_cell(text: str) -> str:
    """A leading quote keeps a spreadsheet from running the cell."""
    return "'" + text if text.startswith(STARTERS) else text


def cell_text(value: object) -> str:
    """How a value is spelt in a table."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(cell_text(item) for item in value)
    if isinstance(value, float):
        return f"{value:.1f}"
    return str(value)
