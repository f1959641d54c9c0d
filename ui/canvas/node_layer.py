"""Nodes: coloured squares where they are tiny, else the shape of their category, with icon and badges where there is room."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QImage, QPainter

from graph.asset_graph import Int32
from ui import icons
from ui.canvas.scene import Bools, Scene
from ui.canvas.shapes import Sprites
from ui.canvas.strokes import Strokes
from ui.canvas.view import View, bounds, inside

TINY = 5.0  # pixels below which a node is a square
CROWD = 4_000  # nodes in sight above which they are, too
ICONS, BADGES = 12.0, 14.0  # pixels from which a node has them


class NodeLayer:
    """The nodes of a scene that are not filtered out."""

    def __init__(self, scene: Scene, on: Bools, strokes: Strokes) -> None:
        self._scene, self._strokes = scene, strokes
        self._nodes = scene.by_weight[on[scene.by_weight]]
        self._points = scene.points[self._nodes]
        self._bounds = bounds(self._points, self._points)
        self.glyphs, self._glyph = _glyphs(scene.facts.graph.kinds)
        colours = [icons.category_colour(name).rgb() for name in scene.categories]
        self._rgb = np.array(colours or [0], dtype=np.uint32)

    def visible(self, view: View) -> Int32:
        """The nodes in sight, the most important last."""
        if view.seen.contains(self._bounds):
            return self._nodes
        margin = view.node_size / view.camera.zoom
        return self._nodes[inside(view.seen, self._points, self._points, margin)]

    @staticmethod
    def tiny(view: View, nodes: Int32) -> bool:
        """Are they drawn as squares?"""
        return view.node_size < TINY or len(nodes) > CROWD

    def draw_tiny(self, image: QImage, view: View, nodes: Int32) -> None:
        """Squares put straight into the picture; no painter may be active on it."""
        wide, high = image.width(), image.height()
        side = max(1, min(5, round(view.node_size * view.ratio)))
        at = (view.on_screen(self._scene.points[nodes]) * view.ratio - side / 2).astype(np.int32)
        fits = (at >= 0).all(axis=1) & (at < [wide - side, high - side]).all(axis=1)
        at, colour = at[fits], self._rgb[self._scene.looks.category[nodes[fits]]]
        line = image.bytesPerLine() // 4
        pixels = np.frombuffer(image.bits(), dtype=np.uint32)
        first = at[:, 1] * line + at[:, 0]
        for dy in range(side):
            for dx in range(side):
                pixels[first + (dy * line + dx)] = colour

    def draw(self, painter: QPainter, view: View, nodes: Int32, sprites: Sprites) -> None:
        """Shapes, icons and badges."""
        looks, size = self._scene.looks, view.node_size
        at = view.on_screen(self._scene.points[nodes])
        atlas = sprites.shapes(round(size))
        category = looks.category[nodes]
        self._strokes.sprites(painter, atlas.pixmap, at, category)
        if size >= ICONS:
            atlas = sprites.icons(round(size))
            glyph = self._glyph[looks.kind[nodes]]
            self._strokes.sprites(painter, atlas.pixmap, at, glyph)
        if size >= BADGES:
            self._badges(painter, size, at, nodes, sprites)

    def _badges(
        self, painter: QPainter, size: float, at: np.ndarray, nodes: Int32, sprites: Sprites
    ) -> None:
        looks, side = self._scene.looks, max(9, round(size * 0.42))
        for codes, atlas, away in (
            (looks.severity[nodes], sprites.badges(side), (0.42, -0.42)),
            (looks.role[nodes], sprites.roles(side), (-0.42, -0.42)),
        ):
            has = codes > 0
            place = at[has] + np.array(away) * size
            self._strokes.sprites(painter, atlas.pixmap, place, codes[has])


def _glyphs(kinds: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The different icons, and which one each kind has."""
    of_kind = [icons.kind_glyph(kind) for kind in kinds]
    different = sorted(set(of_kind))
    return different, np.array([different.index(each) for each in of_kind] or [0])
