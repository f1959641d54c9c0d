"""Icons that follow the theme: drawn from the icon font each time, in a colour named by its token."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import qtawesome
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap

from graph.content import read_toml
from graph.schema import load_schema
from ui import theme


class _Engine(QIconEngine):
    """Draws one glyph; its colour is looked up when it is painted."""

    def __init__(self, glyph: str, token: str, checked: str) -> None:
        super().__init__()
        self._glyph, self._token, self._checked = glyph, token, checked

    def paint(
        self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State, /
    ) -> None:
        token = self._checked if state == QIcon.State.On else self._token
        if mode == QIcon.Mode.Disabled:
            token = "line"
        draw_glyph(painter, QRectF(rect), self._glyph, theme.colour(token))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, /) -> QPixmap:
        pixmap = QPixmap(size)
        if size.isEmpty():
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def icon(name: str, token: str = "muted", checked: str = "accent") -> QIcon:
    """An icon of the set, in the colour of a token."""
    return QIcon(_Engine(glyph(name), token, checked))


def draw_glyph(painter: QPainter, rect: QRectF, character: str, colour: QColor) -> None:
    """One glyph, as large as the rectangle."""
    if rect.isEmpty():
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(qtawesome.font("mdi6", round(min(rect.width(), rect.height()))))
    painter.setPen(colour)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, character)
    painter.restore()


@cache
def glyph(name: str) -> str:
    """The character of an icon."""
    return str(qtawesome.charmap(f"mdi6.{name}"))


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return read_toml("icons/icons.toml")


@cache
def kind_icon_name(kind: str) -> str:
    """The icon of an asset kind: that of its label, or of its category."""
    label = load_schema().label(kind)
    table = _table()
    return str(table["label"].get(label.name) or table["category"][label.category])


def kind_glyph(kind: str) -> str:
    """The glyph of an asset kind."""
    return glyph(kind_icon_name(kind))


def category_icon(category: str) -> QIcon:
    """The icon of a category."""
    return icon(_table()["category"][category])


def category_glyph(category: str) -> str:
    """The glyph of a category."""
    return glyph(_table()["category"][category])


def category_shape(category: str) -> str:
    """The name of a category's shape in the graph."""
    return str(_table()["shape"][category])


def category_colour(category: str) -> QColor:
    """The colour of a category, the same in every theme."""
    return QColor(_table()["colour"][category])
