"""Parts of a graph: what is on the paths, what is around an asset, what grows and what goes."""

import numpy as np
import pytest

from graph import subgraph
from graph.asset_graph import AssetGraph
from tests.ui import sample


@pytest.fixture(scope="module")
def graph() -> AssetGraph:
    return sample.small().graph


def test_of_steps_holds_the_steps_and_nothing_else(graph: AssetGraph) -> None:
    paths = sample.small().attack_paths
    steps = [(s.source, s.kind, s.target) for path in paths for s in path.steps]
    made = subgraph.of_steps(graph, steps)
    keys = {graph.relationship(edge).key for edge in made.edges.tolist()}
    assert keys == set(steps)
    ends = {end for key in keys for end in (key[0], key[2])}
    assert {graph.ids[node] for node in made.nodes} == ends


def test_steps_that_are_gone_are_left_out(graph: AssetGraph) -> None:
    step = sample.small().attack_paths[0].steps[0]
    assert len(subgraph.of_steps(graph, [("gone", step.kind, step.target)]).nodes) == 0


def test_around_holds_the_neighbours_walkable_ones_first(graph: AssetGraph) -> None:
    role = graph.index_of(sample.DS_ROLE)
    others = subgraph.neighbours(graph, role)
    edges = [*graph.out_edges(role), *graph.in_edges(role)]
    ends = {int(end) for edge in edges for end in (graph.source[edge], graph.target[edge])}
    assert set(others) == ends - {role}
    few = subgraph.around(graph, role, most=3)
    assert few.held == {role, *others[:3]}
    kinds = graph.schema.relationships

    def walkable(other: int) -> bool:
        return any(
            kinds[graph.relationship_kinds[graph.relationship_code[edge]]].traversable
            for edge in edges
            if other in {int(graph.source[edge]), int(graph.target[edge])}
        )

    walked = [walkable(other) for other in others]
    assert walked == sorted(walked, reverse=True)


def test_what_contains_what_is_drawn_only_for_the_asset_in_question(graph: AssetGraph) -> None:
    account = graph.index_of(sample.ACCOUNT_ID)
    role = graph.index_of(sample.DS_ROLE)
    made = subgraph.around(graph, role)
    assert account in made
    contained = [e for e in made.edges.tolist() if graph.source[e] == account]
    assert {int(graph.target[e]) for e in contained} == {role}
    assert len(subgraph.around(graph, account).edges) > 5


def test_growing_and_cutting(graph: AssetGraph) -> None:
    role = graph.index_of(sample.DS_ROLE)
    small = subgraph.of_assets(graph, [role])
    assert len(small.edges) == 0
    more = subgraph.grown(graph, small, role, most=2)
    assert len(more.nodes) == 3
    assert len(more.edges) >= 2
    assert (
        subgraph.unseen(graph, small)[0]
        > subgraph.unseen(graph, more)[np.searchsorted(more.nodes, role)]
    )
    again = subgraph.without(graph, more, set(more.nodes.tolist()) - {role})
    assert again.same(small)
    full = subgraph.grown(graph, subgraph.whole(graph), role)
    assert full.same(subgraph.whole(graph))


def test_hops_put_what_leads_to_an_asset_left_of_it(graph: AssetGraph) -> None:
    role = graph.index_of(sample.DS_ROLE)
    shown = subgraph.around(graph, role)
    rank = dict(zip(shown.nodes.tolist(), subgraph.hops(graph, shown, role), strict=True))
    assert rank[role] == 0
    assert rank[graph.index_of(sample.NOTEBOOK)] < 0 < rank[graph.index_of(sample.TRAIN_DATA)]
