"""New nodes beside one that stays where it is, as does everything else."""

from collections.abc import Sequence

import numpy as np

from graph.layout.placement import COLUMN, ROW, Points

SIDE = 1.6  # how much farther a place on the wrong side counts


def beside(points: Points, parent: int, sides: Sequence[int]) -> Points:
    """Places for new nodes near a node of `points`: the nearest free ones, right of it (side 1), left (-1), or anywhere (0)."""
    reach = int(np.sqrt(len(sides) + 8)) + 6
    while True:
        sites = _sites(points[parent], reach)
        free = sites[_free(sites, points)]
        if len(free) >= len(sides):
            return _taken(free, points[parent], sides)
        reach *= 2


def _sites(centre: Points, reach: int) -> Points:
    across, down = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    x = (across + np.where(down % 2, 0.5, 0.0)) * COLUMN
    grid = np.stack([x, down * ROW], axis=-1).reshape(-1, 2)
    return (centre + grid).astype(np.float32)


def _free(sites: Points, points: Points) -> np.ndarray:
    """Sites that no node covers."""
    lap = np.abs(sites[:, None] - points[None]) < np.array([COLUMN * 0.9, ROW * 0.9])
    return np.asarray(~lap.all(axis=2).any(axis=1))


def _taken(free: Points, centre: Points, sides: Sequence[int]) -> Points:
    away = free - centre
    far = np.hypot(away[:, 0], away[:, 1] * COLUMN / ROW)
    left = np.ones(len(free), dtype=bool)
    made = np.empty((len(sides), 2), dtype=np.float32)
    for number, side in enumerate(sides):
        wrong = away[:, 0] * side < COLUMN * 0.4 if side else np.zeros(len(free), dtype=bool)
        cost = np.where(left, far * np.where(wrong, SIDE, 1.0) + wrong * COLUMN, np.inf)
        best = int(cost.argmin())
        left[best] = False
        made[number] = free[best]
    return made
