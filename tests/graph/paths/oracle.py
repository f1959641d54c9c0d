"""The walk told plainly in networkx, and random small estates to compare on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import networkx as nx
from hypothesis import strategies as st

from graph.asset_graph import AssetGraph
from graph.model import Verdict
from graph.paths.risk import load_weights
from tests.graph.factories import asset, edge, graph

KINDS = (
    "AWS::IAM::Role",
    "AWS::SageMaker::NotebookInstance",  # use may become control
    "AWS::SageMaker::Model",  # steering may become control
)
STEPS = ("CAN_WRITE", "CAN_READ", "GROUNDED_ON", "HAS_CREDENTIAL", "CAN_INFLUENCE", "TRUSTS")


@st.composite
def graphs(draw, nodes: int = 6, edges: int = 14) -> AssetGraph:
    """Estates of a few assets `n0`, `n1`, ... with every mix of levels and verdicts."""
    count = draw(st.integers(2, nodes))
    node = st.integers(0, count - 1)
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=count, max_size=count))
    step = st.tuples(node, st.sampled_from(STEPS), node, st.sampled_from(list(Verdict)))
    steps = draw(st.lists(step, max_size=edges, unique_by=lambda item: item[:3]))
    return graph(
        *(asset(f"n{i}", kind) for i, kind in enumerate(kinds)),
        *(edge(f"n{a}", kind, f"n{b}", verdict) for a, kind, b, verdict in steps if a != b),
    )


@dataclass(frozen=True)
class Told:
    """A path as the oracle tells it."""

    cost: float
    steps: tuple[tuple[str, str, str], ...]
    decided: bool


def states(of: AssetGraph) -> nx.MultiDiGraph:
    """(asset, level) nodes; every move has cost, step (key or None) and decided."""
    weights = load_weights()
    result = nx.MultiDiGraph()
    for item in of.assets():
        label = of.schema.label(item.kind)
        within = [("control", "steer", True), ("control", "use", True)]
        within += [("steer", "reached", True), ("use", "reached", True)]
        within += [("use", "control", False)] if label.takeover else []
        within += [("steer", "control", False)] if label.steering else []
        for higher, lower, sure in within:
            cost = 0.0 if sure else weights.takeover_cost
            ends = (item.id, higher), (item.id, lower)
            result.add_edge(*ends, cost=cost, step=None, decided=sure)
    for step in of.relationships():
        kind = of.schema.relationships[step.kind]
        if kind.traversable and step.verdict is not Verdict.NO:
            sure = step.verdict is Verdict.YES
            result.add_edge(
                (step.source, kind.needs),
                (step.target, kind.gives),
                cost=kind.cost + (0 if sure else weights.undecided_cost),
                step=step.key,
                decided=sure,
            )
    return result


def simple_paths(of: AssetGraph, source: str, target: str) -> list[Told]:
    """Every path that visits no asset twice, once, cheapest first."""
    moves = states(of)
    ways = nx.all_simple_edge_paths(moves, (source, "control"), (target, "reached"))
    told = sorted(filter(None, (_told(moves, way) for way in ways)), key=lambda item: item.cost)
    cheapest = {item.steps: item for item in reversed(told)}
    return sorted(cheapest.values(), key=lambda item: item.cost)


def _told(moves: nx.MultiDiGraph, way: list[Any]) -> Told | None:
    data = [moves.edges[move] for move in way]
    steps = tuple(item["step"] for item in data if item["step"])
    assets = [steps[0][0], *(step[2] for step in steps)] if steps else []
    if not steps or len(set(assets)) < len(assets):
        return None
    return Told(sum(item["cost"] for item in data), steps, all(item["decided"] for item in data))


def pairs(of: AssetGraph) -> Iterator[tuple[str, str]]:
    """Every ordered pair of assets."""
    return ((a, b) for a in of.ids for b in of.ids if a != b)
