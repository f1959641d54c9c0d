"""Coverage: what was read whole, in part, or not at all; why; and what that means for the answers."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QWidget

from ui import text
from ui.coverage_panel import CoveragePanel
from ui.models.ledger import Ledger
from ui.session import Place, Session
from ui.states import NEVER, STATES
from ui.table import Table
from ui.views.view import View
from ui.widgets import Pick, button, card, column, empty, plain, row, search_field

GAPS = "gaps"


class CoverageView(View):
    """The ledger as a table, and below it what the chosen line means."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.ledger: Ledger | None = None
        self._title = text.label("", "title")
        self._sentence = text.label("", "muted", wrap=True)
        self._search = search_field(
            "Filter by operation, account or reason", "Filter coverage", self._filter
        )
        self._pick = Pick("State", self._filter, 16)
        self._count = text.label("", "small")
        self.table = Table("Coverage")
        self.table.chosen.connect(self._on_row)
        self.panel = CoveragePanel(session)
        bar = row(self._search, self._pick, self._count, gap=8)
        bar.setStretch(0, 1)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("coverage")
        self.split.setHandleWidth(12)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(card(self.panel))
        self.split.setSizes([520, 220])
        self.split.setStretchFactor(0, 1)
        page = plain(column(self._title, self._sentence, gap=4), bar, self.split, gap=12)
        page.layout().setStretch(2, 1)  # type: ignore[union-attr] # it is there: made above
        self._stack = QStackedWidget()
        self._stack.addWidget(page)
        self._stack.addWidget(_nothing(session))
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.addWidget(self._stack)

    def refresh(self) -> None:
        facts = self.session.facts
        entries = facts.assessment.snapshot.coverage if facts else ()
        self._stack.setCurrentIndex(0 if entries else 1)
        if facts is None:
            return
        self.ledger = ledger = Ledger(facts)
        never = ledger.counts[NEVER]
        of = text.count(len(ledger.lines), "list")
        text.say(self._title, f"{ledger.whole:,} of {of} read whole")
        text.say(self._sentence, _sentence(ledger.gaps, never))
        states = {
            state: f"{STATES[state].title} ({ledger.counts[state]:,})" for state in ledger.states()
        }
        self._pick.refill({"": "Any state", GAPS: f"Only gaps ({ledger.gaps:,})"} | states)
        self.table.show_model(ledger.model(), 0)
        self._filter()
        first = ledger.first_gap()
        self.table.choose(first)
        self._on_row(first)

    def visit(self, place: Place) -> None:
        if place.filters:
            self._search.clear()
            self._pick.choose(place.filters.get("state", ""))
        self.table.setFocus()

    def _filter(self) -> None:
        if self.ledger is None:
            return
        mask = self.ledger.mask(self._search.text(), self._pick.chosen)
        self.table.show_rows(mask)
        text.say(self._count, f"{int(mask.sum()):,} shown")

    def _on_row(self, row_number: int) -> None:
        if self.ledger is not None and 0 <= row_number < len(self.ledger.lines):
            self.panel.show_line(self.ledger.lines[row_number])


def _sentence(gaps: int, never: int) -> str:
    said = []
    if gaps:
        said.append(f"{text.count(gaps, 'list')} could not be read whole.")
    if never:
        said.append(f"{text.count(never, 'list')} nobody asked for.")
    if said:
        said.append(
            "Nothing is called absent, passed or unreachable on the strength of these: what depends on them is undecided."
        )
    return (
        " ".join(said)
        or "Every list that Modelhound knows was read whole, in these accounts and regions."
    )


def _nothing(session: Session) -> QWidget:
    return empty(
        "clipboard-check-outline",
        "This snapshot says nothing of its coverage",
        "Nothing was asked for, so nothing can be called absent. Collect a live account or import exports.",
        button("Start page", lambda: session.go("start"), style="primary"),
    )
