"""Draws a view of a scene into a picture: at once with what a frame has time for, then step by step in full."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from math import hypot
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from graph.asset_graph import Int32
from graph.layout import Circle
from ui import theme
from ui.canvas.edge_layer import NEAR, SMOOTH, EdgeLayer, draw_paths, paths
from ui.canvas.haze import haze
from ui.canvas.labels import FEW_NAMES, FRESH, MOST, WIDEST, Grid, Labels
from ui.canvas.node_layer import NodeLayer
from ui.canvas.scene import CLASSES, Bools, Scene
from ui.canvas.shapes import Sprites
from ui.canvas.strokes import Strokes
from ui.canvas.view import Focus, View, inside

if TYPE_CHECKING:
    from ui.canvas.camera import Camera

DIM = 0.72  # how much of what is not in focus is covered
STRETCH = 2.5  # times that a haze may be enlarged before it is drawn anew
FOCUSED = 17.0  # pixels that a node in focus has at least
MORE = 24.0  # pixels of a node from which it says how much of it is not shown
PHRASES = 60  # edges in focus that say what they are


class Renderer:
    """Keeps what can be used again from frame to frame."""

    def __init__(self, scene: Scene, nodes_on: Bools, edges_on: Bools) -> None:
        self.scene = scene
        self.nodes_on, self.edges_on = nodes_on, edges_on
        strokes = Strokes()
        self.edges = EdgeLayer(scene, edges_on, strokes)
        self.nodes = NodeLayer(scene, nodes_on, strokes)
        self._labels = Labels()
        self._sprites: Sprites | None = None
        self.in_sight = np.zeros(
            0, dtype=np.int32
        )  # edges of the last frame that can be told apart
        self._haze: tuple[QImage, Camera] | None = None

    def forget_looks(self) -> None:
        """Another theme: nothing drawn before may be used."""
        self._sprites, self._haze = None, None

    def frame(self, image: QImage, view: View) -> bool:
        """Draw what there is time for in one frame; is it everything?"""
        edges = self.edges.visible(view)
        near = len(edges) <= NEAR
        self.in_sight = edges if near else edges[:0]
        smooth = near and self.edges.ink(view, edges).sum() <= SMOOTH
        painter = self._begin(image, view)
        if smooth:
            self.edges.draw_near(painter, view, edges, self._atlases(view))
        elif near or not self._reuse(painter, view):
            self.edges.draw_moving(painter, view, edges)
        painter.end()
        named = self._top(image, view, moving=True)
        return smooth and named

    def refine(self, view: View) -> Iterator[QImage | None]:
        """Draw everything; None after each slice of time, the picture at the end."""
        edges = self.edges.visible(view)
        image = new_image(view)
        painter = self._begin(image, view)
        if len(edges) <= NEAR:
            self.edges.draw_near(painter, view, edges, self._atlases(view))
            painter.end()
        else:
            painter.end()
            for _ in haze(image, view, self.scene, edges):
                yield None
            self._haze = (image.copy(), view.camera)
            yield None
        self._top(image, view, moving=False)
        yield image

    def _begin(self, image: QImage, view: View) -> QPainter:
        image.fill(theme.colour("canvas"))
        painter = QPainter(image)
        self.draw_circles(painter, view)
        return painter

    def _reuse(self, painter: QPainter, view: View) -> bool:
        """The last haze, moved and stretched to where it belongs now, if that is not too rough."""
        if self._haze is None:
            return False
        image, before = self._haze
        factor = view.camera.zoom / before.zoom
        if not 1 / STRETCH < factor < STRETCH:
            return False
        x, y = view.camera.x - before.x * factor, view.camera.y - before.y * factor
        whole = QRectF(
            x, y, image.width() / view.ratio * factor, image.height() / view.ratio * factor
        )
        painter.drawImage(whole, image, QRectF(image.rect()))
        return True

    def _top(self, image: QImage, view: View, *, moving: bool) -> bool:
        """Nodes, names and what is in focus; is every name there?"""
        named = True
        nodes = self.nodes.visible(view)
        tiny = self.nodes.tiny(view, nodes)
        if tiny:
            self.nodes.draw_tiny(image, view, nodes)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not tiny:
            self.nodes.draw(painter, view, nodes, self._atlases(view))
        if view.focus is None:
            named = self.draw_names(painter, view, nodes, moving=moving)
        else:
            self.draw_focus(painter, view, view.focus)
        painter.end()
        return named

    def draw_names(
        self,
        painter: QPainter,
        view: View,
        nodes: Int32,
        widest: int = WIDEST,
        *,
        moving: bool = False,
    ) -> bool:
        """Names of circles and of nodes, as many as there is room for; `nodes` ascending in importance. False if some must wait."""
        grid = Grid(view.width, view.height)
        self._labels.draw_titles(painter, view, self.scene, self._circles(view), grid)
        size = view.node_size
        if size < 7:  # noqa: PLR2004 - pixels; only circles are named from afar
            most = 12 if not self.scene.circles else 0
        else:
            most = FEW_NAMES if moving else MOST
            if len(nodes) < 1500:  # noqa: PLR2004 - so many can be looked at one by one
                grid.take_points(view.on_screen(self.scene.points[nodes]), size / 2 - 3)
        if size >= MORE:
            self._labels.draw_more(painter, view, self.scene, nodes)
        if not most:
            return True
        self._labels.new_left = FRESH if moving else MOST * 8
        return self._labels.draw_names(painter, view, self.scene, nodes, grid, most, widest)

    # Circles

    def _circles(self, view: View) -> list[Circle]:
        """The circles in sight that are large enough to be seen."""
        seen, least = view.seen, 3 / view.camera.zoom
        x, y, radius = self._round
        touched = inside(
            seen, np.stack([x, y], 1) - radius[:, None], np.stack([x, y], 1) + radius[:, None]
        )
        return [self.scene.circles[each] for each in np.flatnonzero(touched & (radius > least))]

    @cached_property
    def _round(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        circles = self.scene.circles
        made = np.array([(c.x, c.y, c.radius) for c in circles], dtype=float).reshape(-1, 3)
        return made[:, 0], made[:, 1], made[:, 2]

    def draw_circles(self, painter: QPainter, view: View) -> None:
        """Grounds of groups, the outer ones first."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, strong, soft = (theme.colour(f"group{each}") for each in ("", "_line", "_line"))
        soft.setAlphaF(0.55)
        seen = view.seen
        for circle in self._circles(view):
            outer = circle.depth == 0
            if _covers(circle, seen):  # its line is out of sight: a rectangle is quicker
                if outer:
                    painter.fillRect(0, 0, view.width, view.height, fill)
                continue
            painter.setPen(QPen(strong, 1.4) if outer else QPen(soft, 1.0))
            painter.setBrush(fill if outer else Qt.BrushStyle.NoBrush)
            radius = circle.radius * view.camera.zoom
            painter.drawEllipse(view.camera.to_screen(QPointF(circle.x, circle.y)), radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    # What is in focus

    def draw_focus(self, painter: QPainter, view: View, focus: Focus) -> None:
        """Cover everything, then draw what is in focus once more."""
        veil = theme.colour("canvas")
        veil.setAlphaF(DIM)
        painter.fillRect(0, 0, view.width, view.height, veil)
        view = replace(view, least=FOCUSED)
        grid, atlases = Grid(view.width, view.height), self._atlases(view)
        edges = focus.edges[self.edges_on[focus.edges]]
        draw_paths(painter, view, paths(self.scene, edges), alpha=1.0, width=2.0)
        self.edges.draw_heads(painter, view, edges, atlases)
        nodes = focus.nodes[self.nodes_on[focus.nodes]]
        self._ring(painter, view, focus.main)
        self.nodes.draw(painter, view, nodes, atlases)
        if view.node_size >= MORE:
            self._labels.draw_more(painter, view, self.scene, nodes)
        at = view.on_screen(self.scene.points[nodes])
        grid.take_points(at, view.node_size / 2 - 3)
        order = nodes[np.argsort(self.scene.looks.weight[nodes] + 1e6 * (nodes == focus.main))]
        self._labels.draw_names(painter, view, self.scene, order, grid)
        if len(edges) <= PHRASES:
            self._phrases(painter, view, edges, grid)

    def _ring(self, painter: QPainter, view: View, node: int) -> None:
        if node < 0:
            return
        centre = view.on_screen(self.scene.points[[node]])[0]
        reach = view.node_size / 2 + 6
        glow = theme.colour("accent")
        painter.setPen(QPen(glow, 2.2))
        glow.setAlphaF(0.22)
        painter.setBrush(glow)
        painter.drawEllipse(QPointF(*centre.tolist()), reach, reach)

    def _phrases(self, painter: QPainter, view: View, edges: Int32, grid: Grid) -> None:
        curves = self.scene.curves
        for edge in edges.tolist():
            first = int(np.searchsorted(curves.owner, edge))
            last = int(np.searchsorted(curves.owner, edge, side="right"))
            piece = curves.pieces[(first + last) // 2 if last - first > 1 else first]
            middle = piece[0] / 8 + piece[1] * 3 / 8 + piece[2] * 3 / 8 + piece[3] / 8
            ends = view.on_screen(self.scene.points[self.scene.ends[edge]])
            if np.hypot(*(ends[1] - ends[0])) > 90:  # noqa: PLR2004 - pixels
                x, y = view.on_screen(middle[None])[0].tolist()
                token = f"edge_{CLASSES[self.scene.edge_class[edge]]}"
                self._labels.draw_phrase(
                    painter, self.scene.phrase(edge), QPointF(x, y), token, grid
                )

    def _atlases(self, view: View) -> Sprites:
        if self._sprites is None or self._sprites.ratio != view.ratio:
            self._sprites = Sprites(self.scene.categories, self.nodes.glyphs, view.ratio)
        return self._sprites


def _covers(circle: Circle, seen: QRectF) -> bool:
    """Is all that is seen inside the circle?"""
    across = max(abs(seen.left() - circle.x), abs(seen.right() - circle.x))
    down = max(abs(seen.top() - circle.y), abs(seen.bottom() - circle.y))
    return hypot(across, down) < circle.radius


def new_image(view: View) -> QImage:
    """An empty picture for a view."""
    size = round(view.width * view.ratio), round(view.height * view.ratio)
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(view.ratio)
    return image
