"""A list of entries with two lines each, for paths and findings: virtual, filtered and walked by keyboard."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from graph.model import Severity
from ui import text, theme
from ui.widgets import draw_severity

HEIGHT = 60
TALL = 78  # with a title of two lines
LEAD = 52
_BY_KEY = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: a lead (risk figure, severity shape or a count), a title, a second line."""

    key: str
    title: str
    detail: str
    risk: float | None = None
    severity: Severity | None = None
    undecided: bool = False
    count: int | None = None

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        if self.count is not None:
            return f"{self.title}. {self.detail}"
        lead = f"risk {self.risk or 0:.0f}" if self.severity is None else self.severity.value
        sure = "undecided" if self.undecided else "proved"
        return f"{lead}, {sure}: {self.title}. {self.detail}"


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index | None = None, /) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return text.shown(entry.spoken)
        if role == Qt.ItemDataRole.ToolTipRole:
            return text.tip_text(f"{entry.title}\n{entry.detail}")
        return text.shown(entry.title) if role == Qt.ItemDataRole.DisplayRole else None


class _Delegate(QStyledItemDelegate):
    def __init__(self, parent: QListView, height: int) -> None:
        super().__init__(parent)
        self._height = height

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index, /) -> QSize:
        return QSize(200, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, /) -> None:
        model = index.model()
        if not isinstance(model, _Model):
            return
        entry = model.entries[index.row()]
        rect = QRectF(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("selection"))
            painter.fillRect(
                QRectF(rect.left(), rect.top(), 3, rect.height()), theme.colour("accent")
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("raised"))
        painter.setPen(theme.colour("raised"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        _lead(painter, rect, entry)
        _lines(painter, rect, entry)
        painter.restore()


def _lead(painter: QPainter, rect: QRectF, entry: Entry) -> None:
    if entry.severity is not None:
        draw_severity(painter, QRectF(rect.left() + 18, rect.top() + 12, 16, 16), entry.severity)
        return
    risk = entry.risk or 0.0
    painter.setFont(theme.text_font(17, bold=True))
    painter.setPen(theme.colour("text"))
    if entry.count is not None:
        box = QRectF(rect.left() + 4, rect.top(), 44, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{entry.count:,}")
        return
    box = QRectF(rect.left() + 8, rect.top() + 8, 36, 24)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{risk:.0f}")
    bar = QRectF(rect.left() + 10, rect.top() + 36, 32, 4)
    painter.fillRect(bar, theme.colour("line"))
    bar.setWidth(bar.width() * min(risk, 100) / 100)
    painter.fillRect(bar, theme.colour("undecided" if entry.undecided else "path"))


def _lines(painter: QPainter, rect: QRectF, entry: Entry) -> None:
    left, width = rect.left() + LEAD, int(rect.width()) - LEAD - 12
    font = theme.text_font(13, bold=True)
    painter.setFont(font)
    painter.setPen(theme.colour("text"))
    lines = text.wrapped(entry.title, font, width, 2 if rect.height() >= TALL else 1)
    base = rect.top() + (25 if len(lines) > 1 or rect.height() < TALL else 33)
    for number, line in enumerate(lines):
        painter.drawText(QPointF(left, base + 17 * number), line)
    base += 17 * (len(lines) - 1) + 19
    font = theme.text_font(12)
    painter.setFont(font)
    if entry.undecided:
        painter.setPen(theme.colour("undecided"))
        painter.drawText(QPointF(left, base), "undecided")
        taken = painter.fontMetrics().horizontalAdvance("undecided") + 12
        left, width = left + taken, width - taken
    painter.setPen(theme.colour("muted"))
    painter.drawText(QPointF(left, base), text.cut(entry.detail, font, width))


class EntryList(QListView):
    """The list; `chosen` tells the key of the entry that became current."""

    chosen = Signal(str)
    opened = Signal(str)  # clicked, or entered by key

    def __init__(self, name: str, *, part: bool = False, tall: bool = False) -> None:
        """`part` of a page: without a border or a scroll bar, as high as its entries; `tall`: titles of two lines."""
        super().__init__()
        self._part = part
        self.setObjectName("part" if part else "")
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if part:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model = _Model()
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self, TALL if tall else HEIGHT))
        self.selectionModel().currentChanged.connect(self._on_current)
        self.clicked.connect(self._open)
        theme.current().changed.connect(self.viewport().update)

    def show_entries(self, entries: Sequence[Entry], current: str | None = "") -> None:
        """Show entries and choose one by key, else the first; none at all for None."""
        self._model.show(entries)
        if self._part:
            self.setFixedHeight(len(entries) * HEIGHT)
        keys = [entry.key for entry in entries]
        if keys and current is not None:
            self.choose(current if current in keys else keys[0])

    def choose(self, key: str) -> bool:
        """Make an entry current; False if it is not shown."""
        for row, entry in enumerate(self._model.entries):
            if entry.key == key:
                self.setCurrentIndex(self._model.index(row, 0))
                return True
        return False

    @property
    def current(self) -> str:
        """The key of the current entry, or nothing."""
        row = self.currentIndex().row()
        return self._model.entries[row].key if row >= 0 else ""

    @property
    def count(self) -> int:
        """How many entries are shown."""
        return len(self._model.entries)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._model.entries[index.row()].key)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if Qt.Key(event.key()) in _ENTER:
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        super().focusInEvent(event)
        if self._part and event.reason() in _BY_KEY and self.count:
            self.setCurrentIndex(self._model.index(0, 0))  # or nobody sees where the focus is

    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        super().focusOutEvent(event)
        if self._part:
            self.setCurrentIndex(QModelIndex())

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        if self._part:
            event.ignore()  # the page scrolls, not the part
        else:
            super().wheelEvent(event)

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._model.entries[index.row()].key)
