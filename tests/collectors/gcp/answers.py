"""Records of the shop on Google Cloud, and estates made from them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import CoverageEntry, CoverageState, Record, Scope, Snapshot
from tests.beds import gcp_world as world

OPERATIONS = (
    (world.policy_assets, "iam.googleapis.com/AllowPolicy"),
    (world.org_policy_assets, "orgpolicy.googleapis.com/Policy"),
    (world.access_assets, "accesscontextmanager.googleapis.com/ServicePerimeter"),
)


def record(kind: str, items: Iterable[Any], **params: Any) -> Record:
    """One list of an asset type."""
    return Record(
        source="test",
        operation=f"gcp:{kind}",
        scope=Scope(provider="gcp"),
        params=params,
        body={"items": list(items)},
    )


def records() -> list[Record]:
    """Everything of the shop, as Asset Inventory gives it."""
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for item in world.resource_assets():
        by_kind[item["assetType"]].append(item)
    for assets, kind in OPERATIONS:
        by_kind[kind] += list(assets())
    return [record(kind, items) for kind, items in by_kind.items()]


def bare() -> list[Record]:
    """The same resources as their own APIs list them, without an envelope."""
    parents = {"logging.googleapis.com/LogSink": f"projects/{world.ML}"}
    found = [
        record(
            kind,
            [data for _, data in items],
            **({"parent": parents[kind]} if kind in parents else {}),
        )
        for kind, items in world.RESOURCES.items()
    ]
    return found + [record(kind, assets()) for assets, kind in OPERATIONS]


def snapshot(found: Iterable[Record]) -> Snapshot:
    """Records, each list read whole."""
    listed = tuple(found)
    lines = [
        CoverageEntry(
            operation=r.operation, scope=r.scope, state=CoverageState.COMPLETE, record=r.id
        )
        for r in listed
    ]
    return Snapshot(records=listed, coverage=tuple(lines))


def estate(found: Iterable[Record]) -> Estate:
    """What records say."""
    return map_snapshot(snapshot(found))


def edges(found: Estate, kind: str) -> set[tuple[str, str]]:
    """(source, target) of every relationship of a kind."""
    return {(r.source, r.target) for r in found.relationships if r.kind == kind}
