"""Attack paths: the best way of every entry point to every crown jewel, and the k best of one pair."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from graph.asset_graph import AssetGraph
from graph.model import AttackPath, Key
from graph.paths.reach import between
from graph.paths.selection import Selected, crown_jewels, entry_points, selected
from graph.paths.shortest import distances, read_off
from graph.paths.simple import first_return, simple_ways
from graph.paths.steps import Found, Way, Writer
from graph.paths.walk import Floats, Ints, Walk, walk_of
from graph.progress import CancelCheck, Progress, never, silent, stop_if

BATCH = 32  # distances of so many roots are held at once


@dataclass(frozen=True, slots=True)
class End:
    """Where ways begin or end: an asset that was chosen, and its row in the walk."""

    item: Selected
    row: int


def attack_paths(
    graph: AssetGraph,
    *,
    entries: Iterable[str | Selected] | None = None,
    targets: Iterable[str | Selected] | None = None,
    limit: int | None = None,
    cuts: Iterable[Key] = (),
    progress: Progress | None = None,
    cancelled: CancelCheck = never,
) -> tuple[AttackPath, ...]:
    """The best path of each pair, worst risk first; data chooses the ends that the user does not.

    `cuts` are relationships that are taken away.
    """
    walk = walk_of(graph).without(_numbers(graph, cuts))
    begin = _entry_ends(graph, walk, selected(graph, entries, entry_points(graph)))
    end = _target_ends(graph, walk, selected(graph, targets, crown_jewels(graph)))
    keep = between(walk, _rows(begin), _rows(end))
    walk = walk.part(keep)
    number = np.cumsum(keep) - 1
    begin, end = (
        [End(each.item, int(number[each.row])) for each in ends if keep[each.row]]
        for ends in (begin, end)
    )
    write = Writer(graph)
    found: list[Found] = []
    for done, pairs in _best_ways(walk, begin, end):
        stop_if(cancelled)
        (progress or silent)(done, "Searching attack paths")
        found.extend(write.rate(entry, target, way) for entry, target, way in pairs)
    found.sort(key=lambda each: (-each.risk, len(each.way), each.entry.id, each.target.id))
    return tuple(write.path(each) for each in found[:limit])


def paths_between(
    graph: AssetGraph, source_id: str, target_id: str, k: int = 10, *, cuts: Iterable[Key] = ()
) -> tuple[AttackPath, ...]:
    """The k cheapest paths that visit no asset twice; if every way must, the cheapest of those."""
    walk = walk_of(graph).without(_numbers(graph, cuts))
    (begin,) = _entry_ends(graph, walk, selected(graph, [source_id], entry_points(graph)))
    (end,) = _target_ends(graph, walk, selected(graph, [target_id], crown_jewels(graph)))
    if source_id == target_id or k < 1:
        return ()
    found = (_edges(walk, way) for way in simple_ways(walk, begin.row, end.row))
    ways = list(islice(_each_once(found), k))
    if not ways:
        distance = distances(walk.backward, _rows([end]))[0]
        if np.isfinite(distance[begin.row]):
            ways = [_edges(walk, read_off(walk.forward, distance, begin.row))]
    write = Writer(graph)
    return tuple(write.path(write.rate(begin.item, end.item, way)) for way in ways)


def _each_once(ways: Iterator[Way]) -> Iterator[Way]:
    """Ways that differ in relationships; of those that only hold the target differently, the cheapest."""
    seen: set[Way] = set()
    for way in ways:
        steps = tuple(edge for edge in way if edge >= 0)
        if steps not in seen:
            seen.add(steps)
            yield way


def _best_ways(
    walk: Walk, begin: Sequence[End], end: Sequence[End]
) -> Iterator[tuple[float, list[tuple[Selected, Selected, Way]]]]:
    """The best way of each pair, batch by batch, with the share of the work that is done.

    Distances are measured from the side that has fewer ends.
    """
    to_target = len(end) <= len(begin)
    roots, others = (end, begin) if to_target else (begin, end)
    for first in range(0, len(roots), BATCH):
        batch = roots[first : first + BATCH]
        rows = walk.backward if to_target else walk.forward
        pairs = []
        for root, distance in zip(batch, distances(rows, _rows(batch)), strict=True):
            for other in others:
                entry, target = (other, root) if to_target else (root, other)
                if np.isfinite(distance[other.row]) and entry.item.id != target.item.id:
                    way = _best_way(walk, distance, entry.row, target.row, to_target=to_target)
                    pairs.append((entry.item, target.item, way))
        yield (first + len(batch)) / len(roots), pairs


def _best_way(walk: Walk, distance: Floats, start: int, goal: int, *, to_target: bool) -> Way:
    """The cheapest way; one that visits an asset twice only where there is no other."""
    if to_target:
        places = read_off(walk.forward, distance, start)
        states = [start, *walk.forward.to[list(places)].tolist()]
        way = _edges(walk, places)
    else:
        places = read_off(walk.backward, distance, goal)
        states = [*walk.backward.to[list(places)].tolist()[::-1], goal]
        way = tuple(walk.backward.edge[list(places)].tolist()[::-1])
    if first_return([walk.asset(state) for state in states]) is None:
        return way
    simple = next(simple_ways(walk, start, goal), None)
    return way if simple is None else _edges(walk, simple)


def _entry_ends(graph: AssetGraph, walk: Walk, items: Iterable[Selected]) -> list[End]:
    """At an entry the attacker has control."""
    return [End(item, walk.row(graph.index_of(item.id), "control")) for item in items]


def _target_ends(graph: AssetGraph, walk: Walk, items: Iterable[Selected]) -> list[End]:
    """Where use is enough, to steer the asset is, too."""
    return [
        End(
            item,
            walk.row(graph.index_of(item.id), "reached" if item.level == "use" else item.level),
        )
        for item in items
    ]


def _numbers(graph: AssetGraph, keys: Iterable[Key]) -> Ints:
    known = (graph.edge_of(key) for key in keys)
    return np.array([number for number in known if number is not None], dtype=np.int32)


def _edges(walk: Walk, places: Sequence[int]) -> Way:
    return tuple(walk.forward.edge[list(places)].tolist())


def _rows(ends: Sequence[End]) -> Ints:
    return np.array([end.row for end in ends], dtype=np.int32)
