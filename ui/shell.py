"""The fixed parts around a view: rail, top bar, foot with progress."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QProgressBar, QToolButton, QWidget

from ui import icons, text
from ui.commands import Commands
from ui.operations import Operations
from ui.widgets import Glyph, button, column, flat, row

STAY = 12_000  # milliseconds that a sentence stays in the foot


class Tab(NamedTuple):
    """A view on the rail."""

    key: str
    title: str
    icon: str


TABS = (
    Tab("start", "Start", "home-outline"),
    Tab("overview", "Overview", "view-dashboard-outline"),
    Tab("attack_paths", "Attack paths", "map-marker-path"),
    Tab("findings", "Findings", "alert-octagon-outline"),
    Tab("inventory", "Inventory", "format-list-bulleted-square"),
    Tab("graph", "Graph", "graph-outline"),
    Tab("access", "Access", "account-lock-outline"),
    Tab("compliance", "Compliance", "scale-balance"),
    Tab("coverage", "Coverage", "clipboard-check-outline"),
)


class Rail(QFrame):
    """The views, one below another."""

    def __init__(self, go: Callable[[str], object]) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(88)
        self.buttons: Mapping[str, QToolButton] = {tab.key: _rail_button(tab, go) for tab in TABS}
        box = column(*self.buttons.values(), gap=4, margin=8)
        box.addStretch()
        self.setLayout(box)

    def show_place(self, view: str) -> None:
        """Mark the view that is shown."""
        for key, each in self.buttons.items():
            each.setChecked(key == view)

    def enable(self, *, opened: bool) -> None:
        """Only the start page without a snapshot."""
        for key, each in self.buttons.items():
            each.setEnabled(opened or key == "start")


def _rail_button(tab: Tab, go: Callable[[str], object]) -> QToolButton:
    made = QToolButton()
    made.setObjectName("rail")
    made.setCheckable(True)
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    made.setIcon(icons.icon(tab.icon))
    made.setIconSize(QSize(24, 24))
    made.setText(tab.title)
    made.setFixedSize(72, 60)
    made.setAccessibleName(tab.title)
    made.clicked.connect(lambda _checked=False: go(tab.key))
    return made


class TopBar(QFrame):
    """Back and forward, what is open, search, theme, inspector."""

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setFixedHeight(56)
        self.search = button(
            "Search assets, findings, commands", commands.action("search").trigger, icon="magnify"
        )
        self.search.setObjectName("search")
        self.search.setMinimumWidth(280)
        self.search.setMaximumWidth(520)
        self._name = text.label("No snapshot open", "strong")
        self._about = text.label("", "small")
        named = column(self._name, self._about, gap=2)
        named.insertStretch(0)
        named.addStretch()
        line = row(_of(commands, "back"), _of(commands, "forward"), named, gap=8)
        line.setContentsMargins(16, 0, 16, 0)
        line.insertSpacing(2, 8)
        line.addStretch(1)
        line.addWidget(self.search, 3)
        line.addWidget(text.label("Ctrl+K", "small"))
        line.addStretch(1)
        for key in ("theme", "inspector", "menu"):
            line.addWidget(_of(commands, key))
        self.setLayout(line)

    def show_snapshot(self, name: str, about: str) -> None:
        """What is open."""
        text.say(self._name, text.elided(name, self._name.font(), 240))
        text.say(self._about, about)
        text.tip(self._name, name)
        self._about.setVisible(bool(about))


def _of(commands: Commands, key: str) -> QToolButton:
    command, action = commands.table[key], commands.action(key)
    words = f"{command.title} ({command.shortcut})" if command.shortcut else command.title
    made = flat(command.icon, words, action.trigger)
    action.changed.connect(lambda: made.setEnabled(action.isEnabled()))
    made.setEnabled(action.isEnabled())
    return made


class Foot(QFrame):
    """One line at the bottom: what runs and how to cancel it, or the last sentence said."""

    def __init__(self, operations: Operations) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.setMinimumHeight(36)
        self._words = text.label("", "small", wrap=True)
        self._sign = Glyph("alert-octagon-outline", 16, "critical")
        self._sign.hide()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(200)
        self._bar.setAccessibleName("Progress")
        self._cancel = button("Cancel", operations.cancel, style="link")
        self._close = button("Dismiss", self._quiet, style="link")
        line = row(self._sign, self._words)
        line.setContentsMargins(16, 4, 16, 4)
        line.setStretch(1, 1)
        for each in (self._bar, self._cancel, self._close):
            line.addWidget(each)
            each.hide()
        self.setLayout(line)
        self._title = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._quiet)
        operations.started.connect(self._on_start)
        operations.progressed.connect(self._on_progress)
        operations.ended.connect(self._on_end)
        operations.failed.connect(self.show_error)

    def show_error(self, sentence: str) -> None:
        """A sentence that stays until it is dismissed."""
        self._timer.stop()
        self._sign.show()
        self._close.show()
        self._words.setObjectName("strong")
        self._say(f"{sentence[:1].upper()}{sentence[1:]}")

    def show_note(self, sentence: str) -> None:
        """A sentence that goes by itself."""
        self._quiet()
        self._say(sentence)
        self._timer.start(STAY)

    def _say(self, sentence: str) -> None:
        self._words.style().polish(self._words)
        text.say(self._words, sentence)

    def _quiet(self) -> None:
        self._sign.hide()
        self._close.hide()
        self._words.setObjectName("small")
        self._say("")

    def _on_start(self, title: str) -> None:
        self._quiet()
        self._title = title
        self._bar.setRange(0, 0)
        self._bar.show()
        self._cancel.show()
        self._say(f"{title} …")

    def _on_progress(self, share: float | None, words: str) -> None:
        self._bar.setRange(0, 0 if share is None else 100)
        self._bar.setValue(round(100 * (share or 0)))
        self._say(f"{self._title}:  {words}" if words else self._title)

    def _on_end(self) -> None:
        self._bar.hide()
        self._cancel.hide()
        self._say("")


def vertical(*parts: QWidget) -> QWidget:
    """Parts below one another without a gap."""
    made = QWidget()
    made.setLayout(column(*parts, gap=0))
    return made
