"""An attack path from left to right: a card for each asset, an arrow for each step, the chosen step marked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QGraphicsObject,
    QGraphicsScene,
    QGraphicsSceneMouseEvent,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from graph.model import Key, Severity, Step, Verdict
from ui import icons, text, theme
from ui.facts import Facts
from ui.widgets import draw_severity

CARD = QSizeF(184, 92)
MARGIN = 24.0
LABEL_GAP = 40  # beside an arrow's words
MIN_GAP = 92
ROW_GAP = 28
LINE = CARD.height() + ROW_GAP
LINES = 2  # seen at once, where several chains meet
PEEK = 16  # of what comes before and after a step
STRIP = CARD.height() + 2 * MARGIN + 12


class Mark(NamedTuple):
    """How a step is drawn: the token of its colour, its dashes."""

    token: str
    dashes: Sequence[float] = ()


MARKS = {"": Mark("path"), "undecided": Mark("undecided", (3, 2)), "broken": Mark("muted", (1, 3))}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """What a card says of an asset."""

    asset: str
    name: str
    kind: str
    glyph: str
    colour: QColor
    role: str = ""  # entry point, crown jewel
    severity: Severity | None = None


def card_text(facts: Facts, asset_id: str) -> CardText:
    """What is known of an asset, for its card."""
    role = "Crown jewel" if asset_id in facts.jewels else ""
    asset = facts.asset(asset_id)
    return CardText(
        asset=asset_id,
        name=facts.name(asset_id),
        kind=facts.kind_title(asset_id),
        glyph=icons.kind_glyph(asset.kind),
        colour=icons.category_colour(facts.category(asset_id)),
        role="Entry point" if asset_id in facts.entries else role,
        severity=facts.severity(asset_id),
    )


class _Card(QGraphicsObject):
    """One asset of the path."""

    pressed = Signal(str)

    def __init__(self, words: CardText) -> None:
        super().__init__()
        self._words = words
        self.setToolTip(text.tip_text(f"{words.name}\n{words.asset}"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setZValue(2)
        self.chosen = False

    def boundingRect(self) -> QRectF:
        return QRectF(QPointF(-2, -2), CARD + QSizeF(4, 4))

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(QPointF(0, 0), CARD)
        edge = theme.colour("accent" if self.chosen else "line")
        painter.setPen(QPen(edge, 2 if self.chosen else 1))
        painter.setBrush(theme.colour("selection" if self.chosen else "surface"))
        painter.drawRoundedRect(box, 8, 8)
        self._icon(painter)
        self._text(painter)

    def _icon(self, painter: QPainter) -> None:
        disc = QRectF(12, 12, 32, 32)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._words.colour)
        painter.drawRoundedRect(disc, 8, 8)
        icons.draw_glyph(painter, disc.adjusted(6, 6, -6, -6), self._words.glyph, QColor("white"))
        if self._words.severity is not None:
            draw_severity(painter, QRectF(CARD.width() - 26, 12, 14, 14), self._words.severity)

    def _text(self, painter: QPainter) -> None:
        width = int(CARD.width()) - 24
        bold, small = theme.text_font(13, bold=True), theme.text_font(11)
        role, name, kind = QPointF(52, 28), QPointF(12, 63), QPointF(12, 81)
        _line(painter, self._words.role, small, "accent", role, width - 56)
        _line(painter, self._words.name, bold, "text", name, width)
        _line(painter, self._words.kind, small, "muted", kind, width)

    def mousePressEvent(self, _event: QGraphicsSceneMouseEvent) -> None:
        self.pressed.emit(self._words.asset)


def _line(  # noqa: PLR0917 - one line of a card, told as it is drawn
    painter: QPainter, words: str, font: QFont, token: str, at: QPointF, width: int
) -> None:
    painter.setFont(font)
    painter.setPen(theme.colour(token))
    painter.drawText(at, text.elided(words, font, width))


class _Arrow(QGraphicsObject):
    """One step: a line with its words above, dashed where it is undecided."""

    pressed = Signal(int)

    def __init__(self, number: int, words: str, mark: str, length: float) -> None:
        """`mark` is said below the line: "undecided", "broken", or nothing of a proved step."""
        super().__init__()
        self._number, self._words, self._mark, self._length = number, words, mark, length
        self.chosen = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(text.tip_text(f"Step {number + 1}: {words}"))

    def boundingRect(self) -> QRectF:
        return QRectF(0, -40, self._length, 80)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme.colour(MARKS[self._mark].token)
        pen = QPen(colour, 3.5 if self.chosen else 2)
        if self._mark:
            pen.setDashPattern(MARKS[self._mark].dashes)
        tip = QPointF(self._length - 4, 0)
        painter.setPen(pen)
        painter.drawLine(QPointF(4, 0), tip - QPointF(8, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        wing = 7 if self.chosen else 6
        painter.drawPolygon(QPolygonF([tip, tip - QPointF(11, wing), tip - QPointF(11, -wing)]))
        self._label(painter)

    def _label(self, painter: QPainter) -> None:
        painter.setFont(theme.text_font(12, bold=self.chosen))
        painter.setPen(theme.colour("text" if self.chosen else "muted"))
        centre = Qt.AlignmentFlag.AlignHCenter
        painter.drawText(
            QRectF(0, -28, self._length, 18), centre | Qt.AlignmentFlag.AlignBottom, self._words
        )
        if self._mark:
            painter.setPen(theme.colour(MARKS[self._mark].token))
            painter.setFont(theme.text_font(11))
            painter.drawText(QRectF(0, 9, self._length, 16), centre, self._mark)

    def mousePressEvent(self, _event: QGraphicsSceneMouseEvent) -> None:
        self.pressed.emit(self._number)


def chains(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps in their order, a new chain wherever one does not begin where the one before ended."""
    found: list[list[Step]] = []
    for step in steps:
        if found and found[-1][-1].target == step.source:
            found[-1].append(step)
        else:
            found.append([step])
    return found


