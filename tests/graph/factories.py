"""Small estates by hand: `estate(asset("a", "AWS::IAM::User"), edge("a", "CAN_READ", "b"))`.

Ends that nothing describes get the stub that `assemble` gives them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.asset_graph import AssetGraph
from graph.coverage import Coverage
from graph.estate import Estate, assemble
from graph.model import (
    Asset,
    CoverageEntry,
    CoverageState,
    Evidence,
    Relationship,
    Scope,
    Verdict,
)
from graph.schema import load_schema

ACCOUNT = "111122223333"
REGION = "eu-west-1"


def arn(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT) -> str:
    """`arn("sagemaker", "model/m")`; IAM and S3 ids have no region, S3 ids no account."""
    if service in {"iam", "s3"}:
        region = ""
    if service == "s3":
        account = ""
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def evidence(*fields: str, record: str = "r-test", pointer: str = "", note: str = "") -> Evidence:
    """Evidence whose fields stand below `pointer` under their own names."""
    table = {name: f"/{name}" for name in fields}
    return Evidence(record=record, pointer=pointer, note=note, fields=table)


def asset(asset_id: str, kind: str, /, name: str = "", **properties: Any) -> Asset:
    """An asset whose every property was read, in the test account and region."""
    return Asset(
        id=asset_id,
        kind=kind,
        name=name or asset_id.rpartition("/")[2].rpartition(":")[2],
        account=ACCOUNT,
        region=REGION,
        properties=properties,
        evidence=(evidence(*properties, record="r-" + (name or asset_id)),),
    )


def edge(
    source: str,
    kind: str,
    target: str,
    verdict: Verdict = Verdict.YES,
    *,
    missing: Iterable[str] = (),
    **properties: Any,
) -> Relationship:
    """A relationship with evidence that names it."""
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=verdict,
        missing=tuple(missing),
        properties=properties,
        evidence=(evidence(record="r-edge", note=f"{source} {kind} {target}"),),
    )


def read_whole(*operations: str, params: Mapping[str, Any] | None = None) -> Coverage:
    """A ledger that says: these operations were read whole in the test account and region."""
    scope = Scope(provider="aws", account=ACCOUNT, region=REGION)
    return Coverage(
        CoverageEntry(
            operation=operation, scope=scope, params=params or {}, state=CoverageState.COMPLETE
        )
        for operation in operations
    )


def estate(*items: Asset | Relationship, coverage: Coverage | None = None) -> Estate:
    """An assembled estate of the shipped schema; nothing is derived."""
    return assemble(items, schema=load_schema(), coverage=coverage or Coverage(()))


def graph(*items: Asset | Relationship, coverage: Coverage | None = None) -> AssetGraph:
    """The AssetGraph of a small estate."""
    return AssetGraph.build(estate(*items, coverage=coverage))
