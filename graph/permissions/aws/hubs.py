"""Pass-role through service hubs: edges grow with principals plus roles, not with their product.

A hub stands for one service in one account and one set of roles that may be passed there: principals with the same
set share it. Source of the idea and the figures behind it: docs/permissions.md.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from graph.content import read_toml
from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.access import may_have
from graph.permissions.aws.decide import Decision
from graph.permissions.aws.edges import edge
from graph.permissions.aws.world import World, verdict_of

_PASS = "iam:PassRole"  # noqa: S105 - an action, not a secret


class Way(NamedTuple):
    """Actions that together let code run with a passed role."""

    technique: str
    actions: tuple[str, ...]


@cache
def hubs() -> Mapping[str, tuple[Way, ...]]:
    """The shipped table: ways by service principal."""
    return {
        service: tuple(Way(way["technique"], tuple(way["all"])) for way in row["ways"])
        for service, row in read_toml("permissions/aws_hubs.toml").items()
    }


def hub_edges(world: World, administrators: frozenset[str]) -> Iterator[Asset | Relationship]:
    """Hubs, who may create in them, and which roles they then run as."""
    trusting = _trusting_roles(world)
    for caller in world.principals:
        if caller.id in administrators or not may_have(world, caller.id, (_PASS,)):
            continue
        for service, ways in hubs().items():
            roles = trusting.get((caller.account, service), ())
            way, created = _best_way(world, caller, ways)
            if not roles or way is None:
                continue
            passable = [
                (role, decision)
                for role in roles
                if verdict_of(decision := _may_pass(world, caller, role, service)) is not Verdict.NO
            ]
            if passable:
                yield from _hub(caller, service, way, created, passable)


def _trusting_roles(world: World) -> Mapping[tuple[str, str], list[Asset]]:
    found: dict[tuple[str, str], list[Asset]] = {}
    for role in world.estate.of_label("Role"):
        if not role.properties.get("service_linked"):
            for service in role.properties.get("trust_services") or ():
                found.setdefault((role.account, service), []).append(role)
    return found


def _best_way(
    world: World, caller: Asset, ways: Sequence[Way]
) -> tuple[Way | None, list[Decision]]:
    """The first way that is allowed, else the first that may be."""
    perhaps: tuple[Way | None, list[Decision]] = (None, [])
    for way in ways:
        if not may_have(world, caller.id, way.actions):
            continue
        decisions = [_may_create(world, caller, action) for action in way.actions]
        verdict = Verdict.weakest(verdict_of(item) for item in decisions)
        if verdict is Verdict.YES:
            return way, decisions
        if verdict is Verdict.UNDECIDED and perhaps[0] is None:
            perhaps = way, decisions
    return perhaps


def _may_create(world: World, caller: Asset, action: str) -> Decision:
    """The attacker names the new resource: any resource that a statement allows will do."""
    service = action.partition(":")[0]
    candidates = [f"arn:aws:{service}:us-east-1:{caller.account}:any/thing", "*"]
    for policy in world.identity_policies(caller.id):
        for statement in policy.statements:
            if statement.allows and statement.names_action(action):
                candidates += [text.replace("*", "x") for text in statement.resources or ()]
    decisions = [world.decide(caller.id, action, resource) for resource in candidates]
    order = {Verdict.YES: 0, Verdict.UNDECIDED: 1, Verdict.NO: 2}
    return min(decisions, key=lambda item: order[verdict_of(item)])


def _may_pass(world: World, caller: Asset, role: Asset, service: str) -> Decision:
    return world.decide(caller.id, _PASS, role.id, role, iam__PassedToService=service)


def _hub(
    caller: Asset,
    service: str,
    way: Way,
    created: Sequence[Decision],
    passable: Sequence[tuple[Asset, Decision]],
) -> Iterator[Asset | Relationship]:
    roles = sorted(f"{role.id} {verdict_of(decision).value}" for role, decision in passable)
    digest = hashlib.sha256("\n".join(roles).encode()).hexdigest()[:12]
    hub = f"hub:{service}:{caller.account}:{digest}"
    title = service.partition(".")[0]
    yield Asset(
        id=hub,
        kind="Modelhound::ServiceHub",
        name=f"{title} with {len(roles)} role{'s' if len(roles) > 1 else ''} to pass",
        account=caller.account,
        properties={"service_principal": service, "service": title},
    )
    more: dict[str, Any] = {"technique": way.technique}
    found = edge(caller.id, "CAN_CREATE", hub, created, actions=list(way.actions), **more)
    if found:
        yield found
    for role, decision in passable:
        passed = edge(hub, "CAN_PASS_ROLE", role.id, [decision], actions=[_PASS])
        if passed:
            yield passed
