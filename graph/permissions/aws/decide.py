"""One request, every layer: the order in which AWS combines policies.

Source: IAM User Guide, "Policy evaluation logic"; Organizations User Guide, SCP and RCP evaluation; KMS Developer Guide,
"Key policies"; S3 User Guide, "Blocking public access".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from graph.content import read_toml
from graph.model import Verdict
from graph.permissions.aws.conditions import Outcome
from graph.permissions.aws.context import Context
from graph.permissions.aws.document import Policy, Statement
from graph.permissions.aws.principals import Named, Principal, exempts, named

ALLOWED, EXPLICIT, IMPLICIT, UNDECIDED = (
    "Allowed",
    "ExplicitlyDenied",
    "ImplicitlyDenied",
    "Undecided",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who wants to do what to which resource. `resource_account` "" = the principal's own."""

    principal: Principal
    action: str
    resource: str
    resource_account: str = ""
    context: Context = field(default_factory=Context)

    @property
    def service(self) -> str:
        """The action's service prefix."""
        return self.action.partition(":")[0].lower()

    @property
    def same_account(self) -> bool:
        """Whether principal and resource belong to one account."""
        owner = self.resource_account or self.principal.account
        return owner == self.principal.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Every policy that may speak. None = no such policy; `scps` and `rcps` are levels, root first."""

    identity: tuple[Policy, ...] = ()
    resource: Policy | None = None
    boundary: tuple[Policy, ...] | None = None
    session: Policy | None = None
    scps: tuple[tuple[Policy, ...], ...] | None = None
    rcps: tuple[tuple[Policy, ...], ...] | None = None
    endpoints: tuple[Policy, ...] = ()
    block_public_access: bool = False
    grants: tuple[Mapping[str, Any], ...] = ()  # KMS grants


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


def decide(request: Request, layers: Layers) -> Decision:
    """Explicit deny first; then each guardrail; then who grants, and what limits the grant."""
    request = _with_own_keys(request)
    denied, doubts = _explicit_deny(request, layers)
    if denied:
        return denied
    guarded = _guardrails(request, layers)
    granted = _granted(request, layers)
    for answer in (*guarded, granted):
        if answer.decision == IMPLICIT:
            return answer
    missing = [key for answer in (*guarded, granted) for key in answer.missing]
    missing += [key for hit in doubts for key in hit.outcome.missing]
    if missing:
        keys = tuple(dict.fromkeys(missing))
        reason = f"it depends on {', '.join(keys)}"
        return Decision(UNDECIDED, "condition", granted.statement, reason, keys, granted.proofs)
    return granted


def _with_own_keys(request: Request) -> Request:
    """Keys that follow from the request itself; given ones stand."""
    caller = request.principal
    own: dict[str, tuple[str, ...]] = {}
    if caller.account:
        own["aws:principalaccount"] = (caller.account,)
        arn = caller.arn
        if caller.session:
            arn = f"arn:{caller.parts[1]}:iam::{caller.account}:role/{caller.role_name}"
        own["aws:principalarn"] = (arn,)
        own["aws:principalisawsservice"] = ("false",)
        if caller.is_user:
            own["aws:username"] = (caller.arn.rpartition("/")[2],)
            own["aws:principaltype"] = ("User",)
        elif caller.role_name:
            own["aws:principaltype"] = ("AssumedRole",)
    elif caller.is_service:
        own["aws:principalisawsservice"] = ("true",)
    if request.resource_account:
        own["aws:resourceaccount"] = (request.resource_account,)
    return Request(
        principal=caller,
        action=request.action,
        resource=request.resource,
        resource_account=request.resource_account,
        context=request.context.joined(own),
    )


def hits(policies: Iterable[Policy], request: Request, *, allows: bool) -> Iterator[Hit]:
    """Statements of policies without Principal that speak to the request, surely or perhaps."""
    for policy in policies:
        for statement in policy.statements:
            if statement.allows is allows:
                outcome = statement.applies(request.action, request.resource, request.context)
                if outcome.verdict is not Verdict.NO:
                    yield Hit(policy, statement, outcome)


def resource_hits(policy: Policy | None, request: Request, *, allows: bool) -> Iterator[Hit]:
    """Statements of a resource policy that name the caller and speak to the request."""
    for statement in policy.statements if policy else ():
        if statement.allows is not allows:
            continue
        how = _names_caller(statement, request.principal)
        if how is Named.NOT:
            continue
        outcome = statement.applies(request.action, request.resource, request.context)
        if outcome.verdict is not Verdict.NO:
            yield Hit(policy, statement, outcome, how)  # type: ignore[arg-type]  # not None: it has statements


def _names_caller(statement: Statement, caller: Principal) -> Named:
    if statement.not_principal is not None:
        out = exempts(statement.not_principal, caller)
        return Named.NOT if out else Named.DIRECT
    if statement.principal is None:
        return Named.DIRECT  # trust policies in what-if files may leave it out
    how = named(statement.principal, caller)
    return how if statement.allows or how is Named.NOT else Named.DIRECT


def _best(found: Iterable[Hit]) -> Hit | None:
    """A sure hit before a perhaps, the strongest naming first."""
    ordered = sorted(found, key=lambda hit: (bool(hit.outcome.missing), -hit.named))
    return ordered[0] if ordered else None


def _explicit_deny(request: Request, layers: Layers) -> tuple[Decision | None, list[Hit]]:
    doubts = []
    for layer, found in _denies(request, layers):
        for hit in found:
            if hit.outcome.verdict is Verdict.YES:
                return _explained(EXPLICIT, layer, hit, f"{layer} policy denies it"), []
            doubts.append(hit)
    return None, doubts


def _denies(request: Request, layers: Layers) -> Iterator[tuple[str, Iterator[Hit]]]:
    yield "identity", hits(layers.identity, request, allows=False)
    yield "resource", resource_hits(layers.resource, request, allows=False)
    yield "boundary", hits(layers.boundary or (), request, allows=False)
    yield "session", hits((layers.session,) if layers.session else (), request, allows=False)
    if _bound_by_scps(request.principal):
        for level in layers.scps or ():
            yield "scp", hits(level, request, allows=False)
    if request.service in facts().rcp and not request.principal.is_service_linked:
        for level in layers.rcps or ():
            yield "rcp", _rcp_hits(level, request, allows=False)
    for policy in layers.endpoints:
        yield "vpc-endpoint", resource_hits(policy, request, allows=False)


def _rcp_hits(level: Sequence[Policy], request: Request, *, allows: bool) -> Iterator[Hit]:
    for policy in level:
        yield from resource_hits(policy, request, allows=allows)


def _bound_by_scps(caller: Principal) -> bool:
    return bool(caller.account) and not caller.is_service_linked


def _guardrails(request: Request, layers: Layers) -> list[Decision]:
    """Each guardrail must allow at every level; none of them grants."""
    answers: list[Decision] = []
    if request.service in facts().rcp and not request.principal.is_service_linked:
        levels = layers.rcps or ()
        answers += [_must_allow("rcp", _rcp_hits(level, request, allows=True)) for level in levels]
    if _bound_by_scps(request.principal):
        levels = layers.scps or ()
        answers += [_must_allow("scp", hits(level, request, allows=True)) for level in levels]
    ends = [resource_hits(policy, request, allows=True) for policy in layers.endpoints]
    return [*answers, *(_must_allow("vpc-endpoint", found) for found in ends)]


def _must_allow(layer: str, found: Iterable[Hit]) -> Decision:
    hit = _best(found)
    if hit is None:
        return Decision(IMPLICIT, layer, "", f"no {layer} statement allows it")
    return _explained(ALLOWED, layer, hit, f"{layer} policy allows it")


def _explained(decision: str, layer: str, hit: Hit, reason: str) -> Decision:
    where = f"{hit.policy.name}: {hit.statement.name}" if hit.policy.name else hit.statement.name
    return Decision(decision, layer, where, reason, hit.outcome.missing, (hit,))


def _granted(request: Request, layers: Layers) -> Decision:
    """Who grants: identity policies, the resource's own policy, or both."""
    if request.principal.is_root and request.same_account and request.service not in facts().first:
        return Decision(ALLOWED, "identity", "root", "the root user of the account")
    identity = _identity_side(request, layers)
    resource = _resource_side(request, layers)
    if resource.decision == IMPLICIT and resource.layer == "block-public-access":
        return resource if not request.same_account else identity
    if request.service in facts().first and _is_decided_by_resource(request):
        return _resource_first(request, identity, resource)
    if request.same_account and request.principal.account:
        return _either(request, layers, identity, resource)
    if not request.principal.account:
        return resource
    return _both(identity, resource)


