"""Who is given what: role definitions and assignments, deny assignments, eligibility (PIM); ARM, az and PowerShell spellings."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from collectors.azure.answer import Answer
from collectors.azure.ids import clean, is_guid, last, subscription, type_of
from collectors.azure.item import each, first, read
from graph.estate import Piece
from graph.model import Asset

DEFINITION = "Microsoft.Authorization/roleDefinitions"
ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
DENY = "Microsoft.Authorization/denyAssignments"
ELIGIBLE = "Microsoft.Authorization/roleEligibilityScheduleInstances"
ACTIVE = "Microsoft.Authorization/roleAssignmentScheduleInstances"
_LISTS = ("actions", "notActions", "dataActions", "notDataActions")
_WITHDRAWN = {"revoked", "canceled", "denied", "failed", "timedout", "adminDenied".lower()}

Mapper = Callable[[Answer, Any, str], Iterator[Piece]]


def definition_id(text: str) -> str:
    """One id for a role definition, whatever scope it was listed at."""
    return f"/providers/{DEFINITION}/{last(text).lower()}"


def definition(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A role definition: its permission blocks, each evaluated by itself."""
    guid = next(
        (g for name in ("/id", "/name") if is_guid(g := last(str(read(item, name) or "")))), ""
    )
    name_at, name = first(item, "/properties/roleName")
    if name is None:
        name_at, name = first(item, "/name")
    if not guid:
        return
    at, blocks = _blocks(item)
    yield Asset(
        id=definition_id(guid),
        kind=DEFINITION,
        name=str(name),
        properties={
            "document": blocks,
            "role_name": str(name),
            "role_type": read(item, "/properties/roleType") or _type(item),
            "assignable_scopes": read(item, "/properties/assignableScopes"),
        },
        evidence=(
            answer.evidence(pointer, {"document": at, "role_name": name_at, "role_type": name_at}),
        ),
    )


def _type(item: Any) -> str | None:
    found = read(item, "/properties/type")
    if isinstance(found, str) and "/" not in found:
        return found
    custom = read(item, "/isCustom")
    return None if custom is None else "CustomRole" if custom else "BuiltInRole"


def _blocks(item: Any) -> tuple[str, list[dict[str, Any]]]:
    at, found = first(item, "/properties/permissions")
    blocks = found if isinstance(found, list) else [item]  # PowerShell: the one block lies flat
    return at, [_block(block) for block in blocks if isinstance(block, Mapping)]


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {name: list(read(block, f"/{name}") or ()) for name in _LISTS}
    if condition := read(block, "/condition"):
        row["condition"] = condition
    return row


def _scope(item: Any, asset_id: str) -> str:
    for name in ("/properties/scope", "/properties/expandedProperties/scope/id"):
        found = read(item, name)
        if isinstance(found, str):
            return clean(found)
    return clean(asset_id.rpartition("/providers/")[0] or "/")


def _assignment(kind: str) -> Mapper:
    def mapper(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
        asset_id = next(
            (
                found
                for name in ("/id", "/roleAssignmentId", "/roleAssignmentName")
                if isinstance(found := read(item, name), str)
            ),
            "",
        )
        principal_at, principal = first(item, "/properties/principalId")
        if principal is None:
            principal_at, principal = first(item, "/objectId")
        if not asset_id or not isinstance(principal, str):
            return
        asset_id, scope = clean(asset_id), _scope(item, clean(asset_id))
        role_at, role = first(item, "/properties/roleDefinitionId")
        fields = {"principal_id": principal_at, "role_definition": role_at}
        properties: dict[str, Any] = {
            "principal_id": principal.lower(),
            "principal_type": read(item, "/properties/principalType") or read(item, "/objectType"),
            "role_definition": definition_id(role) if isinstance(role, str) and role else None,
            "role_name": read(item, "/roleDefinitionName"),
            "scope": scope,
        }
        for name, where in _PLACES.items():
            found_at, value = _first_of(item, where)
            properties[name] = value
            fields[name] = found_at
        if str(properties["status"] or "").lower() in _WITHDRAWN:
            return
        yield Asset(
            id=asset_id,
            kind=kind,
            name=str(properties["role_name"] or "") or last(asset_id),
            account=subscription(scope),
            properties=properties,
            evidence=(answer.evidence(pointer, fields),),
        )
        yield answer.edge(asset_id, "ATTACHED_TO", principal.lower(), pointer + principal_at)
        yield answer.edge(asset_id, "APPLIES_TO", scope, pointer)

    return mapper


_PLACES = {
    "condition": ("/properties/condition",),
    "condition_version": ("/properties/conditionVersion",),
    "status": ("/properties/status",),
    "starts": ("/properties/startDateTime", "/properties/scheduleInfo/startDateTime"),
    "ends": ("/properties/endDateTime", "/properties/scheduleInfo/expiration/endDateTime"),
    "assignment_type": ("/properties/assignmentType",),
    "origin": ("/properties/originRoleAssignmentId",),
}


def _first_of(item: Any, places: tuple[str, ...]) -> tuple[str, Any]:
    for place in places:
        at, value = first(item, place)
        if value is not None:
            return at, value
    return places[0], None


def deny(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A deny assignment; its lists of principals may name everybody by the id of zeros."""
    found = read(item, "/id") or read(item, "/denyAssignmentId")
    if not isinstance(found, str):
        return
    asset_id = clean(found)
    at, blocks = _blocks(item)
    scope = _scope(item, asset_id)
    yield Asset(
        id=asset_id,
        kind=DENY,
        name=str(read(item, "/properties/denyAssignmentName") or last(asset_id)),
        account=subscription(scope),
        properties={
            "document": blocks,
            "scope": scope,
            "principals": _principals(item, "principals"),
            "exclude_principals": _principals(item, "excludePrincipals"),
            "does_not_apply_to_child_scopes": bool(
                read(item, "/properties/doNotApplyToChildScopes")
                or read(item, "/properties/doesNotApplyToChildScopes")
            ),
            "condition": read(item, "/properties/condition"),
        },
        evidence=(answer.evidence(pointer, {"document": at}),),
    )
    yield answer.edge(asset_id, "APPLIES_TO", scope, pointer)


def _principals(item: Any, name: str) -> list[dict[str, str]]:
    return [
        {
            "id": str(read(one, "/id") or read(one, "/objectId") or "").lower(),
            "type": str(read(one, "/type") or read(one, "/objectType") or ""),
        }
        for _, one in each(item, f"/properties/{name}/*")
        if isinstance(one, Mapping)
    ]


MAPPERS: Mapping[str, Mapper] = {
    DEFINITION.lower(): definition,
    ASSIGNMENT.lower(): _assignment(ASSIGNMENT),
    DENY.lower(): deny,
    ELIGIBLE.lower(): _assignment(ELIGIBLE),
    ACTIVE.lower(): _assignment(ACTIVE),
    "microsoft.authorization/roleeligibilityschedules": _assignment(ELIGIBLE),
    "microsoft.authorization/roleassignmentschedules": _assignment(ACTIVE),
}


def mapper_for(answer: Answer, item: Any) -> Mapper | None:
    """Which of them an item needs: by its id, by the answer's operation, or by what it is built of."""
    found = str(read(item, "/id") or read(item, "/denyAssignmentId") or "")
    named = type_of(found) or type_of(str(read(item, "/roleAssignmentId") or ""))
    return MAPPERS.get(named) or MAPPERS.get(answer.operation.removeprefix("arm:").lower())
