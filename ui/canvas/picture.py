"""The graph as a file: PNG, or SVG whose names can be searched; always in the light theme, for paper."""

from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import qtawesome
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap, QTransform
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QWidget

from app.files import write_atomic
from graph.model import UserError
from ui import icons, theme
from ui.canvas.camera import fitted
from ui.canvas.edge_layer import draw_paths, paths
from ui.canvas.renderer import Renderer
from ui.canvas.scene import CLASSES
from ui.canvas.shapes import ROLE_GLYPHS, draw_badge, draw_head, draw_shape
from ui.canvas.view import View
from ui.pictures import write_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.canvas.canvas import Canvas
    from ui.session import Session

LARGEST, PIXELS = 9_000, 4e7  # a side, and all of it
MARGIN = 24.0
NAME = 420  # pixels of a name
VECTORS = 20_000  # nodes and edges of an SVG; more would not open anywhere
KINDS = "Picture (*.png);;Drawing (*.svg)"


def save_picture(parent: QWidget, session: "Session", canvas: "Canvas") -> None:
    """Ask where to, then write the whole picture as it is filtered."""
    renderer = canvas.renderer
    if renderer is None:
        return
    name, _ = QFileDialog.getSaveFileName(parent, "Save the picture", "graph.png", KINDS)
    if not name:
        return
    try:
        write_graph(renderer, Path(name))
    except UserError as error:
        session.said.emit(str(error))
    else:
        session.said.emit(f"{name}: written")


def write_graph(renderer: Renderer, target: Path) -> None:
    """Write the scene to a .png or .svg, whole or not at all; UserError where it cannot be."""
    drawer: Callable[[Renderer, Path], None] = _png
    if target.suffix.lower() == ".svg":
        drawer = _svg
    with theme.shown_as("light"):
        fresh = Renderer(renderer.scene, renderer.nodes_on, renderer.edges_on)
        drawer(fresh, target)


def _view(renderer: Renderer) -> View:
    """All of it, at a size at which every name can be read, if that is not too large."""
    box = renderer.scene.bounds()
    wide, high = box.width(), box.height()
    zoom = min(1.0, LARGEST / max(wide, high), sqrt(PIXELS / (wide * high)))
    width, height = int(wide * zoom + 2 * MARGIN), int(high * zoom + 2 * MARGIN)
    room = QRectF(0, 0, width, height).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    return View(camera=fitted(box, room, most=zoom), width=width, height=height)


def _png(renderer: Renderer, target: Path) -> None:
    made: QImage | None = None
    for image in renderer.refine(_view(renderer)):
        made = image or made
    if made is not None:
        write_picture(QPixmap.fromImage(made), target)


def _svg(renderer: Renderer, target: Path) -> None:
    scene, view = renderer.scene, _view(renderer)
    if scene.node_count + scene.edge_count > VECTORS:
        raise UserError(
            f"{target}: {scene.node_count:,} assets and {scene.edge_count:,} relationships are too many for a drawing; "
            "hide some of them, or save a PNG"
        )
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(view.width, view.height))
    generator.setViewBox(QRectF(0, 0, view.width, view.height))
    generator.setTitle("Modelhound graph")
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, view.width, view.height), theme.colour("canvas"))
    renderer.draw_circles(painter, view)
    _edges(painter, renderer, view)
    _nodes(painter, renderer, view)
    renderer.draw_names(painter, view, renderer.nodes.visible(view), NAME)
    painter.end()
    write_atomic(target, bytes(buffer.data().data()))


def _edges(painter: QPainter, renderer: Renderer, view: View) -> None:
    scene, edges = renderer.scene, renderer.edges.visible(view)
    draw_paths(painter, view, paths(scene, edges), alpha=0.8)
    tips, angles = renderer.edges.tips(view, edges)
    codes = scene.edge_class[edges].tolist()
    for (x, y), angle, code in zip(tips.tolist(), angles.tolist(), codes, strict=True):
        draw_head(painter, QPointF(x, y), angle, CLASSES[code])


def _nodes(painter: QPainter, renderer: Renderer, view: View) -> None:
    scene, size = renderer.scene, view.node_size
    looks, kinds = scene.looks, scene.facts.graph.kinds
    nodes = renderer.nodes.visible(view)
    for node, (x, y) in zip(
        nodes.tolist(), view.on_screen(scene.points[nodes]).tolist(), strict=True
    ):
        centre, away = QPointF(x, y), size * 0.42
        draw_shape(painter, centre, size, scene.categories[looks.category[node]])
        _glyph(
            painter, centre, size * 0.6, icons.kind_glyph(kinds[looks.kind[node]]), QColor("white")
        )
        draw_badge(painter, centre + QPointF(away, -away), size * 0.42, int(looks.severity[node]))
        role = int(looks.role[node])
        if role in ROLE_GLYPHS:
            corner = centre - QPointF(away, away)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("text"))
            painter.drawEllipse(corner, size * 0.2, size * 0.2)
            _glyph(painter, corner, size * 0.28, icons.glyph(ROLE_GLYPHS[role]), QColor("white"))


def _glyph(painter: QPainter, centre: QPointF, size: float, glyph: str, colour: QColor) -> None:
    """An icon as an outline: its font is not where the drawing is opened."""
    path = QPainterPath()
    path.addText(0, 0, qtawesome.font("mdi6", 100), glyph)
    box = path.boundingRect()
    scale = size / 100
    move = QTransform().translate(centre.x(), centre.y()).scale(scale, scale)
    painter.fillPath(move.map(path.translated(-box.center())), colour)
