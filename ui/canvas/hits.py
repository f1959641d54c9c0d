"""What is under the pointer, and what lies in a direction: quick answers for every move of the mouse."""

import numpy as np
from scipy.spatial import cKDTree

from graph.asset_graph import Int32
from graph.layout.curves import pieces_of, sampled
from ui.canvas.scene import Bools, Scene

PARTS = 8  # straight lines that stand for a curve


class Hits:
    """Finds nodes that are not filtered out, and edges among those in sight."""

    def __init__(self, scene: Scene, nodes_on: Bools) -> None:
        self._scene = scene
        self._nodes = np.flatnonzero(nodes_on).astype(np.int32)
        if len(self._nodes) == scene.node_count:
            self._tree = scene.tree
        else:
            self._tree = cKDTree(scene.points[self._nodes]) if len(self._nodes) else None
        self._edges: Int32 | None = None  # whose lines are kept
        self._lines, self._owner = np.zeros((0, 2, 2), dtype=np.float32), self._nodes[:0]

    def node_at(self, x: float, y: float, reach: float) -> int:
        """The node nearest to a point of the drawing, -1 if none is within reach."""
        if self._tree is None:
            return -1
        far, place = self._tree.query((x, y), distance_upper_bound=reach)
        return int(self._nodes[place]) if np.isfinite(far) else -1

    def edge_at(self, x: float, y: float, reach: float, edges: Int32) -> int:
        """Of some edges the one nearest to a point of the drawing, -1 if none is within reach."""
        if edges is not self._edges:
            self._edges = edges
            self._lines, self._owner = sampled(pieces_of(self._scene.curves, edges), PARTS)
        low, high = self._lines.min(axis=1), self._lines.max(axis=1)
        point = np.array([x, y], dtype=np.float32)
        near = np.flatnonzero(((high > point - reach) & (low < point + reach)).all(axis=1))
        if not len(near):
            return -1
        begin, end = self._lines[near, 0], self._lines[near, 1]
        along, to = end - begin, point - begin
        share = np.clip((to * along).sum(axis=1) / ((along**2).sum(axis=1) + 1e-9), 0, 1)
        far = np.hypot(*(to - along * share[:, None]).T)
        best = int(far.argmin())
        return int(self._owner[near[best]]) if far[best] <= reach else -1

    def towards(self, node: int, dx: float, dy: float) -> int:
        """The next node in a direction: a neighbour if one lies there, else the nearest of all; -1 if none."""
        scene = self._scene
        around = scene.ends[scene.edges_of(node)].ravel()
        for candidates in (np.intersect1d(around, self._nodes), self._nodes):
            found = self._ahead(node, candidates[candidates != node], dx, dy)
            if found >= 0:
                return found
        return -1

    def _ahead(self, node: int, candidates: Int32, dx: float, dy: float) -> int:
        away = self._scene.points[candidates] - self._scene.points[node]
        ahead = away @ np.array([dx, dy])
        aside = np.abs(away @ np.array([-dy, dx]))
        fits = ahead > aside * 0.7
        if not fits.any():
            return -1
        cost = np.where(fits, ahead + 2 * aside, np.inf)
        return int(candidates[cost.argmin()])

    def round_about(self, node: int) -> list[int]:
        """The neighbours of a node, clockwise from the top."""
        scene = self._scene
        others = np.unique(scene.ends[scene.edges_of(node)])
        others = np.intersect1d(others[others != node], self._nodes)
        away = scene.points[others] - scene.points[node]
        turn = np.arctan2(away[:, 0], -away[:, 1]) % (2 * np.pi)
        return [int(each) for each in others[np.argsort(turn, kind="stable")]]
