"""What a layout gives: a point for each node, circles around groups, and the curves that edges follow.

Lengths are pixels at a zoom of 1; y grows downwards.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Floats = NDArray[np.float64]
Points = NDArray[np.float32]  # (..., 2)

COLUMN, ROW = 132.0, 74.0  # between nodes that stand in rows, so that a name fits below each


class Circle(NamedTuple):
    """A group of nodes, drawn around them."""

    x: float
    y: float
    radius: float
    depth: int  # 0 = outermost
    code: int  # of the group, at its depth
    size: int  # nodes inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Cubic Bézier pieces; the pieces of an edge follow one another from its source to its target."""

    pieces: Points  # (pieces, 4, 2)
    owner: Int32  # the edge of each piece

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return len(self.owner)


def no_points() -> Points:
    """Nothing."""
    return np.zeros((0, 2), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Points of nodes 0 to n-1; circles with the outer ones first; curves of the edges that were given."""

    points: Points
    curves: Curves
    circles: tuple[Circle, ...] = field(default=())
    flowing: bool = False  # from left to right


def simple_pairs(edges: Int32) -> Int32:
    """Every connected pair once, smaller number first; no loops. `edges` is (m, 2)."""
    ends = np.sort(edges, axis=1)
    return np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
