"""Attack paths against a plain oracle, and what levels, takeovers and verdicts do to them."""

import networkx as nx
import pytest
from hypothesis import given, settings

from graph.model import AttackPath, UserError, Verdict
from graph.paths import attack_paths, paths_between, simple
from graph.paths.risk import load_weights
from tests.graph.factories import asset, edge, graph
from tests.graph.paths import oracle

NOTEBOOK = "AWS::SageMaker::NotebookInstance"


def keys(path: AttackPath) -> list[tuple[str, str, str]]:
    return [(step.source, step.kind, step.target) for step in path.steps]


def kinds(path: AttackPath) -> list[str]:
    return [step.kind for step in path.steps]


def told_cost(path: AttackPath, of) -> float:
    """The cost of a path's steps; each undecided fact adds its own."""
    weights, cost = load_weights(), 0.0
    base = {item.key: item for item in of.relationships()}
    for step in path.steps:
        item = base[step.source, step.kind, step.target]
        cost += of.schema.relationships[step.kind].cost
        cost += weights.undecided_cost * (item.verdict is Verdict.UNDECIDED)
        cost += weights.takeover_cost * (len(step.missing) > len(item.missing))
    return cost


@settings(max_examples=150, deadline=None)
@given(oracle.graphs())
def test_the_k_best_paths_are_those_of_the_oracle(of):
    for source, target in oracle.pairs(of):
        expected = oracle.simple_paths(of, source, target)
        found = paths_between(of, source, target, k=5)
        if not expected:
            assert all(returns(path) for path in found)
            continue
        assert [told_cost(path, of) for path in found] == pytest.approx(
            [item.cost for item in expected[:5]]
        )
        by_steps = {item.steps: item for item in expected}
        for path in found:
            assert (path.verdict is Verdict.YES) == by_steps[tuple(keys(path))].decided
        assert len({tuple(keys(path)) for path in found}) == len(found)


@settings(max_examples=60, deadline=None)
@given(oracle.graphs())
def test_an_impatient_search_finds_paths_of_the_same_cost(of):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simple, "PATIENCE", 0)
        impatient = [paths_between(of, *pair, k=5) for pair in oracle.pairs(of)]
    patient = [paths_between(of, *pair, k=5) for pair in oracle.pairs(of)]
    for one, other in zip(impatient, patient, strict=True):
        assert [told_cost(path, of) for path in one] == [told_cost(path, of) for path in other]


def returns(path: AttackPath) -> bool:
    assets = [path.entry, *(step.target for step in path.steps)]
    return len(set(assets)) < len(assets)


@settings(max_examples=150, deadline=None)
@given(oracle.graphs())
def test_every_reachable_pair_has_its_best_path_whichever_side_is_searched(of):
    moves = oracle.states(of)
    expected = {
        (source, target)
        for source, target in oracle.pairs(of)
        if nx.has_path(moves, (source, "control"), (target, "reached"))
    }
    found = attack_paths(of, entries=of.ids, targets=of.ids)
    assert {(path.entry, path.target) for path in found} == expected
    for path in attack_paths(of, entries=of.ids[:1], targets=of.ids):
        (same,) = (item for item in found if (item.entry, item.target) == (path.entry, path.target))
        assert (told_cost(path, of), path.risk) == (told_cost(same, of), same.risk)
        best = oracle.simple_paths(of, path.entry, path.target)
        if best:
            assert told_cost(path, of) == pytest.approx(best[0].cost)


@settings(max_examples=30, deadline=None)
@given(oracle.graphs())
def test_two_runs_give_the_same(of):
    assert attack_paths(of, entries=of.ids, targets=of.ids) == attack_paths(
        graph(*of.assets(), *of.relationships()), entries=of.ids, targets=of.ids
    )


def test_use_is_not_enough_where_control_is_needed():
    of = graph(edge("user", "CAN_READ", "bucket"), edge("bucket", "CAN_POISON", "model"))
    assert paths_between(of, "user", "bucket")
    assert paths_between(of, "user", "model") == ()


def test_control_includes_use():
    of = graph(edge("user", "CAN_MODIFY", "agent"), edge("agent", "USES_TOOL", "tool"))
    (path,) = paths_between(of, "user", "tool")
    assert path.verdict is Verdict.YES


def test_a_takeover_leaves_the_next_step_undecided_and_says_why():
    of = graph(
        asset("notebook", NOTEBOOK),
        edge("internet", "CAN_REACH", "notebook"),
        edge("notebook", "RUNS_AS", "role"),
        edge("role", "CAN_READ", "bucket"),
    )
    (path,) = paths_between(of, "internet", "bucket")
    assert [step.verdict for step in path.steps] == ["yes", "undecided", "yes"]
    assert path.verdict is Verdict.UNDECIDED
    assert path.steps[1].missing == (of.schema.labels["Notebook"].takeover,)
    assert path.steps[0].missing == ()


