"""Compliance: the controls of a framework beside what the rules found; what was not assessed is never hidden."""

from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter

from app.compliance import Control
from graph.progress import CancelCheck, Progress
from graph.rules.frameworks import load_frameworks
from ui import text
from ui.control_panel import CONTROL_STATES, ControlPanel
from ui.models.controls import Controls
from ui.session import Place, Session
from ui.table import Table
from ui.views.view import View
from ui.widgets import Glyph, Pick, button, card, clear, plain, row, search_field


class ComplianceView(View):
    """A framework, its controls as a table, and the rules behind the chosen one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.controls: Controls | None = None
        self.framework = Pick("Framework", self._filter, 34)
        self.framework.refill(
            {key: f"{each.name} {each.version}".strip() for key, each in load_frameworks().items()}
        )
        self._state = Pick("State", self._filter, 14)
        words = {state.value: each.title for state, each in CONTROL_STATES.items()}
        self._state.refill({"": "Any state"} | words)
        self._search = search_field("Filter by control", "Filter controls", self._filter)
        self._note = text.label("", "muted", wrap=True)
        self._summary = row(gap=20)
        self.table = Table("Controls")
        self.table.chosen.connect(self._on_row)
        self.panel = ControlPanel(session)
        bar = row(self.framework, self._search, self._state, gap=8)
        bar.setStretch(1, 1)
        bar.addWidget(button("Evidence as CSV…", self._export, icon="export"))
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("compliance")
        self.split.setHandleWidth(12)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(card(self.panel))
        self.split.setSizes([460, 280])
        page = plain(bar, self._summary, self._note, self.split, gap=12)
        page.layout().setStretch(3, 1)  # type: ignore[union-attr] # it is there: made above
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.addWidget(page)

    def refresh(self) -> None:
        facts = self.session.facts
        if facts is None:
            return
        self.controls = Controls(facts.assessment)
        self.table.show_model(self.controls.model(), 2)
        self._filter()

    def visit(self, place: Place) -> None:
        if "framework" in place.filters:
            self.framework.choose(place.filters["framework"])
        self.table.setFocus()

    def _filter(self) -> None:
        if self.controls is None:
            return
        chosen = self.framework.chosen
        framework = load_frameworks()[chosen]
        dates = "  ".join(
            f"{item or 'All of it'} applies from {date}."
            for item, date in framework.applies_from.items()
        )
        text.say(self._note, "  ".join(part for part in (framework.note, dates) if part))
        self._note.setVisible(bool(framework.note or dates))
        self._show_summary([each for each in self.controls.items if each.framework == chosen])
        mask = self.controls.mask(chosen, self._search.text(), self._state.chosen)
        self.table.show_rows(mask)
        if len(self.table.shown):
            self.table.choose(int(self.table.shown[0]))
            self._on_row(self.table.row)

    def _show_summary(self, items: list[Control]) -> None:
        clear(self._summary)
        counts = Counter(each.state for each in items)
        for state, words in CONTROL_STATES.items():
            said = text.label(f"{counts[state]:,} {words.title.lower()}", "strong")
            part = row(Glyph(words.icon, 18, words.token), said, gap=6)
            self._summary.addWidget(plain(part))
        self._summary.addStretch()

    def _on_row(self, row_number: int) -> None:
        if self.controls is not None and row_number >= 0:
            self.panel.show_control(self.controls.items[row_number])

    def _export(self) -> None:
        facts = self.session.facts
        name, _ = QFileDialog.getSaveFileName(
            self, "Export the evidence of every control", "compliance.csv", "CSV (*.csv)"
        )
        if facts is None or not name:
            return
        assessment, target = facts.assessment, Path(name)

        def work(*, progress: Progress, cancelled: CancelCheck) -> Path:  # noqa: ARG001 - the signature of background work
            from app.compliance import COLUMNS, evidence_rows  # noqa: PLC0415 - only when it is asked for
            from app.files import write_atomic  # noqa: PLC0415 - likewise
            from app.spreadsheet import csv_text  # noqa: PLC0415 - likewise

            progress(None, target.name)
            write_atomic(target, csv_text(evidence_rows(assessment), COLUMNS).encode())
            return target

        self.session.operations.run(
            "Exporting", work, lambda done: self.session.said.emit(f"{done}: written")
        )
