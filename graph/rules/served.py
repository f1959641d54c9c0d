"""All rules on a graph server: patterns are matched there, and only what findings show comes back.

The server finds combinations of assets; absence, counts, findings and results are then made of them by the same code as
on arrays, on a small graph of the assets and relationships that the findings name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from graph.asset_graph import AssetGraph
from graph.coverage import Coverage
from graph.estate import Estate
from graph.model import Asset, Finding, Relationship
from graph.progress import CancelCheck, Progress, never, silent, stop_if
from graph.rules.absence import lists_behind
from graph.rules.cypher import (
    Query,
    example_query,
    needed,
    rows_query,
    silent_query,
    ways_query,
)
from graph.rules.evaluate import Silent, clouds_of, concluded, worst_first
from graph.rules.match import Match, Matcher
from graph.rules.model import Pattern, Rule, RuleResult, RuleResults, StepPattern
from graph.rules.predicates import OWN
from graph.rules.relations import UNDECIDED
from graph.rules.rows import Rows
from graph.schema import Schema, load_schema

_AT_ONCE = 2_000  # assets or pairs that one question names


class GraphServer(Protocol):
    """One graph on a server. Every method may raise StoreError."""

    coverage: Coverage
    collected_at: str
    kinds: frozenset[str]  # of the assets that are there

    def ask(self, query: Query, **more: Any) -> Iterator[list[Any]]:
        """The rows that a query answers, values in the order of its RETURN; `more` are parameters of this call."""
        ...

    def assets(self, ids: Sequence[str]) -> Iterator[Asset]:
        """The assets of these ids."""
        ...

    def relationship(self, detail: str) -> Relationship:
        """A relationship from its stored spelling."""
        ...


class Served(NamedTuple):
    """What the rules say, and the assets and relationships that the findings show."""

    outcome: RuleResults
    graph: AssetGraph


def evaluate_served(
    server: GraphServer,
    rules: Mapping[str, Rule],
    *,
    progress: Progress = silent,
    cancelled: CancelCheck = never,
) -> Served:
    """Every rule on the server's graph."""
    schema, answers = load_schema(), dict[str, list[list[Any]]]()
    for number, rule in enumerate(rules.values(), 1):
        stop_if(cancelled)
        progress(0.8 * number / len(rules), f"Rule {rule.id}")
        answers[rule.id] = _answers(server, rule.pattern, schema)
    matches = _Matches(server, schema).of(rules, answers)
    progress(0.85, "Fetching what the findings show")
    matcher = Matcher(_shown(server, rules, matches, schema))
    clouds = clouds_of(server.kinds, server.coverage)
    findings: list[Finding] = []
    results: dict[str, RuleResult] = {}
    for rule in rules.values():
        stop_if(cancelled)
        quiet = _silent(server, matcher, rule, matches[rule.id])
        placed = [_placed(found, matcher.graph) for found in matches[rule.id]]
        found, results[rule.id] = concluded(matcher, rule, placed, quiet, clouds)
        findings += found
    progress(1.0, "Judged")
    outcome = RuleResults(findings=worst_first(findings), results=results)
    return Served(outcome, matcher.graph)


def _answers(server: GraphServer, pattern: Pattern, schema: Schema) -> list[list[Any]]:
    """What the server says of a pattern; nothing if there is no asset of a kind that it takes."""
    if any(pattern.nodes[name].kinds.isdisjoint(server.kinds) for name in pattern.bound):
        return []
    return list(server.ask(rows_query(pattern, schema)))


class _Named:
    """A match by ids, before the graph of what is shown exists."""

    def __init__(self, bindings: Mapping[str, str], verdict: int, counted: Iterable[str]) -> None:
        self.bindings = dict(bindings)
        self.verdict = verdict
        self.counted = tuple(counted)


def _placed(found: _Named, graph: AssetGraph) -> Match:
    return Match(
        bindings={name: graph.index_of(asset) for name, asset in found.bindings.items()},
        verdict=found.verdict,
        counted=tuple(graph.index_of(asset) for asset in found.counted),
    )


