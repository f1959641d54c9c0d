"""One question of access: may this principal do this to that, and which layer of which policy decides?"""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QGridLayout, QLineEdit, QWidget

from graph.permissions.question import ALLOWED, EXPLICIT, IMPLICIT, UNDECIDED
from graph.progress import CancelCheck, Progress
from ui import icons, text
from ui.chooser import Chooser
from ui.palette import assets
from ui.session import Session
from ui.widgets import Glyph, Wide, button, clear, column, plain, row

if TYPE_CHECKING:
    from graph.permissions.inquiry import Explanation

_SIGNS = {
    ALLOWED: ("check-circle-outline", "yes", "Allowed"),
    EXPLICIT: ("cancel", "critical", "Denied by a statement"),
    IMPLICIT: ("minus-circle-outline", "high", "Denied: nothing allows it"),
    UNDECIDED: ("help-circle-outline", "undecided", "Undecided"),
}
_ERROR = ("alert-outline", "high", "Cannot be answered")


class Ask(QWidget):
    """Who, action, what, and below them the answer with the layer and statement that decide."""

    answered = Signal(object)  # the evidence of the decision

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._ends = {"principal": "", "resource": ""}
        self._picks = {
            key: Wide(f"Choose {words}", partial(self._pick, key, words), "account-search-outline")
            for key, words in (("principal", "a principal"), ("resource", "a resource"))
        }
        self.action = QLineEdit()
        self.action.setPlaceholderText("s3:GetObject")
        self.action.setAccessibleName("Action")
        self.action.returnPressed.connect(self.ask)
        self.action.textChanged.connect(self._check)
        self._known = QStringListModel(self)
        completer = QCompleter(self._known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.action.setCompleter(completer)
        self._button = button("Why, or why not?", self.ask, style="primary")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.addWidget(text.label("May", "small"), 0, 0)
        parts = (self._picks["principal"], self.action, self._picks["resource"])
        for number, part in enumerate(parts):
            if isinstance(part, Wide):
                part.setObjectName("field")
            grid.addWidget(part, 0, number + 1)
            grid.setColumnStretch(number + 1, 1)
        grid.addWidget(self._button, 0, 4)
        self._answer = column(gap=4)
        self._place = plain(self._answer)
        grid.addWidget(self._place, 1, 1, 1, 4)
        self._place.hide()
        self._check()

    def show_actions(self, actions: list[str]) -> None:
        """Actions that are offered while one types."""
        self._known.setStringList(actions)

    def fill(self, principal: str, action: str, resource: str) -> None:
        """Put a question together; it is asked when the user says so."""
        self._set("principal", principal)
        self._set("resource", resource)
        self.action.setText(action)
        clear(self._answer)
        self._place.hide()

    def _set(self, key: str, asset: str) -> None:
        facts = self._session.facts
        self._ends[key] = asset
        if facts is not None and asset in facts.graph:
            made = self._picks[key]
            made.setIcon(icons.icon(icons.kind_icon_name(facts.asset(asset).kind)))
            made.say(facts.name(asset), f"{key.capitalize()}: {facts.name(asset)}")
            text.tip(made, asset)
        self._check()

    def _pick(self, key: str, words: str) -> None:
        facts = self._session.facts
        if facts is None:
            return
        chooser = Chooser(
            self,
            f"Choose {words}",
            "Name or id",
            lambda typed: assets(typed.casefold().split(), facts, partial(self._set, key)),
        )
        under = self._picks[key]
        chooser.move(under.mapToGlobal(under.rect().bottomLeft()))
        chooser.exec()

    def _check(self) -> None:
        self._button.setEnabled(all(self._ends.values()) and bool(self.action.text().strip()))

    def ask(self) -> None:
        """Decide in the background."""
        facts = self._session.facts
        if facts is None or not self._button.isEnabled():
            return
        graph, action = facts.graph, self.action.text().strip()
        principal, resource = self._ends["principal"], self._ends["resource"]

        def work(*, progress: Progress, cancelled: CancelCheck) -> "Explanation":  # noqa: ARG001 - the signature of background work
            from app.rights import why  # noqa: PLC0415 - compiles policies

            progress(None, action)
            return why(graph, principal, action, resource)

        self._session.operations.run("Deciding", work, self.show_answer)

    def show_answer(self, found: "Explanation") -> None:
        """The decision in words, what decided, and what would have to change."""
        clear(self._answer)
        decision = found.decision
        icon, token, words = _SIGNS.get(decision.decision, _ERROR)
        parts = (
            decision.layer and f"by {decision.layer}",
            decision.statement,
            decision.reason,
            *decision.missing,
        )
        detail = "   ·   ".join(part for part in parts if part)
        line = row(
            Glyph(icon, 20, token),
            text.label(words, "strong"),
            text.label(detail, wrap=True, selectable=True),
            gap=8,
        )
        line.setStretch(2, 1)
        self._answer.addLayout(line)
        for obstacle in found.obstacles:
            stopped = (
                f"Stopped by {obstacle.title}: {obstacle.reason}. To change it: {obstacle.change}"
            )
            self._answer.addWidget(text.label(stopped, wrap=True, selectable=True))
        self._place.show()
        self.answered.emit(found.evidence)
