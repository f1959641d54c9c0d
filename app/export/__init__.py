"""Exports for others: the ending of the file decides the format."""

from collections.abc import Callable
from pathlib import Path

from app.export import graphml, report, tables
from app.files import write_atomic
from graph.assessment import Assessment
from graph.model import UserError

FORMATS: dict[str, Callable[[Assessment], str]] = {
    ".html": report.render,
    ".json": tables.render_json,
    ".csv": tables.render_csv,
    ".graphml": graphml.render,
}


def write_export(assessment: Assessment, target: Path) -> None:
    """Write the assessment to a file, whole or not at all."""
    render = FORMATS.get(target.suffix.lower())
    if render is None:
        known = ", ".join(FORMATS)
        raise UserError(f"{target}: unknown ending; use one of {known}")
    write_atomic(target, render(assessment).encode())
