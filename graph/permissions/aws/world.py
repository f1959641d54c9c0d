"""The policies of an estate, compiled once and ready to be asked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from graph.estate import Estate
from graph.model import Asset, Evidence, Verdict
from graph.permissions.aws.context import Context
from graph.permissions.aws.decide import ALLOWED, UNDECIDED, Decision, Layers, Request, decide
from graph.permissions.aws.document import Policy, compile_policy
from graph.permissions.aws.principals import Principal

PRINCIPALS = ("User", "Role")
# What a caller chooses for itself, and how it calls here: directly, over TLS.
_CHOSEN: Mapping[str, str] = {"aws:SecureTransport": "true", "aws:ViaAWSService": "false"}
_EVERYTHING = compile_policy(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


class World:
    """Answers requests for principals and resources of one estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._documents: dict[tuple[str, str], Policy] = {}
        self._identity: dict[str, tuple[Policy, ...]] = {}

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
        """Its own policies and those of its groups."""
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

    def decide(
        self, principal: str, action: str, resource: str, target: Asset | None = None, **more: str
    ) -> Decision:
        """One request of a principal of the estate; `more` are context keys, ':' written as '__'."""
        extra = {key.replace("__", ":"): value for key, value in more.items()}
        return self.ask(principal, action, resource, target, extra)

    def ask(
        self,
        principal: str,
        action: str,
        resource: str,
        target: Asset | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Decision:
        """One request with further context keys, under their own names."""
        owner = self._owner(resource, target)
        request = Request(
            principal=Principal(principal),
            action=action,
            resource=resource,
            resource_account=owner,
            context=self._context(principal, target, extra or {}),
        )
        return decide(request, self._layers(principal, target, owner, action))

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

    def _attached(self, owner: str, how: str) -> Iterator[Policy]:
        for edge in self.estate.incoming.get(owner, ()):
            if edge.kind == "ATTACHED_TO" and edge.properties.get("as", "identity") == how:
                policy = self._document(self.estate.assets[edge.source], "document")
                if policy is not None:
                    yield policy

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

    def _layers(self, principal: str, target: Asset | None, owner: str, action: str) -> Layers:
        known = principal in self.estate.assets and Principal(principal).account in self.accounts
        if known:
            identity = self.identity_policies(principal)
            boundary = tuple(self._attached(principal, "boundary")) or None
        else:  # somebody outside: what his own account allows him is his own to decide
            identity, boundary = (_EVERYTHING,), None
        policy = self.resource_policy(target) if target is not None else None
        if action.startswith("iam:"):
            policy = None  # the trust policy of a role says nothing about changing it
        return Layers(
            identity=identity,
            resource=policy,
            boundary=boundary,
            scps=self._levels(Principal(principal).account, "SERVICE_CONTROL_POLICY"),
            rcps=self._levels(owner, "RESOURCE_CONTROL_POLICY"),
            block_public_access=bool(target) and _blocks_public(target),
            grants=tuple((target.properties.get("grants") or ()) if target else ()),
        )

    @cached_property
    def _organisation(self) -> Mapping[tuple[str, str], tuple[tuple[Policy, ...], ...]]:
        """Levels of organisation policies, root first, by account and policy type."""
        levels: dict[tuple[str, str], tuple[tuple[Policy, ...], ...]] = {}
        for account in self.estate.of_label("Account"):
            chain = [*self._parents(account.id), account.id]
            found: dict[str, list[tuple[Policy, ...]]] = defaultdict(list)
            for unit in chain:
                for kind, policies in self._applied(unit).items():
                    found[kind].append(policies)
            for kind, listed in found.items():
                if not account.properties.get("management"):
                    levels[account.account or account.id.split(":")[4], kind] = tuple(listed)
        return levels

    def _parents(self, unit: str) -> list[str]:
        parents: list[str] = []
        while above := next(
            (e.target for e in self.estate.outgoing.get(unit, ()) if e.kind == "MEMBER_OF"), None
        ):
            if above in parents:
                break
            parents.insert(0, above)
            unit = above
        return parents

    def _applied(self, unit: str) -> Mapping[str, tuple[Policy, ...]]:
        applied: dict[str, list[Policy]] = defaultdict(list)
        for edge in self.estate.incoming.get(unit, ()):
            if edge.kind != "APPLIES_TO":
                continue
            asset = self.estate.assets[edge.source]
            policy = self._document(asset, "document")
            if policy is not None:
                applied[str(asset.properties.get("policy_type"))].append(policy)
        return {kind: tuple(policies) for kind, policies in applied.items()}

    def _levels(self, account: str, kind: str) -> tuple[tuple[Policy, ...], ...] | None:
        """Levels that name something; a level without an Allow of its own has AWS's full-access policy."""
        levels = self._organisation.get((account, kind))
        if levels is None:
            return None
        return tuple(
            level
            if any(statement.allows for policy in level for statement in policy.statements)
            else (*level, _FULL_ACCESS)
            for level in levels
        )

    def _owner(self, resource: str, target: Asset | None) -> str:
        return Principal(resource).account or (target.account if target else "")

    def _context(self, principal: str, target: Asset | None, extra: Mapping[str, str]) -> Context:
        given: dict[str, Any] = {**_CHOSEN, **extra}
        if Principal(principal).role_name and self._latest:
            given["aws:TokenIssueTime"] = self._latest  # a session can be opened at any time
        closed: list[str] = []
        for asset, prefix in (
            (self.estate.assets.get(principal), "aws:PrincipalTag/"),
            (target, "aws:ResourceTag/"),
        ):
            if asset is not None and "tags" in asset.properties:
                tags = asset.properties["tags"] or {}
                given |= {f"{prefix}{key}": str(value) for key, value in tags.items()}
                closed.append(prefix.lower())
        organisation = self._organisation_of(Principal(principal).account)
        if organisation:
            given["aws:PrincipalOrgID"] = organisation
        context = Context.of(given, whole=False)
        return Context(context.values, context.whole, tuple(closed))

    @cached_property
    def _latest(self) -> str:
        """The time of the snapshot, or the latest that anything in it names."""
        created = (str(asset.properties.get("created") or "") for asset in self.principals)
        return self.estate.collected_at or max(created, default="")

    @cached_property
    def _organisation_ids(self) -> tuple[str, ...]:
        return tuple(asset.id.rpartition("/")[2] for asset in self.estate.of_label("Organization"))

    def _organisation_of(self, account: str) -> str:
        """The organisation, where the estate holds one and the account is seen in it."""
        root = f"arn:aws:iam::{account}:root"
        edges = self.estate.outgoing.get(root, ())
        is_member = any(edge.kind == "MEMBER_OF" for edge in edges)
        return self._organisation_ids[0] if is_member and self._organisation_ids else ""


_FULL_ACCESS = compile_policy(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}],
    },
    "full access",
)


def _blocks_public(target: Asset | None) -> bool:
    block = (target.properties.get("public_access_block") if target else None) or {}
    return bool(_setting(block, "RestrictPublicBuckets"))


def _setting(block: Mapping[str, Any], name: str) -> Any:
    """The setting under its API name, however the mapper spelt it."""
    wanted = name.replace("_", "").lower()
    return next((v for k, v in block.items() if k.replace("_", "").lower() == wanted), None)


def verdict_of(decision: Decision) -> Verdict:
    """A decision as a verdict."""
    if decision.decision == ALLOWED:
        return Verdict.YES
    return Verdict.UNDECIDED if decision.decision == UNDECIDED else Verdict.NO
