"""By distance: nodes as far apart as the steps between them (stress majorization, Gansner, Koren and North 2004).

Parts that are not connected are placed by themselves and put side by side.
"""

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

from graph.layout.apart import apart
from graph.layout.curves import bows
from graph.layout.huddle import around, huddle
from graph.layout.placement import COLUMN, Floats, Int32, Placement, simple_pairs
from graph.progress import CancelCheck, Progress, never, silent, stop_if

ROUNDS = 60
ENOUGH = 2e-4  # relative gain of a round below which it stops
STEP = COLUMN * 1.05  # pixels for one step
PARTS_GAP = 120.0
MOST = 2_000  # nodes; the distances between all of them are held


def by_distance(
    count: int,
    edges: Int32,
    *,
    progress: Progress = silent,
    cancelled: CancelCheck = never,
) -> Placement:
    """Place nodes 0 to count - 1 (at most MOST) by the lengths of the ways between them; `edges` (m, 2). Raises Cancelled."""
    if count > MOST:
        raise ValueError(f"{count} nodes: at most {MOST} can be placed by distance")
    pairs = simple_pairs(edges)
    points = np.zeros((count, 2))
    number, part = connected_components(_matrix(count, pairs), directed=False)
    members = [np.flatnonzero(part == each).astype(np.int32) for each in range(number)]
    for each, nodes in enumerate(members):
        inside = pairs[part[pairs[:, 0]] == each]
        points[nodes] = _connected(np.searchsorted(nodes, inside), len(nodes), cancelled)
        progress(0.9 * (each + 1) / number, "distances")
    points = apart(points, cancelled=cancelled)
    placed = _side_by_side(points, members, cancelled).astype(np.float32)
    return Placement(points=placed, curves=bows(placed, edges))


def _matrix(count: int, pairs: Int32) -> csr_array:
    """Edges of hubs are longer, so that there is room around them."""
    degree = np.bincount(pairs.ravel(), minlength=count)
    length = 1 + 0.22 * np.log2(np.maximum(degree[pairs].min(axis=1), 1) + 0.0)
    length += 0.12 * np.log2(np.maximum(degree[pairs].max(axis=1), 1))
    return csr_array((length, (pairs[:, 0], pairs[:, 1])), shape=(count, count))


def _connected(pairs: Int32, count: int, cancelled: CancelCheck) -> Floats:
    if count == 1:
        return np.zeros((1, 2))
    distance = shortest_path(_matrix(count, pairs), directed=False)
    points = _spread(distance)
    weight = 1 / np.maximum(distance, 1e-9) ** 2
    np.fill_diagonal(weight, 0)
    laplace = np.diag(weight.sum(axis=1)) - weight
    solver = cho_factor(laplace[1:, 1:])  # node 0 stays where it is
    pull, before = weight * distance, np.inf
    for _ in range(ROUNDS):
        stop_if(cancelled)
        away = points[:, None] - points[None]
        far = np.sqrt((away**2).sum(axis=2))
        stress = float((weight * (far - distance) ** 2).sum())
        if before - stress < ENOUGH * stress:
            break
        before = stress
        ratio = pull / np.maximum(far, 1e-9)
        np.fill_diagonal(ratio, 0)
        towards = ratio.sum(axis=1)[:, None] * points - ratio @ points
        points = np.vstack([[[0.0, 0.0]], cho_solve(solver, towards[1:])])
    return points * STEP


def _spread(distance: Floats) -> Floats:
    """A first picture: the two widest directions of the distances (classical scaling)."""
    square = distance**2
    centred = square - square.mean(axis=0) - square.mean(axis=1)[:, None] + square.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    widest = np.argsort(values)[::-1][:2]
    scale = np.sqrt(np.maximum(values[widest], 0))
    made = vectors[:, widest] * scale
    if made.shape[1] < 2:  # noqa: PLR2004 - a picture has two directions
        made = np.hstack([made, np.zeros((len(made), 1))])
    turn = np.arange(len(made))
    return np.asarray(made + 1e-3 * np.stack([np.cos(turn), np.sin(turn)], axis=1))


def _side_by_side(points: Floats, members: list[Int32], cancelled: CancelCheck) -> Floats:
    circles = [around(points[nodes], np.zeros(len(nodes))) for nodes in members]
    radii = np.array([radius + COLUMN / 2 for _, radius in circles])
    centres = huddle(radii, gap=PARTS_GAP, cancelled=cancelled)
    for nodes, (middle, _), centre in zip(members, circles, centres, strict=True):
        points[nodes] += centre - middle
    return points
