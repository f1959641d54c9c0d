"""Escalation and access in subscriptions, from the tables in resources/permissions: one edge a principal and resource."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graph.content import read_toml
from graph.model import Asset, Relationship, Verdict
from graph.permissions.azure.patterns import named
from graph.permissions.azure.world import World
from graph.permissions.decision import Decision
from graph.permissions.edges import edge, verdict_of
from graph.permissions.techniques import of_cloud

_ORDER = {Verdict.YES: 0, Verdict.UNDECIDED: 1, Verdict.NO: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Operations that together give something of a resource."""

    technique: str
    kind: str
    on: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]  # all of them, of each any alternative
    data: bool = False
    given: Mapping[str, bool] = field(default_factory=dict)
    switch: str = ""
    unset: Mapping[str, Sequence[str]] = field(default_factory=dict)
    below: tuple[str, ...] = ()
    below_kinds: tuple[str, ...] = ()
    special: str = ""


@cache
def ways() -> tuple[Way, ...]:
    """Techniques on resources, then plain access."""
    rows = [(item.id, item.row) for item in of_cloud("azure") if item.row.get("all")]
    rows += [("", row) for row in read_toml("permissions/azure_access.toml")["access"]]
    return tuple(_way(name, row) for name, row in rows)


def _way(name: str, row: Mapping[str, Any]) -> Way:
    return Way(
        technique=name,
        kind=row["kind"],
        on=tuple(row.get("on", ())),
        needed=tuple(tuple(text.split("|")) for text in (*row["all"], *row.get("also", ()))),
        data=row.get("data", False),
        given=row.get("given", {}),
        switch=row.get("switch", ""),
        unset=row.get("unset", {}),
        below=tuple(row.get("below", ())),
        below_kinds=tuple(row.get("below_kinds", [row["kind"]])),
        special=row.get("special", ""),
    )


@cache
def table() -> Mapping[str, Any]:
    """What makes an administrator, and what writes an identity onto compute."""
    return read_toml("permissions/azure_access.toml")


