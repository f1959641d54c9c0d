"""Who can read, write, invoke, change what: one edge for a principal and a resource, from resources/permissions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from graph.content import read_toml
from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.edges import edge
from graph.permissions.aws.encryption import decryptions
from graph.permissions.aws.holders import Holders, named_callers
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


@cache
def administrator_policies() -> tuple[str, ...]:
    """AWS managed policies that make an administrator of who has them."""
    return tuple(read_toml("permissions/aws_access.toml")["administrator"]["policies"])


def access_edges(world: World, administrators: frozenset[str]) -> Iterator[Relationship]:
    """Edges of every principal that is no administrator, and of outsiders whom a resource policy names."""
    callers = dict.fromkeys(
        asset.id for asset in world.principals if asset.id not in administrators
    )
    for row, assets in _resources(world).items():
        asked = {asset.id: row.request_resource(asset) for asset in assets}
        holders = Holders(world, row.actions[0], asked.values(), callers)
        for asset in assets:
            for outsider in _outsiders(world, asset):
                yield from _one(world, outsider, row, asset)
            found = dict.fromkeys(holders.of(asked[asset.id]))
            found |= dict.fromkeys(sorted(_named(world, row, asset, callers)))
            whole = [item for caller in found for item in _one(world, caller, row, asset)]
            yield from whole
            sure = {item.source for item in whole}
            for caller, texts in holders.parts_of(asked[asset.id]).items():
                if caller not in sure:
                    yield from _part(world, caller, row, asset, texts)


def _named(world: World, row: Access, asset: Asset, callers: Mapping[str, object]) -> Iterator[str]:
    """Callers to whom the resource's own policy, or a grant on a key, may give it."""
    policy = world.resource_policy(asset)
    for statement in policy.about(row.actions[0].lower()) if policy else ():
        if statement.allows and statement.not_principals is not None:
            yield from callers
        elif statement.allows and statement.principals is not None:
            yield from named_callers([statement.principals], callers)
    for grant in asset.properties.get("grants") or ():
        grantee = str(grant.get("GranteePrincipal", ""))
        named = [grantee] if grantee in callers else []
        yield from callers if grantee.endswith(":root") else named


def _resources(world: World) -> Mapping[Access, list[Asset]]:
    found: dict[Access, list[Asset]] = {}
    for row in table():
        found[row] = [
            asset
            for asset in world.estate.of_label(row.label)
            if not row.kinds or asset.kind in row.kinds
        ]
    return found


def _part(
    world: World, caller: str, row: Access, asset: Asset, texts: Sequence[str]
) -> Iterator[Relationship]:
    """Access to a part, such as the objects of a bucket under one prefix, that `part` names."""
    for text in texts:
        resource = text.replace("*", "x").replace("?", "x")
        found = list(_one(world, caller, row, asset, resource, part=text))
        if found:
            yield found[0]
            return


def _one(
    world: World, caller: str, row: Access, asset: Asset, resource: str = "", **more: str
) -> Iterator[Relationship]:
    resource = resource or row.request_resource(asset)
    decisions = []
    for action in row.actions:
        decision = world.decide(caller, action, resource, asset)
        if verdict_of(decision) is Verdict.NO:
            return
        decisions.append(decision)
    if row.kind == "CAN_READ":
        decisions += decryptions(world, caller, asset)
    found = edge(caller, row.kind, asset.id, decisions, actions=list(row.actions), **more)
    if found:
        yield found


def may_have(world: World, caller: str, actions: tuple[str, ...]) -> bool:
    """Cheap first look: does some identity statement allow each action on anything at all."""
    policies = world.identity_policies(caller)
    return all(
        any(item.allows for policy in policies for item in policy.about(action.lower()))
        for action in actions
    )


def _outsiders(world: World, asset: Asset) -> list[str]:
    """Everybody, and accounts outside the estate, that the resource's policy names."""
    policy = world.resource_policy(asset)
    found: set[str] = {ANONYMOUS} if asset.properties.get("acl") else set()
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