def _is_decided_by_resource(request: Request) -> bool:
    return request.service != "sts" or request.action.lower() in facts().trust


def _identity_side(request: Request, layers: Layers) -> Decision:
    """An identity grant, within boundary and session policy."""
    found = _must_allow("identity", hits(layers.identity, request, allows=True))
    if found.decision == IMPLICIT:
        return found
    limits = _limits(request, layers)
    for limit in limits:
        if limit.decision == IMPLICIT:
            return limit
    missing = found.missing + tuple(key for limit in limits for key in limit.missing)
    return found._replace(missing=missing)


def _limits(request: Request, layers: Layers) -> list[Decision]:
    answers = []
    if layers.boundary is not None:
        answers.append(_must_allow("boundary", hits(layers.boundary, request, allows=True)))
    if layers.session is not None:
        answers.append(_must_allow("session", hits((layers.session,), request, allows=True)))
    return answers


def _resource_side(request: Request, layers: Layers) -> Decision:
    found = list(resource_hits(layers.resource, request, allows=True))
    if _is_blocked_public(request, layers):
        reason = "the bucket policy is public and public access is blocked"
        return Decision(IMPLICIT, "block-public-access", "", reason)
    hit = _best(found)
    if hit is None:
        return _granted_by_kms(request, layers) or Decision(
            IMPLICIT, "resource", "", "no resource policy statement allows it"
        )
    return _explained(ALLOWED, "resource", hit, "the resource's policy allows it")


