"""The policies of an estate, compiled once and ready to be asked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graph.estate import Estate
from graph.model import Asset, Evidence, Relationship, Scope, Verdict
from graph.permissions.aws.buckets import Block, block_of
from graph.permissions.aws.caller_keys import keys_of
from graph.permissions.aws.context import Context, Values
from graph.permissions.aws.decide import (
    Decision,
    Layers,
    Request,
    decide,
    needs_resource_policy,
)
from graph.permissions.aws.document import Policy, compile_policy
from graph.permissions.aws.organisation import RCP, SCP, Levels, Organisation
from graph.permissions.aws.principals import Principal, principal
from graph.permissions.aws.services import facts
from graph.permissions.aws.unread import NOT_READ, unread_policy
from graph.permissions.question import ALLOWED, UNDECIDED

PRINCIPALS = ("User", "Role")
_HAS_BOUNDARY = "permissions_boundary"
_ELSEWHERE = "another account"
_BUCKET = re.compile("arn:[^:]*:s3:::[^*]")
_EVERYTHING = compile_policy(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of a principal: its policies, and the context that its requests carry."""

    principal: Principal
    identity: tuple[Policy, ...]
    boundary: tuple[Policy, ...] | None
    scps: Levels | None
    values: Mapping[str, Values]
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """What is known of a resource: its policies, and the context that requests for it carry."""

    policy: Policy | None
    is_read: bool
    grants: tuple[Mapping[str, Any], ...]
    block: Block
    acl: tuple[str, ...]
    values: Mapping[str, Values]
    closed: tuple[str, ...]


