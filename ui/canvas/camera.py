"""What part of the drawing is seen, and how large."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

LEAST, MOST = 0.004, 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """screen = world * zoom + (x, y)."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to_screen(self, point: QPointF) -> QPointF:
        """Where a point of the drawing is seen."""
        return QPointF(point.x() * self.zoom + self.x, point.y() * self.zoom + self.y)

    def to_world(self, point: QPointF) -> QPointF:
        """What is seen at a point of the screen."""
        return QPointF((point.x() - self.x) / self.zoom, (point.y() - self.y) / self.zoom)

    def seen(self, width: float, height: float) -> QRectF:
        """The part of the drawing that a screen of this size shows."""
        return QRectF(self.to_world(QPointF(0, 0)), self.to_world(QPointF(width, height)))

    def panned(self, dx: float, dy: float) -> "Camera":
        """Moved by so many pixels."""
        return replace(self, x=self.x + dx, y=self.y + dy)

    def zoomed(self, factor: float, at: QPointF) -> "Camera":
        """Nearer or farther; the point of the screen that is named stays where it is."""
        zoom = min(MOST, max(LEAST, self.zoom * factor))
        world = self.to_world(at)
        return Camera(zoom=zoom, x=at.x() - world.x() * zoom, y=at.y() - world.y() * zoom)

    def centred(self, world: QPointF, screen: QRectF) -> "Camera":
        """With a point of the drawing in the middle."""
        middle = screen.center()
        return replace(
            self, x=middle.x() - world.x() * self.zoom, y=middle.y() - world.y() * self.zoom
        )

    @property
    def transform(self) -> QTransform:
        """For painters that draw in the drawing's own coordinates."""
        return QTransform(self.zoom, 0, 0, self.zoom, self.x, self.y)


def fitted(bounds: QRectF, screen: QRectF, most: float = 1.2) -> Camera:
    """Everything in sight, not nearer than `most`."""
    zoom = min(
        most,
        screen.width() / max(bounds.width(), 1.0),
        screen.height() / max(bounds.height(), 1.0),
    )
    return Camera(zoom=max(zoom, LEAST)).centred(bounds.center(), screen)
