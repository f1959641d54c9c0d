"""Widgets in lines, as text flows: what does not fit in one line goes to the next."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

LEAST = 140  # of a widget that takes the room that is left in its line


class Flow(QLayout):
    """Widgets that expand share what is left of their line; the others are as wide as they ask to be."""

    def __init__(self, *widgets: QWidget, gap: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self.addWidget(widget)

    def addItem(self, item: QLayoutItem, /) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int, /) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int, /) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int, /) -> int:
        lines = list(self._lines(width))
        return sum(map(_height, lines)) + self._gap * max(0, len(lines) - 1)

    def minimumSize(self) -> QSize:
        items = [item for item in self._items if not item.isEmpty()]
        widths = [item.minimumSize().width() for item in items]
        return QSize(max(widths, default=0), _height(items))

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def setGeometry(self, rect: QRect, /) -> None:
        super().setGeometry(rect)
        top = rect.top()
        for line in self._lines(rect.width()):
            self._lay_out(line, QRect(rect.left(), top, rect.width(), _height(line)))
            top += _height(line) + self._gap

    def _lines(self, width: int) -> Iterator[list[QLayoutItem]]:
        line: list[QLayoutItem] = []
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            wide = _width(item)
            if line and used + self._gap + wide > width:
                yield line
                line, used = [], 0
            used += wide + (self._gap if line else 0)
            line.append(item)
        if line:
            yield line

    def _lay_out(self, line: Sequence[QLayoutItem], place: QRect) -> None:
        used = sum(map(_width, line)) + self._gap * (len(line) - 1)
        growing = sum(map(_grows, line))
        share = max(0, place.width() - used) // growing if growing else 0
        left = place.left()
        for item in line:
            wide = min(_width(item) + (share if _grows(item) else 0), place.width())
            high = min(item.sizeHint().height(), place.height())
            item.setGeometry(QRect(left, place.top() + (place.height() - high) // 2, wide, high))
            left += wide + self._gap


def _grows(item: QLayoutItem) -> bool:
    widget = item.widget()
    wanted = QSizePolicy.Policy.Expanding
    return widget is not None and widget.sizePolicy().horizontalPolicy() == wanted


def _width(item: QLayoutItem) -> int:
    return max(LEAST, item.minimumSize().width()) if _grows(item) else item.sizeHint().width()


def _height(line: Sequence[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in line), default=0)
