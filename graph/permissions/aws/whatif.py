"""What-if cases: one request, and every policy that may speak to it, in one JSON object."""

from collections.abc import Mapping
from typing import Any

from graph.permissions.aws.context import Context
from graph.permissions.aws.decide import Layers, Request, decide
from graph.permissions.aws.document import Policy, compile_policy
from graph.permissions.aws.principals import Principal
from graph.permissions.question import Answer


def answer_case(case: Mapping[str, Any]) -> Answer:
    """The answer to one case; its context is the whole context. Raises ValueError, TypeError for what it cannot read."""
    for name in ("principal", "action", "resource"):
        if not isinstance(case.get(name), str):
            raise TypeError(f"{name!r} is missing or not a text")
    request = Request(
        principal=Principal(case["principal"]),
        action=case["action"],
        resource=case["resource"],
        resource_account=str(case.get("resourceAccount") or ""),
        context=Context.of(case.get("context") or {}, whole=True),
    )
    decision = decide(request, _layers(case))
    return Answer(
        id=case.get("id"),
        decision=decision.decision,
        layer=decision.layer,
        statement=decision.statement,
        reason=decision.reason,
    )


def _layers(case: Mapping[str, Any]) -> Layers:
    resource, session = case.get("resourcePolicy"), case.get("sessionPolicy")
    return Layers(
        identity=_several(case.get("identityPolicies"), "identityPolicies"),
        resource=None if resource is None else _one(resource, "resourcePolicy"),
        boundary=_boundary(case.get("permissionBoundary")),
        session=None if session is None else _one(session, "sessionPolicy"),
        scps=_levels(case.get("scps"), "scps"),
        rcps=_levels(case.get("rcps"), "rcps"),
        endpoints=_several(case.get("vpcEndpointPolicies"), "vpcEndpointPolicies"),
        block_public_access=bool(case.get("s3BlockPublicAccess")),
    )


def _boundary(given: Any) -> tuple[Policy, ...] | None:
    return None if given is None else _several(given, "permissionBoundary")


def _levels(given: Any, name: str) -> tuple[tuple[Policy, ...], ...] | None:
    if given is None:
        return None
    return tuple(_several(level, f"{name}[{number}]") for number, level in enumerate(given))


def _several(given: Any, name: str) -> tuple[Policy, ...]:
    if given is None:
        return ()
    if isinstance(given, Mapping):
        return (_one(given, name),)
    return tuple(_one(document, f"{name}[{number}]") for number, document in enumerate(given))


def _one(document: Any, name: str) -> Policy:
    policy = compile_policy(document, name)
    if policy.problems:
        raise ValueError(policy.problems[0])
    return policy
