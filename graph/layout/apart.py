"""Overlap removal: boxes of one size are pushed apart until none covers another."""

import numpy as np
from scipy.spatial import cKDTree

from graph.layout.placement import COLUMN, ROW, Floats
from graph.progress import CancelCheck, never, stop_if

ROUNDS = 120


def apart(
    points: Floats, box: tuple[float, float] = (COLUMN, ROW), *, cancelled: CancelCheck = never
) -> Floats:
    """Move points so that no two are nearer than `box` (width, height) in both directions; pairs move as little as needed."""
    size = np.array(box)
    made = np.array(points, dtype=float) / size
    for _ in range(ROUNDS):
        stop_if(cancelled)
        pairs = cKDTree(made).query_pairs(1.0 - 1e-6, p=np.inf, output_type="ndarray")
        if not len(pairs):
            break
        one, two = pairs.T
        away = made[two] - made[one]
        lack = 1.0 - np.abs(away)
        axis = lack.argmin(axis=1)  # the shorter way out
        way = np.take_along_axis(away, axis[:, None], 1)[:, 0]
        sign = np.where(way < 0, -1.0, 1.0)
        push = np.zeros_like(away)
        np.put_along_axis(push, axis[:, None], (sign * (lack.min(axis=1) / 2 + 5e-3))[:, None], 1)
        np.add.at(made, two, push)
        np.add.at(made, one, -push)
    return np.asarray(made * size)
