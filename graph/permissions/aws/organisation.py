"""Organisation policies of an estate: which levels bind an account, and which of them nobody has read."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property

from graph.estate import Estate
from graph.model import Asset, Scope
from graph.permissions.aws.document import Policy, compile_policy
from graph.permissions.aws.principals import principal
from graph.permissions.aws.unread import unread_policy

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
Levels = tuple[tuple[Policy, ...], ...]
_DEFAULTS = (
    "FullAWSAccess",
    "RCPFullAWSAccess",
)  # attached everywhere until somebody detaches them
_TARGETS = "organizations:ListTargetsForPolicy"
_FULL_ACCESS = compile_policy(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}],
    },
    "full access",
)


class Organisation:
    """Levels of SCPs and RCPs by account, root first; the management account is bound by none."""

    def __init__(self, estate: Estate, document: Callable[[Asset, str], Policy | None]) -> None:
        self.estate = estate
        self._document = document

    def levels(self, account: str, kind: str) -> Levels | None:
        """Levels down to the account; None where no policy is known to apply. An empty one allows nothing."""
        found = self._levels.get((account, kind))
        if found is None or self._full_access_is_listed:
            return found
        return tuple(level if _allows(level) else (*level, _FULL_ACCESS) for level in found)

    def id_of(self, account: str) -> str:
        """The organisation's id, where the estate holds one and the account is seen in it."""
        return self._ids[0] if self._ids and account in self._members else ""

    def unread(self, account: str) -> tuple[str, ...]:
        """What is not known of the SCPs of an account, as texts; () if all is, or if none bind it."""
        if account in self._management or not self._may_be_member(account):
            return ()
        if not self._is_read("organizations:ListPolicies") and not self._is_any_known:
            return (f"the service control policies that bind account {account}",)
        facts = [f"where service control policy {name} is attached" for name in self._unplaced]
        if self._is_place_open(account):
            facts.append(f"the place of account {account} in its organisation")
        return tuple(facts)

    def _may_be_member(self, account: str) -> bool:
        """Seen in an organisation, or there is one and nobody listed its accounts."""
        return account in self._members or bool(self._ids and not self._members)

    def _is_read(self, operation: str, params: object = None) -> bool:
        accounts = {"", *self._management, *self._members, *self._asked}
        scopes = (Scope(provider="aws", account=account) for account in sorted(accounts))
        return any(self.estate.coverage.gap(operation, scope, params) is None for scope in scopes)

    @cached_property
    def _is_any_known(self) -> bool:
        return any(kind == SCP for _, kind in self._levels)

    @cached_property
    def _scps(self) -> tuple[Asset, ...]:
        """SCPs that may deny something; the default one cannot."""
        return tuple(
            asset
            for asset in self.estate.of_label("OrgPolicy")
            if asset.properties.get("policy_type") == SCP and asset.name not in _DEFAULTS
        )

    @cached_property
    def _unplaced(self) -> tuple[str, ...]:
        """Names of SCPs of which nobody read what they bind."""
        return tuple(
            asset.name
            for asset in self._scps
            if not self._targets(asset)
            and not self._is_read(_TARGETS, {"PolicyId": asset.id.rpartition("/")[2]})
        )

    def _targets(self, policy: Asset) -> list[str]:
        edges = self.estate.outgoing.get(policy.id, ())
        return [edge.target for edge in edges if edge.kind == "APPLIES_TO"]

    def _is_place_open(self, account: str) -> bool:
        """Whether SCPs bind a root or a unit of which nobody knows whether the account is under it."""
        own = f"arn:aws:iam::{account}:root"
        above = self._parents(own)
        if above and self.estate.assets[above[0]].kind == "AWS::Organizations::Root":
            return False
        bound = {target for policy in self._scps for target in self._targets(policy)}
        return any(":root/" in target or ":ou/" in target for target in bound - {own, *above})

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(asset.id.rpartition("/")[2] for asset in self.estate.of_label("Organization"))

    @cached_property
    def _asked(self) -> frozenset[str]:
        """Accounts that answered for the organisation."""
        return frozenset(
            entry.scope.account
            for entry in self.estate.coverage
            if entry.operation in {"organizations:ListPolicies", _TARGETS}
        )

    @cached_property
    def _members(self) -> frozenset[str]:
        return frozenset(
            _number(asset)
            for asset in self.estate.of_label("Account")
            if asset.properties.get("organization")
            or any(edge.kind == "MEMBER_OF" for edge in self.estate.outgoing.get(asset.id, ()))
        )

    @cached_property
    def _management(self) -> frozenset[str]:
        return frozenset(
            _number(asset)
            for asset in self.estate.of_label("Account")
            if asset.properties.get("management")
        )

    @cached_property
    def _full_access_is_listed(self) -> bool:
        """Whether the default policies were listed with their targets, so that a level without one allows nothing."""
        return any(
            asset.name in _DEFAULTS and self._targets(asset)
            for asset in self.estate.of_label("OrgPolicy")
        )

    @cached_property
    def _levels(self) -> Mapping[tuple[str, str], Levels]:
        levels: dict[tuple[str, str], Levels] = {}
        for account in self.estate.of_label("Account"):
            units = [self._applied(unit) for unit in (*self._parents(account.id), account.id)]
            if not account.properties.get("management"):
                for kind in sorted({kind for unit in units for kind in unit}):
                    levels[_number(account), kind] = tuple(unit.get(kind, ()) for unit in units)
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
            if edge.kind == "APPLIES_TO":
                asset = self.estate.assets[edge.source]
                kind = str(asset.properties.get("policy_type"))
                applied[kind].append(self._document(asset, "document") or _unread(asset))
        return {kind: tuple(policies) for kind, policies in applied.items()}


def _unread(policy: Asset) -> Policy:
    """The default policies are AWS's own and always the same; others may say anything."""
    if policy.name in _DEFAULTS and policy.id.startswith("arn:aws:organizations::aws:policy/"):
        return _FULL_ACCESS
    return unread_policy(f"the document of organisation policy {policy.name}")


def _number(account: Asset) -> str:
    return account.account or principal(account.id).account


def _allows(level: tuple[Policy, ...]) -> bool:
    return any(statement.allows for policy in level for statement in policy.statements)