class World:
    """Answers requests for principals and resources of one estate."""

    def __init__(self, estate: Estate) -> None:
        estate = estate.of_cloud(
            "aws"
        )  # a policy with * means everything of AWS, not all that there is
        self.estate = estate
        self._documents: dict[tuple[str, str], Policy] = {}
        self._identity: dict[str, tuple[Policy, ...]] = {}
        self._callers: dict[str, Caller] = {}
        self._goals: dict[str, Goal] = {}
        self.organisation = Organisation(estate, self._document)

    @cached_property
    def principals(self) -> tuple[Asset, ...]:
        """Users and roles that an answer described, in order of id."""
        return tuple(
            asset
            for asset in self.estate.of_label(*PRINCIPALS)
            if asset.properties.get("described") is not False
        )

    @cached_property
    def accounts(self) -> frozenset[str]:
        """Accounts whose identities the estate holds."""
        return frozenset(asset.account for asset in self.principals)

    def identity_policies(self, principal: str) -> tuple[Policy, ...]:
        """Its own policies and those of its groups; one that was not read may deny."""
        if principal not in self._identity:
            groups = [
                edge.target
                for edge in self.estate.outgoing.get(principal, ())
                if edge.kind == "MEMBER_OF"
            ]
            owners = [principal, *groups]
            self._identity[principal] = tuple(
                policy for owner in owners for policy in self._attached(owner, "identity")
            )
        return self._identity[principal]

    def unread_policies(self, principal: str) -> list[Relationship]:
        """Attachments of identity policies, its own and its groups', whose documents nobody read."""
        edges = self.estate.outgoing.get(principal, ())
        owners = [principal, *(edge.target for edge in edges if edge.kind == "MEMBER_OF")]
        return [
            edge
            for owner in owners
            for edge in self._attachments(owner, "identity")
            if "document" not in self.estate.assets[edge.source].properties
        ]

    def decide(
        self,
        principal: str,
        action: str,
        resource: str,
        target: Asset | None = None,
        **more: str | None,
    ) -> Decision:
        """One request of a principal of the estate; `more` are context keys, ':' written as '__', None = absent."""
        extra = {key.replace("__", ":").lower(): _value(value) for key, value in more.items()}
        return decide(*self.request(principal, action, resource, target, extra))

    def ask(
        self,
        principal: str,
        action: str,
        resource: str,
        target: Asset | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Decision:
        """The same for a person's question: further context keys, and what was not read leaves it undecided."""
        given = Context.of(extra or {}, whole=False).values
        return decide(*self.request(principal, action, resource, target, given, strict=True))

    def target(self, resource: str) -> Asset | None:
        """The asset that a request's resource is, or is part of: an object's bucket, a table's index."""
        part = resource
        while part:
            asset = self.estate.assets.get(part)
            if asset is not None and asset.properties.get("described") is not False:
                return asset
            part = part[: max(part.rfind("/"), part.rfind(":"), 0)]
        return None

    def resource_policy(self, target: Asset) -> Policy | None:
        """The compiled policy of a resource, or of a role's trust; None if it has none or it was not read."""
        name = "trust_policy" if "trust_policy" in target.properties else "policy"
        return self._document(target, name)

    def request(
        self,
        arn: str,
        action: str,
        resource: str,
        target: Asset | None,
        extra: Mapping[str, Values],
        *,
        strict: bool = False,
    ) -> tuple[Request, Layers]:
        """A request with everything that the estate knows of it, and every policy that speaks to it."""
        caller, goal = self._caller(arn), self._goal(target)
        owner = principal(resource).account or (target.account if target else "")
        if not target and self._is_elsewhere(caller.principal, action, resource):
            owner = _ELSEWHERE
        values = {**caller.values, **goal.values, **extra}
        if target and action.lower() in facts().bounded and _HAS_BOUNDARY in target.properties:
            bound = target.properties[_HAS_BOUNDARY]
            values.setdefault("iam:permissionsboundary", _value(bound))
        if owner and owner != _ELSEWHERE:
            values.setdefault("aws:resourceaccount", (owner,))
        if action.lower().startswith("kms:") and caller.principal.account:
            values.setdefault("kms:calleraccount", (caller.principal.account,))
        region = _region(resource, target)
        if region:  # what lies in a region is asked for at that region's endpoint
            values.setdefault("aws:requestedregion", (region,))
        request = Request(
            principal=caller.principal,
            action=action,
            resource=resource,
            resource_account=owner if owner.isdigit() or owner == _ELSEWHERE else "",
            context=Context(values, closed=caller.closed + goal.closed),
        )
        layers = Layers(
            identity=self._strict_identity(caller) if strict else caller.identity,
            resource=self._resource_layer(request, goal, target, strict=strict),
            boundary=caller.boundary,
            scps=caller.scps,
            rcps=self.organisation.levels(owner, RCP),
            block_public_access=goal.block.restricts_policy,
            block_unread=goal.block.unread,
            acl=goal.acl,
            grants=goal.grants,
            unread=self._unread_scps(caller.principal) if strict else (),
        )
        return request, layers

    def _resource_layer(
        self, request: Request, goal: Goal, target: Asset | None, *, strict: bool
    ) -> Policy | None:
        """The policy of the resource. The trust policy of a role says nothing about changing the role."""
        if request.service == "iam":
            return None
        if goal.policy is not None or goal.is_read:
            return goal.policy
        what = {"sts": "trust", "kms": "key"}.get(request.service, "resource")
        fact = f"the {what} policy of {target.name if target else request.resource}"
        first = needs_resource_policy(request.action, request.resource)
        if strict and (first or not request.same_account):
            return unread_policy(fact)
        if first and what == "key" and request.resource_account:
            return unread_policy(fact, may_deny=False, account=request.resource_account)
        return None

    def _is_elsewhere(self, caller: Principal, action: str, resource: str) -> bool:
        """Whether a bucket, whose ARN names no account, is none of the caller's: all of these were listed."""
        if not _BUCKET.match(resource) or action.lower() == "s3:createbucket":
            return False
        scope = Scope(provider="aws", account=caller.account)
        return bool(caller.account) and not self.estate.coverage.gap("s3:ListBuckets", scope)

    def _unread_scps(self, caller: Principal) -> tuple[str, ...]:
        if caller.is_service_linked or caller.account not in self.accounts:
            return ()
        return self.organisation.unread(caller.account)

    def _strict_identity(self, caller: Caller) -> tuple[Policy, ...]:
        """With what may grant although nobody read it: named documents, all of an identity that is not in the estate."""
        if caller.principal.is_identity and not self._asset(caller.principal):
            return (unread_policy(f"the policies of {caller.principal.arn}"),)
        unread = tuple(
            unread_policy(policy.name, may_deny=False)
            for policy in caller.identity
            if policy.statements and policy.statements[0].name == NOT_READ
        )
        return caller.identity + unread

    def _caller(self, arn: str) -> Caller:
        if arn not in self._callers:
            self._callers[arn] = self._know_caller(principal(arn))
        return self._callers[arn]

    def _know_caller(self, caller: Principal) -> Caller:
        asset = self._asset(caller)
        identity: tuple[Policy, ...] = ()
        if asset is not None:
            identity = self.identity_policies(asset.id)
        elif caller.account not in self.accounts:
            identity = (_EVERYTHING,)  # what an account outside allows its own is its to decide
        tags, closed = _tags(asset, "aws:principaltag/")
        return Caller(
            principal=caller,
            identity=identity,
            boundary=self._boundary(asset),
            scps=self.organisation.levels(caller.account, SCP),
            values={**self._own_keys(caller), **tags},
            closed=closed,
        )

    def _asset(self, caller: Principal) -> Asset | None:
        """The user or role that a caller is, or whose session it is."""
        arn = caller.arn
        if caller.session:
            arn = self._roles.get((caller.account, caller.role_name), "")
        asset = self.estate.assets.get(arn)
        known = asset is not None and asset.properties.get("described") is not False
        return asset if known and caller.account in self.accounts else None

    @cached_property
    def _roles(self) -> Mapping[tuple[str, str], str]:
        return {
            (asset.account, asset.id.rpartition("/")[2]): asset.id
            for asset in self.principals
            if principal(asset.id).role_name
        }

    def _boundary(self, asset: Asset | None) -> tuple[Policy, ...] | None:
        if asset is None:
            return None
        named = asset.properties.get(_HAS_BOUNDARY)
        found = tuple(self._attached(asset.id, "boundary"))
        if not found and named:
            found = (unread_policy(f"the document of permissions boundary {named}"),)
        return found or None

    def _own_keys(self, caller: Principal) -> Mapping[str, Values]:
        """Keys that AWS sets from the principal; a session can be opened at any time."""
        if caller.arn == somebody_in(caller.account):
            return keys_of(caller, arn="")
        role = self._roles.get((caller.account, caller.role_name)) if caller.session else None
        organisation = self.organisation.id_of(caller.account)
        arn = role or caller.arn
        return keys_of(caller, arn=arn, opened=self._latest, organisation=organisation)

    def _goal(self, target: Asset | None) -> Goal:
        if target is None:
            return _NOWHERE
        if target.id not in self._goals:
            tags, closed = _tags(target, "aws:resourcetag/")
            block = self._block(target)
            self._goals[target.id] = Goal(
                policy=self.resource_policy(target),
                is_read="policy" in target.properties or "trust_policy" in target.properties,
                grants=tuple(target.properties.get("grants") or ()),
                block=block,
                acl=() if block.ignores_acl else tuple(target.properties.get("acl") or ()),
                values=tags,
                closed=closed,
            )
        return self._goals[target.id]

    def _block(self, target: Asset) -> Block:
        if self.estate.label(target.id) != "Bucket":
            return Block()
        return block_of(target, self.estate.assets.get(f"arn:aws:iam::{target.account}:root"))

    def _attached(self, owner: str, how: str) -> Iterator[Policy]:
        for edge in self._attachments(owner, how):
            asset = self.estate.assets[edge.source]
            policy = self._document(asset, "document")
            fact = f"the document of policy {asset.name}"
            yield policy or unread_policy(fact, may_allow=how == "boundary")

    def _attachments(self, owner: str, how: str) -> Iterator[Relationship]:
        for edge in self.estate.incoming.get(owner, ()):
            if edge.kind == "ATTACHED_TO" and edge.properties.get("as", "identity") == how:
                yield edge

    def _document(self, asset: Asset, name: str) -> Policy | None:
        document = asset.properties.get(name)
        if document is None:
            return None
        key = (asset.id, name)
        if key not in self._documents:
            found = asset.evidence_for(name)
            origin = Evidence(record=found.record, pointer=found.pointer) if found else None
            self._documents[key] = compile_policy(document, asset.name, origin)
        return self._documents[key]

    @cached_property
    def _latest(self) -> str:
        """The time of the snapshot, or the latest that anything in it names."""
        created = (str(asset.properties.get("created") or "") for asset in self.principals)
        return self.estate.collected_at or max(created, default="")


_NOWHERE = Goal(policy=None, is_read=False, grants=(), block=Block(), acl=(), values={}, closed=())


def _value(value: object) -> Values:
    return () if value is None else (str(value),)


def _tags(asset: Asset | None, prefix: str) -> tuple[Mapping[str, Values], tuple[str, ...]]:
    """Tags as context keys, and the prefix if all of them are known."""
    if asset is None or "tags" not in asset.properties:
        return {}, ()
    tags = asset.properties["tags"] or {}
    return {f"{prefix}{key}".lower(): (str(value),) for key, value in tags.items()}, (prefix,)


def verdict_of(decision: Decision) -> Verdict:
    """A decision as a verdict."""
    if decision.decision == ALLOWED:
        return Verdict.YES
    return Verdict.UNDECIDED if decision.decision == UNDECIDED else Verdict.NO


def somebody_in(account: str) -> str:
    """A caller of an account, "" = of any, of which no more is known than that it is not its root user."""
    return f"arn:aws:iam::{account}:role/*"


def _region(resource: str, target: Asset | None) -> str:
    """Where the resource of a request lies; "" for what is global or not named."""
    parts = resource.split(":")
    named = parts[3] if len(parts) > 5 else ""  # noqa: PLR2004 - an ARN has six parts
    return named or (target.region if target else "")
