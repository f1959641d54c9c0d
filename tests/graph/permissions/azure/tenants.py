"""Small tenants, made of assignments alone, for questions about rights."""

from collections.abc import Iterable, Mapping
from typing import Any

from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import CoverageEntry, CoverageState, Record, Scope, Snapshot
from graph.permissions.azure.answers import answerer
from graph.permissions.question import Answer, Question
from tests.beds.azure_world import SUB, assignment, item

PROVIDER = "Microsoft.Authorization"
AT = "2026-06-01T00:00:00Z"


def estate(
    *,
    arm: Mapping[str, Iterable[dict[str, Any]]] | None = None,
    graph: Mapping[str, Iterable[dict[str, Any]]] | None = None,
    members: Mapping[str, Iterable[str]] | None = None,
    at: str = AT,
    read_assignments: bool = True,
) -> Estate:
    """What these lists say; the list of role assignments counts as read whole."""
    lists: list[tuple[str, dict[str, str], list[Any]]] = [
        (f"arm:{kind}", {}, list(items)) for kind, items in (arm or {}).items()
    ]
    lists += [(f"graph:{kind}", {}, list(items)) for kind, items in (graph or {}).items()]
    lists += [
        ("graph:groups/members", {"id": group}, [{"id": one} for one in inside])
        for group, inside in (members or {}).items()
    ]
    scope = Scope(provider="azure")
    records = [
        Record(source="azure", operation=name, scope=scope, params=params, body={"value": items})
        for name, params, items in lists
    ]
    ledger = [
        CoverageEntry(
            operation=record.operation,
            scope=scope,
            params=record.params,
            state=CoverageState.COMPLETE,
            record=record.id,
        )
        for record in records
    ]
    if read_assignments:
        ledger.append(
            CoverageEntry(
                operation=f"arm:{PROVIDER}/roleAssignments",
                scope=scope,
                state=CoverageState.COMPLETE,
            )
        )
    return map_snapshot(Snapshot(records=tuple(records), coverage=tuple(ledger), collected_at=at))


def given(*assignments: dict[str, Any], **more: Any) -> Estate:
    """A tenant with these role assignments."""
    arm = {f"{PROVIDER}/roleAssignments": assignments, **more.pop("arm", {})}
    return estate(arm=arm, **more)


def custom(number: int, *blocks: dict[str, Any]) -> dict[str, Any]:
    """A custom role of the tenant; its GUID ends in the number."""
    guid = f"40000000-0000-0000-0000-{number:012d}"
    return item(
        f"/subscriptions/{SUB}/providers/{PROVIDER}/roleDefinitions/{guid}",
        roleName=f"custom {number}",
        type="CustomRole",
        permissions=[
            {"actions": [], "notActions": [], "dataActions": [], "notDataActions": [], **b}
            for b in blocks
        ],
    )


def custom_id(number: int) -> str:
    """Its GUID."""
    return f"40000000-0000-0000-0000-{number:012d}"


def deny(
    scope: str,
    principals: Iterable[str],
    *,
    excluded: Iterable[str] = (),
    only_here: bool = False,
    sort: str = "User",
    **block: Any,
) -> dict[str, Any]:
    """A deny assignment."""
    return item(
        f"{scope}/providers/{PROVIDER}/denyAssignments/50000000-0000-0000-0000-000000000001",
        denyAssignmentName="blueprint",
        scope=scope,
        permissions=[
            {"actions": [], "notActions": [], "dataActions": [], "notDataActions": [], **block}
        ],
        principals=[{"id": one, "type": sort} for one in principals],
        excludePrincipals=[{"id": one, "type": sort} for one in excluded],
        doNotApplyToChildScopes=only_here,
    )


def ask(found: Estate, principal: str, action: str, resource: str, **context: Any) -> Answer:
    """The answer to one question."""
    question = Question(
        id=1, principal=principal, action=action, resource=resource, context=context
    )
    return answerer(found)(question)


__all__ = ["AT", "ask", "assignment", "custom", "custom_id", "deny", "estate", "given"]
