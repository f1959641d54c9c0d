"""What the steps that the user breaks for a try do to the attack paths, and how to put them back."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QMenu

from app.what_if import outcome
from graph.model import Key
from ui import icons, text
from ui.session import Session
from ui.widgets import Glyph, button, chip, row


class WhatIfBar(QFrame):
    """Hidden until a step is broken; `show_broken` is called when the user asks for the other list."""

    def __init__(self, session: Session, show_broken: Callable[[bool], object]) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("notice")
        self._words = text.label("", wrap=True)
        self.broken = chip("Broken paths", show_broken)
        text.tip(self.broken, "List the paths that end instead of those that remain")
        self._again = button("Search again", lambda: session.apply_cuts(session.cuts))
        session.operations.ended.connect(self.refresh)
        self._back = button("Put back…", self._pop_up)
        line = row(Glyph("content-cut", 18, "text"), self._words, gap=8)
        line.setContentsMargins(12, 8, 12, 8)
        line.setStretch(1, 1)
        line.addWidget(self.broken)
        line.addWidget(self._again)
        line.addWidget(self._back)
        self.setLayout(line)
        self.hide()

    def refresh(self) -> None:
        """Say how the session's what-if stands."""
        tried, cuts = self._session.what_if, self._session.cuts
        self.setVisible(bool(cuts))
        question = f"What if {text.count(len(cuts), 'step is', 'steps are')} broken?"
        stopped = tried is None and not self._session.operations.computing
        self._again.setVisible(stopped)
        if tried is None:
            state = "The search was stopped: nothing is known." if stopped else "Searching …"
            text.say(self._words, f"{question} {state}")
            self.broken.setEnabled(False)
            return
        text.say(self._words, f"{question} {outcome(tried)}")
        self.broken.setEnabled(bool(tried.broken) or self.broken.isChecked())

    def _pop_up(self) -> None:
        self.menu().popup(self._back.mapToGlobal(QPoint(0, self._back.height() + 4)))

    def menu(self) -> QMenu:
        """Each broken step, and all of them."""
        facts, cuts = self._session.facts, self._session.cuts
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Put back")
        for key in cuts:
            words = facts.words(key) if facts is not None else ""
            words = text.elided(words, menu.font(), 480)
            self._add(menu, text.unmarked(words), "undo", (key,))
        if len(cuts) > 1:
            menu.addSeparator()
            self._add(menu, "All of them", "undo-variant", cuts)
        return menu

    def _add(self, menu: QMenu, words: str, icon: str, keys: tuple[Key, ...]) -> None:
        made = menu.addAction(icons.icon(icon), words)
        made.triggered.connect(partial(self._session.put_back, keys))
