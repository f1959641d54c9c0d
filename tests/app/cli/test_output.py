"""No cell of an export can be taken for a formula, and no name for markup."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.output import print_rows
from app.spreadsheet import csv_text


@given(st.text())
def test_no_cell_starts_a_formula(text: str) -> None:
    written = csv_text([{"name": text}], ["name"])
    (_, row) = csv.reader(io.StringIO(written, newline=""))
    assert not row or not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\0"))


def test_names_are_text_in_tables(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"name": "[red]not red[/red]\u202e"}], ["name"], format_="table")
    printed = capsys.readouterr().out
    assert "[red]not red[/red]⟦U+202E⟧" in printed


def test_lists_and_missing_values_have_a_spelling() -> None:
    assert csv_text([{"a": ["x", "y"], "b": None, "c": 1.26}], ["a", "b", "c"]) == (
        'a,b,c\n"x, y",,1.3\n'
    )
