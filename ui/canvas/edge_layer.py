"""Edges: every one as a curve with its arrow head where there are few, as a haze of lines where there are many."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from time import perf_counter

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from graph.asset_graph import Int32
from graph.layout.curves import pieces_of, sampled
from graph.layout.placement import Floats, Points
from ui import theme
from ui.canvas.camera import Camera
from ui.canvas.scene import CLASSES, Bools, Scene
from ui.canvas.shapes import HEAD, Sprites
from ui.canvas.strokes import Strokes
from ui.canvas.view import View, inside

NEAR = 1_500  # edges in sight that are drawn one by one
WHOLE = 3_000  # edges of a scene whose curves are kept
SMOOTH = 600  # edges that are drawn smoothly even while the view moves
HAZE = 60_000  # edges of a haze; more would not be seen
MOVING = 2_500  # lines drawn while the view moves
SLICE = 0.008  # seconds of a step of refinement
HEADS = 9.0  # pixels of a node from which arrows have heads
DASH = [4.0, 3.0]


class EdgeLayer:
    """The edges of a scene that are not filtered out."""

    def __init__(self, scene: Scene, on: Bools, strokes: Strokes) -> None:
        self._scene, self._strokes = scene, strokes
        order = scene.edges_by_weight
        self._edges = order[on[order]]
        low, high = scene.boxes
        self._low, self._high = low[self._edges], high[self._edges]
        self._paths: Mapping[tuple[int, bool], QPainterPath] | None = None
        if len(self._edges) <= WHOLE:
            self._paths = paths(scene, self._edges)

    def visible(self, view: View) -> Int32:
        """The edges in sight, the most important first."""
        return self._edges[inside(view.seen, self._low, self._high)]

    def draw_near(self, painter: QPainter, view: View, edges: Int32, sprites: Sprites, *, smooth: bool) -> None:  # fmt: skip
        """Curves and heads."""
        made = self._paths if self._paths is not None else paths(self._scene, edges)
        alpha = float(np.clip(1.25 - 0.16 * np.log(max(len(edges), 1)), 0.16, 0.85))
        draw_paths(painter, view, made, alpha=alpha, smooth=smooth)
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
        self._strokes.sprites(painter, atlas.pixmap, tips[seen], column, angles[seen])

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

    def draw_sample(self, painter: QPainter, view: View, edges: Int32) -> None:
        """The most important lines, straight; while the view moves."""
        chosen = edges[:MOVING]
        self._lines(painter, view.camera, chosen, _alpha(view, self._length(chosen)))

    def haze(self, painter: QPainter, view: View, edges: Int32) -> Iterator[None]:
        """Every line, so thin that many together show where they run; pauses after each slice of time."""
        chosen = edges[:HAZE]
        alpha = _alpha(view, self._length(chosen))
        step, begin = 400, perf_counter()
        for first in range(0, len(chosen), step):
            self._curved(painter, view.camera, chosen[first : first + step], alpha)
            if perf_counter() - begin > SLICE:
                yield
                begin = perf_counter()

    def _length(self, edges: Int32) -> float:
        begin, end = (self._scene.points[self._scene.ends[edges, side]] for side in (0, 1))
        return float(np.hypot(*(end - begin).T).sum())

    def _lines(self, painter: QPainter, camera: Camera, edges: Int32, alpha: float) -> None:
        points, ends = self._scene.points, self._scene.ends
        for code, chosen in _by_class(self._scene, edges):
            painter.setPen(QPen(faded(code, alpha), 0))
            begin, end = points[ends[chosen, 0]], points[ends[chosen, 1]]
            self._strokes.lines(painter, camera, begin, end)

    def _curved(self, painter: QPainter, camera: Camera, edges: Int32, alpha: float) -> None:
        for code, chosen in _by_class(self._scene, edges):
            lines, _ = sampled(pieces_of(self._scene.curves, chosen), 5)
            painter.setPen(QPen(faded(code, alpha), 0))
            self._strokes.lines(painter, camera, lines[:, 0], lines[:, 1])


def draw_paths(
    painter: QPainter,
    view: View,
    made: Mapping[tuple[int, bool], QPainterPath],
    *,
    alpha: float,
    smooth: bool,
    width: float = 1.3,
) -> None:  # fmt: skip
    """Curves in the colours of their classes, dashed where undecided."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    painter.setTransform(view.camera.transform, combine=True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for (code, undecided), path in made.items():
        pen = QPen(faded(code, alpha), width)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if undecided:
            pen.setDashPattern(DASH)
        painter.setPen(pen)
        painter.drawPath(path)
    painter.restore()


def paths(scene: Scene, edges: Int32) -> dict[tuple[int, bool], QPainterPath]:
    """One path for each class and certainty, structure first."""
    made: dict[tuple[int, bool], QPainterPath] = {}
    curves = pieces_of(scene.curves, edges)
    keys = zip(
        scene.edge_class[curves.owner].tolist(),
        scene.undecided[curves.owner].tolist(),
        strict=True,
    )
    for key, (begin, one, two, end) in zip(keys, curves.pieces.tolist(), strict=True):
        path = made.setdefault(key, QPainterPath())
        path.moveTo(*begin)
        path.cubicTo(*one, *two, *end)
    return dict(sorted(made.items(), reverse=True))


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


def _alpha(view: View, length: float) -> float:
    """Thinner the more ink there would be on the screen."""
    ink = length * view.camera.zoom / max(view.width * view.height, 1)
    return float(np.clip(0.34 / max(ink, 1e-3) ** 0.62, 0.035, 0.5))
