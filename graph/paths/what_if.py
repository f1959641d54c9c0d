"""What if steps were broken: which attack paths end, which take another way, which stay as they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph.asset_graph import AssetGraph
from graph.model import AttackPath, Evidence, Key
from graph.paths.attack import attack_paths
from graph.progress import CancelCheck, Progress, never

Pair = tuple[str, str]  # entry and target


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What becomes of attack paths, each the best of its pair, when steps are cut; worst risk first.

    Every other relationship is taken to stay, also one that rests on the same statement or setting.
    """

    cuts: tuple[Key, ...]
    broken: tuple[AttackPath, ...]  # as they were: no way is left between their ends
    remaining: tuple[AttackPath, ...]  # as they are now
    before: Mapping[Pair, AttackPath]  # the old way of the pairs that now take another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One thing that a cut step rests on, and the accesses that rest on it too: they fall with it.

    An access with other evidence may stand on that alone: its own proof tells.
    """

    rests_on: Evidence
    accesses: tuple[Key, ...]  # in order of key, without the cut steps


def what_if(
    graph: AssetGraph,
    paths: Sequence[AttackPath],
    cuts: Iterable[Key],
    *,
    progress: Progress | None = None,
    cancelled: CancelCheck = never,
) -> WhatIf:
    """Cut relationships and search anew where a path walks over one; the other paths stay as they are."""
    cut = tuple(dict.fromkeys(cuts))
    walks_over = {pair(path): path for path in paths if any(step.key in cut for step in path.steps)}
    found = attack_paths(
        graph,
        entries=dict.fromkeys(entry for entry, _ in walks_over),
        targets=dict.fromkeys(target for _, target in walks_over),
        cuts=cut,
        progress=progress,
        cancelled=cancelled,
    )
    now = {pair(path): path for path in found if pair(path) in walks_over}
    stay = [path for path in paths if pair(path) not in walks_over]
    number = {pair(path): number for number, path in enumerate(paths)}
    return WhatIf(
        cuts=cut,
        broken=tuple(path for each, path in walks_over.items() if each not in now),
        remaining=tuple(
            sorted((*stay, *now.values()), key=lambda path: (-path.risk, number[pair(path)]))
        ),
        before={each: walks_over[each] for each in now},
    )


def costs(graph: AssetGraph, cuts: Iterable[Key]) -> tuple[Cost, ...]:
    """What removing each statement, binding or setting under the cut steps costs; the cheapest first.

    The same means the same record and pointer; evidence that is a whole record is no statement.
    """
    cut = dict.fromkeys(cuts)
    edges = [edge for key in cut if (edge := graph.edge_of(key)) is not None]
    steps = [graph.relationship(edge) for edge in edges]
    rests_on = {_place(item): item for step in steps for item in step.evidence if item.pointer}
    shared: dict[tuple[str, str], list[Key]] = {place: [] for place in rests_on}
    kinds = [kind for kind in graph.relationship_kinds if kind.startswith("CAN_")]
    for edge in graph.edges_of_kind(*kinds) if shared else ():
        access = graph.relationship(edge)
        if access.key not in cut:
            for place in shared.keys() & map(_place, access.evidence):
                shared[place].append(access.key)
    found = [Cost(rests_on=rests_on[place], accesses=tuple(keys)) for place, keys in shared.items()]
    return tuple(sorted(found, key=lambda cost: len(cost.accesses)))


def _place(evidence: Evidence) -> tuple[str, str]:
    return (evidence.record, evidence.pointer)


def pair(path: AttackPath) -> Pair:
    """Both ends of a path."""
    return (path.entry, path.target)
