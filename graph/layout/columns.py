"""The first half of a layered layout: which column each node stands in, and in which order down the column."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from graph.layout.placement import Int32
from graph.progress import CancelCheck, stop_if

Pair = tuple[int, int]
SWEEPS = 16
TIGHTEN = 8  # rounds in which nodes move next to their neighbours


@dataclass(slots=True)
class Columns:
    """Nodes by column, with a stand-in in every column that an edge passes; numbers from `count` on are stand-ins."""

    count: int
    rows: list[list[int]]
    left: list[list[int]]  # neighbours in the column before
    right: list[list[int]]
    chains: dict[Pair, list[int]]  # the stand-ins of each pair, left to right

    @property
    def column_of(self) -> list[int]:
        """The column of every node and stand-in."""
        found = [0] * len(self.left)
        for number, row in enumerate(self.rows):
            for node in row:
                found[node] = number
        return found


def forward_pairs(count: int, edges: Int32, ranks: Sequence[int] | None) -> list[Pair]:
    """Each connected pair once, turned so that there is no cycle; with ranks, so that it leads to a higher one."""
    pairs = dict.fromkeys((a, b) for a, b in edges.tolist() if a != b)
    if ranks is not None:
        turned = ((a, b) if ranks[a] < ranks[b] else (b, a) for a, b in pairs)
        return list(dict.fromkeys((a, b) for a, b in turned if ranks[a] != ranks[b]))
    return list(dict.fromkeys(_without_cycles(count, list(pairs))))


def _without_cycles(count: int, pairs: list[Pair]) -> list[Pair]:
    """Depth first from the nodes that nothing leads to; an edge back onto the way is turned."""
    out: list[list[int]] = [[] for _ in range(count)]
    entered = [False] * count
    for a, b in pairs:
        out[a].append(b)
        entered[b] = True
    state, found = [0] * count, []  # 0 new, 1 on the way, 2 done
    for start in sorted(range(count), key=lambda node: entered[node]):
        way = [(start, iter(out[start]))] if not state[start] else []
        state[start] = state[start] or 1
        while way:
            node, rest = way[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                way.pop()
                continue
            found.append((following, node) if state[following] == 1 else (node, following))
            if not state[following]:
                state[following] = 1
                way.append((following, iter(out[following])))
    return found


def ranked(count: int, pairs: list[Pair]) -> list[int]:
    """Columns by the longest way, then every node pulled towards its neighbours as far as there is room."""
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for a, b in pairs:
        after[a].append(b)
        before[b].append(a)
    rank, order = [0] * count, _topological(before, after)
    for node in order:
        rank[node] = max((rank[each] + 1 for each in before[node]), default=0)
    for _ in range(TIGHTEN):
        for node in reversed(order):
            _tighten(node, rank, before[node], after[node])
    return rank


def _tighten(node: int, rank: list[int], before: list[int], after: list[int]) -> None:
    """To the middle of its neighbours, never past one of them; where nothing leads in or out, next to the nearest."""
    low = max((rank[each] + 1 for each in before), default=0)
    high = min((rank[each] - 1 for each in after), default=low)
    if not before:
        rank[node] = max(high, 0)
        return
    wanted = sorted(rank[each] for each in (*before, *after))
    rank[node] = min(max(wanted[len(wanted) // 2], low), max(high, low))


def _topological(before: list[list[int]], after: list[list[int]]) -> list[int]:
    missing = [len(each) for each in before]
    ready = [node for node, number in enumerate(missing) if not number]
    for node in ready:  # grows while it is walked
        for following in after[node]:
            missing[following] -= 1
            if not missing[following]:
                ready.append(following)
    return ready


def in_columns(count: int, pairs: list[Pair], ranks: Sequence[int]) -> Columns:
    """Nodes and stand-ins by column, in the order of their numbers."""
    least = min(ranks, default=0)
    rows: list[list[int]] = [[] for _ in range(max(ranks, default=0) - least + 1)]
    made = Columns(count, rows, [[] for _ in range(count)], [[] for _ in range(count)], {})
    for node in range(count):
        rows[ranks[node] - least].append(node)
    for a, b in pairs:
        chain = []
        for column in range(ranks[a] - least + 1, ranks[b] - least):
            chain.append(len(made.left))
            rows[column].append(len(made.left))
            made.left.append([])
            made.right.append([])
        made.chains[a, b] = chain
        way = [a, *chain, b]
        for one, two in pairwise(way):
            made.right[one].append(two)
            made.left[two].append(one)
    return made


def untangle(columns: Columns, cancelled: CancelCheck) -> None:
    """Reorder every column so that few lines cross: sweeps by the median of the neighbours, then swaps of two."""
    at = [0] * len(columns.left)
    for row in columns.rows:
        _number(row, at)
    best, kept = _crossings(columns, at), [list(row) for row in columns.rows]
    for sweep in range(SWEEPS):
        stop_if(cancelled)
        forwards = sweep % 2 == 0
        near = columns.left if forwards else columns.right
        for row in columns.rows if forwards else reversed(columns.rows):
            row.sort(key=lambda node: _median(near[node], at, at[node]))
            _number(row, at)
        _swap(columns, at)
        now = _crossings(columns, at)
        if now < best:
            best, kept = now, [list(row) for row in columns.rows]
        if not best:
            break
    columns.rows = kept


def _number(row: list[int], at: list[int]) -> None:
    for place, node in enumerate(row):
        at[node] = place


def _median(near: list[int], at: list[int], own: int) -> float:
    if not near:
        return own
    places = sorted(at[each] for each in near)
    middle = len(places) // 2
    if len(places) % 2:
        return places[middle]
    return (places[middle - 1] + places[middle]) / 2 + 0.001 * sum(places) / len(places)


def _swap(columns: Columns, at: list[int], rounds: int = 3) -> None:
    for _ in range(rounds):
        better = False
        for row in columns.rows:
            for place in range(len(row) - 1):
                one, two = row[place], row[place + 1]
                if _gain(columns, one, two, at) > 0:
                    row[place], row[place + 1] = two, one
                    at[two], at[one] = place, place + 1
                    better = True
        if not better:
            return


def _gain(columns: Columns, one: int, two: int, at: list[int]) -> int:
    """How many crossings fewer if they changed places."""
    return sum(
        _inverted(near[one], near[two], at) - _inverted(near[two], near[one], at)
        for near in (columns.left, columns.right)
    )


def _inverted(above: list[int], below: list[int], at: list[int]) -> int:
    places = sorted(at[each] for each in below)
    return sum(bisect_left(places, at[each]) for each in above)


def _crossings(columns: Columns, at: list[int]) -> int:
    number = 0
    for row in columns.rows:
        ends: list[int] = []
        for node in row:
            places = sorted(at[each] for each in columns.right[node])
            number += sum(len(ends) - bisect_left(ends, place + 1) for place in places)
            for place in places:
                insort(ends, place)
    return number
