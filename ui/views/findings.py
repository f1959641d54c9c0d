"""Findings: toxic combinations and posture, worst first; why, the connected path, the proof, and how to mend it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QWidget

from graph.model import Finding, Severity
from ui import text
from ui.entry_list import EntryList
from ui.facts import Facts
from ui.finding_panel import FindingPanel
from ui.finding_words import finding_entry, worst_of_each_rule
from ui.session import Place, Session
from ui.views.view import View
from ui.widgets import Pick, button, chip, column, empty, link, row, search_field

_KINDS = {
    "": "All findings",
    "toxic": "Toxic combinations",
    "posture": "Posture",
}
_VERDICTS = {"": "Any verdict", "fail": "Proved", "undecided": "Undecided"}
_SEVERITIES = {"": "Any severity"} | {level.value: level.value.capitalize() for level in Severity}


class FindingsView(View):
    """A list with filters on the left, the chosen finding on the right."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._picks = {
            "kind": Pick("Kind of finding", self._fill),
            "severity": Pick("Severity", self._fill),
            "verdict": Pick("Verdict", self._fill),
        }
        for key, items in (("kind", _KINDS), ("severity", _SEVERITIES), ("verdict", _VERDICTS)):
            self._picks[key].refill(items)
        self.panel = FindingPanel(session)
        self._right = QStackedWidget()
        self._right.addWidget(self.panel)
        self._right.addWidget(
            empty(
                "filter-off-outline",
                "No finding fits these filters",
                "Choose another severity, kind or verdict, or clear what is typed.",
                button("Clear filters", self._forget, style="primary"),
            )
        )
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setObjectName("findings")
        self.split.setHandleWidth(16)
        self.split.addWidget(self._list_side())
        self.split.addWidget(self._right)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([344, 900])
        self.split.setChildrenCollapsible(False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.split)
        self._stack.addWidget(_nothing(session))
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.addWidget(self._stack)

    def _list_side(self) -> QWidget:
        self._search = search_field("Filter by title, asset or rule", "Filter findings", self._fill)
        self._count = text.label("", "small")
        self._clear = link("Clear filters", self._forget)
        self._each = chip("One of each rule", lambda _on: self._fill())
        self.list = EntryList("Findings, worst first", tall=True)
        self.list.chosen.connect(self._on_finding)
        side = QWidget()
        side.setMinimumWidth(280)
        line = row(self._each, gap=8)
        line.addStretch()
        line.addWidget(self._count)
        side.setLayout(
            column(
                self._search,
                self._picks["kind"],
                row(self._picks["severity"], self._picks["verdict"], gap=8),
                line,
                self._clear,
                self.list,
            )
        )
        return side

    def refresh(self) -> None:
        facts = self.session.facts
        self._stack.setCurrentIndex(0 if facts and facts.assessment.findings else 1)
        self._fill()

    def visit(self, place: Place) -> None:
        if place.item or place.filters:
            self._forget()
        for key, value in place.filters.items():
            if key == "words":
                self._search.setText(value)
            else:
                self._picks[key].choose(value)
        if place.item:
            self.list.choose(place.item)
        self.list.setFocus()

    def _fill(self) -> None:
        facts = self.session.facts
        if facts is None:
            return
        found = [each for each in facts.worst if self._fits(facts, each)]
        if self._each.isChecked():
            entries = worst_of_each_rule(facts, found)
        else:
            entries = [finding_entry(facts, each) for each in found]
        self.list.show_entries(entries, self.list.current)
        total = len(facts.assessment.findings)
        text.say(self._count, f"{len(found):,} of {text.count(total, 'finding')}")
        self._clear.setVisible(len(found) < total)
        self._right.setCurrentIndex(0 if found else 1)

    def _fits(self, facts: Facts, finding: Finding) -> bool:
        said = {
            "kind": finding.kind,
            "severity": finding.severity.value,
            "verdict": finding.verdict.value,
        }
        if any(box.chosen not in ("", said[key]) for key, box in self._picks.items()):
            return False
        words = self._search.text().casefold().split()
        if not words:
            return True
        names = (part for asset in finding.assets for part in (asset, facts.name(asset)))
        joined = " ".join((finding.title, finding.rule, *names)).casefold()
        return all(word in joined for word in words)

    def _forget(self) -> None:
        for each in (self._search, self._each, *self._picks.values()):
            each.blockSignals(True)  # noqa: FBT003 - Qt takes it by position
        self._search.clear()
        self._each.setChecked(False)
        for box in self._picks.values():
            box.setCurrentIndex(0)
        for each in (self._search, self._each, *self._picks.values()):
            each.blockSignals(False)  # noqa: FBT003 - Qt takes it by position
        self._fill()

    def _on_finding(self, key: str) -> None:
        facts = self.session.facts
        if facts is not None:
            self.panel.show_finding(facts.findings[key])
            self.session.note(Place(view="findings", item=key))


def _nothing(session: Session) -> QWidget:
    return empty(
        "shield-check-outline",
        "No finding in the assessed scope",
        "No rule failed on what was read. That is not a promise: the coverage tells which lists were not read and "
        "which rules could not be assessed because of it.",
        button("Show coverage", lambda: session.go("coverage"), style="primary"),
    )
