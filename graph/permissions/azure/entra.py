"""Escalation inside Entra: owners, directory roles, application permissions, passwords, groups, federated credentials."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from graph.estate import Estate
from graph.model import Asset, Evidence, Relationship, Verdict
from graph.permissions.techniques import Technique, of_cloud

GLOBAL = "entra-role:Global Administrator"
_ROLE, _PERMISSION = "entra-role:", "graph-permission:"
_ACTIVATION = "the activation of the eligible role"
_APPLICATIONS = ("applications", "servicePrincipals", "agentIdentities")


class Directory:
    """The directory of an estate and what its roles lead to."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._rows = [item for item in of_cloud("azure") if item.row.get("special") == "entra"]

    def edges(self) -> Iterator[Asset | Relationship]:
        """Every step inside Entra, and from it to subscriptions."""
        yield from self._held()
        for row in self._rows:
            yield from self._owners(row)
            yield from self._holders(row)
        yield from self._from_global()
        yield from self._federated()

    def _of(self, *kinds: str) -> list[Asset]:
        wanted = {f"Microsoft.Graph/{kind}" for kind in kinds}
        return [asset for asset in self.estate.assets.values() if asset.kind in wanted]

    # --- who holds what

    def _held(self) -> Iterator[Relationship]:
        """Roles that groups hold are their members' too; eligible ones once they are activated."""
        for edge in self.estate.relationships:
            if edge.kind == "ELIGIBLE_FOR":
                yield _step(
                    (edge.source, "CAN_ESCALATE_TO", edge.target), edge.evidence, (_ACTIVATION,)
                )
            if edge.kind in {"HAS_ROLE", "ELIGIBLE_FOR"}:
                for member, proof in self._members(edge.source):
                    missing = edge.missing + ((_ACTIVATION,) if edge.kind == "ELIGIBLE_FOR" else ())
                    yield _step((member, "HAS_ROLE", edge.target), edge.evidence + proof, missing)

    def _members(self, group: str) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
        waiting: list[tuple[str, tuple[Evidence, ...]]] = [(group, ())]
        seen = {group}
        while waiting:
            node, proof = waiting.pop()
            for edge in self.estate.incoming.get(node, ()):
                if edge.kind == "MEMBER_OF" and edge.source not in seen:
                    seen.add(edge.source)
                    waiting.append((edge.source, proof + edge.evidence))
                    yield edge.source, proof + edge.evidence

    @cached_property
    def _privileged(self) -> frozenset[str]:
        """Who holds a directory role, or is in or owns a role-assignable group: only stronger roles reset these."""
        found = {
            edge.source
            for edge in self.estate.relationships
            if edge.kind == "HAS_ROLE" and edge.target.startswith(_ROLE)
        }
        found |= {member for holder in tuple(found) for member, _ in self._members(holder)}
        for group in self._of("groups"):
            if group.properties.get("role_assignable"):
                found |= {member for member, _ in self._members(group.id)}
        return frozenset(found)

    # --- what it leads to

    def _owners(self, row: Technique) -> Iterator[Relationship]:
        kinds = {f"Microsoft.Graph/{kind}" for kind in row.row.get("owners", ())}
        for edge in self.estate.relationships:
            target = self.estate.assets[edge.source]
            if (
                edge.kind == "OWNED_BY"
                and target.kind in kinds
                and not target.properties.get("membership_rule")
            ):
                yield _step(
                    (edge.target, "CAN_ESCALATE_TO", edge.source), edge.evidence, (), row.id
                )

    def _holders(self, row: Technique) -> Iterator[Asset | Relationship]:
        held = [(_ROLE + name, False) for name in row.row.get("roles", ())]
        held += [(_ROLE + name, True) for name in row.row.get("strong", ())]
        held += [(_PERMISSION + name, False) for name in row.row.get("permissions", ())]
        for holder, strong in held:
            if holder in self.estate.assets:
                for target, missing in self._targets(row.row["to"], strong=strong):
                    yield from self._known(target)
                    yield _step((holder, "CAN_ESCALATE_TO", target), (), missing, row.id)

    def _known(self, target: str) -> Iterator[Asset]:
        if target == GLOBAL and GLOBAL not in self.estate.assets:
            name = GLOBAL.removeprefix(_ROLE)
            yield Asset(id=GLOBAL, kind="Microsoft.Graph/directoryRoles", name=name)

    def _targets(self, to: str, *, strong: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
        if to == "global-administrator":
            yield GLOBAL, ()
        elif to == "applications":
            yield from ((asset.id, ()) for asset in self._of(*_APPLICATIONS))
        elif to == "groups":
            for group in self._of("groups"):
                if not group.properties.get("role_assignable") and not group.properties.get(
                    "membership_rule"
                ):
                    yield group.id, ()
        else:
            yield from self._users(strong=strong)

    def _users(self, *, strong: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Guests sign in at home; a registered second factor is not met by a new password alone."""
        for user in self._of("users"):
            if user.properties.get("external") or (user.id in self._privileged and not strong):
                continue
            met = (f"the second factor of {user.name}",) if user.properties.get("mfa") else ()
            yield user.id, () if strong else met

    def _from_global(self) -> Iterator[Asset | Relationship]:
        """A Global Administrator governs tenant, applications and users, and elevates to every subscription."""
        if not self._reaches_global:
            return
        yield from self._known(GLOBAL)
        for asset in self._of("organization"):
            yield _step((GLOBAL, "CAN_ADMIN", asset.id))
        for asset in self._of(*_APPLICATIONS, "users", "groups"):
            yield _step(
                (GLOBAL, "CAN_ESCALATE_TO", asset.id), (), (), "entra-application-credential"
            )
        for asset in self.estate.of_label("Account", "OrganizationalUnit"):
            if asset.kind.startswith("Microsoft."):
                yield _step((GLOBAL, "CAN_GRANT", asset.id), (), (), "azure-elevate-access")

    @cached_property
    def _reaches_global(self) -> bool:
        names: set[str] = {GLOBAL}
        for row in self._rows:
            if row.row["to"] == "global-administrator":
                names |= {_ROLE + name for name in row.row.get("roles", ())}
                names |= {_PERMISSION + name for name in row.row.get("permissions", ())}
        return any(name in self.estate.assets for name in names)

    # --- outside identities

    def _federated(self) -> Iterator[Asset | Relationship]:
        """Whoever shows the subject of a trusted issuer acts as the identity; the subject is on the node."""
        for edge in self.estate.relationships:
            credential = self.estate.assets[edge.target]
            if edge.kind != "TRUSTS" or not credential.kind.startswith("Microsoft."):
                continue
            issuer = (
                str(credential.properties.get("url") or "").removeprefix("https://").rstrip("/")
            )
            subject = str(credential.properties.get("subject") or "*")
            node = f"federated:{issuer}:{subject}"
            yield Asset(
                id=node,
                kind="Modelhound::FederatedSubject",
                name=subject,
                properties={"issuer": issuer, "subject": subject},
                evidence=credential.evidence[:1],
            )
            for target, proof in self._signed_in(edge.source):
                yield Relationship(
                    source=node,
                    kind="CAN_ASSUME",
                    target=target,
                    evidence=edge.evidence + proof,
                    properties={"subject": subject, "actions": ["token exchange"]},
                )

    def _signed_in(self, holder: str) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
        """The identity or application that trusts a subject, and its object in Entra, to whom roles are given."""
        yield holder, ()
        for edge in self.estate.outgoing.get(holder, ()):
            if edge.kind in {"RUNS_AS", "AUTHENTICATES_TO"}:
                yield edge.target, edge.evidence


def _step(
    ends: tuple[str, str, str],
    evidence: Sequence[Evidence] = (),
    missing: Sequence[str] = (),
    technique: str = "",
) -> Relationship:
    source, kind, target = ends
    more: Mapping[str, str] = {"technique": technique} if technique else {}
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=Verdict.UNDECIDED if missing else Verdict.YES,
        evidence=tuple(evidence),
        missing=tuple(dict.fromkeys(missing)),
        properties=more,
    )
