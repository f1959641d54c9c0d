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
        """Levels that name something; None where no policy is known to apply."""
        found = self._levels.get((account, kind))
        if found is None or self._full_access_is_listed:
            return found
        return tuple(level if _allows(level) else (*level, _FULL_ACCESS) for level in found)

    def id_of(self, account: str) -> str:
        """The organisation's id, where the estate holds one and the account is seen in it."""
        return self._ids[0] if self._ids and account in self._members else ""

    def unread(self, account: str) -> str:
        """Why the SCPs of an account are not known, as text; "" if they are, or if none bind it."""
        if account not in self._members or account in self._management:
            return ""
        gaps = (
            self.estate.coverage.gap("organizations:ListPolicies", Scope(provider="aws", account=a))
            for a in sorted({account, *self._management, *self._asked})
        )
        is_read = any(gap is None for gap in gaps) or any(kind == SCP for _, kind in self._levels)
        return "" if is_read else f"the service control policies that bind account {account}"

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(asset.id.rpartition("/")[2] for asset in self.estate.of_label("Organization"))

    @cached_property
    def _asked(self) -> frozenset[str]:
        """Accounts that answered for the organisation."""
        return frozenset(
            entry.scope.account
            for entry in self.estate.coverage
            if entry.operation == "organizations:ListPolicies"
        )

    @cached_property
    def _members(self) -> frozenset[str]:
        return frozenset(
            _number(asset)
            for asset in self.estate.of_label("Account")
            if any(edge.kind == "MEMBER_OF" for edge in self.estate.outgoing.get(asset.id, ()))
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
            asset.name in {"FullAWSAccess", "RCPFullAWSAccess"}
            and any(edge.kind == "APPLIES_TO" for edge in self.estate.outgoing.get(asset.id, ()))
            for asset in self.estate.of_label("OrgPolicy")
        )

    @cached_property
    def _levels(self) -> Mapping[tuple[str, str], Levels]:
        levels: dict[tuple[str, str], Levels] = {}
        for account in self.estate.of_label("Account"):
            found: dict[str, list[tuple[Policy, ...]]] = defaultdict(list)
            for unit in (*self._parents(account.id), account.id):
                for kind, policies in self._applied(unit).items():
                    found[kind].append(policies)
            if not account.properties.get("management"):
                for kind, listed in found.items():
                    levels[_number(account), kind] = tuple(listed)
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
                policy = self._document(asset, "document")
                fact = f"the document of organisation policy {asset.name}"
                kind = str(asset.properties.get("policy_type"))
                applied[kind].append(policy or unread_policy(fact))
        return {kind: tuple(policies) for kind, policies in applied.items()}


def _number(account: Asset) -> str:
    return account.account or principal(account.id).account


def _allows(level: tuple[Policy, ...]) -> bool:
    return any(statement.allows for policy in level for statement in policy.statements)
