"""Which sources reach which goals: bit-parallel, 64 sources in one word.

Only states that lie between some source and some goal matter; of these, states that reach one another (a strongly
connected component) have the same answer. What is left after both is small, and bits flow through it once.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from graph.paths.walk import Ints, Mask, Rows, Walk

WORDS = 4  # words of 64 sources that flow together: 32 bytes a component

Bits = NDArray[np.uint64]


def matrix(rows: Rows) -> Any:
    """Rows as scipy's sparse matrix; arrays are shared, costs of zero are kept."""
    return csr_array((rows.cost, rows.to, rows.offsets), shape=(rows.count, rows.count))


def spread(rows: Rows, seeds: Ints) -> Mask:
    """The states that can be reached from any of the seeds, seeds included."""
    reached = np.zeros(rows.count + 1, dtype=bool)
    if len(seeds):
        root = rows.count  # one state more, with a move to every seed
        to = np.concatenate([rows.to, seeds.astype(np.int32)])
        offsets = np.append(rows.offsets, np.int32(len(to)))
        graph = csr_array((np.ones(len(to)), to, offsets), shape=(root + 1, root + 1))
        reached[breadth_first_order(graph, root, return_predecessors=False)] = True
    return reached[:-1]


def between(walk: Walk, sources: Ints, goals: Ints) -> Mask:
    """The states that lie on some way from a source to a goal."""
    return spread(walk.forward, sources) & spread(walk.backward, goals)


def reach(walk: Walk, sources: Ints, goals: Ints) -> Mask:
    """Answer[i, j]: is there a way from source row i to goal row j of the walk?"""
    keep = between(walk, sources, goals)
    number = np.cumsum(keep, dtype=np.int64) - 1
    answer = np.zeros((len(sources), len(goals)), dtype=bool)
    from_rows, to_rows = np.flatnonzero(keep[sources]), np.flatnonzero(keep[goals])
    if not len(from_rows):
        return answer
    offsets, heads, component = _condensed(walk.forward.part(keep))
    starts = component[number[sources[from_rows]]]
    ends = component[number[goals[to_rows]]]
    for first in range(0, len(from_rows), 64 * WORDS):
        batch = slice(first, first + 64 * WORDS)
        bits = _flow(offsets, heads, starts[batch])[ends]
        flags = np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")
        chosen = from_rows[batch]
        answer[np.ix_(chosen, to_rows)] = flags[:, : len(chosen)].T.astype(bool)
    return answer


def _condensed(rows: Rows) -> tuple[Ints, Ints, Ints]:
    """One row a component without moves inside it: offsets, heads, and the component of a state."""
    ones = np.ones(len(rows.to), dtype=np.int8)
    once = csr_array((ones, rows.to.copy(), rows.offsets.copy()), shape=(rows.count, rows.count))
    once.sum_duplicates()  # scipy's strong components never end on parallel moves
    count, component = connected_components(once, connection="strong")
    tails = np.repeat(component, np.diff(once.indptr)).astype(np.int64)
    heads = component[once.indices]
    crossing = tails != heads
    pairs = np.unique(tails[crossing] * count + heads[crossing])
    offsets = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(pairs // count, minlength=count), out=offsets[1:])
    return offsets, (pairs % count).astype(np.int32), component


def _flow(offsets: Ints, heads: Ints, starts: Ints) -> Bits:
    """Bit i of a component's words: start i reaches it. Only what changed flows on."""
    words = -(-len(starts) // 64)
    bits = np.zeros((len(offsets) - 1, words), dtype="<u8")
    place = np.arange(len(starts))
    values = np.left_shift(np.uint64(1), (place % 64).astype(np.uint64))
    np.bitwise_or.at(bits, (starts, place // 64), values)
    changed = np.unique(starts)
    while len(changed):
        counts = offsets[changed + 1] - offsets[changed]
        tails = np.repeat(changed, counts)
        moves = np.arange(len(tails)) + np.repeat(offsets[changed] - _starts(counts), counts)
        order = np.argsort(heads[moves], kind="stable")
        reached, first = np.unique(heads[moves][order], return_index=True)
        if not len(reached):
            break
        merged = bits[reached] | np.bitwise_or.reduceat(bits[tails[order]], first, axis=0)
        new = (merged != bits[reached]).any(axis=1)
        bits[reached] = merged
        changed = reached[new]
    return bits


def _starts(counts: Ints) -> Ints:
    return np.cumsum(counts) - counts
