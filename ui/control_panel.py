"""What stands behind one control: each of its rules, what it said, and the way to its findings."""

from collections.abc import Iterator, Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.compliance import Control
from app.compliance import State as ControlState
from graph.rules.model import Rule, RuleResult
from ui import text
from ui.session import Session
from ui.states import State
from ui.widgets import Glyph, Shape, Wide, clear, column, plain, row, scrolled

CONTROL_STATES: Mapping[ControlState, State] = {
    ControlState.FAIL: State("Failed", "close-octagon-outline", "critical", "A rule failed."),
    ControlState.UNDECIDED: State(
        "Undecided", "help-circle-outline", "undecided", "No rule failed, but one misses a fact."
    ),
    ControlState.NOT_ASSESSED: State(
        "Not assessed",
        "circle-half-full",
        "high",
        "A rule could not say anything: it needs lists that were not read.",
    ),
    ControlState.PASS: State(
        "Passed",
        "check-circle-outline",
        "yes",
        "Every rule passed. The rules are a part of the control, not all of it.",
    ),
    ControlState.EMPTY: State(
        "Nothing there", "circle-outline", "muted", "There is nothing that its rules are about."
    ),
    ControlState.NOT_COVERED: State(
        "Not covered", "minus-circle-outline", "muted", "No rule speaks of it: assess it by hand."
    ),
}


class ControlPanel(QWidget):
    """The rules of a control."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._body = QVBoxLayout()
        self._body.setSpacing(8)
        page = plain(self._body)
        page.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
        self.setLayout(column(scrolled(page)))

    def show_control(self, control: Control) -> None:
        """Explain a control."""
        clear(self._body)
        for part in self._parts(control):
            self._body.addWidget(part)

    def _parts(self, control: Control) -> Iterator[QWidget]:
        state = CONTROL_STATES[control.state]
        words = text.label(f"{control.id}   {control.title}", "heading", wrap=True)
        head = row(Glyph(state.icon, 20, state.token), words, gap=8)
        head.setStretch(1, 1)
        yield plain(head, text.label(f"{state.title}. {state.meaning}", "muted", wrap=True), gap=4)
        facts = self._session.facts
        results = facts.assessment.results if facts else {}
        for rule in control.rules:
            yield self._rule(rule, results.get(rule.id))

    def _rule(self, rule: Rule, result: RuleResult | None) -> QWidget:
        made = Wide(rule.title, lambda: self._session.go("findings", words=rule.id))
        text.tip(made, f"Findings of {rule.id}")
        line = row(Shape(rule.severity), made, text.label(_said(result), "small"), gap=8)
        line.setStretch(1, 1)
        if result is None or result.assessed:
            return plain(line)
        why = text.label(result.reason, "small", wrap=True)
        why.setContentsMargins(30, 0, 0, 0)
        return plain(line, why, gap=0)


def _said(result: RuleResult | None) -> str:
    if result is None:
        return "not evaluated"
    if not result.assessed:
        return "not assessed"
    return f"{result.failed:,} failed   {result.undecided:,} undecided   {result.passed:,} passed"
