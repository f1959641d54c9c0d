"""The canvas: pan, zoom, hover, choose; it draws a scene and tells what the user wants of it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from graph.asset_graph import Int32
from ui import theme
from ui.canvas.camera import Camera, fitted
from ui.canvas.hits import Hits
from ui.canvas.overlay import draw_focus_frame, draw_overlay
from ui.canvas.renderer import Renderer, new_image
from ui.canvas.scene import Bools, Scene
from ui.canvas.view import Focus, View

if TYPE_CHECKING:
    from collections.abc import Iterator

REST = 110  # milliseconds without a move after which everything is drawn
STEP = 1.25  # of the zoom keys
PAN = 80  # pixels of an arrow key
GRAB = 4  # pixels that a press may move and still be a click
BY_KEY = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Canvas(QWidget):
    """One scene; nodes and edges are named by their numbers in it."""

    chosen = Signal(int)  # a node, -1 for none
    edge_chosen = Signal(int)
    opened = Signal(int)  # a node whose neighbours are wanted
    hidden = Signal(int)  # a node that is to go
    menu_wanted = Signal(int, QPoint)  # a node or -1, where on the screen

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Graph; arrow keys move, plus and minus zoom, 0 shows everything")
        self.setMinimumSize(240, 200)
        self.scene: Scene | None = None
        self.camera = Camera()
        self.selected, self.hover, self.hover_edge = -1, -1, -1
        self._emphasis: Focus | None = None
        self._anchor = -1
        self._renderer: Renderer | None = None
        self._hits: Hits | None = None
        self._image: QImage | None = None
        self._drawn: View | None = None
        self._refining: Iterator[QImage | None] | None = None
        self._press: QPointF | None = None
        self._dragged = False
        self._fit_wanted, self._fitted = True, False
        self._by_key = False  # did the focus come by a key?
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._refine)
        theme.current().changed.connect(self._on_theme)

    # What is shown

    def show_scene(self, scene: Scene, nodes_on: Bools, edges_on: Bools) -> None:
        """Show a scene; what was chosen stays chosen where it is still there."""
        before = self._asset(self.selected)
        self.scene = scene
        self._emphasis = None
        self.filter(nodes_on, edges_on)
        self.selected = self.number(before)

    def forget(self) -> None:
        """Show nothing."""
        self.scene = self._renderer = self._hits = self._emphasis = None
        self.selected = self._anchor = self.hover = self.hover_edge = -1
        self._again()

    def filter(self, nodes_on: Bools, edges_on: Bools) -> None:
        """Leave some nodes and edges out."""
        if self.scene is None:
            return
        self._renderer = Renderer(self.scene, nodes_on, edges_on)
        self._hits = Hits(self.scene, nodes_on)
        self.hover = self.hover_edge = -1
        self._again()

    def emphasise(self, nodes: Int32, edges: Int32) -> None:
        """Dim everything but these, until something is chosen."""
        self._emphasis = Focus(nodes=nodes, edges=edges) if len(nodes) else None
        self._again()

    def choose(self, node: int, *, centre: bool = False) -> None:
        """Choose a node, or nothing with -1."""
        self.selected = self._anchor = node
        if centre and node >= 0 and self.scene is not None:
            self.look_at(node)
        self.setAccessibleDescription(self._spoken(node))
        self._again()

    def number(self, asset: str) -> int:
        """The node of an asset's id, -1 if it is not shown."""
        if self.scene is None or asset not in self.scene.facts.graph:
            return -1
        return self.scene.number_of.get(self.scene.facts.graph.index_of(asset), -1)

    def _asset(self, node: int) -> str:
        return self.scene.asset(node) if self.scene is not None and node >= 0 else ""

    def _spoken(self, node: int) -> str:
        if self.scene is None or node < 0:
            return ""
        asset = self.scene.asset(node)
        number = len(self.scene.edges_of(node))
        kind = self.scene.facts.kind_title(asset)
        return f"{self.scene.name(node)}, {kind}, {number} relationships shown"

    @property
    def renderer(self) -> Renderer | None:
        """What draws the scene that is shown."""
        return self._renderer

    # Where the camera is

    def fit(self) -> None:
        """Everything, or what stands out, in sight."""
        if self.scene is None:
            return
        emphasis = self._emphasis
        box = self.scene.bounds(emphasis.nodes if emphasis else None)
        room = QRectF(self.rect()).adjusted(12, 12, -12, -12)
        self.move_to(fitted(box, room))
        self._fitted = True

    def fit_later(self) -> None:
        """Fit when the size is known."""
        self._fit_wanted = True
        self.update()

    def look_at(self, node: int) -> None:
        """Bring a node to the middle, near enough to read its name."""
        if self.scene is None:
            return
        x, y = self.scene.points[node].tolist()
        camera = self.camera
        if camera.zoom < 0.5:  # noqa: PLR2004 - names are hard to fit below
            camera = camera.zoomed(0.8 / camera.zoom, QPointF(0, 0))
        self.move_to(camera.centred(QPointF(x, y), QRectF(self.rect())))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Nearer (above 1) or farther."""
        self.move_to(self.camera.zoomed(factor, at or QPointF(self.rect().center())))

    def move_to(self, camera: Camera) -> None:
        """Look from elsewhere."""
        self.camera = camera
        self._fit_wanted = self._fitted = False
        self.update()

    # Painting

    def view(self) -> View:
        """What the next frame shows."""
        return View(
            camera=self.camera,
            width=self.width(),
            height=self.height(),
            ratio=self.devicePixelRatioF(),
            focus=self._focus(),
        )

    def _focus(self) -> Focus | None:
        if self.scene is None or self.selected < 0:
            return self._emphasis
        return Focus.around(self.scene, self.selected)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        if self.scene is None or self._renderer is None:
            painter.fillRect(self.rect(), theme.colour("canvas"))
            return
        if self._fit_wanted:
            self.fit()
        view = self.view()
        if self._image is None or not view.alike(self._drawn):
            self._draw(view)
        painter.drawImage(0, 0, self._image or new_image(view))
        draw_overlay(painter, view, self.scene, self.hover, self.hover_edge)
        if self.hasFocus() and self._by_key:
            draw_focus_frame(painter, view)

    def _draw(self, view: View) -> None:
        if self._renderer is None:
            return
        before = self._drawn
        if self._image is None or before is None or before.size != view.size:
            self._image = new_image(view)
        self._drawn, self._refining = view, None
        if self._renderer.frame(self._image, view):
            self._timer.stop()
        else:
            self._timer.start(REST)

    def _refine(self) -> None:
        """One slice of the full picture."""
        if self._renderer is None or self._drawn is None:
            return
        if self._refining is None:
            self._refining = self._renderer.refine(self._drawn)
        made = next(self._refining, None)
        if made is None:
            self._timer.start(0)
            return
        self._image, self._refining = made, None
        self.update()

    def finish(self) -> None:
        """Draw everything now; for pictures and tests."""
        self.repaint()
        while self._timer.isActive():
            self._timer.stop()
            self._refine()

    def _again(self) -> None:
        self._drawn, self._refining = None, None
        self.update()

    def _on_theme(self) -> None:
        if self._renderer is not None:
            self._renderer.forget_looks()
        self._again()

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        old, new = event.oldSize(), event.size()
        if self._fitted:
            self.fit_later()
        elif old.isValid() and not self._fit_wanted:
            shift = (new.width() - old.width()) / 2, (new.height() - old.height()) / 2
            self.camera = self.camera.panned(*shift)
        super().resizeEvent(event)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        at = event.position()
        if self._press is None:
            self._point(at)
            return
        moved = at - self._press
        if self._dragged or moved.manhattanLength() > GRAB:
            self._dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._press = at
            self.move_to(self.camera.panned(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        pressed, self._press = self._press, None
        self.unsetCursor()
        if event.button() != Qt.MouseButton.LeftButton or pressed is None or self._dragged:
            return
        self._point(event.position())
        if self.hover < 0 and self.hover_edge >= 0:
            self.edge_chosen.emit(self.hover_edge)
            return
        self._choose_and_tell(self.hover)

    def mouseDoubleClickEvent(self, event: QMouseEvent, /) -> None:
        self._point(event.position())
        if self.hover >= 0:
            self.opened.emit(self.hover)

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned:
            self.zoom(1.0015**turned, event.position())
        event.accept()

    def leaveEvent(self, _event: QEvent, /) -> None:
        self.hover = self.hover_edge = -1
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent, /) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self._point(QPointF(event.pos()))
            self.menu_wanted.emit(self.hover, event.globalPos())
        elif self.scene is not None:
            self.menu_wanted.emit(self.selected, self.mapToGlobal(self._middle().toPoint()))

    def _middle(self) -> QPointF:
        """Where the chosen node is, or the middle of the canvas."""
        if self.scene is None or self.selected < 0:
            return QPointF(self.rect().center())
        return self.camera.to_screen(QPointF(*self.scene.points[self.selected].tolist()))

    def _point(self, at: QPointF) -> None:
        """The pointer is here: find what lies under it."""
        if self._hits is None:
            return
        world = self.camera.to_world(at)
        reach = self.view().node_size / 2 + 3
        node, edge = self._hits.node_at(world.x(), world.y(), reach / self.camera.zoom), -1
        if node < 0 and self._renderer is not None:
            within = 4 / self.camera.zoom
            edge = self._hits.edge_at(world.x(), world.y(), within, self._renderer.in_sight)
        if (node, edge) != (self.hover, self.hover_edge):
            self.hover, self.hover_edge = node, edge
            over = node >= 0 or edge >= 0
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
            )
            self.update()

    def _choose_and_tell(self, node: int) -> None:
        self.choose(node)
        self.chosen.emit(node)

    # Keys

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        self._by_key = event.reason() in BY_KEY
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            self._on_arrow(
                *ARROWS[key], pan=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_Escape and self.selected >= 0:
            self._choose_and_tell(-1)
        elif self.selected >= 0 and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit(self.selected)
        elif self.selected >= 0 and key in {Qt.Key.Key_Delete, Qt.Key.Key_H}:
            self.hidden.emit(self.selected)
        else:
            super().keyPressEvent(event)

    def _on_arrow(self, dx: int, dy: int, *, pan: bool) -> None:
        if pan or self.selected < 0 or self._hits is None:
            self.move_to(self.camera.panned(-dx * PAN, -dy * PAN))
            return
        node = self._hits.towards(self.selected, dx, dy)
        if node >= 0:
            self._walk_to(node)
            self._anchor = node

    def focusNextPrevChild(self, next: bool, /) -> bool:  # noqa: A002, FBT001 - Qt's name
        """Tab goes round the neighbours of what was chosen, then on to the next part of the window."""
        node = self._round(1 if next else -1)
        if node < 0:
            return super().focusNextPrevChild(next)
        anchor = self._anchor
        self._walk_to(node)
        self._anchor = anchor
        return True

    def _round(self, by: int) -> int:
        if self._hits is None or self._anchor < 0 or self.selected < 0:
            return -1
        ways = self._hits.round_about(self._anchor)
        if self.selected not in ways:
            place = 0 if by > 0 else len(ways) - 1
        else:
            place = ways.index(self.selected) + by
        return ways[place] if 0 <= place < len(ways) else -1

    def _walk_to(self, node: int) -> None:
        self._choose_and_tell(node)
        if not QRectF(self.rect()).adjusted(40, 40, -40, -60).contains(self._middle()):
            self.look_at(node)
