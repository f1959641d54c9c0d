"""One request, every layer: the order in which AWS combines policies.

Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic"; Organizations User Guide, SCP
and RCP evaluation; KMS Developer Guide, "Key policies", "Grants"; STS API Reference; S3 User Guide, "Blocking public access".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from graph.permissions.aws.conditions import FAILS, HOLDS, Outcome
from graph.permissions.aws.context import Context
from graph.permissions.aws.document import Policy, Statement
from graph.permissions.aws.grants import granted_by_acl, granted_by_kms
from graph.permissions.aws.principals import Named, Principal
from graph.permissions.aws.public import is_public_policy
from graph.permissions.aws.services import facts
from graph.permissions.question import ALLOWED, EXPLICIT, IMPLICIT, UNDECIDED

_NO_CONTEXT = Context()


class Request:
    """Who wants to do what to which resource. `resource_account` "" = the principal's own.

    `called` is the action in lower case, `service` its prefix.
    """

    __slots__ = (
        "action", "called", "context", "principal", "resource", "resource_account", "same_account", "service",
    )  # fmt: skip

    def __init__(
        self,
        *,
        principal: Principal,
        action: str,
        resource: str,
        resource_account: str = "",
        context: Context = _NO_CONTEXT,
    ) -> None:
        self.principal = principal
        self.action = action
        self.resource = resource
        self.resource_account = resource_account
        self.context = context
        self.called = action.lower()
        self.service = self.called.partition(":")[0]
        owner = resource_account or principal.account
        self.same_account = bool(owner) and owner == principal.account


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """Every policy that may speak. None = no such policy; `scps` and `rcps` are levels, root first.

    `endpoints` are the documents of the one VPC endpoint that the request comes through. `unread` are sentences on
    policies that apply and that nobody has read.
    """

    identity: tuple[Policy, ...] = ()
    resource: Policy | None = None
    boundary: tuple[Policy, ...] | None = None
    session: Policy | None = None
    scps: tuple[tuple[Policy, ...], ...] | None = None
    rcps: tuple[tuple[Policy, ...], ...] | None = None
    endpoints: tuple[Policy, ...] = ()
    block_public_access: bool = False
    block_unread: str = ""  # the fact that decides where nobody read it
    acl: tuple[str, ...] = ()  # what the bucket's ACL grants to groups of everybody
    grants: tuple[Mapping[str, Any], ...] = ()  # KMS grants
    unread: tuple[str, ...] = ()


class Hit(NamedTuple):
    """A statement that speaks to the request."""

    policy: Policy
    statement: Statement
    outcome: Outcome
    named: Named = Named.DIRECT


class Decision(NamedTuple):
    """The answer: which layer decided, by which statement, why, and what would decide an open one."""

    decision: str
    layer: str = ""
    statement: str = ""
    reason: str = ""
    missing: tuple[str, ...] = ()
    proofs: tuple[Hit, ...] = ()


_PASSED = Decision(ALLOWED)
_NOT_NAMED = Decision(IMPLICIT, "resource", "", "no resource policy statement allows it")


def decide(request: Request, layers: Layers) -> Decision:
    """Explicit deny first; then each guardrail; then who grants, and what limits the grant."""
    special = _needs_no_permission(request)
    if special:
        return special
    denied, doubts = _explicit_deny(request, layers)
    stopped = denied or _refused(request)
    if stopped:
        return stopped
    limits = _guardrails(request, layers)
    closed = next((limit for limit in limits if limit.decision == IMPLICIT), None)
    granted = closed or _granted(request, layers)
    if granted.decision == IMPLICIT:
        return granted
    if layers.block_public_access and _is_public_use(request, layers, granted):
        reason = "the bucket policy is public and Block Public Access restricts it to its account"
        return Decision(EXPLICIT, "block-public-access", granted.statement, reason)
    missing = [key for answer in (*limits, granted) for key in answer.missing]
    missing += [key for hit in doubts for key in hit.outcome.missing]
    missing += layers.unread
    if layers.block_unread and _is_public_use(request, layers, granted):
        missing.append(layers.block_unread)
    if missing:
        keys = tuple(dict.fromkeys(missing))
        reason = f"it depends on {', '.join(keys)}"
        return Decision(UNDECIDED, "condition", granted.statement, reason, keys, granted.proofs)
    return granted


def _needs_no_permission(request: Request) -> Decision | None:
    """sts:GetCallerIdentity answers everybody who has credentials, even where a policy denies it."""
    if request.called in facts().always and request.principal.account:
        return Decision(ALLOWED, "service", "", "this call needs no permission")
    return None


def _refused(request: Request) -> Decision | None:
    """What the service itself refuses, whatever policies say."""
    for row in facts().impossible.get(request.called, ()):
        if row.holds(request.principal, request.resource, same_account=request.same_account):
            return Decision(IMPLICIT, "service", "", row.reason)
    return None


def hits(policies: Iterable[Policy], request: Request, *, allows: bool) -> list[Hit]:
    """Statements of policies without Principal that speak to the request, surely or perhaps."""
    found = []
    for policy in policies:
        for statement in policy.speaking(request.called)[allows]:
            outcome = statement.speaks(request.resource, request.context)
            if outcome is not FAILS:
                found.append(Hit(policy, statement, outcome))
    return found


def resource_hits(
    policies: Iterable[Policy], request: Request, *, allows: bool, bounded: bool = False
) -> list[Hit]:
    """Statements of policies with Principal that name the caller and speak to the request."""
    found = []
    for policy in policies:
        for statement in policy.speaking(request.called)[allows]:
            how = names_caller(statement, request.principal, bounded=bounded)
            if how is Named.NOT:
                continue
            outcome = statement.speaks(request.resource, request.context)
            if outcome is not FAILS:
                found.append(Hit(policy, statement, outcome, how))
    return found


def names_caller(statement: Statement, caller: Principal, *, bounded: bool = False) -> Named:
    """How a statement names the caller. A NotPrincipal of a Deny never spares a user or role with a boundary.

    Source: IAM User Guide, "NotPrincipal" and "Permissions boundaries for IAM entities".
    """
    if statement.not_principals is not None:
        if statement.allows:
            out = statement.not_principals.names(caller) is not Named.NOT
        else:
            out = not bounded and statement.not_principals.exempts(caller)
        return Named.NOT if out else Named.DIRECT
    if statement.principals is None:
        return Named.DIRECT
    how = statement.principals.names(caller)
    return how if statement.allows or how is Named.NOT else Named.DIRECT


def _best(found: Sequence[Hit]) -> Hit | None:
    """A sure hit before a perhaps, the strongest naming first."""
    if len(found) < 2:  # noqa: PLR2004 - nothing to compare
        return found[0] if found else None
    return min(found, key=lambda hit: (bool(hit.outcome.missing), -hit.named))


def _explicit_deny(request: Request, layers: Layers) -> tuple[Decision | None, list[Hit]]:
    doubts = []
    for layer, found in _denies(request, layers):
        for hit in found:
            if hit.outcome is HOLDS:
                return _explained(EXPLICIT, layer, hit, f"{layer} policy denies it"), []
            doubts.append(hit)
    return None, doubts


def _denies(request: Request, layers: Layers) -> Iterator[tuple[str, list[Hit]]]:
    is_identity = request.principal.is_identity
    if is_identity:
        yield "identity", hits(layers.identity, request, allows=False)
        if layers.boundary:
            yield "boundary", hits(layers.boundary, request, allows=False)
        if layers.session:
            yield "session", hits((layers.session,), request, allows=False)
    if layers.resource and not _is_owners_root(request):
        bounded = is_identity and layers.boundary is not None
        found = resource_hits((layers.resource,), request, allows=False, bounded=bounded)
        yield "resource", found
    if layers.scps and _bound_by_scps(request.principal):
        for level in layers.scps:
            yield "scp", hits(level, request, allows=False)
    if layers.rcps and _bound_by_rcps(request):
        for level in layers.rcps:
            yield "rcp", resource_hits(level, request, allows=False)
    if layers.endpoints:
        yield "vpc-endpoint", resource_hits(layers.endpoints, request, allows=False)


def _is_owners_root(request: Request) -> bool:
    """The root user of a bucket's account cannot lock itself out of the bucket's policy."""
    is_root = request.principal.is_root and request.same_account
    return is_root and request.called in facts().owner


def _bound_by_scps(caller: Principal) -> bool:
    """Users, roles and the root user of an account; neither service-linked roles nor services nor outsiders."""
    return bool(caller.account) and not caller.is_service_linked and not caller.is_provider


def _bound_by_rcps(request: Request) -> bool:
    return request.service in facts().rcp and not request.principal.is_service_linked


def _guardrails(request: Request, layers: Layers) -> list[Decision]:
    """SCPs must allow at every level, the endpoint as well; neither grants.

    RCPs are no part of it: RCPFullAWSAccess is attached at every level, cannot be detached, and no other RCP may allow.
    """
    answers: list[Decision] = []
    if layers.scps and _bound_by_scps(request.principal):
        answers += [_limit("scp", hits(level, request, allows=True)) for level in layers.scps]
    if layers.endpoints:
        found = resource_hits(layers.endpoints, request, allows=True)
        answers.append(_limit("vpc-endpoint", found))
    return answers


def _limit(layer: str, found: Sequence[Hit]) -> Decision:
    """What only limits grants: one of its statements must allow the request."""
    hit = _best(found)
    if hit is None:
        return Decision(IMPLICIT, layer, "", f"no {layer} statement allows it")
    missing = hit.outcome.missing
    return Decision(ALLOWED, layer, missing=missing) if missing else _PASSED


def _explained(decision: str, layer: str, hit: Hit, reason: str) -> Decision:
    where = f"{hit.policy.name}: {hit.statement.name}" if hit.policy.name else hit.statement.name
    return Decision(decision, layer, where, reason, hit.outcome.missing, (hit,))


def _granted(request: Request, layers: Layers) -> Decision:
    """Who grants: policies, or a grant on a KMS key, which needs neither identity nor key policy."""
    found = _by_policies(request, layers)
    if layers.grants and (found.decision == IMPLICIT or found.missing):
        grant = granted_by_kms(request.principal, request.action, request.context, layers.grants)
        if grant and (found.decision == IMPLICIT or len(grant.missing) < len(found.missing)):
            reason = "a grant on the key allows it"
            return Decision(ALLOWED, "grant", grant.name, reason, grant.missing)
    return found


def _by_policies(request: Request, layers: Layers) -> Decision:
    """Identity policies, the resource's own policy, or both."""
    caller = request.principal
    resource = _resource_side(request, layers)
    if not caller.account or caller.is_provider:
        return resource
    identity = _identity_side(request, layers)
    if needs_resource_policy(request.action, request.resource):
        return _resource_first(request, layers, identity, resource)
    if request.same_account:
        return _either(request, layers, identity, resource)
    return _both(identity, resource)


