"""Explanation and proof: side by side where there is room, one at a time where there is not."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QSplitter, QWidget

from ui.widgets import chip, column, row

ROOM = 660  # pixels below which one of them is shown at a time


class Sides(QWidget):
    """Two parts with a handle between; in a narrow window two chips choose which is shown."""

    def __init__(self, name: str, left: QWidget, right: QWidget, titles: tuple[str, str]) -> None:
        super().__init__()
        self._parts = (left, right)
        self._narrow = False
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setObjectName(name)
        self.split.setHandleWidth(16)
        self.split.setChildrenCollapsible(False)
        self._chips = [chip(title, self._choose, on=not at) for at, title in enumerate(titles)]
        group = QButtonGroup(self)
        for part, each in zip(self._parts, self._chips, strict=True):
            self.split.addWidget(part)
            group.addButton(each)
        self.split.setSizes([540, 460])
        line = row(*self._chips, gap=8)
        line.addStretch()
        box = column(line, self.split, gap=8)
        box.setStretch(1, 1)
        self.setLayout(box)
        self._lay_out()

    def show_part(self, number: int) -> None:
        """Bring one of the parts to sight."""
        self._chips[number].setChecked(True)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < ROOM
        if narrow != self._narrow:
            self._narrow = narrow
            self._lay_out()

    def _choose(self, on: bool) -> None:  # noqa: FBT001 - a slot of Qt
        if on:
            self._lay_out()

    def _lay_out(self) -> None:
        for part, each in zip(self._parts, self._chips, strict=True):
            each.setVisible(self._narrow)
            part.setVisible(not self._narrow or each.isChecked())
