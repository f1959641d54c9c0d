"""Counts as bars that can be pressed: each leads to what it counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from graph.model import Severity
from ui import icons, text, theme
from ui.widgets import draw_disc, draw_severity

HEIGHT = 36
WORDS = 132  # width of the words before a bar
NUMBER = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line: a sign, words, one or two counts."""

    words: str
    number: int
    action: Callable[[], object]
    second: int = 0  # a part of `number` drawn paler: what is undecided
    severity: Severity | None = None
    category: str = ""
    token: str = "accent"
    tip: str = ""


class BarButton(QPushButton):
    """One bar; all bars of a group share the scale."""

    def __init__(self, bar: Bar, most: int) -> None:
        super().__init__()
        self._bar, self._most = bar, max(most, 1)
        self.setObjectName("row")
        self.setAccessibleName(f"{bar.words}: {bar.number:,}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        text.tip(self, bar.tip or f"{bar.words}: {bar.number:,}")
        self.clicked.connect(lambda _checked=False: bar.action())

    def sizeHint(self) -> QSize:
        return QSize(280, HEIGHT)

    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, bar = self.height() / 2, self._bar
        lead = QRectF(8, middle - 9, 18, 18)
        if bar.severity is not None:
            draw_severity(painter, lead.adjusted(1, 1, -1, -1), bar.severity)
        elif bar.category:
            draw_disc(painter, lead, icons.category_glyph(bar.category), self._colour())
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour())
            painter.drawRoundedRect(lead.adjusted(3, 3, -3, -3), 3, 3)
        font = theme.text_font()
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        base = middle + painter.fontMetrics().ascent() / 2 - 1
        painter.drawText(QPointF(34, base), text.elided(bar.words, font, WORDS - 8))
        painter.setFont(theme.text_font(bold=True))
        place = QRectF(self.width() - NUMBER - 8, 0, NUMBER, self.height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, right, f"{bar.number:,}")
        self._bars(painter, middle)

    def _bars(self, painter: QPainter, middle: float) -> None:
        left, bar = 34.0 + WORDS, self._bar
        room = self.width() - left - NUMBER - 8
        if room <= 0 or not bar.number:
            return
        wide = max(3.0, room * bar.number / self._most)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(pale=True))
        painter.drawRoundedRect(QRectF(left, middle - 4, wide, 8), 3, 3)
        sure = wide * (bar.number - bar.second) / bar.number
        if sure > 0:
            painter.setBrush(self._colour())
            painter.drawRoundedRect(QRectF(left, middle - 4, sure, 8), 3, 3)

    def _colour(self, *, pale: bool = False) -> QColor:
        bar = self._bar
        made = theme.colour(bar.severity.value if bar.severity else bar.token)
        if bar.category:
            made = icons.category_colour(bar.category)
        made.setAlphaF(0.35 if pale else 1.0)
        return made


def bars(group: Sequence[Bar]) -> list[QWidget]:
    """Bars with one scale."""
    most = max((bar.number for bar in group), default=1)
    return [BarButton(bar, most) for bar in group]