def test_who_steers_does_not_act_as_what_he_steers():
    of = graph(
        asset("kb", "AWS::Bedrock::KnowledgeBase"),
        asset("agent", "AWS::Bedrock::Agent"),
        asset("model", "AWS::SageMaker::Model"),
        edge("writer", "CAN_WRITE", "bucket"),
        edge("bucket", "CAN_INFLUENCE", "kb"),
        edge("kb", "CAN_INFLUENCE", "agent"),
        edge("kb", "RUNS_AS", "kb-role"),
        edge("agent", "RUNS_AS", "agent-role"),
        edge("agent", "USES_TOOL", "tool"),
        edge("bucket", "CAN_POISON", "model"),
        edge("model", "RUNS_AS", "model-role"),
    )
    (to_agent,) = paths_between(of, "writer", "agent")
    assert to_agent.verdict is Verdict.YES
    assert paths_between(of, "writer", "tool")[0].verdict is Verdict.UNDECIDED
    assert paths_between(of, "writer", "kb-role") == ()
    (to_role,) = paths_between(of, "writer", "agent-role")
    assert to_role.verdict is Verdict.UNDECIDED
    assert to_role.steps[-1].missing == (of.schema.labels["AIAgent"].takeover,)
    (to_role,) = paths_between(of, "writer", "model-role")
    assert to_role.steps[-1].missing == (of.schema.labels["AIModel"].steering,)
    (by_control,) = paths_between(of, "kb", "kb-role")
    assert by_control.verdict is Verdict.YES


def test_who_steers_cannot_read_what_he_steers():
    """A web page that a knowledge base crawls decides what it says, and learns nothing of its other documents."""
    of = graph(
        asset("kb", "AWS::Bedrock::KnowledgeBase"),
        edge("internet", "CAN_INFLUENCE", "kb"),
        edge("kb", "GROUNDED_ON", "inbox"),
    )
    assert paths_between(of, "internet", "kb")[0].verdict is Verdict.YES
    assert paths_between(of, "internet", "inbox") == ()


def test_no_is_never_walked_nor_is_what_is_not_traversable():
    of = graph(
        edge("a", "CAN_READ", "b", Verdict.NO),
        edge("a", "TRUSTS", "c"),
    )
    assert paths_between(of, "a", "b") == ()
    assert paths_between(of, "a", "c") == ()


def test_a_sure_way_comes_before_a_shorter_undecided_one():
    of = graph(
        edge("a", "CAN_WRITE", "z", Verdict.UNDECIDED, missing=["a condition"]),
        edge("a", "CAN_ASSUME", "b"),
        edge("b", "CAN_WRITE", "z"),
    )
    sure, unsure = paths_between(of, "a", "z")
    assert kinds(sure) == ["CAN_ASSUME", "CAN_WRITE"]
    assert (sure.verdict, unsure.verdict) == (Verdict.YES, Verdict.UNDECIDED)
    assert unsure.steps[0].missing == ("a condition",)
    assert sure.risk > unsure.risk


def test_where_every_way_must_return_the_cheapest_is_told():
    """The bucket is read, a credential found in it, and with that the bucket is overwritten."""
    of = graph(
        edge("user", "CAN_READ", "bucket"),
        edge("bucket", "HAS_CREDENTIAL", "key"),
        edge("key", "AUTHENTICATES_TO", "writer"),
        edge("writer", "CAN_WRITE", "bucket"),
        edge("bucket", "CAN_POISON", "model"),
    )
    (path,) = paths_between(of, "user", "model")
    assert kinds(path) == [
        "CAN_READ",
        "HAS_CREDENTIAL",
        "AUTHENTICATES_TO",
        "CAN_WRITE",
        "CAN_POISON",
    ]
    assert attack_paths(of, entries=["user"], targets=["model"])[0].steps == path.steps


def test_worst_comes_first_and_limit_cuts():
    of = graph(
        asset("internet", "Modelhound::Internet"),
        asset("key", "AWS::IAM::AccessKey", status="Active"),
        asset("jewel", "AWS::S3::Bucket", classification="pii"),
        edge("internet", "CAN_REACH", "jewel"),
        edge("key", "AUTHENTICATES_TO", "user"),
        edge("user", "CAN_READ", "jewel"),
    )
    found = attack_paths(of)
    assert [path.entry for path in found] == ["internet", "key"]
    assert found[0].risk > found[1].risk
    assert attack_paths(of, limit=1) == found[:1]
    assert all(0 < path.risk <= 100 for path in found)


def test_an_id_that_is_not_there_is_said():
    with pytest.raises(UserError, match="nowhere is not in the snapshot"):
        attack_paths(graph(edge("a", "CAN_READ", "b")), entries=["nowhere"])


def test_no_ends_no_paths():
    assert attack_paths(graph()) == ()
    assert attack_paths(graph(edge("a", "CAN_READ", "b"))) == ()
