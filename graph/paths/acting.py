"""Who can act as whom: the chains of identities through which access is had that nobody granted directly."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import VERDICTS, AssetGraph
from graph.model import Relationship, Verdict

Side = Literal["source", "target"]
Chain = tuple[Relationship, ...]

_UNDECIDED, _YES = VERDICTS.index(Verdict.UNDECIDED), VERDICTS.index(Verdict.YES)


def who_acts_as(graph: AssetGraph, ids: Iterable[str]) -> Mapping[str, Chain]:
    """Assets that can come to act as one of these, each with its shortest chain to it; proved chains before others."""
    return _spread(graph, ids, graph.backward.row, "source")


def acts_as(graph: AssetGraph, asset_id: str) -> Mapping[str, Chain]:
    """What an asset can come to act as, each with the shortest chain from it; proved chains before others."""
    return _spread(graph, [asset_id], graph.forward.row, "target")


def _spread(
    graph: AssetGraph,
    ids: Iterable[str],
    row: Callable[[int], NDArray[np.int32]],
    side: Side,
) -> Mapping[str, Chain]:
    """Breadth first along edges that hand on control, first the proved ones, then all."""
    starts = [graph.index_of(each) for each in ids if each in graph]
    by = dict.fromkeys(starts, -1)
    good = _hands_on_control(graph)
    ends = graph.source if side == "source" else graph.target
    for least in (_YES, _UNDECIDED):
        queue = deque(by)
        while queue:
            for edge in row(queue.popleft()).tolist():
                end = int(ends[edge])
                if end not in by and good[edge] and graph.verdict_code[edge] >= least:
                    by[end] = edge
                    queue.append(end)
    return {graph.ids[i]: _chain(graph, by, i, side) for i, edge in by.items() if edge >= 0}


def _hands_on_control(graph: AssetGraph) -> NDArray[np.bool_]:
    kinds = (graph.schema.relationships[name] for name in graph.relationship_kinds)
    flags = [
        kind.traversable
        and kind.attack_class == "identity"
        and (kind.needs, kind.gives) == ("control", "control")
        for kind in kinds
    ]
    return np.array(flags, dtype=bool)[graph.relationship_code]


def _chain(graph: AssetGraph, by: Mapping[int, int], i: int, side: Side) -> Chain:
    """The relationships between an asset and the start, in the direction in which the attacker moves."""
    back = graph.target if side == "source" else graph.source
    chain: list[Relationship] = []
    while (edge := by[i]) >= 0:
        chain.append(graph.relationship(edge))
        i = int(back[edge])
    return tuple(chain if side == "source" else reversed(chain))


def verdict_of_chain(chain: Iterable[Relationship]) -> Verdict:
    """As good as its weakest link."""
    return Verdict.weakest(item.verdict for item in chain)
