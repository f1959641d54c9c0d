"""How assets, relationships and coverage are spelt in a store, and the digest that says two graphs are equal."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from graph.asset_graph import AssetGraph
from graph.model import (
    Asset,
    CoverageEntry,
    CoverageState,
    Evidence,
    Relationship,
    Scope,
    Verdict,
    canonical_json,
)


def graph_digest(graph: AssetGraph) -> str:
    """SHA-256 over every asset, relationship and coverage line in their order: equal graphs, equal digest."""
    digest = hashlib.sha256(graph.collected_at.encode())
    for asset in graph.assets():
        digest.update(canonical_json(asset_row(asset)).encode())
    for relationship in graph.relationships():
        digest.update(canonical_json(relationship_row(relationship)).encode())
    for entry in graph.coverage:
        digest.update(coverage_text(entry).encode())
    return digest.hexdigest()


def asset_row(asset: Asset) -> list[Any]:
    """An asset as plain values."""
    return [
        asset.id,
        asset.kind,
        asset.name,
        asset.account,
        asset.region,
        dict(asset.properties),
        _evidence_rows(asset.evidence),
    ]


def asset_from(row: Sequence[Any]) -> Asset:
    """The asset of such values."""
    identity, kind, name, account, region, properties, evidence = row
    return Asset(
        id=identity,
        kind=kind,
        name=name,
        account=account,
        region=region,
        properties=properties,
        evidence=_evidence_from(evidence),
    )


def relationship_row(item: Relationship) -> list[Any]:
    """A relationship as plain values."""
    return [
        item.source,
        item.kind,
        item.target,
        item.verdict.value,
        _evidence_rows(item.evidence),
        list(item.missing),
        dict(item.properties),
    ]


def relationship_from(row: Sequence[Any]) -> Relationship:
    """The relationship of such values."""
    source, kind, target, verdict, evidence, missing, properties = row
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=Verdict(verdict),
        evidence=_evidence_from(evidence),
        missing=tuple(missing),
        properties=properties,
    )


def coverage_text(entry: CoverageEntry) -> str:
    """A line of the ledger as JSON text."""
    scope = [entry.scope.provider, entry.scope.account, entry.scope.region]
    row = [
        entry.operation,
        scope,
        dict(entry.params),
        entry.state.value,
        entry.reason,
        entry.record,
    ]
    return canonical_json(row)


def coverage_from(text: str) -> CoverageEntry:
    """The line of such text."""
    operation, (provider, account, region), params, state, reason, record = json.loads(text)
    return CoverageEntry(
        operation=operation,
        scope=Scope(provider=provider, account=account, region=region),
        params=params,
        state=CoverageState(state),
        reason=reason,
        record=record,
    )


def _evidence_rows(evidence: Sequence[Evidence]) -> list[list[Any]]:
    return [[item.record, item.pointer, item.note, dict(item.fields)] for item in evidence]


def _evidence_from(rows: Sequence[Sequence[Any]]) -> tuple[Evidence, ...]:
    return tuple(_one_evidence(*row) for row in rows)


def _one_evidence(record: str, pointer: str, note: str, fields: Mapping[str, str]) -> Evidence:
    return Evidence(record=record, pointer=pointer, note=note, fields=fields)
