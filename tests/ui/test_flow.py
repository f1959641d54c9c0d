"""Widgets flow from line to line, and none is narrower than what it says."""

import pytest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from tests.ui import sample
from tests.ui.conftest import Open
from ui.flow import LEAST, Flow
from ui.inspector import RULES
from ui.widgets import Pick, search_field


@pytest.mark.parametrize(("width", "lines"), [(800, 1), (300, 2), (120, 4)])
def test_what_does_not_fit_goes_to_the_next_line(qtbot, width: int, lines: int) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    field = search_field("hint", "name", lambda: None)
    others = [QPushButton(words) for words in ("one", "two", "three")]
    for each in others:
        each.setFixedWidth(100)
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 0, 0, 0)
    box.addLayout(Flow(field, *others))
    box.addStretch()
    page.resize(width, 400)
    page.show()
    assert len({each.y() for each in (field, *others)}) == lines
    assert field.width() >= min(LEAST, width)
    assert all(each.geometry().right() < width for each in (field, *others))
    assert others[0].y() != field.y() or field.geometry().right() < others[0].x()


def test_filters_can_be_read_beside_the_inspector_in_a_small_window(open_window: Open) -> None:
    window = open_window(sample.small())
    window.resize(960, 640)
    window.session.go("inventory")
    window.show_inspector(sample.DS_ROLE)
    for pick in window.view("inventory").findChildren(Pick):
        words = pick.fontMetrics().horizontalAdvance(pick.currentText())
        assert pick.width() > words + 30


def test_the_inspector_counts_findings_by_rule(open_window: Open) -> None:
    window = open_window(sample.small())
    window.session.go("inventory")
    window.show_inspector(sample.NOTEBOOK)
    assert window.inspector is not None
    assert window.session.facts is not None
    found = window.session.facts.findings_of[sample.NOTEBOOK]
    buttons = window.inspector.findChildren(QPushButton)
    names = [each.accessibleName() for each in buttons if each.isVisible()]
    titles = list(dict.fromkeys(finding.title for finding in found))
    assert [names.count(title) for title in titles[:RULES]] == [1] * min(RULES, len(titles))
