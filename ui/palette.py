"""Ctrl+K: assets, findings and commands by what people type; Enter goes there."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui import icons, text
from ui.commands import Commands
from ui.facts import Facts
from ui.session import Session

MOST = 40  # hits shown of each sort
_WALK = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class Hit(NamedTuple):
    """Something that was found, and what choosing it does."""

    title: str
    detail: str
    icon: str
    action: Callable[[], object]


class Palette(QDialog):
    """A search field with its hits below."""

    def __init__(self, parent: QWidget, session: Session, commands: Commands) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._session, self._commands = session, commands
        self._hits: list[Hit] = []
        self.setAccessibleName("Search")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search assets by name or id, findings, commands")
        self.field.setAccessibleName("Search")
        self.field.setMinimumHeight(40)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._choose)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Hits")
        self.list.itemActivated.connect(lambda _item: self._choose())
        self.list.itemClicked.connect(lambda _item: self._choose())
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.addWidget(self.field)
        box.addWidget(self.list)
        self.resize(640, 440)
        self._search("")

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and Qt.Key(event.key()) in _WALK
        ):
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    def _search(self, words: str) -> None:
        self._hits = list(hits(words, self._session, self._commands))
        self.list.clear()
        for hit in self._hits:
            item = QListWidgetItem(
                icons.icon(hit.icon), text.shown(f"{hit.title}     {hit.detail}")
            )
            self.list.addItem(item)
        if self._hits:
            self.list.setCurrentRow(0)
        else:
            item = QListWidgetItem("Nothing of that name. Try a part of a name or an id.")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)

    def _choose(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._hits):
            self.accept()
            self._hits[row].action()


def hits(words: str, session: Session, commands: Commands) -> Iterator[Hit]:
    """Commands, assets and findings that hold every word."""
    wanted = words.casefold().split()
    yield from _commands(wanted, commands)
    if session.facts is not None and wanted:
        yield from _assets(wanted, session, session.facts)
        yield from _findings(wanted, session, session.facts)


def _fits(wanted: Iterable[str], *texts: str) -> bool:
    joined = " ".join(texts).casefold()
    return all(word in joined for word in wanted)


def _commands(wanted: list[str], commands: Commands) -> Iterator[Hit]:
    for command in commands:
        if command.enabled() and command.key != "search" and _fits(wanted, command.title):
            yield Hit(
                command.title, command.shortcut, command.icon or "chevron-right", command.action
            )


def _assets(wanted: list[str], session: Session, facts: Facts) -> Iterator[Hit]:
    found = 0
    for asset in facts.graph.assets():
        if not _fits(wanted, asset.name, asset.id):
            continue
        label = facts.graph.schema.kinds[asset.kind].title
        yield Hit(
            asset.name or asset.id,
            f"{label}   {asset.id}" if asset.name != asset.id else label,
            icons.kind_icon_name(asset.kind),
            lambda asset_id=asset.id: session.go("inventory", asset_id),  # type: ignore[misc] # the default binds the loop variable
        )
        found += 1
        if found == MOST:
            return


def _findings(wanted: list[str], session: Session, facts: Facts) -> Iterator[Hit]:
    found = [f for f in facts.assessment.findings if _fits(wanted, f.title, f.rule)]
    for finding in found[:MOST]:
        names = facts.name(finding.assets[0]) if finding.assets else ""
        yield Hit(
            finding.title,
            f"{finding.severity.value}   {names}",
            "alert-octagon-outline",
            lambda key=finding.id: session.go("findings", key),  # type: ignore[misc] # the default binds the loop variable
        )
