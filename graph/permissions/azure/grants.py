"""Assignments of an estate, made ready: what each gives, to whom, where, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from graph.estate import Estate
from graph.model import Asset, Evidence
from graph.permissions.azure.roles import PREFIX, Block, Role, blocks_of, built_in, built_in_names
from graph.permissions.truth import NO, YES, Truth

_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
_ELIGIBLE = "Microsoft.Authorization/roleEligibilityScheduleInstances"
_ACTIVE = "Microsoft.Authorization/roleAssignmentScheduleInstances"
_DENY = "Microsoft.Authorization/denyAssignments"
_NO_DATE = "9999"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One role assignment. `role` is None where nobody read its definition."""

    asset: Asset
    principal: str
    sort: str
    scope: str
    role: Role | None
    condition: str
    eligible: bool
    valid: Truth
    role_asset: Asset | None = None

    @property
    def name(self) -> str:
        """The role's name, and the assignment's."""
        role = (
            self.role.name
            if self.role
            else self.asset.properties.get("role_name") or "unknown role"
        )
        return f"{role} ({self.asset.id})"

    def proof(self, block: Block | None = None) -> tuple[Evidence, ...]:
        """Where the assignment stands, and the block of a definition that the estate holds."""
        found = tuple(
            Evidence(record=item.record, pointer=item.pointer, note=self.name)
            for item in self.asset.evidence[:1]
        )
        if block is None or self.role_asset is None:
            return found
        document = self.role_asset.evidence_for("document")
        if document is None:
            return found
        inner = Evidence(
            record=document.record, pointer=f"{document.pointer}/{block.position}", note="document"
        )
        return (*found, inner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """One deny assignment."""

    asset: Asset
    scope: str
    principals: tuple[tuple[str, str], ...]  # (object id, type)
    excluded: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    only_here: bool
    condition: str

    def proof(self) -> tuple[Evidence, ...]:
        """Where it stands."""
        return tuple(
            Evidence(record=item.record, pointer=item.pointer, note=self.asset.name)
            for item in self.asset.evidence[:1]
        )


@dataclass(frozen=True, slots=True)
class Book:
    """All of an estate."""

    grants: tuple[Grant, ...] = ()
    denies: tuple[Deny, ...] = ()
    by_principal: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)


def book(estate: Estate) -> Book:
    """Read once: grants by the principal that they name, and denies."""
    windows = _windows(estate)
    grants = tuple(_grants(estate, windows))
    grouped: dict[str, list[Grant]] = {}
    for grant in grants:
        grouped.setdefault(grant.principal, []).append(grant)
    return Book(
        grants,
        tuple(_deny(asset) for asset in _of_kind(estate, _DENY)),
        {principal: tuple(items) for principal, items in grouped.items()},
    )


def _of_kind(estate: Estate, *kinds: str) -> Iterator[Asset]:
    return (asset for asset in estate.assets.values() if asset.kind in kinds)


def _windows(estate: Estate) -> Mapping[str, Truth]:
    """Assignments that a schedule of PIM made, by their id, with whether the schedule holds now."""
    return {
        str(asset.properties["origin"]).lower(): valid(asset, estate.collected_at)
        for asset in _of_kind(estate, _ACTIVE)
        if asset.properties.get("origin")
    }


def _grants(estate: Estate, windows: Mapping[str, Truth]) -> Iterator[Grant]:
    for asset in _of_kind(estate, _ASSIGNMENT, _ELIGIBLE, _ACTIVE):
        found = asset.properties
        role_id = _role_id(asset)
        role_asset = estate.assets.get(PREFIX + role_id) if role_id else None
        yield Grant(
            asset=asset,
            principal=str(found.get("principal_id") or ""),
            sort=str(found.get("principal_type") or ""),
            scope=str(found.get("scope") or "/"),
            role=_role(role_id, role_asset),
            condition=str(found.get("condition") or ""),
            eligible=asset.kind == _ELIGIBLE,
            valid=windows.get(asset.id.lower()) or valid(asset, estate.collected_at),
            role_asset=role_asset,
        )


def _role_id(asset: Asset) -> str:
    named = asset.properties.get("role_definition")
    if isinstance(named, str):
        return named.removeprefix(PREFIX)
    return built_in_names().get(str(asset.properties.get("role_name") or "").lower(), "")


def _role(role_id: str, described: Asset | None) -> Role | None:
    """The definition in the estate, which is what is in force, else the published one."""
    if described is not None and described.properties.get("document") is not None:
        blocks = blocks_of(described.properties["document"])
        return Role(guid=role_id, name=described.name, blocks=blocks)
    return built_in(role_id) if role_id else None


def _deny(asset: Asset) -> Deny:
    found = asset.properties
    return Deny(
        asset=asset,
        scope=str(found.get("scope") or "/"),
        principals=_pairs(found.get("principals")),
        excluded=_pairs(found.get("exclude_principals")),
        blocks=blocks_of(found.get("document")),
        only_here=bool(found.get("does_not_apply_to_child_scopes")),
        condition=str(found.get("condition") or ""),
    )


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    items = value if isinstance(value, list) else []
    return tuple((str(item["id"]), str(item["type"])) for item in items)


def valid(asset: Asset, now: str) -> Truth:
    """Whether an assignment holds at the time of the snapshot."""
    starts, ends = asset.properties.get("starts"), asset.properties.get("ends")
    if not ends and not (starts and now):
        return YES
    if not now:
        return Truth(None, ("the time at which the snapshot was made",))
    here = _moment(now)
    if (starts and _moment(str(starts)) > here) or (ends and _moment(str(ends)) <= here):
        return NO
    return YES


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC) if text.startswith(_NO_DATE) else _cut(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _cut(text: str) -> datetime:
    """Azure writes seven digits of a second, Python reads six."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
