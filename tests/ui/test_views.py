"""Each view, on an estate that has everything and on one that has nothing: what is counted leads to what is shown."""

from importlib.util import find_spec

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from graph.model import Severity
from graph.rules.load import load_rules
from tests.ui import sample
from ui.bars import BarButton
from ui.shell import TABS
from ui.tiles import Figure

VIEWS = [tab.key for tab in TABS if tab.key == "start" or find_spec(f"ui.views.{tab.key}")]


def words(widget: QWidget) -> str:
    """Everything that the visible labels below a widget say."""
    QApplication.processEvents()  # what was put in is shown by the event loop
    labels = widget.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible()).replace("\u200b", "")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("estate", [sample.small, sample.nothing], ids=["full", "empty"])
def test_every_view_opens(open_window, view, estate) -> None:
    window = open_window(estate())
    window.session.go(view)
    shown = window.stack.currentWidget()
    assert shown is window.view(view)
    assert words(shown).strip()


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "start"])
def test_an_empty_view_says_what_to_do(open_window, view) -> None:
    window = open_window(sample.nothing())
    window.session.go(view)
    said = words(window.stack.currentWidget())
    assert "No " in said or "no assets" in said or "nothing" in said


def test_figures_of_the_overview_lead_to_what_they_count(open_window) -> None:
    window = open_window(sample.small())
    facts = window.session.facts
    figures = {f.accessibleName().partition(":")[0]: f for f in window.findChildren(Figure)}
    figures["ATTACK PATHS"].click()
    assert window.session.place.view == "attack_paths"
    assert window.view("attack_paths").list.count == len(facts.assessment.attack_paths)
    figures["TOXIC COMBINATIONS"].click()
    toxic = [f for f in facts.assessment.findings if f.kind == "toxic"]
    assert window.view("findings").list.count == len(toxic)
    assert f"{len(facts.proved('toxic')):,}" in figures["TOXIC COMBINATIONS"].accessibleName()
    figures["READ WHOLE"].click()
    assert window.session.place.view == "coverage"


def test_bars_of_the_overview_lead_to_what_they_count(open_window) -> None:
    window = open_window(sample.small())
    bars = {bar.accessibleName(): bar for bar in window.findChildren(BarButton)}
    kinds: dict[str, list[str]] = {}
    for name, bar in bars.items():
        window.session.go("overview")
        bar.click()
        view = window.session.place.view
        label, number = name.rsplit(": ", 1)
        kinds.setdefault(view, []).append(label)
        if view == "findings":
            assert window.view("findings").list.count == int(number)
        elif view == "inventory":
            assert len(window.view("inventory").table.model().rows) == int(number)
        else:
            assert len(window.view("coverage").table.model().rows) == int(number)
    assert len(kinds["findings"]) == len(Severity)
    assert {"Model", "Identity"} <= set(kinds["inventory"])
    assert set(kinds["coverage"]) == {
        "Read whole",
        "Denied",
        "Failed",
        "Read in part",
        "Never asked for",
    }


def test_a_worst_path_of_the_overview_opens(open_window) -> None:
    window = open_window(sample.small())
    paths = window.view("overview")._paths
    assert paths.currentIndex().row() < 1
    paths.setCurrentIndex(paths.model().index(2, 0))
    QTest.keyClick(paths, Qt.Key.Key_Return)
    assert window.session.place.view == "attack_paths"
    assert window.view("attack_paths").list.current == "2"


def test_findings_are_worst_first_and_filter(open_window) -> None:
    window = open_window(sample.small())
    view, facts = window.view("findings"), window.session.facts
    window.session.go("findings")
    ranks = [finding.severity.rank for finding in facts.worst]
    assert ranks == sorted(ranks, reverse=True)
    assert view.list.current == facts.worst[0].id
    view._picks["verdict"].choose("undecided")
    assert view.list.count == sum(f.verdict == "undecided" for f in facts.assessment.findings)
    QTest.keyClicks(view._search, "no rule of this name")
    assert view.list.count == 0
    assert "No finding fits" in words(view)
    view._forget()
    view._each.setChecked(True)
    assert view.list.count == len({finding.rule for finding in facts.assessment.findings})
    view._forget()
    assert view.list.count == len(facts.assessment.findings)


def test_a_finding_shows_why_path_proof_and_remedy(open_window) -> None:
    window = open_window(sample.small())
    facts = window.session.facts
    finding = next(f for f in facts.worst if f.path)
    window.session.go("findings", finding.id)
    view = window.view("findings")
    rule = load_rules()[finding.rule]
    said = words(view)
    assert finding.title in said
    assert rule.why[:60] in said.replace("\n", " ")
    assert "How to mend it" in said
    assert len(view.panel.path_view._cards) >= len(finding.path) + 1
    assert '"RootAccess": "Enabled"' in view.panel.evidence._code.toPlainText()
    assert view.panel.evidence._code.extraSelections()


def test_coverage_puts_gaps_first_and_says_what_they_mean(open_window) -> None:
    window = open_window(sample.small())
    window.session.go("coverage")
    view = window.view("coverage")
    gaps = len(window.session.facts.gaps)
    states = [view.table.model().index(n, 0).data() for n in range(gaps)]
    assert "Read whole" not in states
    assert states[0] == "Denied"
    said = words(view)
    assert "not authorized to perform kms:GetKeyPolicy" in said
    assert "stays undecided" in said
    window.session.go("coverage", state="partial")
    assert len(view.table.model().rows) == 1
    window.session.go("coverage", state="never_asked")
    asked = {entry.operation for entry in sample.COVERAGE}
    shown = {view.ledger.lines[row].operation for row in view.table.model().rows}
    assert "dynamodb:ListTables" in shown
    assert not asked & shown


def test_inventory_filters_and_keeps_the_chosen_row(open_window) -> None:
    window = open_window(sample.small())
    window.session.go("inventory", sample.AGENT)
    view = window.view("inventory")
    graph = window.session.facts.graph
    assert graph.ids[view.table.row] == sample.AGENT
    assert window.inspector.subject == sample.AGENT
    QTest.keyClicks(view._search, "support")
    rows = [graph.ids[row] for row in view.table.model().rows]
    assert sample.AGENT in rows
    assert all(
        "support" in graph.asset(graph.index_of(row)).name.lower() + row.lower() for row in rows
    )
    view.table.model().sort(0)
    assert graph.ids[view.table.row] == sample.AGENT
    assert (
        view.table.currentIndex().row() == rows.index(sample.AGENT)
        or view.table.currentIndex().isValid()
    )
    QTest.keyClicks(view._search, " nothing like it")
    assert "No asset fits" in words(view)
    view._forget()
    assert len(view.table.model().rows) == graph.node_count
    window.session.go("inventory", role="target")
    assert {graph.ids[row] for row in view.table.model().rows} == window.session.facts.jewels
