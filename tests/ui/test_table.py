"""The table model: sorted and filtered on arrays, at once also with 100,000 rows."""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester

from tests.ui import sample
from ui.facts import Facts
from ui.models.assets import Assets
from ui.models.ledger import Ledger
from ui.models.table import TableModel, code_column, number_column, text_column
from ui.table import Table

BOUND = 1.0  # seconds of CPU: some twenty times what was measured, for slow machines


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that work takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def made() -> TableModel:
    columns = (
        text_column("Name", ["b", "A", "c", "a"]),
        code_column("Kind", np.array([1, 0, 1, 0]), ["x", "y"]),
        number_column("Count", np.array([10, 9, 0, 2000])),
    )
    return TableModel(columns, 4)


def column(model: TableModel, number: int) -> list[str]:
    return [model.index(row, number).data() for row in range(model.rowCount())]


def test_sorting_by_text_ignores_case_and_keeps_equal_rows_in_order() -> None:
    model = made()
    model.sort(0)
    assert column(model, 0) == ["A", "a", "b", "c"]
    model.sort(1)
    assert column(model, 0) == ["A", "a", "b", "c"]
    model.sort(2, Qt.SortOrder.DescendingOrder)
    assert column(model, 2) == ["2,000", "10", "9", ""]


def test_filtering_keeps_the_order_and_sorting_keeps_the_filter() -> None:
    model = made()
    model.sort(0)
    model.show_rows(np.array([True, False, True, True]))
    assert column(model, 0) == ["a", "b", "c"]
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert column(model, 0) == ["c", "b", "a"]
    assert model.position(3) == 2
    assert model.position(1) == -1


def test_qt_finds_nothing_wrong_with_the_models(qtmodeltester: ModelTester) -> None:
    facts = Facts(sample.small())
    for model in (made(), Assets(facts).model(), Ledger(facts).model()):
        model.sort(0)
        qtmodeltester.check(model)  # type: ignore[no-untyped-call] # pytest-qt leaves its types out


def test_the_chosen_row_stays_chosen(qtbot) -> None:
    table, model = Table("Rows"), made()
    qtbot.addWidget(table)
    heard: list[int] = []
    table.chosen.connect(heard.append)
    table.show_model(model, 0)
    table.choose(2)
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert table.currentIndex().row() == 0
    assert heard == []
    table.show_rows(np.array([True, True, False, True]))
    table.show_rows(np.ones(4, dtype=bool))
    assert table.currentIndex().row() == 0
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert heard == [0]


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(Facts(sample.large()))


def test_100_000_rows_sort_and_filter_at_once(assets: Assets) -> None:
    model = assets.model()
    assert model.rowCount() == 100_000
    for number in range(model.columnCount()):
        assert cpu(partial(model.sort, number)) < BOUND
        assert cpu(partial(model.sort, number, Qt.SortOrder.DescendingOrder)) < BOUND / 4
    model.sort(0)
    assert column(model, 0)[:2] == ["asset-000000", "asset-000001"]
    assert cpu(lambda: model.show_rows(assets.mask("asset-0000", {}))) < BOUND
    assert model.rowCount() == 100
    assert cpu(lambda: model.show_rows(assets.mask("", {"category": "model"}))) < BOUND / 4
    schema = assets.facts.graph.schema
    assert {
        schema.category(assets.facts.graph.asset(int(row)).kind) for row in model.rows[:500]
    } == {"model"}


def test_100_000_rows_scroll(assets: Assets, qtbot) -> None:
    table = Table("Assets")
    qtbot.addWidget(table)
    table.resize(1200, 800)
    table.show_model(assets.model(), 0)
    table.show()
    table.grab()

    def scroll() -> None:
        for share in range(20):
            table.verticalScrollBar().setValue(table.verticalScrollBar().maximum() * share // 20)
            table.viewport().repaint()

    assert cpu(scroll) < 20 * BOUND / 5
    assert table.rowAt(10) > 50_000
