"""Path search beside other libraries, in one run. Ratios count; the machine is named with them.

igraph and rustworkx are measured where they are installed; igraph is GPL and never a dependency.
"""

import importlib
from collections.abc import Callable
from functools import partial
from itertools import islice
from time import process_time
from typing import Any, TypeVar

import networkx as nx
import numpy as np
import pytest
from scipy.sparse.csgraph import breadth_first_order, connected_components

from graph.paths.reach import matrix, reach
from graph.paths.simple import simple_ways
from graph.paths.walk import Walk, build_walk
from tests.benchmarks.synthetic import back, front, synthetic

T = TypeVar("T")
Search = Callable[..., list[float]]

pytestmark = pytest.mark.benchmark


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """The result and its CPU seconds."""
    before = process_time()
    result = work()
    return result, process_time() - before


def optional(name: str) -> Any:
    """A library that is measured only where somebody installed it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"  {name}: not installed, not measured")
        return None


def test_reachability_of_a_thousand_by_a_thousand():
    graph, made = timed(lambda: synthetic(1_000_000, 8_000_000))
    print(f"\n1 M nodes, 8 M edges (made in {made:.1f} s); {graph.nbytes / 8e6:.1f} B an edge")
    assert graph.nbytes / graph.edge_count <= 32
    walk, built = timed(lambda: build_walk(graph))
    print(f"  walk: {walk.forward.count:,} states, {len(walk.forward.to):,} moves, {built:.2f} s")
    starts = rows(walk, front(graph, 1000), "control")
    goals = rows(walk, back(graph, 1000), "reached")
    answer, ours = timed(lambda: reach(walk, starts, goals))
    rest = matrix(walk.forward)
    _, parts = connected_components(rest, connection="strong")
    print(f"  largest component: {np.bincount(parts).max() / len(parts):.0%} of the states")
    probe = np.linspace(0, len(starts) - 1, 20, dtype=int)
    singles = 0.0
    for i in probe:
        found, spent = timed(
            partial(breadth_first_order, rest, starts[i], return_predecessors=False)
        )
        singles += spent
        assert np.array_equal(np.isin(goals, found), answer[i])
    single = singles / len(probe)
    print(f"  reach 1,000 x 1,000: {ours:.2f} s CPU, {answer.mean():.0%} of the pairs reach")
    print(f"  scipy, one breadth-first search: {single:.3f} s, so 1,000 take {1000 * single:.0f} s")
    print(f"  ratio: {1000 * single / ours:.0f}")


def test_ten_shortest_paths_of_one_pair():
    graph = synthetic(100_000, 800_000)
    walk, built = timed(lambda: build_walk(graph))
    starts, goals = (
        rows(walk, front(graph, 400), "control"),
        rows(walk, back(graph, 400), "reached"),
    )
    pairs = [
        (int(s), int(g))
        for s, g in zip(starts, goals, strict=True)
        if reach(walk, *one(s, g))[0, 0]
    ][:10]
    print(f"\n100 k nodes, 800 k edges; 10 cheapest simple paths, mean of {len(pairs)} pairs")
    costs, spent = timed(lambda: [ours(walk, *pair) for pair in pairs])
    report("modelhound", spent, len(pairs), built)
    for name, (prepare, search, few) in OTHERS.items():
        library = optional(name)
        if library:
            prepared, built = timed(partial(prepare, walk, library))
            theirs, spent = timed(partial(each, search, library, prepared, pairs[:few]))
            report(name, spent, len(theirs), built)
            for mine, found in zip(costs, theirs, strict=False):
                assert found[0] == pytest.approx(mine[0])


def each(search: Search, library: Any, prepared: Any, pairs: list[tuple[int, int]]) -> list[Any]:
    return [search(library, prepared, *pair) for pair in pairs]


def rows(walk: Walk, assets: list[int], level: Any) -> np.ndarray:
    return np.array([walk.row(asset, level) for asset in assets], dtype=np.int32)


def one(start: int, goal: int) -> tuple[np.ndarray, np.ndarray]:
    return np.array([start], dtype=np.int32), np.array([goal], dtype=np.int32)


def report(name: str, spent: float, count: int, built: float) -> None:
    print(f"  {name:12} {1000 * spent / count:9.1f} ms CPU a pair (graph built in {built:.1f} s)")


def ours(walk: Walk, start: int, goal: int) -> list[float]:
    ways = islice(simple_ways(walk, start, goal), 10)
    return [float(walk.forward.cost[list(way)].sum()) for way in ways]


def moves(walk: Walk) -> tuple[list[int], list[int], list[float]]:
    tails = np.repeat(np.arange(walk.forward.count), np.diff(walk.forward.offsets))
    return tails.tolist(), walk.forward.to.tolist(), walk.forward.cost.tolist()


def networkx_graph(walk: Walk, library: Any) -> Any:
    made = library.DiGraph()
    for tail, head, cost in zip(*moves(walk), strict=True):
        if not made.has_edge(tail, head) or made[tail][head]["cost"] > cost:
            made.add_edge(tail, head, cost=cost)
    return made


def networkx_paths(library: Any, made: Any, start: int, goal: int) -> list[float]:
    ways = islice(library.shortest_simple_paths(made, start, goal, weight="cost"), 10)
    return [nx.path_weight(made, way, "cost") for way in ways]


def igraph_graph(walk: Walk, library: Any) -> Any:
    tails, heads, cost = moves(walk)
    made = library.Graph(
        n=walk.forward.count, edges=list(zip(tails, heads, strict=True)), directed=True
    )
    made.es["cost"] = cost
    return made


def igraph_paths(_: Any, made: Any, start: int, goal: int) -> list[float]:
    ways = made.get_k_shortest_paths(start, goal, k=10, weights="cost", output="epath")
    return [sum(made.es[way]["cost"]) for way in ways]


def rustworkx_graph(walk: Walk, library: Any) -> Any:
    made = library.PyDiGraph()
    made.add_nodes_from(range(walk.forward.count))
    made.add_edges_from(list(zip(*moves(walk), strict=True)))
    return made


def rustworkx_lengths(library: Any, made: Any, start: int, goal: int) -> list[float]:
    """rustworkx has no k paths; this is only the cost of the first, the second, ... tenth walk."""
    return [
        library.digraph_k_shortest_path_lengths(made, start, k, float, goal)[goal]
        for k in range(1, 11)
    ]


OTHERS: dict[str, tuple[Callable[..., Any], Search, int]] = {
    "networkx": (networkx_graph, networkx_paths, 5),
    "igraph": (igraph_graph, igraph_paths, 2),
    "rustworkx": (rustworkx_graph, rustworkx_lengths, 2),
}
