"""What if steps were broken: the same as a graph that never had them."""

from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.asset_graph import AssetGraph
from graph.model import AttackPath, Evidence, Key, Relationship
from graph.paths import attack_paths, paths_between
from graph.paths.what_if import costs, pair, what_if
from tests.graph.factories import asset, edge, graph
from tests.graph.paths import oracle

ROLE = "AWS::IAM::Role"


def estate(*ways: tuple[str, str]) -> AssetGraph:
    names = dict.fromkeys(name for way in ways for name in way)
    return graph(
        *(asset(name, ROLE) for name in names), *(edge(a, "CAN_WRITE", b) for a, b in ways)
    )


def walked(path: AttackPath) -> list[str]:
    return [path.entry, *(step.target for step in path.steps)]


DIAMOND = estate(("a", "b"), ("b", "z"), ("a", "c"), ("c", "d"), ("d", "z"), ("b", "y"))
PATHS = attack_paths(DIAMOND, entries=["a"], targets=["y", "z"])


def test_a_path_ends_or_takes_another_way_or_stays() -> None:
    tried = what_if(DIAMOND, PATHS, [("a", "CAN_WRITE", "b")])
    assert [walked(path) for path in tried.broken] == [["a", "b", "y"]]
    assert [walked(path) for path in tried.remaining] == [["a", "c", "d", "z"]]
    assert walked(tried.before["a", "z"]) == ["a", "b", "z"]
    assert tried.remaining[0].risk < tried.before["a", "z"].risk
    tried = what_if(DIAMOND, PATHS, [("b", "CAN_WRITE", "y")])
    assert [walked(path) for path in tried.remaining] == [["a", "b", "z"]]
    assert not tried.before


def test_cuts_add_up_and_none_changes_nothing() -> None:
    cuts = [("a", "CAN_WRITE", "b"), ("c", "CAN_WRITE", "d"), ("a", "CAN_WRITE", "b")]
    tried = what_if(DIAMOND, PATHS, cuts)
    assert (tried.remaining, tried.broken, tried.cuts) == ((), PATHS, tuple(cuts[:2]))
    assert what_if(DIAMOND, PATHS, ()).remaining == PATHS
    assert what_if(DIAMOND, PATHS, [("nobody", "CAN_WRITE", "z")]).remaining == PATHS


def test_the_best_ways_of_one_pair_without_a_step() -> None:
    found = paths_between(DIAMOND, "a", "z", cuts=[("c", "CAN_WRITE", "d")])
    assert [walked(path) for path in found] == [["a", "b", "z"]]


def on(key: Key, *evidence: Evidence) -> Relationship:
    return replace(edge(*key), evidence=evidence)


def test_costs_are_the_accesses_that_rest_on_the_same_statement() -> None:
    wide, own, whole = (
        Evidence(record="r", pointer=at) for at in ("/Statement/0", "/Statement/1", "")
    )
    same_place_elsewhere = Evidence(record="s", pointer=wide.pointer)
    made = graph(
        *(asset(name, ROLE) for name in "abcd"),
        on(("a", "CAN_READ", "b"), wide, own, whole),
        on(("a", "CAN_WRITE", "b"), wide),
        on(("c", "CAN_READ", "d"), own, wide),
        on(("a", "RUNS_AS", "c"), wide),
        on(("a", "CAN_READ", "c"), whole, same_place_elsewhere),
    )
    cut, write, read = ("a", "CAN_READ", "b"), ("a", "CAN_WRITE", "b"), ("c", "CAN_READ", "d")
    found = [(cost.rests_on, cost.accesses) for cost in costs(made, [cut])]
    assert found == [(own, (read,)), (wide, (write, read))]
    assert [cost.accesses for cost in costs(made, [cut, write])] == [(read,), (read,)]
    assert costs(made, [("nobody", "CAN_READ", "b")]) == ()


@settings(max_examples=150, deadline=None)
@given(oracle.graphs(), st.data())
def test_the_same_as_a_graph_that_never_had_the_step(of: AssetGraph, data: st.DataObject) -> None:
    paths = attack_paths(of, entries=of.ids, targets=of.ids)
    steps = sorted({step.key for path in paths for step in path.steps})
    if not steps:
        return
    cuts = data.draw(st.lists(st.sampled_from(steps), max_size=3))
    less = graph(*of.assets(), *(item for item in of.relationships() if item.key not in cuts))
    expected = {pair(path): path for path in attack_paths(less, entries=of.ids, targets=of.ids)}
    tried = what_if(of, paths, cuts)
    assert {pair(path) for path in tried.remaining} == set(expected)
    for path in tried.remaining:
        assert path.risk == pytest.approx(expected[pair(path)].risk)
        assert not {step.key for step in path.steps} & set(cuts)
    moves = nx.MultiDiGraph(oracle.states(less))
    for path in tried.broken:
        assert not nx.has_path(moves, (path.entry, "control"), (path.target, "reached"))
    assert len(tried.broken) + len(tried.remaining) == len(paths)
