"""Direct rights are of principals over what a review lists, and asking about one agrees with the graph."""

import pytest

from app.rights import rights, why
from collectors.mapping import map_snapshot
from graph.asset_graph import AssetGraph
from graph.derive import derive
from graph.model import Snapshot, Verdict
from graph.permissions.question import ALLOWED, IMPLICIT, UNDECIDED
from tests.collectors.aws.recorded import answers


@pytest.fixture(scope="module")
def graph() -> AssetGraph:
    """The estate that a recorded live account describes."""
    recorded = Snapshot(records=tuple(answers()), coverage=())
    return AssetGraph.build(derive(map_snapshot(recorded)))


def test_rights_are_of_principals_over_what_is_worth_a_review(graph: AssetGraph) -> None:
    edges = rights(graph)
    assert len(edges)
    assert {graph.label(int(i)) for i in graph.source[edges]} <= {
        "User",
        "Role",
        "AnonymousPrincipal",
    }
    assert "Bucket" in {graph.label(int(i)) for i in graph.target[edges]}


def test_asking_about_a_right_agrees_with_the_graph(graph: AssetGraph) -> None:
    asked = 0
    for edge in rights(graph).tolist():
        right = graph.relationship(edge)
        for action in right.properties.get("actions", ())[:1]:
            found = why(graph, right.source, action, right.target)
            expected = {Verdict.YES: ALLOWED, Verdict.UNDECIDED: UNDECIDED}
            assert found.decision.decision == expected[right.verdict], right.key
            assert not found.obstacles
            asked += 1
    assert asked


def test_why_not_is_told_with_what_would_have_to_change(graph: AssetGraph) -> None:
    secret = next(i for i in graph.ids if ":secret:" in i)
    scientist = next(i for i in graph.ids if i.endswith("user/data-scientist"))
    found = why(graph, scientist, "secretsmanager:DeleteSecret", secret)
    assert found.decision.decision == IMPLICIT
    assert found.obstacles[0].change
