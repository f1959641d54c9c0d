"""Names from a snapshot are text: markup stands as it is, characters that act are spelt out, everywhere in the window."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from tests.ui import sample
from ui import text
from ui.asset_menu import fill_menu
from ui.chooser import Chooser
from ui.palette import hits
from ui.shell import TABS

UI = Path(__file__).parents[2] / "ui"
VIEWS = [tab.key for tab in TABS if find_spec(f"ui.views.{tab.key}")]
ACTING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def cells(model: QAbstractItemModel) -> list[str]:
    roles = (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
    )
    found = [
        model.index(row, column).data(role)
        for row in range(model.rowCount(QModelIndex()))
        for column in range(
            1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
        )
        for role in roles
    ]
    return [str(each) for each in found if each is not None]


def texts(widget: QWidget) -> list[str]:
    """Everything below a widget that Qt might draw or read aloud."""
    found = []
    for each in [widget, *widget.findChildren(QWidget)]:
        found += [each.toolTip(), each.accessibleName(), each.windowTitle()]
        if isinstance(each, QLabel | QAbstractButton | QLineEdit):
            found.append(each.text())
        elif isinstance(each, QPlainTextEdit):
            found.append(each.toPlainText())
        elif isinstance(each, QAbstractItemView) and each.model() is not None:
            found += cells(each.model())
    return [each for each in found if each]


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_obeys_a_name(open_window, view) -> None:
    window = open_window(sample.hostile())
    window.session.go(view)
    target = next(iter(window.session.facts.jewels))
    window.session.inspect(target)
    window.inspector.show_asset(target)
    key = window.session.facts.graph.relationship(0).key
    window.session.inspect(key)
    shown = texts(window)
    assert any("<img" in each or "&lt;img" in each for each in shown), "the names are shown at all"
    assert not [each for each in shown if ACTING.search(each)]
    rich = [each for each in shown if each.startswith("<span>")]
    assert not [each for each in rich if "<img" in each]
    for label in window.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or not label.text(), label.text()


def test_menus_and_hits_show_names_as_text(open_window, qtbot) -> None:
    window = open_window(sample.hostile())
    chooser = Chooser(
        window, "Search", "", lambda typed: hits(typed, window.session, window.commands)
    )
    qtbot.addWidget(chooser)
    chooser.field.setText("img")
    found = cells(chooser.list.model())
    assert any("<img" in each for each in found)
    assert not [each for each in found if ACTING.search(each)]
    menu = QMenu()
    qtbot.addWidget(menu)
    fill_menu(menu, window.session, next(iter(window.session.facts.jewels)))
    assert len(menu.actions()) > 6
    window.session.mark(next(iter(window.session.facts.jewels)), "target", wanted=False)
    assert not ACTING.search(window.commands.action("undo").text())


def test_labels_and_tips_are_made_in_one_place_only() -> None:
    forbidden = re.compile(
        r"\bQLabel\(|setHtml|QTextBrowser|QMessageBox|setToolTip\((?!text\.tip_text|tip_text)|RichText"
    )
    found = [
        f"{path.name}: {line.strip()}"
        for path in UI.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if forbidden.search(line)
        and path.name != "text.py"
        and not line.lstrip().startswith("from ")
    ]
    assert not found


def test_text_shows_what_acts() -> None:
    assert text.shown("a\u202eb\x07") == "a⟦U+202E⟧b⟦U+0007⟧"
    assert text.tip_text("<b>&") == "<span>&lt;b&gt;&amp;</span>"
    assert text.unmarked("R&D") == "R&&D"
    assert text.moment("2026-11-20T09:30:12Z") == "2026-11-20 09:30 UTC"
    assert text.moment(sample.HOSTILE) == sample.HOSTILE
