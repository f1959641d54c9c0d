"""One look at a scene: camera, screen, and what of it is in focus; everything a frame depends on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from graph.asset_graph import Int32
from graph.layout.placement import Floats, Points
from ui.canvas.camera import Camera
from ui.canvas.scene import Scene

NODE, LARGEST = 34.0, 46.0  # pixels, a node at a zoom of 1 and at most
ROOM = 54.0  # pixels of the drawing that a node may fill


@dataclass(frozen=True, kw_only=True)
class Focus:
    """Nodes and edges that stand out while everything else is dimmed."""

    nodes: Int32
    edges: Int32
    main: int = -1  # the chosen node

    @classmethod
    def around(cls, scene: Scene, node: int) -> "Focus":
        """A node with its edges and neighbours."""
        edges = np.unique(scene.edges_of(node))
        nodes = np.unique(np.append(scene.ends[edges].ravel(), node))
        return cls(nodes=nodes.astype(np.int32), edges=edges, main=node)


@dataclass(frozen=True, kw_only=True)
class View:
    """What a frame shows."""

    camera: Camera
    width: int
    height: int
    ratio: float = 1.0
    focus: Focus | None = None
    least: float = 0.0  # pixels of a node

    @property
    def size(self) -> tuple[int, int, float]:
        """Of the screen."""
        return self.width, self.height, self.ratio

    def alike(self, other: "View | None") -> bool:
        """Would both give the same picture, if neither scene nor focus changed?"""
        return other is not None and (self.camera, self.size) == (other.camera, other.size)

    @property
    def node_size(self) -> float:
        """The width of a node in pixels: it grows more slowly than the drawing."""
        zoom = self.camera.zoom
        return float(max(min(NODE * zoom**0.62, ROOM * zoom, LARGEST), self.least))

    @property
    def seen(self) -> QRectF:
        """The part of the drawing on the screen."""
        return self.camera.seen(self.width, self.height)

    def on_screen(self, points: Points) -> Floats:
        """Points of the drawing (k, 2) in pixels."""
        camera = self.camera
        return np.asarray(points * camera.zoom + np.array([camera.x, camera.y]), dtype=float)


def inside(seen: QRectF, low: Points, high: Points, margin: float = 0.0) -> NDArray[np.bool_]:
    """Which boxes (low and high corners, (k, 2)) touch what is seen."""
    if not len(low):
        return np.zeros(0, dtype=bool)
    return np.asarray(
        (high[:, 0] > seen.left() - margin)
        & (low[:, 0] < seen.right() + margin)
        & (high[:, 1] > seen.top() - margin)
        & (low[:, 1] < seen.bottom() + margin)
    )


def bounds(low: Points, high: Points) -> QRectF:
    """A box around boxes."""
    if not len(low):
        return QRectF()
    (left, top), (right, bottom) = low.min(axis=0).tolist(), high.max(axis=0).tolist()
    return QRectF(left, top, max(right - left, 1.0), max(bottom - top, 1.0))
