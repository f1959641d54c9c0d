"""Questions that people ask of access: who can do this, and what stops that, layer by layer."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from msgspec.structs import replace

from graph.content import read_toml
from graph.estate import Estate
from graph.permissions.aws.access import named_outsiders
from graph.permissions.aws.context import Context
from graph.permissions.aws.decide import Decision, Layers, Request, decide
from graph.permissions.aws.document import Policy, Statement, compile_policy
from graph.permissions.aws.edges import evidence_of
from graph.permissions.aws.principals import ANONYMOUS, Principal
from graph.permissions.aws.services import facts
from graph.permissions.aws.world import World, somebody_in
from graph.permissions.inquiry import Explanation, Obstacle
from graph.permissions.question import EXPLICIT, IMPLICIT

_MOST = 12  # obstacles named before the search for more gives up
_ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def explain(
    world: World, arn: str, action: str, resource: str, context: Mapping[str, Any] | None = None
) -> Explanation:
    """Why a request is allowed or not: obstacles are lifted one by one until none is left."""
    given = Context.of(context or {}, whole=False).values
    target = world.target(resource)
    request, layers = world.request(arn, action, resource, target, given, strict=True)
    first = decision = decide(request, layers)
    obstacles: list[Obstacle] = []
    while decision.decision in {EXPLICIT, IMPLICIT} and len(obstacles) < _MOST:
        obstacles.append(_obstacle(request, decision))
        lifted = _lifted(request, layers, decision)
        if lifted is None:
            break
        layers = lifted
        decision = decide(request, layers)
    return Explanation(
        decision=first,
        evidence=evidence_of([first]),
        obstacles=tuple(obstacles),
        without=decision,
    )


def who_can(world: World, action: str, resource: str) -> Iterator[tuple[str, Decision]]:
    """Every principal of the estate, and outsiders whom the resource's policy names, with the decision of each."""
    target = world.target(resource)
    callers = [asset.id for asset in world.principals]
    policy = world.resource_policy(target) if target else None
    outsiders: set[str] = set()
    for statement in policy.statements if policy else ():
        if statement.allows:
            outsiders |= named_outsiders(statement.principal, world.accounts)
    for caller in (*callers, *sorted(outsiders - {ANONYMOUS}), ANONYMOUS):
        anybody = caller == ANONYMOUS and action.lower() in facts().trust
        asked = somebody_in("") if anybody else caller  # trust in everybody is in every account
        yield caller, world.ask(asked, action, resource, target)


class Inquirer:
    """Answers about one estate."""

    def __init__(self, estate: Estate) -> None:
        self.world = World(estate)

    def who_can(self, action: str, resource: str) -> Iterator[tuple[str, Decision]]:
        """As the function of the same name."""
        return who_can(self.world, action, resource)

    def explain(self, principal: str, action: str, resource: str) -> Explanation:
        """As the function of the same name."""
        return explain(self.world, principal, action, resource)


def _obstacle(request: Request, decision: Decision) -> Obstacle:
    row = _layers()[decision.layer]
    text = row["explicit" if decision.decision == EXPLICIT else "implicit"]
    change = text.format(
        policy=decision.statement or "the policy",
        principal=request.principal.arn,
        resource=request.resource,
        action=request.action,
    )
    return Obstacle(
        layer=decision.layer,
        title=row["title"],
        decision=decision.decision,
        statement=decision.statement,
        reason=decision.reason,
        change=change,
        evidence=evidence_of([decision]),
    )


@cache
def _layers() -> Mapping[str, Mapping[str, str]]:
    return read_toml("permissions/aws_layers.toml")


def _lifted(request: Request, layers: Layers, decision: Decision) -> Layers | None:
    """The layers as they would be without the obstacle; None if nobody can change it."""
    if decision.layer == "block-public-access":
        return replace(layers, block_public_access=False)
    if decision.decision == EXPLICIT:
        return _without(layers, decision.proofs[0].statement)
    lift = _LIFTS.get(decision.layer)
    if lift is None:
        return None
    everything = compile_policy({"Statement": [_ALLOW]}, "what was missing")
    named = compile_policy({"Statement": [{**_ALLOW, "Principal": _naming(request.principal)}]})
    return lift(layers, everything, named)


# What would let a request pass a layer where nothing allows it: (layers, policy without Principal, policy with it).
_LIFTS: Mapping[str, Callable[[Layers, Policy, Policy], Layers]] = {
    "identity": lambda was, every, _: replace(was, identity=(*was.identity, every)),
    "boundary": lambda was, _every, _named: replace(was, boundary=None),
    "session": lambda was, _every, _named: replace(was, session=None),
    "scp": lambda was, every, _: replace(was, scps=_each_with(was.scps, every)),
    "vpc-endpoint": lambda was, _, named: replace(was, endpoints=(*was.endpoints, named)),
    "resource": lambda was, _, named: replace(was, resource=_joined(was.resource, named)),
}


def _naming(caller: Principal) -> Any:
    """The Principal element that names the caller itself."""
    if caller.is_service:
        return {"Service": caller.arn}
    if caller.is_provider:
        return {"Federated": caller.arn}
    return {"AWS": caller.arn} if caller.account else "*"


def _each_with(
    levels: tuple[tuple[Policy, ...], ...] | None, policy: Policy
) -> tuple[tuple[Policy, ...], ...]:
    return tuple((*level, policy) for level in levels or ())


def _joined(policy: Policy | None, more: Policy) -> Policy:
    if policy is None:
        return more
    return Policy(name=policy.name, statements=(*policy.statements, *more.statements))


def _without(layers: Layers, statement: Statement) -> Layers:
    """The layers in which one statement is gone."""

    def kept(policy: Policy) -> Policy:
        if not any(item is statement for item in policy.statements):
            return policy
        rest = tuple(item for item in policy.statements if item is not statement)
        return Policy(name=policy.name, statements=rest, origin=policy.origin)

    def each(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        return tuple(kept(policy) for policy in policies)

    return replace(
        layers,
        identity=each(layers.identity),
        resource=kept(layers.resource) if layers.resource else None,
        boundary=each(layers.boundary) if layers.boundary is not None else None,
        session=kept(layers.session) if layers.session else None,
        scps=tuple(each(level) for level in layers.scps) if layers.scps is not None else None,
        rcps=tuple(each(level) for level in layers.rcps) if layers.rcps is not None else None,
        endpoints=each(layers.endpoints),
    )
