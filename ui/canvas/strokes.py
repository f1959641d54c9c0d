"""Thousands of lines or sprites in one call: arrays handed to QPainter without a Python object for each.

QPainter takes a pointer to the first of many; a QLineF is four numbers of double precision, a PixmapFragment ten.
"""

from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter, QPixmap
from shiboken6 import wrapInstance

from graph.layout.placement import Floats, Points
from ui.canvas.camera import Camera

Primitive = TypeVar("Primitive")


class Strokes:
    """Buffers that are used again for every frame."""

    def __init__(self) -> None:
        self._lines = np.empty((0, 4))
        self._sprites = np.empty((0, 10))

    def lines(self, painter: QPainter, camera: Camera, begin: Points, end: Points) -> None:
        """Straight lines (k, 2) to (k, 2) of the drawing, with the pen that is set."""
        count = len(begin)
        if not count:
            return
        if len(self._lines) < count:
            self._lines = np.empty((count, 4))
        shift = np.array([camera.x, camera.y])
        self._lines[:count, :2] = begin * camera.zoom + shift
        self._lines[:count, 2:] = end * camera.zoom + shift
        painter.drawLines(_first(self._lines, QLineF), count)

    def sprites(  # noqa: PLR0917 - what is drawn, where, and how it is turned
        self,
        painter: QPainter,
        pixmap: QPixmap,
        at: Floats,
        column: NDArray[np.integer],
        angle: Floats | float = 0.0,
        scale: float = 1.0,
    ) -> None:
        """Square cells of a pixmap that is one row of them, centred on screen points (k, 2); angles in degrees."""
        count, cell = len(at), pixmap.height()
        if not count:
            return
        if len(self._sprites) < count:
            self._sprites = np.empty((count, 10))
        room = self._sprites[:count]
        room[:, 0:2] = at
        room[:, 2] = column.astype(np.int32) * cell
        room[:, 3] = 0
        room[:, 4:6] = cell
        room[:, 6:8] = scale / pixmap.devicePixelRatio()
        room[:, 8] = angle
        room[:, 9] = 1
        painter.drawPixmapFragments(_first(room, QPainter.PixmapFragment), count, pixmap)


def _first(array: Floats, kind: type[Primitive]) -> Primitive:
    """The first row of an array as Qt sees it; the array must outlive the call."""
    return cast("Primitive", wrapInstance(array.ctypes.data, kind))
