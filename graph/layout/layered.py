"""From left to right: columns by the way an attacker moves, few crossings, nothing on top of anything else.

The steps are those of Sugiyama, Tagawa and Toda (1981): turn cycles, assign columns, order them, place them. The order
is by medians with swaps (Gansner et al., 1993); heights are least squares under the order (isotonic regression).
A crowded column is woven into several, so that the picture fits the shape of the window.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
from scipy.optimize import isotonic_regression

from graph.layout.columns import Columns, forward_pairs, in_columns, ranked, untangle
from graph.layout.curves import flows
from graph.layout.placement import COLUMN, ROW, Floats, Int32, Placement, Points
from graph.progress import CancelCheck, Progress, never, silent, stop_if

WIDEST = 1.8  # times that columns may be farther apart than they must
ROUNDS = 14  # in which heights are evened
BYPASS = 0.3  # of a row, the height that a passing line takes
STRAIGHT = {
    0: 1.0,
    1: 2.0,
    2: 6.0,
}  # how much a line is held level, by how many of its ends are stand-ins


def layered(
    count: int,
    edges: Int32,
    *,
    ranks: Sequence[int] | None = None,
    shape: float = 1.5,
    progress: Progress = silent,
    cancelled: CancelCheck = never,
) -> Placement:
    """Nodes 0 to count - 1 in columns; `edges` (m, 2). `ranks` gives columns that are known; `shape` is width by height.

    For some hundreds of nodes: the time grows with edges times columns. Raises Cancelled.
    """
    progress(0.1, "columns")
    pairs = forward_pairs(count, edges, ranks)
    columns = in_columns(count, pairs, ranks if ranks is not None else ranked(count, pairs))
    progress(0.3, "crossings")
    untangle(columns, cancelled)
    progress(0.8, "places")
    woven = _woven(columns, shape)
    x, width = _across(columns, woven)
    y = _heights(columns, woven, cancelled)
    stretch = _stretch(x[:count], y[:count], shape)
    x, width = x * stretch, width * stretch
    points = np.stack([x[:count], y[:count]], axis=1).astype(np.float32)
    bends = [_bends(columns, a, b, x, y, width) for a, b in edges.tolist()]
    return Placement(points=points, curves=flows(points, edges, bends), flowing=True)


def _woven(columns: Columns, shape: float) -> list[int]:
    """Of how many columns each column is made: the fewest with which the picture is not taller than its shape."""
    sizes = [sum(node < columns.count for node in row) for row in columns.rows]
    tallest = max(1, *sizes) if sizes else 1
    for tall in range(4, tallest):
        made = [max(1, ceil(size / tall)) for size in sizes]
        if sum(made) * COLUMN <= tall * ROW * shape:
            return made
    return [1] * len(sizes)


def _across(columns: Columns, woven: Sequence[int]) -> tuple[Floats, Floats]:
    """The x of every node and stand-in, and how wide its column is."""
    x, width = np.zeros(len(columns.left)), np.zeros(len(columns.left))
    begin = 0.0
    for row, parts in zip(columns.rows, woven, strict=True):
        real = 0
        for node in row:
            width[node] = (parts - 1) * COLUMN
            x[node] = begin
            if node < columns.count:
                x[node] += real % parts * COLUMN
                real += 1
        begin += parts * COLUMN + 0.35 * COLUMN
    return x, width


def _stretch(x: Floats, y: Floats, shape: float) -> float:
    """By how much a tall picture can be widened to fill its shape; names have more room then."""
    if not len(x):
        return 1.0
    wide, high = float(np.ptp(x)) + COLUMN, float(np.ptp(y)) + ROW
    return min(max(shape * high / wide, 1.0), WIDEST)


def _heights(columns: Columns, woven: Sequence[int], cancelled: CancelCheck) -> Floats:
    gaps = [
        _gaps(row, columns.count, parts) for row, parts in zip(columns.rows, woven, strict=True)
    ]
    y = np.zeros(len(columns.left))
    for row, gap in zip(columns.rows, gaps, strict=True):
        y[row] = gap - gap[-1] / 2 if len(row) else gap
    numbers = list(range(len(columns.rows)))
    for turn in range(ROUNDS):
        stop_if(cancelled)
        for number in numbers if turn % 2 == 0 else reversed(numbers):
            row = columns.rows[number]
            if not row:
                continue
            both = turn >= ROUNDS - 4
            wanted, weight = _wanted(columns, row, y, from_left=turn % 2 == 0, both=both)
            y[row] = isotonic_regression(wanted - gaps[number], weights=weight).x + gaps[number]
    return y


def _gaps(row: Sequence[int], count: int, parts: int) -> Floats:
    """How far below the first of the column each must be at least."""
    if not row:
        return np.zeros(0)
    tall = np.array([ROW / parts if node < count else ROW * BYPASS for node in row])
    between = np.maximum((tall[1:] + tall[:-1]) / 2, ROW / parts * 0.5)
    real = np.array([node < count for node in row])
    both = real[1:] & real[:-1]
    return np.concatenate([[0.0], np.cumsum(np.where(both, ROW / parts, between))])


def _wanted(
    columns: Columns, row: Sequence[int], y: Floats, *, from_left: bool, both: bool
) -> tuple[Floats, Floats]:
    """Where each would stand if it were alone: the weighted mean of its neighbours."""
    wanted, weight = np.empty(len(row)), np.empty(len(row))
    for place, node in enumerate(row):
        near = columns.left[node] if from_left else columns.right[node]
        if both or not near:
            near = [*columns.left[node], *columns.right[node]]
        share = [STRAIGHT[(node >= columns.count) + (each >= columns.count)] for each in near]
        total = sum(share)
        wanted[place] = np.dot(share, y[near]) / total if total else y[node]
        weight[place] = total or 0.1
    return wanted, weight


def _bends(  # noqa: PLR0917 - the route of one edge, told by the arrays of all
    columns: Columns, a: int, b: int, x: Floats, y: Floats, width: Floats
) -> Points:
    """Where an edge passes other columns, in the order in which it is walked."""
    turned = (a, b) not in columns.chains
    chain = columns.chains.get((b, a) if turned else (a, b), [])
    stops = [
        (x[node] + part, y[node])
        for node in chain
        for part in ((0.0, width[node]) if width[node] else (0.0,))
    ]
    made = np.array(stops[::-1] if turned else stops, dtype=np.float32)
    return made.reshape(-1, 2)