class Rights:
    """One principal's edges in subscriptions."""

    def __init__(self, world: World, principal: str) -> None:
        self.world = world
        self.principal = principal
        acting = world.members.acting(principal)
        self.grants = tuple(world.relevant(acting))
        self._scopes = {grant.scope.lower().rstrip("/") for grant in self.grants}
        self._known: dict[tuple[str, str, bool], Decision] = {}

    def edges(self) -> Iterator[Relationship]:
        """Administration first; inside what is administered nothing more is said."""
        administered: list[str] = []
        for scope in _scopes(self.world):
            if any(_inside(scope.id, above) for above in administered):
                continue
            found = self._scope(scope)
            yield from found
            if any(item.kind == "CAN_ADMIN" and item.verdict is Verdict.YES for item in found):
                administered.append(scope.id)
        for way in ways():
            if way.on and self.may_have(way):
                for asset in _of_kinds(self.world, way.on):
                    if not any(_inside(asset.id, above) for above in administered):
                        yield from self._one(way, asset)

    def may_have(self, way: Way) -> bool:
        """Cheap first look: does some role that it holds name each operation at all, or is one unread?"""
        blocks = [
            block for grant in self.grants for block in (grant.role.blocks if grant.role else ())
        ]
        if any(grant.role is None for grant in self.grants) or way.technique == "azure-vault-read":
            return True
        return all(
            any(named(block.lists(data=way.data)[0], op) for block in blocks for op in any_of)
            for any_of in way.needed[: 1 if way.special else None]
        )

    def decide(self, operation: str, resource: str, *, data: bool = False) -> Decision:
        """A decision, remembered."""
        key = (operation, resource, data)
        if key not in self._known:
            self._known[key] = self.world.decide(self.principal, operation, resource, data=data)
        return self._known[key]

    def best(self, operations: Sequence[str], resource: str, *, data: bool = False) -> Decision:
        """The alternative that is surest."""
        decisions = [self.decide(operation, resource, data=data) for operation in operations]
        return min(decisions, key=lambda item: _ORDER[verdict_of(item)])

    # --- scopes

    def _scope(self, scope: Asset) -> list[Relationship]:
        whole = [self.decide(operation, scope.id) for operation in table()["administrator"]["all"]]
        found = edge(
            (self.principal, "CAN_ADMIN", scope.id), whole, actions=table()["administrator"]["all"]
        )
        if found and found.verdict is Verdict.YES:
            return [found]
        some = [found] if found else []
        for way in ways():
            if way.special in {"scope", "definition"}:
                decision = self.best(way.needed[0], scope.id)
                if way.special == "definition" and not self._holds_custom_role():
                    continue
                given = edge(
                    (self.principal, way.kind, scope.id),
                    [decision],
                    technique=way.technique,
                    actions=list(way.needed[0]),
                )
                some += [given] if given else []
        return some

    def _holds_custom_role(self) -> bool:
        return any(
            grant.role_asset is not None
            and str(grant.role_asset.properties.get("role_type") or "").lower() == "customrole"
            for grant in self.grants
        )

    # --- resources

    def _one(self, way: Way, asset: Asset) -> Iterator[Relationship]:
        decisions = [
            self.best(any_of, self._asked(way, any_of, asset), data=way.data)
            for any_of in way.needed
        ]
        if way.special == "assign":
            decisions.append(self._writes_compute())
        if any(verdict_of(item) is Verdict.NO for item in decisions):
            return
        missing = self._flags(way, asset)
        if missing is None:
            return
        more: dict[str, Any] = {"actions": [text for any_of in way.needed for text in any_of]}
        if way.technique:
            more["technique"] = way.technique
        yield from _some(
            edge((self.principal, way.kind, asset.id), decisions, missing=missing, **more)
        )
        for inner in _of_kinds(self.world, way.below):
            if _inside(inner.id, asset.id):
                for kind in way.below_kinds:
                    yield from _some(
                        edge((self.principal, kind, inner.id), decisions, missing=missing, **more)
                    )

    def _asked(self, way: Way, any_of: Sequence[str], asset: Asset) -> str:
        """Attaching an identity is asked of the identity: the best one that there is."""
        if way.special != "workspace" or "userAssignedIdentities" not in any_of[0]:
            return asset.id
        identities = list(self.world.estate.of_label("ManagedIdentity"))
        arm = [item.id for item in identities if item.id.startswith("/")]
        return min(
            arm, key=lambda one: _ORDER[verdict_of(self.decide(any_of[0], one))], default=asset.id
        )

    def _writes_compute(self) -> Decision:
        """Some compute that it may write, there or to be created in a group."""
        places = [
            scope.id for scope in _scopes(self.world) if scope.kind.endswith("resourceGroups")
        ]
        places += [grant.scope for grant in self.grants]
        decisions = [
            self.best(table()["compute"]["writes"], place) for place in dict.fromkeys(places)
        ]
        nothing = Decision(word="ImplicitlyDenied", layer="role assignment")
        return min(decisions, key=lambda item: _ORDER[verdict_of(item)], default=nothing)

    def _flags(self, way: Way, asset: Asset) -> tuple[str, ...] | None:
        """The named facts about the target that are open; None where one of them stands against it."""
        missing: list[str] = []
        for name, wanted in way.given.items():
            value = asset.properties.get(name)
            if name not in asset.properties:
                missing.append(f"{asset.name}: {name.replace('_', ' ')} was not read")
            elif (
                _DEFAULTS[name] if value is None else bool(value)
            ) is not wanted and not self._can_switch(way, asset):
                return None
        for name, values in way.unset.items():
            value = asset.properties.get(name)
            if isinstance(value, str) and value.lower() in {item.lower() for item in values}:
                return None
        return tuple(missing)

    def _can_switch(self, way: Way, asset: Asset) -> bool:
        return bool(way.switch) and self.decide(way.switch, asset.id).verdict is Verdict.YES


_DEFAULTS = {"disable_local_auth": False, "allow_shared_key": True, "rbac_authorization": False}


def _some(found: Relationship | None) -> Iterator[Relationship]:
    if found is not None:
        yield found


def _inside(asset_id: str, above: str) -> bool:
    return asset_id.lower() == above.lower() or asset_id.lower().startswith(above.lower() + "/")


def _scopes(world: World) -> list[Asset]:
    """Management groups, subscriptions, groups; outer ones first. Only those of Azure."""
    found = [
        asset
        for asset in world.estate.of_label("OrganizationalUnit", "Account", "ResourceGroup")
        if asset.kind.startswith("Microsoft.")
    ]
    order = {"managementGroups": 0, "subscriptions": 1, "resourceGroups": 2}
    return sorted(found, key=lambda asset: (order[asset.kind.rpartition("/")[2]], asset.id))


def _of_kinds(world: World, kinds: Sequence[str]) -> Iterator[Asset]:
    return world.by_kind(kinds)