def _is_blocked_public(request: Request, layers: Layers) -> bool:
    """S3: a public policy under public access block serves the owner's account and services alone."""
    if request.service != "s3" or not layers.block_public_access or _is_insider(request):
        return False
    statements = layers.resource.statements if layers.resource else ()
    return any(is_public(statement) for statement in statements)


def _is_insider(request: Request) -> bool:
    return request.principal.is_service or (
        bool(request.principal.account) and request.same_account
    )


def _granted_by_kms(request: Request, layers: Layers) -> Decision | None:
    """Grants name a principal and operations such as Decrypt; constraints on them are encryption context."""
    operation = request.action.partition(":")[2].lower()
    for grant in layers.grants if request.service == "kms" else ():
        named_operations = {str(item).lower() for item in grant.get("Operations", ())}
        if operation in named_operations and _is_grantee(
            str(grant.get("GranteePrincipal", "")), request
        ):
            missing = ("kms:EncryptionContext",) if grant.get("Constraints") else ()
            name = str(grant.get("Name") or grant.get("GrantId") or "grant")
            return Decision(ALLOWED, "grant", name, "a grant on the key allows it", missing)
    return None


def _is_grantee(grantee: str, request: Request) -> bool:
    caller = request.principal
    other = Principal(grantee)
    same_role = bool(caller.role_name) and other.role_name == caller.role_name
    return grantee == caller.arn or (same_role and other.account == caller.account)


def _either(request: Request, layers: Layers, identity: Decision, resource: Decision) -> Decision:
    """Within one account either side grants; how the resource names the caller says what limits it."""
    if resource.decision == IMPLICIT:
        return identity
    how = resource.proofs[0].named if resource.proofs else Named.DIRECT
    if how is Named.ACCOUNT:
        return identity
    if how is Named.ROLE:
        for limit in _limits(request, layers):
            if limit.decision == IMPLICIT:
                return limit if identity.decision == IMPLICIT else identity
            resource = resource._replace(missing=resource.missing + limit.missing)
    if identity.decision == ALLOWED and len(identity.missing) <= len(resource.missing):
        return identity
    return resource


def _both(identity: Decision, resource: Decision) -> Decision:
    """Across accounts both sides must allow."""
    if resource.decision == IMPLICIT:
        return resource._replace(reason=f"{resource.reason}; another account's resource needs it")
    if identity.decision == IMPLICIT:
        return identity
    return identity._replace(
        missing=identity.missing + resource.missing, proofs=identity.proofs + resource.proofs
    )


def _resource_first(request: Request, identity: Decision, resource: Decision) -> Decision:
    """KMS keys and role trust: the resource's policy must name the caller, or delegate to its account."""
    if resource.decision == IMPLICIT:
        what = "trust policy" if request.service == "sts" else "key policy"
        return resource._replace(reason=f"the {what} does not allow it")
    how = resource.proofs[0].named if resource.proofs else Named.DIRECT
    if resource.layer == "grant" or not request.principal.account:
        return resource
    if how is Named.ACCOUNT or not request.same_account:
        return _both(identity, resource)
    return resource


def is_public(statement: Statement) -> bool:
    """Whether an Allow names everybody and no condition narrows it to somebody (S3's meaning of public)."""
    everybody = statement.principal == "*" or (
        isinstance(statement.principal, Mapping) and _has_star(statement.principal.get("AWS"))
    )
    if not statement.allows or not (everybody or statement.not_principal is not None):
        return False
    narrowing = {
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn",
        "aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "aws:sourcearn", "aws:sourceaccount",
        "aws:sourceorgid", "aws:userid", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
    }  # fmt: skip
    keys = {key.lower() for block in statement.condition.values() for key in block}
    return not keys & narrowing


def _has_star(value: Any) -> bool:
    return value == "*" or (isinstance(value, (list, tuple)) and "*" in value)


class Facts(NamedTuple):
    """What is special about some services."""

    rcp: frozenset[str]
    first: frozenset[str]
    trust: frozenset[str]


@cache
def facts() -> Facts:
    """The shipped facts."""
    content = read_toml("permissions/aws_services.toml")
    return Facts(
        rcp=frozenset(content["rcp"]),
        first=frozenset(content["resource_policy_first"]),
        trust=frozenset(content["trust"]),
    )
