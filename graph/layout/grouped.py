"""Circles within circles: nodes by account, then by category, then by type; for a whole estate.

Groups that are connected stand side by side. Inside a circle nodes stand in rows, hubs in the middle, and those that
are connected to another circle on the side that faces it. The time grows with nodes and edges: seconds for 100,000.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from graph.layout.curves import bundles
from graph.layout.huddle import around, huddle
from graph.layout.placement import COLUMN, ROW, Circle, Floats, Int32, Placement, Points
from graph.progress import CancelCheck, Progress, never, silent, stop_if

GAPS = (90.0, 46.0, 26.0)  # between circles, by depth
EDGE = 34.0  # from the outermost nodes to their circle
TITLE = 0.09  # of the radius, room for a circle's name
TURNS = 4  # times that nodes choose their place anew


@dataclass(slots=True)
class _Group:
    """A circle and what is in it; its place is relative to the circle around it."""

    depth: int
    code: int
    nodes: Int32
    inner: list["_Group"] = field(default_factory=list)
    radius: float = 0.0
    x: float = 0.0
    y: float = 0.0


def grouped(
    edges: Int32,
    levels: Sequence[Int32],
    *,
    shape: float = 1.0,
    progress: Progress = silent,
    cancelled: CancelCheck = never,
) -> Placement:
    """Place the nodes; `levels` holds a code for every node at each depth, the outermost first.

    `shape` is about the width by the height. Raises Cancelled.
    """
    count = len(levels[0])
    degree = np.bincount(edges.ravel(), minlength=count).astype(np.int32)
    progress(0.05, "groups")
    groups = _split(np.arange(count, dtype=np.int32), levels, 0)
    packer = _Packer(edges, levels, degree, cancelled)
    for number, group in enumerate(groups):
        packer.pack(group)
        progress(0.1 + 0.4 * number / len(groups), "circles")
    packer.arrange(groups, 0, shape)
    circles, slots, leaf = _laid_out(groups, count)
    progress(0.6, "places")
    points = _chosen(edges, slots, leaf, degree, cancelled)
    progress(0.9, "lines")
    centre = np.array([[c.x, c.y] for c in circles if c.depth == 0], dtype=np.float32)
    curves = bundles(points, edges, centre[_number(groups, count)] if count else points)
    return Placement(points=points, circles=tuple(circles), curves=curves)


def _split(nodes: Int32, levels: Sequence[Int32], depth: int) -> list[_Group]:
    if depth == len(levels):
        return []
    codes = levels[depth][nodes]
    order = np.argsort(codes, kind="stable")
    found, first = np.unique(codes[order], return_index=True)
    groups = [
        _Group(depth, int(code), part)
        for code, part in zip(found, np.split(nodes[order], first[1:]), strict=True)
    ]
    for group in groups:
        group.inner = _split(group.nodes, levels, depth + 1)
    return groups


class _Packer:
    """Puts inner circles into outer ones."""

    def __init__(
        self, edges: Int32, levels: Sequence[Int32], degree: Int32, cancelled: CancelCheck
    ) -> None:
        self._edges, self._levels, self._degree = edges, levels, degree
        self._cancelled = cancelled
        self._group = np.full(len(degree), -1, dtype=np.int32)

    def pack(self, group: _Group) -> None:
        """Size a circle by what is in it."""
        stop_if(self._cancelled)
        if not group.inner:
            group.radius = _reach(len(group.nodes)) + EDGE
            return
        for inner in group.inner:
            self.pack(inner)
        self.arrange(group.inner, group.depth + 1)
        middle, radius = around(_centres(group.inner), _radii(group.inner))
        group.radius = radius * (1 + TITLE) + GAPS[group.depth] / 4
        for inner in group.inner:
            inner.x, inner.y = inner.x - middle[0], inner.y - middle[1] + radius * TITLE * 0.8

    def arrange(self, groups: list[_Group], depth: int, shape: float = 1.0) -> None:
        """Put circles side by side, the connected ones near."""
        ties = self._ties(groups) if len(groups) > 1 else None
        centres = huddle(
            _radii(groups), ties, gap=GAPS[depth], shape=shape, cancelled=self._cancelled
        )
        for group, (x, y) in zip(groups, centres.tolist(), strict=True):
            group.x, group.y = x, y

    def _ties(self, groups: list[_Group]) -> Floats:
        self._group[:] = -1
        for number, group in enumerate(groups):
            self._group[group.nodes] = number
        ends = self._group[self._edges]
        ends = ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])]
        ties = np.zeros((len(groups), len(groups)))
        np.add.at(ties, (ends[:, 0], ends[:, 1]), 1)
        return np.log1p(ties + ties.T)


def _centres(groups: list[_Group]) -> Floats:
    return np.array([[group.x, group.y] for group in groups])


def _radii(groups: list[_Group]) -> Floats:
    return np.array([group.radius for group in groups])


def _number(groups: list[_Group], count: int) -> Int32:
    found = np.zeros(count, dtype=np.int32)
    for number, group in enumerate(groups):
        found[group.nodes] = number
    return found


def _laid_out(groups: list[_Group], count: int) -> tuple[list[Circle], Points, Int32]:
    """All circles, outer ones first; a place for each node, the best first within a group; and its innermost group."""
    circles: list[Circle] = []
    slots, leaf = np.zeros((count, 2), dtype=np.float32), np.zeros(count, dtype=np.int32)
    queue = [(group, 0.0, 0.0) for group in groups]
    for group, x, y in queue:  # grows while it is walked
        x, y = x + group.x, y + group.y  # noqa: PLW2901 - relative to absolute
        circle = Circle(x, y, group.radius, group.depth, group.code, len(group.nodes))
        circles.append(circle)
        queue.extend((inner, x, y) for inner in group.inner)
        if not group.inner:
            slots[group.nodes] = lattice(len(group.nodes)) + np.array([x, y], dtype=np.float32)
            leaf[group.nodes] = len(circles)
    return circles, slots, leaf


def lattice(count: int) -> Points:
    """So many places in rows, every second one shifted by half, nearest to the middle first; none nearer than a column or row."""
    wide = int(np.sqrt(count * ROW / COLUMN) * 0.7) + 2
    high = int(np.sqrt(count * COLUMN / ROW) * 0.7) + 2
    across, down = np.meshgrid(np.arange(-wide, wide + 1), np.arange(-high, high + 1))
    x = (across + np.where(down % 2, 0.5, 0.0)) * COLUMN
    places = np.stack([x, down * ROW], axis=-1).reshape(-1, 2)
    order = np.lexsort((places[:, 0], places[:, 1], np.round((places**2).sum(axis=1), 3)))
    places = places[order[:count]]
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    return np.asarray(places - middle, dtype=np.float32)


def _reach(count: int) -> float:
    return float(np.hypot(*lattice(count).T).max())


def _chosen(
    edges: Int32, slots: Points, leaf: Int32, degree: Int32, cancelled: CancelCheck
) -> Points:
    """Who stands where in its circle: by rings from the middle, and in each ring on the side of its neighbours."""
    count = len(slots)
    if not count:
        return slots
    order = np.argsort(leaf, kind="stable")
    _, first, size = np.unique(leaf[order], return_index=True, return_counts=True)
    place = np.arange(count) - np.repeat(first, size)  # of each slot, in order of leaf
    ring = np.sqrt(place / 3.0 + 0.3).astype(np.int32)
    middle = np.add.reduceat(slots[order], first) / size[:, None]
    centre = np.repeat(middle, size, axis=0)
    angle = np.arctan2(*(slots[order] - centre).T[::-1])
    by_slot = order[np.lexsort((angle, ring, leaf[order]))]
    ranked = np.lexsort((-degree, leaf))  # hubs first in every leaf
    points = np.empty_like(slots)
    points[ranked] = slots[order]
    for _ in range(TURNS):
        stop_if(cancelled)
        side = _side(edges, points, leaf)[ranked]
        facing = np.arctan2(*(side - centre).T[::-1])
        points[ranked[np.lexsort((facing, ring, leaf[ranked]))]] = slots[by_slot]
    return points


def _side(edges: Int32, points: Points, leaf: Int32) -> Points:
    """The mean place of each node's neighbours in other circles; its own where it has none."""
    away = edges[leaf[edges[:, 0]] != leaf[edges[:, 1]]]
    ends, others = away.ravel(), away[:, ::-1].ravel()
    number = np.bincount(ends, minlength=len(points))
    mean = np.stack(
        [np.bincount(ends, points[others, axis], len(points)) for axis in (0, 1)], axis=1
    ) / np.maximum(number, 1)[:, None]  # fmt: skip
    return np.where(number[:, None] > 0, mean, points).astype(np.float32)
