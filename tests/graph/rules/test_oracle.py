"""The matcher against an oracle that tries every assignment, on generated graphs and patterns."""

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.asset_graph import AssetGraph
from graph.rules.match import Matcher
from tests.graph.rules.build import rule
from tests.graph.rules.generated import graphs, patterns
from tests.graph.rules.oracle import answers


@settings(max_examples=200, deadline=None)
@given(graphs(), patterns(), st.sampled_from(["", 'group_by = ["a", "c"]']))
def test_the_matcher_finds_what_every_assignment_finds(
    estate: AssetGraph, text: str, top: str
) -> None:
    pattern = rule(text, kind="toxic", top=top).pattern
    names = pattern.group_by or pattern.bound
    found = {
        tuple(estate.ids[m.bindings[name]] for name in names): m.verdict
        for m in Matcher(estate).matches(pattern)
    }
    assert found == answers(estate, pattern)
