"""What is drawn, as arrays: nodes with their looks, edges with their curves; made once for each picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from scipy.spatial import cKDTree

from graph.asset_graph import VERDICTS, Int32
from graph.layout import Circle, Curves, Placement
from graph.layout.placement import Points
from graph.model import Severity, Verdict
from graph.subgraph import Subgraph, of_steps, unseen
from ui.facts import Facts

Codes = NDArray[np.uint8]
Bools = NDArray[np.bool_]

CLASSES = ("identity", "network", "influence", "data", "lineage", "structure")
SEVERITIES = (None, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
MANY, VERY_MANY = 0.2, 0.5  # of the attack paths over the busiest step
NO_ROLE, ENTRY, JEWEL = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Looks:
    """One code for each node."""

    kind: NDArray[np.uint16]  # of Scene.facts.graph.kinds
    category: Codes  # of Scene.categories
    severity: Codes  # of SEVERITIES
    role: Codes  # NO_ROLE, ENTRY, JEWEL
    more: Int32  # relationships with assets that are not shown
    weight: NDArray[np.float32]  # what is drawn last and named first


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A subgraph with a place for everything; numbers of nodes and edges are those of the arrays here."""

    facts: Facts
    shown: Subgraph
    points: Points  # (n, 2)
    ends: Int32  # (m, 2), of nodes
    curves: Curves
    circles: tuple[Circle, ...]
    flowing: bool  # from left to right
    titles: Sequence[Mapping[int, str]]  # names of circles, by depth and code
    categories: tuple[str, ...]
    looks: Looks
    edge_class: Codes  # of CLASSES
    undecided: Bools
    load: Codes  # 0 to 2: on few, on many, on very many attack paths

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.points)

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return len(self.ends)

    def prepare(self) -> None:
        """Work out what the first frame needs; where nobody waits for it."""
        _ = self.boxes, self.by_weight, self.edges_by_weight, self.number_of, self.tree

    @cached_property
    def number_of(self) -> Mapping[int, int]:
        """The node here of an asset's number in the graph."""
        return {asset: number for number, asset in enumerate(self.shown.nodes.tolist())}

    @cached_property
    def boxes(self) -> tuple[Points, Points]:
        """The corners of a box around each edge."""
        begin, end = self.points[self.ends[:, 0]], self.points[self.ends[:, 1]]
        low, high = np.minimum(begin, end), np.maximum(begin, end)
        if self.curves.count:
            np.minimum.at(low, self.curves.owner, self.curves.pieces.min(axis=1))
            np.maximum.at(high, self.curves.owner, self.curves.pieces.max(axis=1))
        return low, high

    @cached_property
    def tree(self) -> cKDTree:
        """Finds the node nearest to a point."""
        return cKDTree(self.points) if self.node_count else None

    @cached_property
    def by_weight(self) -> Int32:
        """Nodes, the least important first."""
        return np.argsort(self.looks.weight, kind="stable").astype(np.int32)

    @cached_property
    def edges_by_weight(self) -> Int32:
        """Edges, the most important first; a beginning of it is a fair sample of the rest."""
        weight = self.looks.weight
        shuffle = np.random.default_rng(0).random(self.edge_count)
        rank = np.minimum(weight[self.ends[:, 0]], weight[self.ends[:, 1]])
        return np.lexsort((shuffle, rank < np.inf, -np.floor(rank / 1000))).astype(np.int32)

    def bounds(self, nodes: NDArray[np.integer] | None = None) -> QRectF:
        """A box around some nodes, or around everything, with room for names."""
        points = self.points if nodes is None else self.points[nodes]
        if not len(points):
            return QRectF(-100, -100, 200, 200)
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        box = QRectF(left - 60, top - 30, right - left + 120, bottom - top + 76)
        if nodes is None:
            for circle in self.circles:
                side = 2 * circle.radius
                corner = (circle.x - circle.radius, circle.y - circle.radius)
                box = box.united(QRectF(*corner, side, side))
        return box

    def part(self, part: Subgraph) -> tuple[Int32, Int32]:
        """Nodes and edges of a part of the subgraph."""
        nodes = np.flatnonzero(np.isin(self.shown.nodes, part.nodes)).astype(np.int32)
        edges = np.flatnonzero(np.isin(self.shown.edges, part.edges)).astype(np.int32)
        return nodes, edges

    def asset(self, node: int) -> str:
        """The id of a node's asset."""
        return self.facts.graph.ids[int(self.shown.nodes[node])]

    def name(self, node: int) -> str:
        """What a node is called."""
        asset = self.facts.graph.asset(int(self.shown.nodes[node]))
        return asset.name or asset.id

    def phrase(self, edge: int) -> str:
        """What an edge says."""
        graph = self.facts.graph
        code = int(graph.relationship_code[self.shown.edges[edge]])
        return graph.schema.relationships[graph.relationship_kinds[code]].phrase

    def edges_of(self, node: int) -> Int32:
        """The edges of a node."""
        begin, end = self._rows[0][node], self._rows[0][node + 1]
        return self._rows[1][begin:end]

    @cached_property
    def _rows(self) -> tuple[Int32, Int32]:
        ends = self.ends.ravel()
        order = np.argsort(ends, kind="stable")
        offsets = np.zeros(self.node_count + 1, dtype=np.int32)
        np.cumsum(np.bincount(ends, minlength=self.node_count), out=offsets[1:])
        return offsets, (order // 2).astype(np.int32)


def make_scene(
    facts: Facts, shown: Subgraph, placement: Placement, titles: Sequence[Mapping[int, str]] = ()
) -> Scene:
    """Look up how every node and edge is drawn."""
    graph = facts.graph
    categories = tuple(sorted({graph.schema.category(kind) for kind in graph.kinds}))
    of_kind = [categories.index(graph.schema.category(kind)) for kind in graph.kinds]
    kinds = graph.schema.relationships
    classes = [CLASSES.index(kinds[kind].attack_class) for kind in graph.relationship_kinds]
    code = graph.relationship_code[shown.edges]
    kind_code = graph.kind_code[shown.nodes]
    return Scene(
        facts=facts,
        shown=shown,
        points=placement.points,
        ends=local_ends(facts, shown),
        curves=placement.curves,
        circles=placement.circles,
        flowing=placement.flowing,
        titles=titles,
        categories=categories,
        looks=_looks(facts, shown, kind_code, np.array(of_kind, dtype=np.uint8)[kind_code]),
        edge_class=np.array(classes, dtype=np.uint8)[code],
        load=_loads(facts, shown),
        undecided=graph.verdict_code[shown.edges] != VERDICTS.index(Verdict.YES),
    )


def local_ends(facts: Facts, shown: Subgraph) -> Int32:
    """The edges of a subgraph by the places of their ends in `shown.nodes`."""
    graph = facts.graph
    place = np.zeros(graph.node_count, dtype=np.int32)
    place[shown.nodes] = np.arange(len(shown.nodes))
    ends = [place[side[shown.edges]] for side in (graph.source, graph.target)]
    return np.stack(ends, axis=1)


def _looks(
    facts: Facts, shown: Subgraph, kind: NDArray[np.uint16], category: Codes
) -> Looks:  # fmt: skip
    graph = facts.graph
    role, severity = (np.zeros(graph.node_count, dtype=np.uint8) for _ in range(2))
    role[_numbers(facts, facts.jewels)] = JEWEL
    role[_numbers(facts, facts.entries)] = ENTRY
    for asset in facts.findings_of:
        worst = facts.severity(asset) if asset in graph else None
        if worst is not None:
            severity[graph.index_of(asset)] = worst.rank
    paths = np.zeros(graph.node_count, dtype=np.float32)
    for asset, through in facts.paths_through.items():
        if asset in graph:
            paths[graph.index_of(asset)] = len(through)
    degree = np.diff(graph.forward.offsets) + np.diff(graph.backward.offsets)
    weight = 1000.0 * (role > 0) + 100.0 * severity + 40 * np.log1p(paths) + 10 * np.log1p(degree)
    nodes = shown.nodes
    return Looks(
        kind=kind,
        category=category,
        severity=severity[nodes],
        role=role[nodes],
        more=unseen(graph, shown),
        weight=weight[nodes].astype(np.float32),
    )


def _loads(facts: Facts, shown: Subgraph) -> Codes:
    """How many attack paths walk each edge, beside the one that most of them walk."""
    over, most = facts.paths_over, max(facts.paths_over.values(), default=1)
    load = np.zeros(len(shown.edges), dtype=np.uint8)
    for level, share in ((1, MANY), (2, VERY_MANY)):
        heavy = [key for key, number in over.items() if number >= max(share * most, 2)]
        load[np.isin(shown.edges, of_steps(facts.graph, heavy).edges)] = level
    return load


def _numbers(facts: Facts, ids: frozenset[str]) -> list[int]:
    return [facts.graph.index_of(each) for each in ids if each in facts.graph]
