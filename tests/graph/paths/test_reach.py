"""Bit-parallel reachability says what one search at a time says."""

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.paths.reach import between, reach, spread
from graph.paths.walk import walk_of
from tests.graph.factories import asset, edge, graph
from tests.graph.paths import oracle


@settings(max_examples=200, deadline=None)
@given(oracle.graphs(nodes=10, edges=30), st.data())
def test_every_pair_is_answered_as_one_by_one(of, data):
    walk, moves = walk_of(of), oracle.states(of)
    some = st.lists(st.integers(0, of.node_count - 1), max_size=6)
    sources, targets = data.draw(some), data.draw(some)
    starts = np.array([walk.row(i, "control") for i in sources], dtype=np.int32)
    goals = np.array([walk.row(i, "reached") for i in targets], dtype=np.int32)
    answer = reach(walk, starts, goals)
    assert answer.shape == (len(sources), len(targets))
    for i, source in enumerate(sources):
        for j, target in enumerate(targets):
            expected = nx.has_path(moves, (of.ids[source], "control"), (of.ids[target], "reached"))
            assert answer[i, j] == expected


def test_more_sources_than_one_batch_of_words():
    count = 300
    of = graph(*(edge(f"s{i:03}", "CAN_READ", f"t{i:03}") for i in range(count)))
    walk = walk_of(of)
    starts = np.array([walk.row(of.index_of(f"s{i:03}"), "control") for i in range(count)])
    goals = np.array([walk.row(of.index_of(f"t{i:03}"), "reached") for i in range(count)])
    assert np.array_equal(reach(walk, starts, goals), np.eye(count, dtype=bool))


def test_spread_and_between():
    of = graph(
        edge("a", "CAN_ASSUME", "b"), edge("b", "CAN_ASSUME", "c"), edge("b", "CAN_ASSUME", "d")
    )
    walk = walk_of(of)
    a, c = (np.array([walk.row(of.index_of(name), "control")]) for name in "ac")
    reached = {of.ids[walk.asset(row)] for row in np.flatnonzero(spread(walk.forward, a)).tolist()}
    assert reached == {"a", "b", "c", "d"}
    on_the_way = {of.ids[walk.asset(row)] for row in np.flatnonzero(between(walk, a, c)).tolist()}
    assert on_the_way == {"a", "b", "c"}
    assert not spread(walk.forward, np.zeros(0, dtype=np.int32)).any()


def test_the_network_alone_does_not_open_what_asks_for_a_key():
    of = graph(
        asset("internet", "Modelhound::Internet"),
        asset("ai", "Microsoft.CognitiveServices/accounts"),
        asset("vm", "Microsoft.Compute/virtualMachines"),
        edge("internet", "CAN_REACH", "ai"),
        asset("agent", "aiplatform.googleapis.com/ReasoningEngine"),
        edge("internet", "CAN_REACH", "vm"),
        edge("internet", "CAN_REACH", "agent"),
        edge("someone", "CAN_INVOKE", "ai"),
        edge("someone", "CAN_INVOKE", "agent"),
    )
    walk = walk_of(of)

    def reached(start: str) -> set[str]:
        first = np.array([walk.row(of.index_of(start), "control")])
        rows = np.flatnonzero(spread(walk.forward, first)).tolist()
        return {of.ids[walk.asset(row)] for row in rows}

    assert reached("internet") == {"internet", "vm"}
    assert reached("someone") == {"someone", "ai", "agent"}
