"""A field with hits below it: what is typed is looked for at once, the arrow keys walk, Enter chooses."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui import icons, text, theme

HEIGHT = 40
_DETAIL = Qt.ItemDataRole.UserRole
_WALK = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class Hit(NamedTuple):
    """Something that was found, and what choosing it does."""

    title: str
    detail: str
    icon: str
    action: Callable[[], object]


class _Delegate(QStyledItemDelegate):
    """Icon, title, and what it is in a paler colour at the right."""

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex, /
    ) -> QSize:
        return QSize(200, HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> None:
        painter.save()
        rect, state = QRectF(option.rect), option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("selection"))
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        if icon is not None:
            icon.paint(painter, rect.toRect().adjusted(10, 11, 28 - int(rect.width()), -11))
        font, small = theme.text_font(), theme.text_font(12)
        base, left, room = rect.center().y() + 5, rect.left() + 38, int(rect.width()) - 50
        detail = text.elided(index.data(_DETAIL) or "", small, room * 2 // 5)
        painter.setFont(small)
        wide = painter.fontMetrics().horizontalAdvance(detail)
        painter.setPen(theme.colour("muted"))
        painter.drawText(QPointF(rect.right() - 12 - wide, base), detail)
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        title = text.elided(index.data(Qt.ItemDataRole.DisplayRole), font, room - wide - 16)
        painter.drawText(QPointF(left, base), title)
        painter.restore()


class Chooser(QDialog):
    """Asks `search` for hits at every key."""

    def __init__(
        self, parent: QWidget, name: str, hint: str, search: Callable[[str], Iterable[Hit]]
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._find = search
        self._hits: list[Hit] = []
        self.setObjectName("chooser")
        self.setAccessibleName(name)
        self.field = QLineEdit()
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(name)
        self.field.setMinimumHeight(40)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._choose)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setObjectName("part")
        self.list.setAccessibleName("Hits")
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        self._hits = list(self._find(words))
        self.list.clear()
        for hit in self._hits:
            item = QListWidgetItem(icons.icon(hit.icon), text.shown(hit.title))
            item.setData(_DETAIL, text.shown(hit.detail))
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, text.shown(f"{hit.title}, {hit.detail}")
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
