"""One corpus of cases for both evaluators: graphs and rules as data, what they must say on arrays and on a Neo4j server.

Then what nobody thought of: every shipped rule on its own cases, generated graphs and patterns, generated values for
every operator.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.asset_graph import AssetGraph
from graph.model import Finding, RuleVerdict
from graph.rules.cases import case_graph
from graph.rules.evaluate import evaluate
from graph.rules.load import load_rules, read_rule
from graph.rules.model import Rule, RuleResults
from graph.rules.served import evaluate_served
from graph.stores.neo4j import Neo4jStore
from tests.beds.neo4j_bed import Neo4jServer
from tests.graph.rules.build import rule as built
from tests.graph.rules.generated import graphs, patterns

CORPUS = Path(__file__).parent / "corpus"
REST = {"id": "X-1", "title": "A title", "likelihood": 3, "impact": 4, "why": "Because."}


def _corpus() -> Iterator[Any]:
    """(rule, a case that gives the graph, what is expected)."""
    for path in sorted(CORPUS.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for row in content["graphs"]:
            case = {key: row[key] for key in ("title", "nodes", "edges", "read") if key in row}
            spelt = REST | content["rule"] | {"remediation": {"short": "Mend it."}}
            spelt["cases"] = [{"expect": "fail", **case}]
            rule = read_rule(spelt, path.name)
            yield pytest.param(rule, row, id=f"{path.stem}: {row['title']}")


@pytest.fixture(scope="session")
def neo4j(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    store = Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    yield store
    store.close()


def _on_server(store: Neo4jStore, graph: AssetGraph, rule: Rule) -> RuleResults:
    store.save("rules", graph)
    return evaluate_served(store.served("rules"), {rule.id: rule}).outcome


def _said(rule: Rule, results: RuleResults) -> list[tuple[Any, ...]]:
    """What both evaluators must say in the same words; of names that nothing depends on any example will do."""
    return sorted(
        (*_named(rule, item), item.verdict.value, item.missing) for item in results.findings
    )


def _named(rule: Rule, item: Finding) -> tuple[str, ...]:
    names = rule.pattern.group_by or rule.pattern.bound
    return tuple(item.bindings.get(name, "") for name in names)


def _check(rule: Rule, row: Mapping[str, Any], results: RuleResults) -> None:
    """Of a posture rule only the asset that it judges is told; of what is unread nothing else is known."""
    names = rule.pattern.group_by or rule.pattern.bound
    names = (rule.pattern.about,) if rule.kind == "posture" else names
    expected = sorted((*(item[name] for name in names), item["verdict"]) for item in row["expect"])
    found = results.findings
    assert expected == sorted((*(f.bindings[n] for n in names), f.verdict.value) for f in found)
    assert results.results[rule.id].passed == row.get("passed", 0)


@pytest.mark.parametrize(("rule", "row"), tuple(_corpus()))
def test_on_arrays(rule: Rule, row: Mapping[str, Any]) -> None:
    graph = case_graph(rule, rule.cases[0])
    _check(rule, row, evaluate(graph, {rule.id: rule}))


@pytest.mark.parametrize(("rule", "row"), tuple(_corpus()))
def test_on_a_server(rule: Rule, row: Mapping[str, Any], neo4j: Neo4jStore) -> None:
    graph = case_graph(rule, rule.cases[0])
    found = _on_server(neo4j, graph, rule)
    _check(rule, row, found)
    assert _said(rule, found) == _said(rule, evaluate(graph, {rule.id: rule}))


FIRING = [  # every fifth: bench_rules asks all of them
    pytest.param(rule, case, id=rule.id)
    for rule in tuple(load_rules().values())[::5]
    for case in [c for c in rule.cases if c.expect is not RuleVerdict.PASS][:1]
]


@pytest.mark.parametrize(("rule", "case"), FIRING)
def test_a_shipped_rule_says_the_same_on_both(rule: Rule, case: Any, neo4j: Neo4jStore) -> None:
    graph = case_graph(rule, case)
    local, served = evaluate(graph, {rule.id: rule}), _on_server(neo4j, graph, rule)
    assert _said(rule, served) == _said(rule, local)
    assert served.results == local.results
    for mine, theirs in zip(local.findings, served.findings, strict=True):
        assert {step.kind for step in theirs.path} == {step.kind for step in mine.path}
        assert bool(theirs.evidence) is bool(mine.evidence)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(graphs(), patterns(), st.sampled_from(["", 'group_by = ["a", "c"]']))
def test_both_agree_on_what_nobody_thought_of(
    neo4j: Neo4jStore, estate: AssetGraph, text: str, top: str
) -> None:
    for kind in ("toxic", "posture"):
        made = replace(built(text, kind=kind, top=top), needs=())
        local = evaluate(estate, {made.id: made})
        served = _on_server(neo4j, estate, made)
        assert _said(made, served) == _said(made, local)
        assert served.results == local.results
