"""Cheapest ways, by distance: Dijkstra measures, then a way is read off the distances."""

import numpy as np
from scipy.sparse.csgraph import dijkstra

from graph.paths.reach import matrix
from graph.paths.walk import Floats, Ints, Rows

Positions = tuple[int, ...]  # moves of a way, by their place in the rows


def distances(rows: Rows, roots: Ints) -> Floats:
    """Distance[i, j]: cost from root i along the rows to state j; inf if there is no way."""
    found: Floats = dijkstra(matrix(rows), indices=roots)
    return found


def read_off(rows: Rows, distance: Floats, start: int) -> Positions:
    """A cheapest way from start along the rows to where the distance is 0.

    Of equally cheap moves the first one is taken, so that the answer is always the same.
    """
    way: list[int] = []
    while distance[start] > 0:
        span = rows.span(start)
        ahead = distance[rows.to[span]] + rows.cost[span]
        position = span.start + int(np.argmax(ahead == distance[start]))
        way.append(position)
        start = int(rows.to[position])
    return tuple(way)