def needs_resource_policy(action: str, resource: str) -> bool:
    """Whether an identity policy alone is never enough: role trust, and keys (not their aliases, nor "all keys")."""
    service = action.partition(":")[0].lower()
    if service == "kms":
        return resource.split(":", 5)[-1].startswith("key/")
    return action.lower() in facts().trust


def _identity_side(request: Request, layers: Layers) -> Decision:
    """An identity grant, within boundary and session policy. The root user holds everything in its account."""
    if request.principal.is_root:
        return Decision(ALLOWED, "identity", "root", "the root user of the account")
    hit = _best(hits(layers.identity, request, allows=True))
    if hit is None:
        if _is_a_users_own(request):
            return Decision(ALLOWED, "service", "", "every user may make this call")
        return Decision(IMPLICIT, "identity", "", "no identity statement allows it")
    found = _explained(ALLOWED, "identity", hit, "identity policy allows it")
    return _limited(found, request, layers)


def _is_a_users_own(request: Request) -> bool:
    return request.called in facts().users and request.principal.is_user


def _limited(grant: Decision, request: Request, layers: Layers) -> Decision:
    """The grant, where boundary and session policy allow it too."""
    for limit in _limits(request, layers):
        if limit.decision == IMPLICIT:
            return limit
        if limit.missing:
            grant = grant._replace(missing=grant.missing + limit.missing)
    return grant


