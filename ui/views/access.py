"""Access: who can really do what to which model, data, agent, key or secret; why, and for any question, why not."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QStackedWidget, QWidget

from graph.model import Evidence, Step
from graph.progress import CancelCheck, Progress
from ui import text
from ui.ask import Ask
from ui.flow import Flow
from ui.models.rights import Rights
from ui.session import Place, Session
from ui.step_panel import StepPanel
from ui.table import Table
from ui.views.view import View
from ui.widgets import Pick, button, card, empty, link, plain, search_field

LEAST_TABLE = 100  # pixels: head and two rows
_VERDICTS = {"": "Any verdict", "yes": "Proved", "undecided": "Undecided"}


class AccessView(View):
    """A question line, the review table, and why the chosen right exists."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.rights: Rights | None = None
        self._ends: dict[str, str] = {}
        self.ask = Ask(session)
        self.ask.answered.connect(self._on_answer)
        self._search = search_field("Filter by who or what", "Filter rights", self._filter)
        self._picks = {
            "category": Pick("Category", self._filter),
            "right": Pick("Right", self._filter),
            "verdict": Pick("Verdict", self._filter),
        }
        self._clear = link("Clear filters", self._forget)
        self._count = text.label("", "small")
        self.table = Table("Rights")
        self.table.setMinimumHeight(LEAST_TABLE)
        self.table.chosen.connect(self._on_row)
        self.table.opened.connect(self._on_row)
        self.panel = StepPanel(session, single=True)
        review = button("Review as CSV…", self._export, icon="export")
        bar = Flow(self._search, *self._picks.values(), self._clear, self._count, review)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("access")
        self.split.setHandleWidth(12)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(self.panel)
        self.split.setSizes([420, 300])
        page = plain(card(self.ask, margin=12), bar, self.split, gap=12)
        page.layout().setStretch(2, 1)  # type: ignore[union-attr] # it is there: made above
        self._stack = QStackedWidget()
        self._stack.addWidget(page)
        self._stack.addWidget(_nothing(session))
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.addWidget(self._stack)

    def refresh(self) -> None:
        facts = self.session.facts
        if facts is None:
            return
        self.rights = rights = Rights(facts)
        self._stack.setCurrentIndex(0 if rights.count else 1)
        self._picks["category"].refill(
            {"": "Any category"} | {name: name.capitalize() for name in rights.categories()}
        )
        self._picks["right"].refill({"": "Any right"} | rights.kinds())
        self._picks["verdict"].refill(_VERDICTS)
        self.table.show_model(rights.model(), 8, down=True)  # the most walked first
        self.ask.show_actions(_actions(rights))
        self._filter()
        if rights.count and self.table.model() is not None:
            self.table.choose(int(self.table.shown[0]))
            self._on_row(self.table.row)

    def visit(self, place: Place) -> None:
        if place.filters:
            self._ends = {
                key: place.filters[key] for key in ("principal", "resource") if key in place.filters
            }
            self._filter()
        self.table.setFocus()

    def _filter(self) -> None:
        if self.rights is None:
            return
        filters = {key: box.chosen for key, box in self._picks.items()} | self._ends
        mask = self.rights.mask(self._search.text(), filters)
        self.table.show_rows(mask)
        text.say(self._count, f"{int(mask.sum()):,} of {text.count(self.rights.count, 'right')}")
        self._clear.setVisible(not mask.all())

    def _forget(self) -> None:
        self._ends = {}
        self._search.clear()
        for box in self._picks.values():
            box.choose("")
        self._filter()

    def _on_row(self, row_number: int) -> None:
        if self.rights is None or row_number < 0:
            return
        right = self.rights.right(row_number)
        step = Step(
            source=right.source,
            kind=right.kind,
            target=right.target,
            verdict=right.verdict,
            evidence=right.evidence,
            missing=right.missing,
            properties=right.properties,
        )
        self.panel.show_step([step], 0)
        actions = right.properties.get("actions") or [""]
        self.ask.fill(right.source, str(actions[0]), right.target)

    def _on_answer(self, evidence: tuple[Evidence, ...]) -> None:
        if evidence:
            self.panel.evidence.show_evidence(evidence)

    def _export(self) -> None:
        facts = self.session.facts
        if facts is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self, "Export the access review", "access-review.csv", "CSV (*.csv)"
        )
        if not name:
            return
        graph, target = facts.graph, Path(name)

        def work(*, progress: Progress, cancelled: CancelCheck) -> Path:  # noqa: ARG001 - the signature of background work
            from app.cli.inquiry import REVIEW, SIGNED  # noqa: PLC0415 - only when it is asked for
            from app.files import write_atomic  # noqa: PLC0415 - likewise
            from app.inquiry import review  # noqa: PLC0415 - likewise
            from app.spreadsheet import csv_text  # noqa: PLC0415 - likewise

            progress(None, target.name)
            columns = [*REVIEW, "principal_id", "asset_id", *SIGNED]
            write_atomic(target, csv_text(review(graph), columns).encode())
            return target

        self.session.operations.run(
            "Exporting", work, lambda done: self.session.said.emit(f"{done}: written")
        )


def _actions(rights: Rights) -> list[str]:
    found = {
        str(action)
        for row_number in range(min(rights.count, 20_000))
        for action in rights.right(row_number).properties.get("actions", ())
    }
    return sorted(found)


def _nothing(session: Session) -> QWidget:
    return empty(
        "account-lock-outline",
        "No right over a model, data, agent, key or secret is known",
        "No policy that was read gives one. The coverage tells which policies were not read.",
        button("Show coverage", lambda: session.go("coverage"), style="primary"),
    )
