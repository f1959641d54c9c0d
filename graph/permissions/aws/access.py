"""Who can read, write, invoke, change what: one edge for a principal and a resource, from resources/permissions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from graph.content import read_toml
from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.edges import edge
from graph.permissions.aws.principals import ANONYMOUS, Principal
from graph.permissions.aws.world import World, verdict_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One row of the table: these actions on such a resource are this relationship."""

    kind: str
    label: str
    actions: tuple[str, ...]
    resource: str
    kinds: frozenset[str]

    def request_resource(self, asset: Asset) -> str:
        """The ARN that a request names."""
        return self.resource.format(
            id=asset.id,
            region=asset.region,
            account=asset.account,
            tail=asset.id.rpartition("/")[2],
        )


@cache
def table() -> tuple[Access, ...]:
    """The shipped table."""
    return tuple(
        Access(
            kind=row["kind"],
            label=row["label"],
            actions=tuple(row["all"]),
            resource=row["resource"],
            kinds=frozenset(row.get("kinds", ())),
        )
        for row in read_toml("permissions/aws_access.toml")["access"]
    )


def is_administrator(world: World, principal: Asset) -> bool:
    """Whether it holds, surely and on everything in its account, what lets it give itself the rest."""
    anything = f"arn:aws:iam::{principal.account}:any/thing"
    actions = read_administrator()
    return all(
        verdict_of(world.decide(principal.id, action, anything)) is Verdict.YES
        for action in actions
    )


@cache
def read_administrator() -> tuple[str, ...]:
    """The actions that make an administrator."""
    return tuple(read_toml("permissions/aws_access.toml")["administrator"]["all"])


def access_edges(world: World, administrators: frozenset[str]) -> Iterator[Relationship]:
    """Edges of every principal that is no administrator, and of outsiders whom a resource policy names."""
    resources = _resources(world)
    callers = [asset for asset in world.principals if asset.id not in administrators]
    for row, assets in resources.items():
        named = {asset.id: _outsiders(world, asset) for asset in assets}
        for asset in assets:
            for outsider in named[asset.id]:
                yield from _one(world, outsider, row, asset)
        for caller in callers:
            granted = may_have(world, caller.id, row.actions)
            for asset in assets:
                if granted or _speaks(world, asset):
                    yield from _one(world, caller.id, row, asset)


def _resources(world: World) -> Mapping[Access, list[Asset]]:
    found: dict[Access, list[Asset]] = {}
    for row in table():
        found[row] = [
            asset
            for asset in world.estate.of_label(row.label)
            if not row.kinds or asset.kind in row.kinds
        ]
    return found


def _one(world: World, caller: str, row: Access, asset: Asset) -> Iterator[Relationship]:
    resource = row.request_resource(asset)
    decisions = []
    for action in row.actions:
        decision = world.decide(caller, action, resource, asset)
        if verdict_of(decision) is Verdict.NO:
            return
        decisions.append(decision)
    found = edge(caller, row.kind, asset.id, decisions, actions=list(row.actions))
    if found:
        yield found


def may_have(world: World, caller: str, actions: tuple[str, ...]) -> bool:
    """Cheap first look: does some identity statement allow each action on anything at all."""
    policies = world.identity_policies(caller)
    return all(
        any(s.allows and s.names_action(action) for policy in policies for s in policy.statements)
        for action in actions
    )


def _speaks(world: World, asset: Asset) -> bool:
    return world.resource_policy(asset) is not None or bool(asset.properties.get("grants"))


def _outsiders(world: World, asset: Asset) -> list[str]:
    """Everybody, and accounts outside the estate, that the resource's policy names."""
    policy = world.resource_policy(asset)
    found: set[str] = set()
    for statement in policy.statements if policy else ():
        if statement.allows:
            found |= named_outsiders(statement.principal, world.accounts)
    return sorted(found)


def named_outsiders(element: object, inside: frozenset[str]) -> set[str]:
    """ANONYMOUS for everybody, else the ARN (or account root) of principals of other accounts."""
    if element == "*":
        return {ANONYMOUS}
    if not isinstance(element, Mapping):
        return set()
    values = element.get("AWS", ())
    found = set()
    for value in [values] if isinstance(values, str) else values:
        text = f"arn:aws:iam::{value}:root" if str(value).isdigit() else str(value)
        if text == "*":
            found.add(ANONYMOUS)
        elif Principal(text).account and Principal(text).account not in inside:
            found.add(text)
    return found
