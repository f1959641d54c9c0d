"""What follows the pointer: the edges of a node, one edge, and a card that says what it is."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from ui import text, theme
from ui.canvas.edge_layer import draw_paths, paths
from ui.canvas.scene import ENTRY, JEWEL, SEVERITIES, Scene
from ui.canvas.view import View

LIT = 400  # edges of a node that light up
WIDE = 320  # pixels of the card
ROLES = {ENTRY: "entry point", JEWEL: "crown jewel"}


def draw_overlay(painter: QPainter, view: View, scene: Scene, node: int, edge: int) -> None:
    """Light up what is under the pointer and say what it is."""
    if node < 0 and edge < 0:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edges = scene.edges_of(node)[:LIT] if node >= 0 else np.array([edge], dtype=np.int32)
    draw_paths(painter, view, paths(scene, edges), alpha=1.0, width=2.4)
    if node >= 0:
        _ring(painter, view, scene, node)
        _card(painter, view, view.on_screen(scene.points[[node]])[0], _of_node(scene, node))
    else:
        piece = scene.curves.pieces[int(np.searchsorted(scene.curves.owner, edge))]
        at = view.on_screen(piece.mean(axis=0)[None])[0]
        _card(painter, view, at, _of_edge(scene, edge))


def draw_focus_frame(painter: QPainter, view: View) -> None:
    """Keys go here."""
    painter.setPen(QPen(theme.colour("accent"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(0.5, 0.5, view.width - 1, view.height - 1), 7, 7)


def _ring(painter: QPainter, view: View, scene: Scene, node: int) -> None:
    x, y = view.on_screen(scene.points[[node]])[0].tolist()
    reach = max(view.node_size / 2, 4) + 3
    painter.setPen(QPen(theme.colour("text"), 2))
    painter.drawEllipse(QPointF(x, y), reach, reach)


def _of_node(scene: Scene, node: int) -> list[str]:
    asset = scene.facts.asset(scene.asset(node))
    looks = scene.looks
    worst = SEVERITIES[looks.severity[node]]
    facts = [
        scene.facts.kind_title(asset.id),
        ROLES.get(int(looks.role[node]), ""),
        f"{worst.value} finding" if worst else "",
    ]
    more = int(looks.more[node])
    unseen = f"{text.count(more, 'relationship')} not shown; double click to expand" if more else ""
    place = "  ·  ".join(part for part in (asset.account, asset.region) if part)
    return [scene.name(node), "  ·  ".join(filter(None, facts)), place, unseen]


def _of_edge(scene: Scene, edge: int) -> list[str]:
    begin, end = (scene.name(int(each)) for each in scene.ends[edge])
    sure = "undecided" if scene.undecided[edge] else "proved"
    return [f"{begin}", f"{scene.phrase(edge)}  ({sure})", end]


def _card(painter: QPainter, view: View, at: np.ndarray, lines: list[str]) -> None:
    """Beside the pointer's thing, inside the canvas."""
    bold, plain = theme.text_font(13, bold=True), theme.text_font(12)
    shown = [
        text.elided(line, bold if number == 0 else plain, WIDE)
        for number, line in enumerate(lines)
        if line
    ]
    wide = max(QFontMetrics(bold).horizontalAdvance(line) for line in shown) + 24
    box = QRectF(0, 0, wide, 18 * len(shown) + 16)
    x, y, gap = float(at[0]), float(at[1]), view.node_size / 2 + 12
    box.moveTopLeft(QPointF(x + gap, y + gap))
    if box.right() > view.width - 8:
        box.moveRight(x - gap)
    if box.bottom() > view.height - 8:
        box.moveBottom(y - gap)
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.setBrush(theme.colour("surface"))
    painter.drawRoundedRect(box, 8, 8)
    for number, line in enumerate(shown):
        painter.setFont(bold if number == 0 else plain)
        painter.setPen(theme.colour("text" if number == 0 else "muted"))
        painter.drawText(QPointF(box.left() + 12, box.top() + 21 + 18 * number), line)
