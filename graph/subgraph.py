"""Parts of a graph to look at: attack paths, what is around an asset, everything; grown and cut by the user."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import AssetGraph, Int32

Key = tuple[str, str, str]
FEW = 48  # neighbours that are shown at once
PLAIN = "CONTAINS"  # an account and all that it holds: drawn only where somebody asked for the one or the other


@dataclass(frozen=True, kw_only=True)
class Subgraph:
    """Assets and relationships by their numbers in the graph, ascending."""

    nodes: Int32
    edges: Int32

    @cached_property
    def held(self) -> frozenset[int]:
        """The assets as a set."""
        return frozenset(self.nodes.tolist())

    def __contains__(self, node: object) -> bool:
        return node in self.held

    def same(self, other: "Subgraph") -> bool:
        """Do both hold the same?"""
        return np.array_equal(self.nodes, other.nodes) and np.array_equal(self.edges, other.edges)


def of_steps(graph: AssetGraph, steps: Iterable[Key]) -> Subgraph:
    """What these steps (source, kind, target) walk, and nothing else; those that are not in the graph are left out."""
    edges: list[int] = []
    for source, kind, target in dict.fromkeys(steps):
        if source in graph and target in graph:
            found, end = graph.out_edges(graph.index_of(source), [kind]), graph.index_of(target)
            edges += found[graph.target[found] == end].tolist()
    chosen = np.unique(np.array(edges, dtype=np.int32))
    ends = np.concatenate([graph.source[chosen], graph.target[chosen]])
    return Subgraph(nodes=np.unique(ends), edges=chosen)


def of_assets(graph: AssetGraph, assets: Iterable[int]) -> Subgraph:
    """These assets and every relationship between them, but for what contains what."""
    nodes = np.unique(np.fromiter(assets, dtype=np.int32))
    return Subgraph(nodes=nodes, edges=_between(graph, nodes))


def whole(graph: AssetGraph) -> Subgraph:
    """Everything."""
    nodes = np.arange(graph.node_count, dtype=np.int32)
    return Subgraph(nodes=nodes, edges=np.arange(graph.edge_count, dtype=np.int32))


def around(graph: AssetGraph, asset: int, most: int = FEW) -> Subgraph:
    """An asset and its neighbours, at most so many; those that an attacker can walk to or from come first."""
    alone = Subgraph(nodes=np.array([asset], dtype=np.int32), edges=np.zeros(0, dtype=np.int32))
    return grown(graph, alone, asset, most)


def neighbours(graph: AssetGraph, asset: int) -> list[int]:
    """The other ends of its relationships: the walkable ones first, then the better connected ones."""
    edges = np.concatenate([graph.out_edges(asset), graph.in_edges(asset)])
    others = np.where(graph.source[edges] == asset, graph.target[edges], graph.source[edges])
    walked = _traversable(graph)[graph.relationship_code[edges]]
    degree = np.diff(graph.forward.offsets) + np.diff(graph.backward.offsets)
    order = np.lexsort((others, -degree[others], ~walked))
    return [each for each in dict.fromkeys(others[order].tolist()) if each != asset]


def grown(graph: AssetGraph, shown: Subgraph, asset: int, most: int = FEW) -> Subgraph:
    """With the next neighbours of an asset, and every relationship between them and what is shown."""
    new = [each for each in neighbours(graph, asset) if each not in shown][:most]
    made = with_assets(graph, shown, new)
    own = np.concatenate([graph.out_edges(asset), graph.in_edges(asset)])
    inside = _mask(graph, made.nodes)
    own = own[inside[graph.source[own]] & inside[graph.target[own]]]
    return Subgraph(nodes=made.nodes, edges=np.union1d(made.edges, own).astype(np.int32))


def with_assets(graph: AssetGraph, shown: Subgraph, assets: Sequence[int]) -> Subgraph:
    """With more assets, and every relationship between a new one and what is shown."""
    nodes = np.union1d(shown.nodes, np.array(assets, dtype=np.int32)).astype(np.int32)
    added = [each for each in assets if each not in shown]
    inside, new = _mask(graph, nodes), _mask(graph, np.array(added, dtype=np.int32))
    touched = inside[graph.source] & inside[graph.target] & _telling(graph)
    touched &= new[graph.source] | new[graph.target]
    edges = np.union1d(shown.edges, np.flatnonzero(touched))
    return Subgraph(nodes=nodes, edges=edges.astype(np.int32))


def without(graph: AssetGraph, shown: Subgraph, assets: Iterable[int]) -> Subgraph:
    """Without some assets and all that touches them."""
    nodes = np.setdiff1d(shown.nodes, np.fromiter(assets, dtype=np.int32)).astype(np.int32)
    inside = _mask(graph, nodes)
    kept = inside[graph.source[shown.edges]] & inside[graph.target[shown.edges]]
    return Subgraph(nodes=nodes, edges=shown.edges[kept])


def unseen(graph: AssetGraph, shown: Subgraph) -> Int32:
    """For each asset shown, in how many relationships it stands with assets that are not."""
    inside = _mask(graph, shown.nodes)
    across = inside[graph.source] != inside[graph.target]
    ends = np.where(inside[graph.source[across]], graph.source[across], graph.target[across])
    return np.bincount(ends, minlength=graph.node_count)[shown.nodes].astype(np.int32)


def hops(graph: AssetGraph, shown: Subgraph, asset: int) -> list[int]:
    """Columns around an asset, for each asset shown: below 0 what leads to it, above 0 what it leads to."""
    rank = {asset: 0}
    ends = zip(graph.source[shown.edges].tolist(), graph.target[shown.edges].tolist(), strict=True)
    out: dict[int, list[int]] = {}
    into: dict[int, list[int]] = {}
    for source, target in ends:
        out.setdefault(source, []).append(target)
        into.setdefault(target, []).append(source)
    queue = [asset]
    for node in queue:  # grows while it is walked
        outward, inward = out.get(node, []), into.get(node, [])
        for step, others in ((1, outward), (-1, inward)):
            away = step if rank[node] == 0 or (rank[node] > 0) == (step > 0) else 0
            for other in others:
                if other not in rank:
                    rank[other] = rank[node] + away or step
                    queue.append(other)
    return [rank.get(node, 0) for node in shown.nodes.tolist()]


def _between(graph: AssetGraph, nodes: Int32) -> Int32:
    inside = _mask(graph, nodes)
    both = inside[graph.source] & inside[graph.target] & _telling(graph)
    return np.flatnonzero(both).astype(np.int32)


def _mask(graph: AssetGraph, nodes: Int32) -> NDArray[np.bool_]:
    inside = np.zeros(graph.node_count, dtype=bool)
    inside[nodes] = True
    return inside


def _traversable(graph: AssetGraph) -> NDArray[np.bool_]:
    kinds = graph.schema.relationships
    return np.array([kinds[kind].traversable for kind in graph.relationship_kinds], dtype=bool)


def _telling(graph: AssetGraph) -> NDArray[np.bool_]:
    """Edges that say more than where something lies."""
    plain = np.array([kind == PLAIN for kind in graph.relationship_kinds] or [False], dtype=bool)
    return np.asarray(~plain[graph.relationship_code])
