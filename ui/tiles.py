"""Tiles that fill a page: as many beside one another as there is room for."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from ui import text
from ui.widgets import Glyph, column, row

GAP = 16


class Tiles(QWidget):
    """Equal columns; a tile moves to the next line when it would be narrower than `least` pixels."""

    def __init__(self, least: int, most: int = 6) -> None:
        super().__init__()
        self._least, self._most = least, most
        self._tiles: Sequence[QWidget] = ()
        self._across = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)

    def show_tiles(self, tiles: Sequence[QWidget]) -> None:
        """Put these tiles in place of the ones before."""
        for old in self._tiles:
            old.hide()
            old.deleteLater()
        self._tiles, self._across = tiles, 0
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        fitting = (self.width() + GAP) // (self._least + GAP)
        number = len(self._tiles) or 1
        across = max(1, min(fitting, self._most, number))
        lines = -(-number // across)
        across = -(-number // lines)  # as many lines, evenly filled
        if across == self._across:
            return
        for at in range(max(across, self._across)):
            self._grid.setColumnStretch(at, 1 if at < across else 0)
        self._across = across
        while self._grid.takeAt(0) is not None:
            pass
        for number, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, number // across, number % across)


class Figure(QPushButton):
    """A large number with what it counts above and what that means below."""

    def __init__(
        self, icon: str, title: str, number: str, words: str, action: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setObjectName("tile")
        self.setAccessibleName(f"{title}: {number}. {words}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(120)
        head = row(Glyph(icon, 18), text.label(title, "eyebrow"), gap=8)
        head.addStretch()
        body = column(
            head,
            text.label(number, "figure"),
            text.label(words, "small", wrap=True),
            gap=6,
            margin=16,
        )
        body.addStretch()
        self.setLayout(body)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(lambda _checked=False: action())
