"""Estates that give every rule something to do: their relationships follow the steps of the rules, their properties what rules ask.

Most assets are in order: of the values that rules look for each asset has few.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from graph.asset_graph import AssetGraph, Columns
from graph.coverage import Coverage, provider_of
from graph.model import Asset, CoverageEntry, CoverageState, Scope
from graph.rules.load import load_rules
from graph.rules.model import NodePattern, Predicate, StepPattern
from graph.schema import load_schema
from tests.benchmarks.synthetic import Ids, Numbers
from tests.graph.permissions.corpus_parts import doc, grant

ACCOUNTS = [f"1111222233{number:02}" for number in range(10)]
VARIANTS = 200  # different assets of each kind
WRONG = 0.03  # how often a property has a value that a rule asks for
UNREAD = 0.01
STEPS = 0.05  # of the relationships, those that follow the steps of rules; each rule has some
OTHERS = 100  # patterns of the rest
ORDINARY = ("CONTAINS", "ATTACHED_TO", "MEMBER_OF", "IN_NETWORK", "ENCRYPTED_BY", "GUARDED_BY")
VERDICT_SHARES = [0.01, 0.03, 0.96]
REGION = "eu-west-1"


class Made(Numbers):
    """Details of assets that are one of the variants of their kind."""

    variants: Mapping[str, list[dict[str, Any]]]

    def asset(self, i: int) -> Asset:
        kind = self.graph.kinds[int(self.graph.kind_code[i])]
        return Asset(
            id=f"n{i:08}",
            kind=kind,
            name=f"name-{i}",
            account=ACCOUNTS[i % len(ACCOUNTS)],
            region=REGION,
            properties=self.variants[kind][i % VARIANTS],
        )


def estate_for_rules(nodes: int, edges: int, seed: int = 1) -> AssetGraph:
    """An AssetGraph of this size; the same seed gives the same graph."""
    rng = np.random.default_rng(seed)
    schema, kinds = load_schema(), _kinds()
    kind_code = rng.integers(0, len(kinds), nodes).astype(np.uint16)
    names = tuple(sorted(schema.relationships))
    source, target, code = _edges(rng, kind_code, edges, kinds, names)
    order = np.lexsort((target, code, source))
    details = Made()
    details.variants = _variants(rng, kinds)
    details.graph = AssetGraph(
        schema=schema,
        coverage=_everything_read(),
        collected_at="2026-11-22T00:00:00Z",
        ids=Ids(nodes),
        kinds=kinds,
        relationship_kinds=names,
        columns=Columns(
            kind_code=kind_code,
            source=source[order],
            target=target[order],
            relationship_code=code[order],
            verdict_code=rng.choice(3, len(order), p=VERDICT_SHARES).astype(np.uint8),
        ),
        details=details,
    )
    return details.graph


def _nodes() -> list[NodePattern]:
    return [node for rule in load_rules().values() for node in rule.pattern.nodes.values()]


def _kinds() -> tuple[str, ...]:
    """Of every label that rules name, one kind of AWS, or another where AWS has none."""
    schema, by_label = load_schema(), dict[str, list[str]]()
    for kind in sorted({kind for node in _nodes() for kind in node.kinds}):
        by_label.setdefault(schema.label(kind).name, []).append(kind)
    first = [min(found, key=lambda k: (provider_of(k) != "aws", k)) for found in by_label.values()]
    return tuple(sorted(first))


def _edges(
    rng: np.random.Generator,
    kind_code: np.ndarray,
    edges: int,
    kinds: tuple[str, ...],
    names: tuple[str, ...],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    members = [np.flatnonzero(kind_code == code) for code in range(len(kinds))]
    asked = sorted(set(_patterns(rng, kinds)))
    others = [(*rng.choice(kinds, 2), str(rng.choice(ORDINARY))) for _ in range(OTHERS)]
    patterns = [*asked, *((begin, name, end) for begin, end, name in others)]
    shares = [int(edges * STEPS / len(asked))] * len(asked)
    shares += [int(edges * (1 - STEPS) / OTHERS)] * OTHERS
    columns = [
        (
            rng.choice(members[kinds.index(begin)], share),
            rng.choice(members[kinds.index(end)], share),
            np.full(share, names.index(name)),
        )
        for (begin, name, end), share in zip(patterns, shares, strict=True)
    ]
    source, target, code = (np.concatenate(column) for column in zip(*columns, strict=True))
    triples = np.unique(np.stack([source, code, target]), axis=1)  # each relationship once
    return triples[0].astype(np.int32), triples[2].astype(np.int32), triples[1].astype(np.uint8)


def _patterns(rng: np.random.Generator, kinds: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """(kind of asset, relationship, kind of asset) of every step of every rule."""
    found: list[tuple[str, str, str]] = []
    for rule in load_rules().values():
        parts = (rule.pattern.steps, *rule.pattern.absent)
        for step in (step for part in parts for step in part):
            found += _hops(rng, step, rule.pattern.nodes, kinds)
    return found


def _hops(
    rng: np.random.Generator,
    step: StepPattern,
    nodes: Mapping[str, NodePattern],
    kinds: tuple[str, ...],
) -> list[tuple[str, str, str]]:
    ends = [sorted(nodes[name].kinds & set(kinds)) for name in (step.source, step.target)]
    if not all(ends):
        return []
    found: list[tuple[str, str, str]] = []
    for chain in step.chains:
        stops = [str(rng.choice(kinds)) for _ in chain[1:]]
        stops = [str(rng.choice(ends[0])), *stops, str(rng.choice(ends[1]))]
        found += [
            (begin, str(rng.choice(sorted(names))), end)
            for begin, names, end in zip(stops[:-1], chain, stops[1:], strict=True)
        ]
    return found


def _variants(rng: np.random.Generator, kinds: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    asked: dict[str, dict[str, list[Predicate]]] = defaultdict(lambda: defaultdict(list))
    for node in _nodes():
        for selector in node.selectors:
            for kind in selector.kinds & set(kinds):
                for item in (*selector.applies, *selector.where):
                    asked[kind][item.property].append(item)
    return {kind: [_properties(rng, kind, asked[kind]) for _ in range(VARIANTS)] for kind in kinds}


def _properties(
    rng: np.random.Generator, kind: str, asked: Mapping[str, list[Predicate]]
) -> dict[str, Any]:
    schema = load_schema()
    found: dict[str, Any] = {"tags": {"owner": "team", "cost": str(int(rng.integers(9)))}}
    for name, predicates in asked.items():
        declared = schema.property(schema.label(kind).name, name)
        if declared is None or rng.random() < UNREAD:
            continue
        item = predicates[int(rng.integers(len(predicates)))]
        found[name] = _wrong(item) if rng.random() < WRONG else _ordinary(declared.type, item)
    return found


def _wrong(item: Predicate) -> Any:
    """A value for which the condition holds, as far as it is easily said."""
    first = item.value[0] if isinstance(item.value, tuple) else item.value
    return {
        "eq": first,
        "in": first,
        "has": first,
        "allows": doc(grant(Principal="*", Action="*")),
        "opens": [{"cidrs": ["0.0.0.0/0"], "protocol": "-1"}],
        "older_than_days": "2020-01-01T00:00:00Z",
        "present": "there" if item.value is True else None,
    }.get(item.operator)


def _ordinary(kind: str, item: Predicate) -> Any:
    return {
        "bool": item.operator == "eq" and not item.value,
        "number": 2,
        "time": "2026-11-01T00:00:00Z",
        "list": ["ordinary"],
        "map": {"owner": "team"},
        "document": doc(grant(Principal={"AWS": ACCOUNTS[0]}, Action="s3:GetObject")),
    }.get(kind, "ordinary")


def _everything_read() -> Coverage:
    schema = load_schema()
    asked = {op for kind in schema.kinds.values() for op in kind.listed_by}
    asked |= {op for kind in schema.relationships.values() for op in kind.read_by}
    asked |= {op for rows in schema.properties.values() for p in rows.values() for op in p.read_by}
    return Coverage(
        CoverageEntry(
            operation=operation,
            scope=Scope(provider=provider_of(operation), account=account, region=""),
            state=CoverageState.COMPLETE,
        )
        for operation in sorted(asked)
        for account in ACCOUNTS
    )
