"""No cell can be taken for a formula, none reaches beyond itself, and every other one stays as it was."""

import csv
import io

import pytest

from app.spreadsheet import csv_text

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20"]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", ["", "a name", "a name\r", '"'])
def test_nothing_that_may_start_a_formula_starts_a_cell(start: str, before: str) -> None:
    cells = {"name": f"{before}{start}cmd|' /C calc'!A0", "other": 'a;b,c\n"d"'}
    head, row = csv.reader(io.StringIO(csv_text([cells], list(cells)), newline=""))
    assert head == ["name", "other"]
    assert row[0][0] not in STARTS
    assert row[0].endswith("cmd|' /C calc'!A0")
    assert row[1] == 'a;b,c\n"d"'


def test_other_cells_stay_as_they_are() -> None:
    rows = [{"a": "x=1", "b": 12.34, "c": None, "d": ["p", "q"]}]
    assert csv_text(rows, ["a", "b", "c", "d"]) == 'a,b,c,d\nx=1,12.3,,"p, q"\n'