def _limits(request: Request, layers: Layers) -> Iterator[Decision]:
    if layers.boundary is not None:
        yield _limit("boundary", hits(layers.boundary, request, allows=True))
    if layers.session is not None:
        yield _limit("session", hits((layers.session,), request, allows=True))


def _resource_side(request: Request, layers: Layers) -> Decision:
    if layers.resource:
        hit = _best(resource_hits((layers.resource,), request, allows=True))
        if hit is not None:
            return _explained(ALLOWED, "resource", hit, "the resource's policy allows it")
    if layers.acl:
        acl = granted_by_acl(request.principal, request.called, layers.acl)
        if acl:
            return Decision(ALLOWED, "acl", acl, "the bucket's ACL allows it")
    return _NOT_NAMED


def _either(request: Request, layers: Layers, identity: Decision, resource: Decision) -> Decision:
    """Within one account either side grants; how the resource names the caller says what limits it."""
    direct = _directly(request, layers, resource)
    if direct is None or direct.decision == IMPLICIT:
        unhelpful = direct is None or identity.decision != IMPLICIT
        return identity if unhelpful or direct is None else direct
    if identity.decision == ALLOWED and len(identity.missing) <= len(direct.missing):
        return identity
    return direct


def _directly(request: Request, layers: Layers, resource: Decision) -> Decision | None:
    """What the resource's policy grants without the identity's; None if nothing."""
    if resource.decision == IMPLICIT:
        return None
    how = resource.proofs[0].named if resource.proofs else Named.DIRECT
    if how is Named.ACCOUNT:
        return None
    return _limited(resource, request, layers) if how is Named.ROLE else resource


def _both(identity: Decision, resource: Decision) -> Decision:
    """Both sides must allow."""
    if resource.decision == IMPLICIT:
        return resource._replace(reason=f"{resource.reason}; another account's resource needs it")
    if identity.decision == IMPLICIT:
        return identity
    return identity._replace(
        missing=identity.missing + resource.missing, proofs=identity.proofs + resource.proofs
    )


def _resource_first(
    request: Request, layers: Layers, identity: Decision, resource: Decision
) -> Decision:
    """KMS keys and role trust: the resource's policy must name the caller, or delegate to its account."""
    if resource.decision == IMPLICIT:
        what = "trust policy" if request.service == "sts" else "key policy"
        return resource._replace(reason=f"the {what} does not allow it")
    direct = _directly(request, layers, resource) if request.same_account else None
    if direct is not None and direct.decision == ALLOWED:
        return direct
    both = _both(identity, resource)
    return both if both.decision == ALLOWED or direct is None else direct


def _is_public_use(request: Request, layers: Layers, granted: Decision) -> bool:
    """S3: what is public serves, under RestrictPublicBuckets, the owner's account and services alone."""
    if request.service != "s3" or request.same_account or request.principal.is_service:
        return False
    return granted.layer == "acl" or is_public_policy(layers.resource)
