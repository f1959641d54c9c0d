"""The curves of edges: bows between free points, bundles through groups, and flowing lines from left to right."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graph.layout.placement import Curves, Floats, Int32, Points

FAN = 9.0  # pixels between edges of the same pair
BOW = 0.08  # of its length, how far a single edge bends
BUNDLE = 0.62  # how much of the way an edge is drawn to the middle of its group
FLOW = 0.46  # of the distance between columns, how long a line stays level


def bows(points: Points, edges: Int32) -> Curves:
    """Slightly bent lines; edges of one pair fan out."""
    begin, end = _ends(points, edges)
    along = end - begin
    length = np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / length
    bend = across * (BOW * np.minimum(length, 400) + _fan(edges)[:, None] * FAN * 1.4)
    return _single(begin, begin + along / 3 + bend, end - along / 3 + bend, end)


def bundles(points: Points, edges: Int32, centre: Points) -> Curves:
    """Edges between groups are drawn towards both middles (`centre`: of each node's group), so that they run together."""
    begin, end = _ends(points, edges)
    along = end - begin
    first, last = centre[edges[:, 0]].astype(float), centre[edges[:, 1]].astype(float)
    apart = (np.abs(first - last).sum(axis=1) > 1)[:, None]
    pull = np.where(apart, BUNDLE, 0.25)
    one = begin + along / 3
    two = end - along / 3
    length = np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9
    side = np.stack([-along[:, 1], along[:, 0]], axis=1) / length * _fan(edges)[:, None] * FAN
    return _single(begin, one + (first - one) * pull + side, two + (last - two) * pull + side, end)


def flows(points: Points, edges: Int32, bends: Sequence[Points]) -> Curves:
    """Level at both ends and through the bends of each edge; an edge within a column bows out to the right."""
    counts = np.array([len(each) + 1 for each in bends], dtype=np.int64)
    owner = np.repeat(np.arange(len(edges)), counts).astype(np.int32)
    stops = [
        np.vstack([points[a], bend, points[b]])
        for (a, b), bend in zip(edges.tolist(), bends, strict=True)
    ]
    if not stops:
        return _single(*(np.zeros((0, 2)) for _ in range(4)))
    begin = np.vstack([stop[:-1] for stop in stops]).astype(float)
    end = np.vstack([stop[1:] for stop in stops]).astype(float)
    slope = [_slopes(stop) for stop in stops]
    step = end - begin
    level = np.abs(step[:, 0]) < 1
    fan = _fan(edges)[owner] * FAN
    out = np.where(level, 24 + 0.3 * np.abs(step[:, 1]) + np.abs(fan), FLOW * step[:, 0])
    lift = np.where(level, 0, fan)
    rise = np.concatenate([each[:-1] for each in slope]) * out + lift
    fall = np.concatenate([each[1:] for each in slope]) * out - lift
    one = begin + np.stack([out, np.where(level, 0, rise)], axis=1)
    two = end + np.stack([np.where(level, out, -out), np.where(level, 0, -fall)], axis=1)
    pieces = np.stack([begin, one, two, end], axis=1).astype(np.float32)
    return Curves(pieces=pieces, owner=owner)


def _slopes(stops: Points) -> Floats:
    """How steeply a line runs at each of its stops: level at its ends and where it turns (Fritsch and Carlson, 1980)."""
    slope = np.zeros(len(stops))
    if len(stops) > 2:  # noqa: PLR2004 - with two there is nothing between
        x, y = stops.T.astype(float)
        each = np.diff(y) / np.where(np.abs(np.diff(x)) < 1, np.inf, np.diff(x))
        product = each[:-1] * each[1:]
        mean = 2 * product / np.where(product > 0, each[:-1] + each[1:], np.inf)
        slope[1:-1] = np.where(product > 0, mean, 0.0)
    return slope


def sampled(curves: Curves, steps: int) -> tuple[Points, Int32]:
    """Every piece as `steps` straight lines: (lines, 2, 2) points from and to, and the edge of each line."""
    t = np.linspace(0, 1, steps + 1)
    weight = np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3], axis=1)
    found = np.einsum("tk,pkc->ptc", weight, curves.pieces).astype(np.float32)
    lines = np.stack([found[:, :-1], found[:, 1:]], axis=2).reshape(-1, 2, 2)
    return lines, np.repeat(curves.owner, steps)


def pieces_of(curves: Curves, edges: Int32) -> Curves:
    """The pieces of some edges, in the order in which these are named."""
    first = np.searchsorted(curves.owner, edges)
    count = np.searchsorted(curves.owner, edges, side="right") - first
    start = np.cumsum(count) - count
    rows = np.repeat(first - start, count) + np.arange(int(count.sum()))
    return Curves(pieces=curves.pieces[rows], owner=curves.owner[rows])


def joined(*parts: tuple[Curves, Int32]) -> Curves:
    """Curves of several sets of edges as one; with each come the new numbers of its edges."""
    owner = np.concatenate([numbers[curves.owner] for curves, numbers in parts])
    pieces = np.concatenate([curves.pieces for curves, _ in parts])
    order = np.argsort(owner, kind="stable")
    return Curves(pieces=pieces[order], owner=owner[order].astype(np.int32))


def _ends(points: Points, edges: Int32) -> tuple[Floats, Floats]:
    return points[edges[:, 0]].astype(float), points[edges[:, 1]].astype(float)


def _single(begin: Floats, one: Floats, two: Floats, end: Floats) -> Curves:
    pieces = np.stack([begin, one, two, end], axis=1).astype(np.float32)
    return Curves(pieces=pieces, owner=np.arange(len(begin), dtype=np.int32))


def _fan(edges: Int32) -> NDArray[np.float64]:
    """Of the edges of one pair: ..., -1, 0, 1, ... seen from the end with the smaller number."""
    if not len(edges):
        return np.zeros(0)
    pair = np.sort(edges, axis=1).astype(np.int64)
    key = pair[:, 0] * (int(pair[:, 1].max()) + 1) + pair[:, 1]
    order = np.argsort(key, kind="stable")
    _, first, count = np.unique(key[order], return_index=True, return_counts=True)
    rank = np.empty(len(key))
    rank[order] = np.arange(len(key)) - np.repeat(first, count) - np.repeat((count - 1) / 2, count)
    return np.where(edges[:, 0] <= edges[:, 1], rank, -rank)