class _Matches:
    """Turns the server's rows into matches, with the matcher's own absence and counting."""

    def __init__(self, server: GraphServer, schema: Schema) -> None:
        self._server = server
        self._schema = schema

    def of(
        self, rules: Mapping[str, Rule], answers: Mapping[str, list[list[Any]]]
    ) -> dict[str, list[_Named]]:
        ids = {asset for rows in answers.values() for row in rows for asset in row[0]}
        matcher = Matcher(_graph(self._server, ids, (), self._schema))
        found = {
            rule.id: self._grouped(matcher, rule.pattern, answers[rule.id])
            for rule in rules.values()
        }
        for rule in rules.values():
            self._complete(rule.pattern, found[rule.id])
        return found

    def _grouped(
        self, matcher: Matcher, pattern: Pattern, answers: list[list[Any]]
    ) -> list[_Named]:
        if not answers:
            return []
        graph, names = matcher.graph, needed(pattern)
        order = sorted(range(len(answers)), key=lambda i: answers[i][0])
        columns = {
            name: np.array([graph.index_of(answers[i][0][k]) for i in order], dtype=np.int32)
            for k, name in enumerate(names)
        }
        rows = Rows(columns, np.array([answers[i][1] for i in order], dtype=np.uint8))
        certainty = rows.verdict
        for k, part in enumerate(pattern.absent):
            maybe = np.array([answers[i][2][k] for i in order], dtype=np.uint8) * UNDECIDED
            absent = matcher.absent(rows, pattern, part, maybe)
            certainty = np.minimum(certainty, absent)
        return [
            _Named(
                {name: graph.ids[i] for name, i in found.bindings.items()},
                found.verdict,
                (graph.ids[i] for i in found.counted),
            )
            for found in matcher.grouped(rows.at_most(certainty), pattern)
        ]

    def _complete(self, pattern: Pattern, matches: Sequence[_Named]) -> None:
        """An example for each name that the answer does not depend on."""
        names = needed(pattern)
        if not matches or set(names) == set(pattern.bound):
            return
        query = example_query(pattern, self._schema)
        for part in _parts(matches):
            rows = [[found.bindings[name] for name in names] for found in part]
            by_key = {
                tuple(ids[pattern.bound.index(name)] for name in names): ids
                for (ids,) in self._server.ask(query, rows=rows)
            }
            for found, row in zip(part, rows, strict=True):
                found.bindings.update(zip(pattern.bound, by_key[tuple(row)], strict=True))


def _shown(
    server: GraphServer,
    rules: Mapping[str, Rule],
    matches: Mapping[str, Sequence[_Named]],
    schema: Schema,
) -> AssetGraph:
    """The graph of the assets that findings name and the relationships that join them."""
    pairs: dict[StepPattern, dict[tuple[str, str], None]] = {}
    ids: set[str] = set()
    for rule in rules.values():
        for found in matches[rule.id]:
            ids.update(found.bindings.values(), found.counted)
            for step in rule.pattern.steps:
                ends = (found.bindings[step.source], found.bindings[step.target])
                pairs.setdefault(step, {})[ends] = None
    ways = [item for step, ends in pairs.items() for item in _ways(server, step, ends, schema)]
    ids.update(end for item in ways for end in (item.source, item.target))
    return _graph(server, ids, ways, schema)


def _ways(
    server: GraphServer, step: StepPattern, ends: Iterable[tuple[str, str]], schema: Schema
) -> Iterator[Relationship]:
    query = ways_query(step, schema)
    for part in _parts(list(ends)):
        for (way,) in server.ask(query, pairs=[list(pair) for pair in part]):
            yield from map(server.relationship, way)


def _graph(
    server: GraphServer, ids: Iterable[str], relationships: Iterable[Relationship], schema: Schema
) -> AssetGraph:
    found = {asset.id: asset for part in _parts(sorted(ids)) for asset in server.assets(part)}
    edges = {item.key: item for item in relationships}
    return AssetGraph.build(
        Estate(
            schema=schema,
            assets={key: found[key] for key in sorted(found)},
            relationships=tuple(edges[key] for key in sorted(edges)),
            coverage=server.coverage,
            collected_at=server.collected_at,
        )
    )


def _silent(server: GraphServer, matcher: Matcher, rule: Rule, matches: Sequence[_Named]) -> Silent:
    """Assets that a posture rule is about and finds nothing wrong with, weighed by the ledger."""
    pattern = rule.pattern
    node = pattern.nodes[pattern.about]
    if rule.kind != "posture" or node.kinds.isdisjoint(server.kinds):
        return Silent()
    named = [found.bindings[pattern.about] for found in matches]
    passed, unknown = 0, dict[str, tuple[str, ...]]()
    for own, unread, count in server.ask(silent_query(node, matcher.graph.schema), named=named):
        if own is None:
            passed += count
            continue
        asset = Asset(**dict(zip(OWN, own, strict=True)))
        gaps = [matcher.ledger.property_gap(asset, name) for name in unread]
        about = (pattern.about,)
        lists = lists_behind(pattern.steps, about, pattern, asset.kind, matcher.graph.schema)
        gaps += matcher.ledger.gaps(lists, asset)
        passed += not gaps
        if gaps:
            unknown[asset.id] = tuple(gaps)
    return Silent(passed, unknown)


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[i : i + _AT_ONCE] for i in range(0, len(items), _AT_ONCE))
