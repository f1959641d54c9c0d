"""Edges: every one as a curve with its arrow head where there are few, as a haze of lines where there are many."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from graph.asset_graph import Int32
from graph.layout.curves import pieces_of, sampled
from graph.layout.placement import Floats, Points
from ui import theme
from ui.canvas.scene import CLASSES, Bools, Scene
from ui.canvas.shapes import HEAD, Sprites
from ui.canvas.strokes import Strokes
from ui.canvas.view import View, bounds, inside

NEAR = 1_500  # edges in sight that are drawn one by one
WHOLE = 3_000  # edges of a scene whose curves are kept
SMOOTH = 1e5  # pixels of line that are drawn as they should be even while the view moves
MOVING = 4e5  # pixels of line that are drawn at all while it moves
PARTS = 5  # straight lines that stand for a curve while it moves
HEADS = 9.0  # pixels of a node from which arrows have heads
DASH = [4.0, 3.0]


Style = tuple[int, int, bool]  # load, class, undecided


class EdgeLayer:
    """The edges of a scene that are not filtered out."""

    def __init__(self, scene: Scene, on: Bools, strokes: Strokes) -> None:
        self._scene, self._strokes = scene, strokes
        order = scene.edges_by_weight
        self._edges = order[on[order]]
        low, high = scene.boxes
        self._low, self._high = low[self._edges], high[self._edges]
        self._bounds = bounds(self._low, self._high)
        self._paths: Mapping[Style, QPainterPath] | None = None
        if len(self._edges) <= WHOLE:
            self._paths = paths(scene, self._edges)

    def visible(self, view: View) -> Int32:
        """The edges in sight, the most important first."""
        if view.seen.contains(self._bounds):
            return self._edges
        return self._edges[inside(view.seen, self._low, self._high)]

    def draw_near(self, painter: QPainter, view: View, edges: Int32, sprites: Sprites) -> None:  # fmt: skip
        """Curves and heads."""
        made = self._paths if self._paths is not None else paths(self._scene, edges)
        alpha = float(np.clip(1.25 - 0.16 * np.log(max(len(edges), 1)), 0.16, 0.85))
        draw_paths(painter, view, made, alpha=alpha)
        if view.node_size >= HEADS:
            painter.setOpacity(min(1.0, alpha + 0.15))
            self.draw_heads(painter, view, edges, sprites)
            painter.setOpacity(1.0)

    def draw_heads(self, painter: QPainter, view: View, edges: Int32, sprites: Sprites) -> None:
        """A head at the end of every edge, turned as the edge comes in."""
        tips, angles = self.tips(view, edges)
        room = np.array([view.width, view.height]) + HEAD
        seen = ((tips > -HEAD) & (tips < room)).all(axis=1)
        atlas = sprites.heads()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        column = self._scene.edge_class[edges][seen]
        self._strokes.sprites(
            painter, atlas.pixmap, tips[seen], column, angles[seen], head_scale(view)
        )

    def tips(self, view: View, edges: Int32) -> tuple[Floats, Floats]:
        """Where the heads of edges are on the screen, at the rim of their nodes, and their angles in degrees."""
        at, way = self._tips
        ways = way[edges]
        tips = view.on_screen(at[edges]) - ways * (view.node_size / 2 + 3)
        return tips, np.degrees(np.arctan2(ways[:, 1], ways[:, 0]))

    @cached_property
    def _tips(self) -> tuple[Points, Points]:
        """Where each edge ends, and the direction in which it gets there, of length 1."""
        scene = self._scene
        at = scene.points[scene.ends[:, 1]]
        way = at - scene.points[scene.ends[:, 0]]
        pieces = scene.curves.pieces
        way[scene.curves.owner] = pieces[:, 3] - pieces[:, 2]  # the last piece of an edge wins
        return at, way / (np.hypot(way[:, 0], way[:, 1])[:, None] + 1e-9)

    def draw_moving(self, painter: QPainter, view: View, edges: Int32) -> None:
        """As many lines as there is time for, the most important ones, in plain strokes."""
        near = len(edges) <= NEAR
        chosen = edges if near else edges[: self._affordable(view, edges)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for code, part in _by_class(self._scene, chosen):
            painter.setPen(QPen(_mixed(code, 0.55 if near else 0.3), 0))
            if near:
                lines, _ = sampled(pieces_of(self._scene.curves, part), PARTS)
                begin, end = lines[:, 0], lines[:, 1]
            else:
                begin, end = (self._scene.points[self._scene.ends[part, side]] for side in (0, 1))
            self._strokes.lines(painter, view.camera, begin, end)

    def ink(self, view: View, edges: Int32) -> Floats:
        """About how many pixels of each edge are seen."""
        begin, end = (self._scene.points[self._scene.ends[edges, side]] for side in (0, 1))
        length = np.hypot(*(end - begin).T) * view.camera.zoom
        return np.asarray(np.minimum(length, 0.7 * np.hypot(view.width, view.height)), dtype=float)

    def _affordable(self, view: View, edges: Int32) -> int:
        """How many of the first edges can be drawn in a frame."""
        first = edges[:20_000]
        return int(np.searchsorted(np.cumsum(self.ink(view, first)), MOVING)) + 1


def head_scale(view: View) -> float:
    """Heads are smaller where nodes are."""
    return float(np.clip(view.node_size / 28, 0.55, 1.0))


def draw_paths(
    painter: QPainter,
    view: View,
    made: Mapping[Style, QPainterPath],
    *,
    alpha: float,
    width: float = 1.3,
) -> None:  # fmt: skip
    """Curves in the colours of their classes, dashed where undecided."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(view.camera.transform, combine=True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for (load, code, undecided), path in made.items():
        pen = QPen(faded(code, min(1.0, alpha + 0.12 * load)), (width + 0.9 * load) * view.ratio)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if undecided:
            pen.setDashPattern(DASH)
        painter.setPen(pen)
        painter.drawPath(path)
    painter.restore()


def paths(scene: Scene, edges: Int32) -> dict[Style, QPainterPath]:
    """One path for each style, structure first and what many attack paths walk last."""
    made: dict[Style, QPainterPath] = {}
    curves = pieces_of(scene.curves, edges)
    columns = (scene.load, scene.edge_class, scene.undecided)
    keys = zip(*(column[curves.owner].tolist() for column in columns), strict=True)
    for key, (begin, one, two, end) in zip(keys, curves.pieces.tolist(), strict=True):
        path = made.setdefault(key, QPainterPath())
        path.moveTo(*begin)
        path.cubicTo(*one, *two, *end)
    return dict(sorted(made.items(), key=lambda item: (item[0][0], -item[0][1])))


def faded(code: int, alpha: float) -> QColor:
    """The colour of a class, seen through."""
    colour = theme.colour(f"edge_{CLASSES[code]}")
    colour.setAlphaF(alpha)
    return colour


def _by_class(scene: Scene, edges: Int32) -> Iterator[tuple[int, Int32]]:
    codes = scene.edge_class[edges]
    for code in reversed(range(len(CLASSES))):
        chosen = edges[codes == code]
        if len(chosen):
            yield code, chosen


def _mixed(code: int, share: float) -> QColor:
    """A class's colour thinned with the ground: an opaque pen is several times faster than one that is seen through."""
    one, other = theme.colour(f"edge_{CLASSES[code]}"), theme.colour("canvas")
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return QColor(*(round(a * share + b * (1 - share)) for a, b in pairs))
