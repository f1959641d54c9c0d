"""How a node, an arrow head and a badge look: drawn with a painter, or kept as rows of sprites."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import ceil, cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from ui import icons, theme
from ui.canvas.scene import CLASSES, ENTRY, JEWEL, SEVERITIES
from ui.widgets import draw_severity

HEAD = 11.0  # pixels, an arrow head
ROLE_GLYPHS = {ENTRY: "login-variant", JEWEL: "crown"}


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _regular(corners: int, turn: float = 0.0, size: float = 0.54) -> QPainterPath:
    angles = [turn + 2 * pi * corner / corners for corner in range(corners)]
    return _polygon(*((size * sin(angle), -size * cos(angle)) for angle in angles))


def _round(corner: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(-0.46, -0.46, 0.92, 0.92), corner, corner)
    return path


def _circle() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), 0.5, 0.5)
    return path


def _cylinder() -> QPainterPath:
    path = QPainterPath(QPointF(-0.44, -0.36))
    path.cubicTo(-0.44, -0.54, 0.44, -0.54, 0.44, -0.36)
    path.lineTo(0.44, 0.36)
    path.cubicTo(0.44, 0.54, -0.44, 0.54, -0.44, 0.36)
    path.closeSubpath()
    return path


def _shield() -> QPainterPath:
    path = QPainterPath(QPointF(-0.46, -0.44))
    path.lineTo(0.46, -0.44)
    path.lineTo(0.46, 0.02)
    path.cubicTo(0.46, 0.32, 0.2, 0.48, 0, 0.55)
    path.cubicTo(-0.2, 0.48, -0.46, 0.32, -0.46, 0.02)
    path.closeSubpath()
    return path


_SHAPES: Mapping[str, Callable[[], QPainterPath]] = {
    "circle": _circle,
    "square": lambda: _round(0.14),
    "diamond": lambda: _regular(4, size=0.6),
    "hexagon": lambda: _regular(6, pi / 6),
    "octagon": lambda: _regular(8, pi / 8),
    "pentagon": lambda: _regular(5, size=0.57),
    "cylinder": _cylinder,
    "shield": _shield,
    "slant": lambda: _polygon((-0.32, -0.44), (0.56, -0.44), (0.32, 0.44), (-0.56, 0.44)),
    "tag": lambda: _polygon((-0.5, -0.42), (0.2, -0.42), (0.56, 0), (0.2, 0.42), (-0.5, 0.42)),
    "page": lambda: _polygon((-0.42, -0.5), (0.16, -0.5), (0.42, -0.22), (0.42, 0.5), (-0.42, 0.5)),
    "house": lambda: _polygon((0, -0.56), (0.52, -0.14), (0.42, 0.46), (-0.42, 0.46), (-0.52, -0.14)),
}  # fmt: skip


@cache
def shape(category: str) -> QPainterPath:
    """The outline of a category, in a box of 1 x 1 around the origin."""
    return _SHAPES[icons.category_shape(category)]()


def draw_shape(painter: QPainter, centre: QPointF, size: float, category: str) -> None:
    """The filled outline, with a rim that parts it from the lines behind."""
    painter.save()
    painter.translate(centre)
    painter.scale(size, size)
    pen = QPen(theme.colour("canvas"), max(1.5, size / 14) / size)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(shape(category), pen)
    painter.fillPath(shape(category), icons.category_colour(category))
    painter.restore()


def draw_icon(painter: QPainter, centre: QPointF, size: float, glyph: str) -> None:
    """The white icon on a shape."""
    side = size * 0.6
    box = QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)
    icons.draw_glyph(painter, box, glyph, QColor("white"))


def draw_role(painter: QPainter, centre: QPointF, size: float, role: int) -> None:
    """The badge of an entry point or a crown jewel."""
    if role not in ROLE_GLYPHS:
        return
    token = "accent" if role == ENTRY else "mark_line"
    painter.setPen(QPen(theme.colour("canvas"), 1.2))
    painter.setBrush(theme.colour(token))
    painter.drawEllipse(centre, size / 2, size / 2)
    box = QRectF(centre.x() - size * 0.36, centre.y() - size * 0.36, size * 0.72, size * 0.72)
    icons.draw_glyph(painter, box, icons.glyph(ROLE_GLYPHS[role]), theme.colour("accent_text") if role == ENTRY else QColor("black"))  # fmt: skip


def draw_badge(painter: QPainter, centre: QPointF, size: float, severity: int) -> None:
    """The shape of a severity."""
    worst = SEVERITIES[severity]
    if worst is not None:
        box = QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size)
        draw_severity(painter, box, worst)


def draw_head(painter: QPainter, tip: QPointF, angle: float, attack_class: str) -> None:
    """The head of an arrow; each class of relationship has its own."""
    colour = theme.colour(f"edge_{attack_class}")
    painter.save()
    painter.translate(tip)
    painter.rotate(angle)
    painter.setPen(QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(colour)
    path, filled = _head(attack_class)
    if not filled:
        painter.setBrush(theme.colour("canvas") if attack_class == "influence" else Qt.BrushStyle.NoBrush)  # fmt: skip
    painter.drawPath(path)
    painter.restore()


@cache
def _head(attack_class: str) -> tuple[QPainterPath, bool]:
    """Its outline with the tip at the origin, and whether it is filled."""
    if attack_class == "influence":
        return _polygon((0, 0), (-5, -3.6), (-10, 0), (-5, 3.6)), False
    if attack_class == "data":
        path = QPainterPath()
        path.addEllipse(QPointF(-3.6, 0), 3.2, 3.2)
        return path, True
    if attack_class == "lineage":
        path = QPainterPath(QPointF(-7, -4))
        path.lineTo(0, 0)
        path.lineTo(-7, 4)
        return path, False
    if attack_class == "structure":
        path = QPainterPath(QPointF(-1, -3))
        path.lineTo(-1, 3)
        return path, False
    if attack_class == "network":
        path = _polygon((0, 0), (-6, -4), (-6, 4))
        path.addPath(path.translated(-5, 0))
        return path, True
    return _polygon((0, 0), (-9, -4.2), (-7, 0), (-9, 4.2)), True


class Atlas:
    """Sprites in one row; each is drawn around the middle of its cell."""

    def __init__(
        self, count: int, size: float, ratio: float, draw: Callable[[QPainter, QPointF, int], None]
    ) -> None:
        self.cell = ceil((size + 6) * ratio)
        self.pixmap = QPixmap(self.cell * max(count, 1), self.cell)
        self.pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self.pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(ratio, ratio)
        for number in range(count):
            draw(
                painter, QPointF((number + 0.5) * self.cell / ratio, self.cell / ratio / 2), number
            )
        painter.end()
        self.pixmap.setDevicePixelRatio(ratio)


class Sprites:
    """Atlases by size, for one theme, screen and list of categories and icons."""

    def __init__(self, categories: Sequence[str], glyphs: Sequence[str], ratio: float) -> None:
        self._categories, self._glyphs, self.ratio = categories, glyphs, ratio
        self._made: dict[tuple[str, int], Atlas] = {}

    def shapes(self, size: int) -> Atlas:
        """One a category."""
        names = self._categories
        return self._of("shape", size, len(names), lambda p, c, n: draw_shape(p, c, size, names[n]))

    def icons(self, size: int) -> Atlas:
        """One an icon."""
        glyphs = self._glyphs
        return self._of("icon", size, len(glyphs), lambda p, c, n: draw_icon(p, c, size, glyphs[n]))

    def badges(self, size: int) -> Atlas:
        """One a severity."""
        return self._of("badge", size, len(SEVERITIES), lambda p, c, n: draw_badge(p, c, size, n))

    def roles(self, size: int) -> Atlas:
        """One a role."""
        return self._of("role", size, 3, lambda p, c, n: draw_role(p, c, size, n))

    def heads(self) -> Atlas:
        """One a class; the tip is in the middle of the cell."""
        return self._of(
            "head", int(HEAD * 2), len(CLASSES), lambda p, c, n: draw_head(p, c, 0, CLASSES[n])
        )

    def _of(
        self, name: str, size: int, count: int, draw: Callable[[QPainter, QPointF, int], None]
    ) -> Atlas:
        key = (name, size)
        if key not in self._made:
            self._made[key] = Atlas(count, size, self.ratio, draw)
        return self._made[key]
