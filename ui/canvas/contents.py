"""What the graph may show: attack paths, what is around an asset, one path or finding among them, everything."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from graph import subgraph
from graph.asset_graph import Int32
from graph.subgraph import Key, Subgraph
from ui.canvas.arrange import MOST_OF
from ui.facts import Facts

CONTENTS = {
    "paths": "Attack paths",
    "around": "Around the chosen asset",
    "estate": "Whole estate",
}
NOTHING: Int32 = np.zeros(0, dtype=np.int32)
EMPTY = Subgraph(nodes=NOTHING, edges=NOTHING)


@dataclass(frozen=True, kw_only=True)
class Content:
    """A part of the graph, what stands out in it, and how it is best arranged."""

    title: str
    key: str  # of CONTENTS
    shown: Subgraph
    how: str = "flow"
    middle: str = ""  # an asset
    marked: Subgraph = field(default_factory=lambda: EMPTY)
    classes_off: frozenset[str] = frozenset()  # of relationships


def content_of(facts: Facts, filters: Mapping[str, str]) -> Content:
    """What a place of the graph view names; the attack paths where it names nothing, or everything if there are none."""
    keys = [tuple(key) for key in json.loads(filters.get("steps", "[]"))]
    if keys:
        title = f"{facts.name(keys[0][0])}  →  {facts.name(keys[-1][2])}"
        return _steps(facts, title, keys)
    if filters.get("finding") in facts.findings:
        return _finding(facts, filters["finding"])
    if filters.get("around") in facts.graph:
        return around(facts, filters["around"])
    paths = facts.assessment.attack_paths
    if filters.get("show") == "estate" or not (paths or filters.get("show")):
        return estate(facts)
    return attack_paths(facts)


def attack_paths(facts: Facts) -> Content:
    """Every step of every attack path."""
    shown = subgraph.of_steps(facts.graph, facts.paths_over)
    return Content(title="Attack paths", key="paths", shown=shown)


def around(facts: Facts, asset: str) -> Content:
    """An asset and its neighbours."""
    shown = subgraph.around(facts.graph, facts.graph.index_of(asset))
    title = f"Around {facts.name(asset)}"
    return Content(title=title, key="around", shown=shown, middle=asset)


def estate(facts: Facts) -> Content:
    """Everything; what belongs where is said by the circles."""
    return Content(
        title="Whole estate",
        key="estate",
        shown=subgraph.whole(facts.graph),
        how="groups",
        classes_off=frozenset({"structure"}),
    )


def _finding(facts: Facts, key: str) -> Content:
    finding, graph = facts.findings[key], facts.graph
    known = [graph.index_of(each) for each in finding.assets if each in graph]
    if finding.path:
        made = _steps(facts, finding.title, [(s.source, s.kind, s.target) for s in finding.path])
        marked = subgraph.with_assets(graph, made.marked, known)
        return replace(made, shown=subgraph.with_assets(graph, made.shown, known), marked=marked)
    shown = subgraph.of_assets(graph, known)
    for asset in known[:1]:
        shown = subgraph.grown(graph, shown, asset)
    marked = Subgraph(nodes=np.unique(np.array(known, dtype=np.int32)), edges=NOTHING)
    return Content(title=finding.title, key="", shown=shown, marked=marked)


def _steps(facts: Facts, title: str, steps: Iterable[Key]) -> Content:
    """The steps stand out among all attack paths; among their own neighbours if those are too many to follow."""
    marked = subgraph.of_steps(facts.graph, steps)
    others = attack_paths(facts).shown
    if len(others.nodes) > MOST_OF["flow"]:
        others = subgraph.of_assets(facts.graph, marked.nodes.tolist())
    shown = Subgraph(
        nodes=np.union1d(others.nodes, marked.nodes).astype(np.int32),
        edges=np.union1d(others.edges, marked.edges).astype(np.int32),
    )
    return Content(title=title, key="", shown=shown, marked=marked)
