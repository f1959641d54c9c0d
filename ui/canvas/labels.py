"""Names of nodes and circles, the important ones first, never one on top of another."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QStaticText, QTransform

from graph.asset_graph import Int32
from graph.layout import Circle
from ui import text, theme
from ui.canvas.scene import Scene
from ui.canvas.view import View

CELL = 8, 7  # pixels of the grid that knows what is taken
MOST, FEW_NAMES = 180, 80  # names of a picture, and of a frame while the view moves
FRESH = 24  # names that are new in such a frame: to prepare one takes time
KEPT = 12_000  # prepared texts
WIDEST = 168  # pixels of a name


class Grid:
    """Which places of the screen are taken."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._taken = np.zeros((height // CELL[1] + 2, width // CELL[0] + 2), dtype=bool)

    def take_points(self, at: np.ndarray, half: float) -> None:
        """Where nodes stand: squares of twice `half` around (k, 2)."""
        rows, columns = self._taken.shape
        for dy in np.arange(-half, half + 0.1, CELL[1]):
            for dx in np.arange(-half, half + 0.1, CELL[0]):
                x = ((at[:, 0] + dx) // CELL[0]).astype(int)
                y = ((at[:, 1] + dy) // CELL[1]).astype(int)
                fits = (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
                self._taken[y[fits], x[fits]] = True

    def take(self, box: QRectF) -> bool:
        """Take a place if it is free and on the screen."""
        if box.left() < 0 or box.top() < 0:
            return False
        if box.right() > self._size[0] or box.bottom() > self._size[1]:
            return False
        part = self._taken[
            int(box.top() // CELL[1]) : int(box.bottom() // CELL[1]) + 1,
            int(box.left() // CELL[0]) : int(box.right() // CELL[0]) + 1,
        ]
        if part.any():
            return False
        part[:] = True
        return True


class Labels:
    """Prepared texts, kept from frame to frame."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, int, bool, int], QStaticText] = {}
        self.new_left = MOST * 8

    def draw_names(  # noqa: PLR0917 - what is named, where, how much
        self,
        painter: QPainter,
        view: View,
        scene: Scene,
        nodes: Int32,
        grid: Grid,
        most: int = MOST,
        widest: int = WIDEST,
    ) -> bool:
        """Names below their nodes, else above or beside them; `nodes` ascending in importance.

        A name is cut where its whole length, at most `widest`, finds no room. False if some had to wait.
        """
        size = view.node_size
        tries = nodes[::-1][: most * 3 if most > FEW_NAMES else most * 3 // 2]
        drawn, waiting = 0, False
        font_size = 12 if size >= 20 else 11  # noqa: PLR2004 - pixels of a node
        short = int(min(widest, max(72, 128 * view.camera.zoom)))
        at = view.on_screen(scene.points[tries]).tolist()
        for node, (x, y) in zip(tries.tolist(), at, strict=True):
            name = scene.name(node)
            for width in dict.fromkeys((widest, short)):
                if self.new_left <= 0 and (name, font_size, False, width) not in self._texts:
                    waiting = True
                    break
                words = self._text(name, font_size, width)
                box = _room(words, QPointF(x, y), size, grid, beside=not scene.circles)
                if box is None:
                    continue
                _plate(painter, box.adjusted(-3, 0, 3, 0))
                self._put(painter, words, box.topLeft(), font_size, "text")
                if size >= 36:  # noqa: PLR2004 - pixels from which there is room for a second line
                    self._kind(painter, scene, node, QPointF(x, box.bottom()), short, grid)
                drawn += 1
                break
            if drawn >= most:
                return False
        return not waiting

    def _kind(  # noqa: PLR0917 - where it stands
        self, painter: QPainter, scene: Scene, node: int, at: QPointF, widest: int, grid: Grid
    ) -> None:
        words = self._text(scene.facts.kind_title(scene.asset(node)), 10, widest)
        wide, high = words.size().width(), words.size().height()
        if grid.take(QRectF(at.x() - wide / 2, at.y() - 1, wide, high - 2)):
            _plate(painter, QRectF(at.x() - wide / 2 - 3, at.y() - 1, wide + 6, high))
            self._put(painter, words, QPointF(at.x() - wide / 2, at.y() - 1), 10, "muted")

    def draw_more(self, painter: QPainter, view: View, scene: Scene, nodes: Int32) -> None:
        """How many relationships of a node lead out of the picture, at its lower right."""
        some = nodes[scene.looks.more[nodes] > 0][-MOST:]
        corners = view.on_screen(scene.points[some]) + view.node_size * np.array([0.42, 0.4])
        numbers = scene.looks.more[some].tolist()
        for number, (x, y) in zip(numbers, corners.tolist(), strict=True):
            words = self._text(f"+{number:,}", 10, 60)
            wide, high = words.size().width(), words.size().height()
            box = QRectF(x - wide / 2 - 3, y - high / 2 + 1, wide + 6, high - 2)
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.setBrush(theme.colour("surface"))
            painter.drawRoundedRect(box, 5, 5)
            self._put(painter, words, QPointF(x - wide / 2, y - high / 2), 10, "muted")

    def draw_titles(
        self, painter: QPainter, view: View, scene: Scene, circles: list[Circle], grid: Grid
    ) -> None:
        """The names of circles, inside at their top, where they fit."""
        for circle in circles:
            radius = circle.radius * view.camera.zoom
            named = scene.titles[circle.depth].get(circle.code, "")
            outer = circle.depth == 0
            font_size = 13 if outer else 11
            if not named or radius < (22 if outer else 80):
                continue
            room = int(max(radius * 1.5, 130))
            words = self._text(named, font_size, room, bold=outer)
            top = view.on_screen(np.array([[circle.x, circle.y - circle.radius]]))[0]
            wide, high = words.size().width(), words.size().height()
            down = min(radius * 0.12, 14.0) if outer else min(radius * 0.1, 8.0)
            place = QPointF(top[0] - wide / 2, top[1] + down)
            if grid.take(QRectF(place.x(), place.y(), wide, high)):
                _plate(painter, QRectF(place.x() - 4, place.y(), wide + 8, high), "group")
                token = "text" if outer else "muted"
                self._put(painter, words, place, font_size, token, bold=outer)

    def draw_phrase(
        self, painter: QPainter, words: str, at: QPointF, token: str, grid: Grid
    ) -> None:
        """What an edge says, on its middle."""
        made = self._text(words, 11, 150)
        wide, high = made.size().width(), made.size().height()
        place = QPointF(at.x() - wide / 2, at.y() - high / 2)
        if grid.take(QRectF(place.x(), place.y(), wide, high)):
            _plate(painter, QRectF(place.x() - 3, place.y(), wide + 6, high))
            self._put(painter, made, place, 11, token)

    def _text(self, words: str, size: int, widest: int, *, bold: bool = False) -> QStaticText:
        key = (words, size, bold, widest)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) > KEPT:
                self._texts.clear()
            self.new_left -= 1
            found = self._texts[key] = _prepared(words, size, widest, bold=bold)
        return found

    @staticmethod
    def _put(
        painter: QPainter,
        words: QStaticText,
        at: QPointF,
        size: int,
        token: str,
        *,
        bold: bool = False,
    ) -> None:
        painter.setFont(theme.text_font(size, bold=bold))
        painter.setPen(theme.colour(token))
        painter.drawStaticText(QPointF(round(at.x()), round(at.y())), words)


def _room(
    words: QStaticText, at: QPointF, size: float, grid: Grid, *, beside: bool
) -> QRectF | None:
    """A free place below or above a node, or right or left of it."""
    wide, high = words.size().width(), words.size().height()
    x, y, half = at.x(), at.y(), size / 2
    places = [(x - wide / 2, y + half + 2), (x - wide / 2, y - half - high - 2)]
    if beside:
        places += [(x + half + 4, y - high / 2), (x - half - 4 - wide, y - high / 2)]
    for left, top in places:
        if grid.take(QRectF(left, top + 1, wide, high - 2)):
            return QRectF(left, top, wide, high)
    return None


def _prepared(words: str, size: int, widest: int, *, bold: bool) -> QStaticText:
    font = theme.text_font(size, bold=bold)
    made = QStaticText(text.elided(words, font, widest))
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(QTransform(), font)
    return made


def _plate(painter: QPainter, box: QRectF, token: str = "canvas") -> None:
    colour = QColor(theme.colour(token))
    colour.setAlpha(185)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 4, 4)
