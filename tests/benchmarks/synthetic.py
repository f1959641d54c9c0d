"""Large estates made of arrays: 25 kinds of asset, 40 relationship patterns, a core of 44 % that leads everywhere."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph.asset_graph import VERDICTS, AssetGraph, Columns
from graph.coverage import Coverage
from graph.model import Asset, Relationship
from graph.schema import load_schema

KINDS, CORE, FRONT = (
    25,
    11,
    4,
)  # kinds of asset; of these the core, and before it where entries stand
PATTERNS = {"core": 24, "in": 6, "out": 10}
VERDICT_SHARES = [0.02, 0.13, 0.85]


class Ids(Sequence[str]):
    """Sorted ids that nobody stores."""

    def __init__(self, count: int) -> None:
        self.size = count

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, i: Any) -> Any:
        return f"n{i:08}"


class Numbers:
    """Details of a graph whose assets are mere numbers."""

    graph: AssetGraph

    def asset(self, i: int) -> Asset:
        return Asset(id=f"n{i:08}", kind=self.graph.kinds[int(self.graph.kind_code[i])], name="")

    def relationship(self, e: int) -> Relationship:
        graph = self.graph
        return Relationship(
            source=graph.ids[int(graph.source[e])],
            kind=graph.relationship_kinds[int(graph.relationship_code[e])],
            target=graph.ids[int(graph.target[e])],
            verdict=VERDICTS[int(graph.verdict_code[e])],
        )


def synthetic(nodes: int, edges: int, seed: int = 1) -> AssetGraph:
    """An AssetGraph of this size; the same seed gives the same graph."""
    rng = np.random.default_rng(seed)
    schema = load_schema()
    kinds = tuple(sorted(schema.kinds)[:KINDS])
    walked = sorted(kind.name for kind in schema.relationships.values() if kind.traversable)
    kind_code = rng.integers(0, KINDS, nodes).astype(np.uint16)
    source, target, code = _edges(rng, kind_code, edges, walked)
    order = np.lexsort((target, code, source))
    details = Numbers()
    details.graph = AssetGraph(
        schema=schema,
        coverage=Coverage(()),
        collected_at="",
        ids=Ids(nodes),
        kinds=kinds,
        relationship_kinds=tuple(walked),
        columns=Columns(
            kind_code=kind_code,
            source=source[order],
            target=target[order],
            relationship_code=code[order],
            verdict_code=rng.choice(3, edges, p=VERDICT_SHARES).astype(np.uint8),
        ),
        details=details,
    )
    return details.graph


def front(graph: AssetGraph, count: int) -> list[int]:
    """Assets where attackers stand."""
    fronts = (graph.kind_code >= CORE) & (graph.kind_code < CORE + FRONT)
    return [int(i) for i in np.flatnonzero(fronts)[:count]]


def back(graph: AssetGraph, count: int) -> list[int]:
    """Assets that attackers want."""
    return [int(i) for i in np.flatnonzero(graph.kind_code >= CORE + FRONT)[:count]]


def _edges(
    rng: np.random.Generator, kind_code: np.ndarray, edges: int, walked: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every edge follows one of the patterns (kind of asset, relationship, kind of asset)."""
    members = [np.flatnonzero(kind_code == code) for code in range(KINDS)]
    patterns = _patterns(rng, walked)
    share = np.full(len(patterns), edges // len(patterns))
    share[: edges % len(patterns)] += 1
    columns = [
        (
            rng.choice(members[begin], count),
            rng.choice(members[end], count),
            np.full(count, walked.index(kind)),
        )
        for (begin, kind, end), count in zip(patterns, share, strict=True)
    ]
    source, target, code = (np.concatenate(column) for column in zip(*columns, strict=True))
    return source.astype(np.int32), target.astype(np.int32), code.astype(np.uint8)


def _patterns(rng: np.random.Generator, walked: list[str]) -> list[tuple[int, str, int]]:
    """The core hands on control; the front leads into it, and from it all else is used."""
    schema = load_schema().relationships
    strong = [k for k in walked if (schema[k].needs, schema[k].gives) == ("control", "control")]
    weak = [k for k in walked if (schema[k].needs, schema[k].gives) == ("control", "use")]
    core = [(i, rng.choice(strong), (i + 1) % CORE) for i in range(CORE)]
    core += [
        (int(rng.integers(CORE)), rng.choice(strong), int(rng.integers(CORE)))
        for _ in range(PATTERNS["core"] - CORE)
    ]
    into = [
        (CORE + i % FRONT, rng.choice(strong), int(rng.integers(CORE)))
        for i in range(PATTERNS["in"])
    ]
    out = [
        (int(rng.integers(CORE)), rng.choice(weak), CORE + FRONT + i)
        for i in range(PATTERNS["out"])
    ]
    return core + into + out
