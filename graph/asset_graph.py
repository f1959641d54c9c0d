"""The immutable columnar graph: one row of int32 columns an asset and an edge, CSR both ways.

Names, properties and evidence are kept aside (`Details`), so that searches touch arrays only.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from graph.coverage import Coverage
from graph.estate import Estate
from graph.model import Asset, Key, Relationship, Verdict
from graph.schema import Schema

Int32 = NDArray[np.int32]
Codes = NDArray[np.uint8]
Wide = NDArray[np.uint16]
Array = TypeVar("Array", bound=NDArray[Any])

VERDICTS = (Verdict.NO, Verdict.UNDECIDED, Verdict.YES)  # by verdict code: a minimum is the weakest


class Details(Protocol):
    """Gives back what the columns leave out."""

    def asset(self, i: int) -> Asset: ...

    def relationship(self, e: int) -> Relationship: ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """Details of a graph that was built here."""

    assets: tuple[Asset, ...]
    relationships: tuple[Relationship, ...]

    def asset(self, i: int) -> Asset:
        return self.assets[i]

    def relationship(self, e: int) -> Relationship:
        return self.relationships[e]


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Compressed sparse rows: the edges of node i are `edges[offsets[i]:offsets[i + 1]]`."""

    offsets: Int32
    edges: Int32

    @classmethod
    def of(cls, ends: Int32, node_count: int) -> "Adjacency":
        """Rows by the given end of every edge; within a row edges keep their order."""
        offsets = np.zeros(node_count + 1, dtype=np.int32)
        np.cumsum(np.bincount(ends, minlength=node_count), out=offsets[1:])
        return cls(_frozen(offsets), _frozen(np.argsort(ends, kind="stable").astype(np.int32)))

    def row(self, i: int) -> Int32:
        """The edge numbers of one node."""
        return self.edges[self.offsets[i] : self.offsets[i + 1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The arrays of a graph; codes index the graph's tuples of names. Made once, never changed."""

    kind_code: Wide
    source: Int32
    target: Int32
    relationship_code: Codes
    verdict_code: Codes


class AssetGraph:
    """Assets in order of id, relationships in order of key; every array is read-only."""

    def __init__(
        self,
        *,
        schema: Schema,
        coverage: Coverage,
        collected_at: str,
        ids: Sequence[str],
        kinds: tuple[str, ...],
        relationship_kinds: tuple[str, ...],
        columns: Columns,
        details: Details,
    ) -> None:
        """`kinds` and `relationship_kinds` are sorted; `details` answers for the same numbers."""
        self.schema = schema
        self.coverage = coverage
        self.collected_at = collected_at
        self.ids = ids
        self.kinds = kinds
        self.relationship_kinds = relationship_kinds
        self.labels = tuple(sorted({schema.label(kind).name for kind in kinds}))
        self.kind_code = _frozen(columns.kind_code)
        self.label_code = _frozen(self._labels_of_kinds()[columns.kind_code])
        self.source = _frozen(columns.source)
        self.target = _frozen(columns.target)
        self.relationship_code = _frozen(columns.relationship_code)
        self.verdict_code = _frozen(columns.verdict_code)
        self.forward = Adjacency.of(self.source, len(ids))
        self.backward = Adjacency.of(self.target, len(ids))
        self._details = details

    @classmethod
    def build(cls, estate: Estate) -> "AssetGraph":
        """The graph of a finished estate."""
        assets = tuple(estate.assets.values())
        ids = tuple(estate.assets)
        kinds = tuple(sorted({asset.kind for asset in assets}))
        relationship_kinds = tuple(sorted({item.kind for item in estate.relationships}))
        return cls(
            schema=estate.schema,
            coverage=estate.coverage,
            collected_at=estate.collected_at,
            ids=ids,
            kinds=kinds,
            relationship_kinds=relationship_kinds,
            columns=_columns(assets, estate.relationships, kinds, relationship_kinds),
            details=InMemory(assets, estate.relationships),
        )

    @property
    def node_count(self) -> int:
        """How many assets there are."""
        return len(self.ids)

    @property
    def edge_count(self) -> int:
        """How many relationships there are."""
        return len(self.source)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        arrays = (self.kind_code, self.label_code, self.source, self.target)
        codes = (self.relationship_code, self.verdict_code)
        rows = (self.forward, self.backward)
        return sum(array.nbytes for array in (*arrays, *codes)) + sum(
            row.offsets.nbytes + row.edges.nbytes for row in rows
        )

    def __contains__(self, asset_id: object) -> bool:
        return isinstance(asset_id, str) and self._position(asset_id) is not None

    def index_of(self, asset_id: str) -> int:
        """The number of an asset; KeyError if there is none of that id."""
        position = self._position(asset_id)
        if position is None:
            raise KeyError(asset_id)
        return position

    def asset(self, i: int) -> Asset:
        """The asset of a number."""
        return self._details.asset(int(i))

    def relationship(self, e: int) -> Relationship:
        """The relationship of an edge number."""
        return self._details.relationship(int(e))

    def assets(self) -> Iterator[Asset]:
        """All assets, in order of id."""
        return (self.asset(i) for i in range(self.node_count))

    def relationships(self) -> Iterator[Relationship]:
        """All relationships, in order of key."""
        return (self.relationship(e) for e in range(self.edge_count))

    def label(self, i: int) -> str:
        """The label of an asset's kind."""
        return self.labels[int(self.label_code[i])]

    def property(self, i: int, name: str, default: Any = None) -> Any:
        """A property of an asset; `default` if it was not read."""
        return self.asset(i).properties.get(name, default)

    def out_edges(self, i: int, kinds: Iterable[str] | None = None) -> Int32:
        """Edges that leave an asset, all or of some kinds."""
        return self._of_kinds(self.forward.row(i), kinds)

    def in_edges(self, i: int, kinds: Iterable[str] | None = None) -> Int32:
        """Edges that enter an asset, all or of some kinds."""
        return self._of_kinds(self.backward.row(i), kinds)

    def edge_of(self, key: Key) -> int | None:
        """The number of a relationship, or None if the graph has none such."""
        source, kind, target = key
        if source not in self or target not in self:
            return None
        i, j = self.index_of(source), self.index_of(target)
        return next((int(e) for e in self.out_edges(i, [kind]) if self.target[e] == j), None)

    def nodes_of_label(self, *labels: str) -> Int32:
        """Assets of these labels, in order of id."""
        wanted = np.array([label in labels for label in self.labels], dtype=bool)
        return _where(wanted, self.label_code)

    def edges_of_kind(self, *kinds: str) -> Int32:
        """Edges of these kinds, in order of key."""
        return _where(self._kind_mask(kinds), self.relationship_code)

    @cached_property
    def _relationship_code_of(self) -> Mapping[str, int]:
        return {kind: code for code, kind in enumerate(self.relationship_kinds)}

    def _of_kinds(self, edges: Int32, kinds: Iterable[str] | None) -> Int32:
        if kinds is None:
            return edges
        return edges[self._kind_mask(kinds)[self.relationship_code[edges]]]

    def _kind_mask(self, kinds: Iterable[str]) -> NDArray[np.bool_]:
        mask = np.zeros(max(len(self.relationship_kinds), 1), dtype=bool)
        mask[[self._relationship_code_of[k] for k in kinds if k in self._relationship_code_of]] = (
            True
        )
        return mask

    def _labels_of_kinds(self) -> Codes:
        codes = [self.labels.index(self.schema.label(kind).name) for kind in self.kinds]
        return np.array(codes, dtype=np.uint8)

    def _position(self, asset_id: str) -> int | None:
        position = bisect_left(self.ids, asset_id)
        found = position < len(self.ids) and self.ids[position] == asset_id
        return position if found else None


def _columns(
    assets: Sequence[Asset],
    relationships: Sequence[Relationship],
    kinds: Sequence[str],
    relationship_kinds: Sequence[str],
) -> Columns:
    number = {asset.id: i for i, asset in enumerate(assets)}
    kind_code = {kind: code for code, kind in enumerate(kinds)}
    edge_code = {kind: code for code, kind in enumerate(relationship_kinds)}
    verdict_code = {verdict: code for code, verdict in enumerate(VERDICTS)}
    edges = relationships
    return Columns(
        kind_code=np.array([kind_code[asset.kind] for asset in assets], dtype=np.uint16),
        source=np.array([number[edge.source] for edge in edges], dtype=np.int32),
        target=np.array([number[edge.target] for edge in edges], dtype=np.int32),
        relationship_code=np.array([edge_code[edge.kind] for edge in edges], dtype=np.uint8),
        verdict_code=np.array([verdict_code[edge.verdict] for edge in edges], dtype=np.uint8),
    )


def _where(wanted: NDArray[np.bool_], codes: Codes) -> Int32:
    if not len(wanted):
        return np.zeros(0, dtype=np.int32)
    return np.flatnonzero(wanted[codes]).astype(np.int32)


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
