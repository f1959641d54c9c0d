"""What one line of the ledger means: why it is not whole, what cannot be said because of it, and how to read it."""

from collections.abc import Iterator

from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph.model import CoverageState
from graph.schema import load_schema
from ui import text
from ui.models.ledger import Line
from ui.session import Session
from ui.states import STATES
from ui.widgets import Glyph, clear, column, plain, row, scrolled

MOST = 12  # rules named


class CoveragePanel(QWidget):
    """State, reason, consequences."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._body = QVBoxLayout()
        self._body.setSpacing(12)
        page = plain(self._body)
        page.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
        self.setLayout(column(scrolled(page)))

    def show_line(self, line: Line) -> None:
        """Explain a line."""
        clear(self._body)
        for part in _parts(line):
            self._body.addWidget(part)


def _parts(line: Line) -> Iterator[QWidget]:
    state = STATES[line.state]
    place = " / ".join(part for part in line.place if part)
    head = row(
        Glyph(state.icon, 20, state.token),
        text.label(f"{line.operation}: {state.title.lower()}", "heading", wrap=True),
        gap=8,
    )
    head.setStretch(1, 1)
    yield plain(
        head,
        text.label("   ·   ".join(p for p in (place, line.about) if p), "small", wrap=True),
        gap=4,
    )
    if line.reason:
        yield _section("Why", line.reason)
    kinds = [
        kind.title for kind in load_schema().kinds.values() if line.operation in kind.listed_by
    ]
    meaning = [state.meaning]
    if kinds:
        meaning.append(f"It lists: {', '.join(sorted(kinds))}.")
    yield _section("What it means", *meaning)
    rules = _rules(line.operation)
    if rules and line.state not in {CoverageState.COMPLETE, CoverageState.NOT_OFFERED}:
        shown = ", ".join(rules[:MOST]) + (" …" if len(rules) > MOST else "")
        yield _section(
            f"{text.count(len(rules), 'rule')} cannot pass because of it",
            f"Without this list they say undecided where they do not fail: {shown}.",
        )


def _rules(operation: str) -> list[str]:
    from graph.rules.load import load_rules  # noqa: PLC0415 - only when it is asked for

    return [rule.title for rule in load_rules().values() if operation in rule.needs]


def _section(title: str, *paragraphs: str) -> QWidget:
    labels = [text.label(each, wrap=True, selectable=True) for each in paragraphs]
    return plain(text.label(title, "strong"), *labels, gap=2)