class PathView(QGraphicsView):
    """The cards of one path; arrow keys walk its steps."""

    step_chosen = Signal(int)
    asset_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._scene = QGraphicsScene(self)  # a view does not keep its scene alive
        self.setScene(self._scene)
        self.setAccessibleName("Attack path; arrow keys walk its steps")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(int(STRIP) + 14)
        self._arrows: list[_Arrow] = []
        self._cards: list[_Card] = []
        self._ends: list[tuple[int, int]] = []  # the cards of each arrow
        self._shown: tuple[Facts, Sequence[Step], Collection[Key]] | None = None
        self.step = -1
        theme.current().changed.connect(self._scene.update)

    def show_steps(self, facts: Facts, steps: Sequence[Step], cuts: Collection[Key] = ()) -> None:
        """Lay out the cards of a path, or of several that meet, one below another; no step is chosen yet.

        Steps among `cuts` are drawn as broken.
        """
        self._shown = (facts, steps, cuts)
        self._scene.clear()
        self._arrows, self._cards, self._ends, self.step = [], [], [], -1
        lines = chains(steps)
        width = max(
            (self._lay_out(facts, line, number) for number, line in enumerate(lines)), default=0
        )
        height = len(lines) * LINE - ROW_GAP
        side = min(MARGIN, max(PEEK / 2, (self.viewport().width() - width) / 2 - 1))
        self._scene.setSceneRect(-side, -MARGIN, width + 2 * side, height + 2 * MARGIN)
        self.setFixedHeight(int(min(len(lines), LINES) * LINE - ROW_GAP + 2 * MARGIN) + 26)
        self.horizontalScrollBar().setValue(0)
        self.verticalScrollBar().setValue(0)

    def _lay_out(self, facts: Facts, steps: Sequence[Step], line: int) -> float:
        words = [facts.graph.schema.relationships[step.kind].phrase for step in steps]
        gaps = self._gaps(words)
        x, y = 0.0, line * LINE
        for number, step in enumerate(steps):
            self._add_card(card_text(facts, step.source), x, y)
            x += CARD.width()
            self._ends.append((len(self._cards) - 1, len(self._cards)))
            self._add_arrow(words[number], self._mark(step), x, y, gaps[number])
            x += gaps[number]
        self._add_card(card_text(facts, steps[-1].target), x, y)
        return x + CARD.width()

    def _gaps(self, words: Sequence[str]) -> list[float]:
        """As wide as the words need, and wider where the window has room."""
        metrics = QFontMetrics(theme.text_font(12, bold=True))
        gaps = [float(max(MIN_GAP, metrics.horizontalAdvance(each) + LABEL_GAP)) for each in words]
        used = sum(gaps) + (len(words) + 1) * CARD.width() + 2 * MARGIN
        spare = min(64.0, (self.viewport().width() - used - 4) / len(words))
        return [gap + spare for gap in gaps] if spare > 0 else gaps

    def _add_card(self, words: CardText, x: float, y: float) -> None:
        card = _Card(words)
        card.setPos(x, y)
        card.pressed.connect(self.asset_chosen)
        self._scene.addItem(card)
        self._cards.append(card)

    def _mark(self, step: Step) -> str:
        if self._shown is not None and step.key in self._shown[2]:
            return "broken"
        return "" if step.verdict is Verdict.YES else "undecided"

    def _add_arrow(self, words: str, mark: str, x: float, y: float, length: float) -> None:
        arrow = _Arrow(len(self._arrows), words, mark, length)
        arrow.setPos(x, y + CARD.height() / 2)
        arrow.pressed.connect(self.choose)
        self._scene.addItem(arrow)
        self._arrows.append(arrow)

    def choose(self, number: int) -> None:
        """Choose a step and bring it into sight."""
        if not 0 <= number < len(self._arrows):
            return
        changed, self.step = number != self.step, number
        for index, arrow in enumerate(self._arrows):
            arrow.chosen = index == number
            arrow.update()
        for index, card in enumerate(self._cards):
            card.chosen = index in self._ends[number]
            card.update()
        self._bring_into_sight(*(self._cards[index] for index in self._ends[number]))
        if changed:
            self.step_chosen.emit(number)

    def _bring_into_sight(self, begin: _Card, end: _Card) -> None:
        """Both cards of a step, the first of them where there is no room for two."""
        both = begin.sceneBoundingRect().united(end.sceneBoundingRect())
        both.setWidth(min(both.width(), self.viewport().width() - 2 * PEEK))
        self.ensureVisible(both, PEEK, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.choose(0 if event.key() == Qt.Key.Key_Home else len(self._arrows) - 1)
        elif by is not None:
            self.choose(self.step + by)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shown is not None and event.oldSize().width() != event.size().width():
            step = self.step
            self.show_steps(*self._shown)
            self.step = step  # chosen already: nobody need hear of it
            self.choose(step)
