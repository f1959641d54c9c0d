"""Every decision about Google Cloud: access boundaries, deny policies, allow policies along the hierarchy, conditions.

Order (Google Cloud, policy types and evaluation): what a boundary or a deny policy stops stays stopped, whatever is granted; else
one binding on the resource or anything above it is enough. A child never takes away what a parent gives.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.estate import Estate
from graph.model import Evidence
from graph.permissions.decision import Decision
from graph.permissions.gcp.bounds import Bounds
from graph.permissions.gcp.cel import evaluate
from graph.permissions.gcp.constraints import Constraints
from graph.permissions.gcp.members import (
    EVERYBODY,
    SIGNED_IN,
    Acting,
    Members,
    owners_of,
    spelled,
)
from graph.permissions.gcp.places import Line, Places
from graph.permissions.gcp.policies import Binding, Book, DenyRule
from graph.permissions.gcp.roles import short
from graph.permissions.gcp.scene import Asked
from graph.permissions.question import ALLOWED, EXPLICIT, IMPLICIT, UNDECIDED
from graph.permissions.truth import NO, YES, Truth, all_of, any_of, not_

ALLOW, DENY, BOUNDARY, CONDITION, PRINCIPAL = (
    "allow policy",
    "deny policy",
    "principal access boundary",
    "condition",
    "principal",
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A binding that names a principal, or may. `unread`: only for all that is known of a group or of who owns a project."""

    binding: Binding
    named: Truth
    proofs: tuple[Evidence, ...] = ()
    unread: bool = False
    public: bool = False  # it names the caller as part of everybody, and no other way


@dataclass(frozen=True, slots=True)
class _Hit:
    """A binding that gives the permission, if `truth` holds."""

    binding: Binding
    truth: Truth
    proofs: tuple[Evidence, ...] = ()
    failed: bool = False  # its condition does not hold


class World:
    """An estate's policies, compiled once for many questions."""

    def __init__(self, estate: Estate) -> None:
        estate = estate.of_cloud("gcp")
        self.estate = estate
        self.places = Places(estate)
        self.members = Members(estate, self.places)
        self.book = Book(estate, self.places)
        self.constraints = Constraints(estate)
        self.bounds = Bounds(self.book, self.places, self.members)
        denies = (rule for rules in self.book.denies.values() for rule in rules)
        self.looks_at_resources = any(rule.condition for rule in denies) or bool(
            self.book.boundaries
        )  # so that a decision about one resource does not serve for its neighbour
        self._grants: dict[str, Mapping[str, tuple[Grant, ...]]] = {}

    def decide(
        self,
        principal: str,
        permission: str,
        resource: str,
        context: Mapping[str, Any] | None = None,
    ) -> Decision:
        """May this member do that to this resource?"""
        acting = self.members.acting(principal)
        line = self.places.line(resource)
        asked = self._asked(permission, line, context or {})
        if off := self._off(acting):
            return off
        denied = self._denied(acting, line, asked)
        if denied is not None and denied.word == EXPLICIT:
            return denied
        bounded = self.bounds.decide(acting, line, asked)
        if bounded is not None and bounded.word == IMPLICIT:
            return bounded
        granted = self._granted(acting, line, asked)
        stops = [stop for stop in (denied, bounded) if stop is not None]
        return stops[0] if granted.word == ALLOWED and stops else granted

    def layers(self, principal: str, permission: str, resource: str) -> list[Decision]:
        """What each layer says by itself, those that have nothing to say left out."""
        acting = self.members.acting(principal)
        line = self.places.line(resource)
        asked = self._asked(permission, line, {})
        found = (
            self._off(acting),
            self._denied(acting, line, asked),
            self.bounds.decide(acting, line, asked),
            self._granted(acting, line, asked),
        )
        return [item for item in found if item is not None]

    def _asked(self, permission: str, line: Line, context: Mapping[str, Any]) -> Asked:
        tags = self.places.tags(line)
        return Asked(
            permission=permission,
            resource=line.resource,
            context=context,
            at=self.estate.collected_at,
            tags=tags.found,
            tags_whole=tags.whole,
            number=self.places.number(line.project),
        )

    def _off(self, acting: Acting) -> Decision | None:
        """Whoever was deleted or disabled signs in no more."""
        asset = self.estate.assets.get(self.members.id_of(acting.principal))
        if acting.kind == "deleted":
            reason = f"{acting.principal} was deleted"
        elif acting.kind == "serviceAccount" and asset and asset.properties.get("enabled") is False:
            reason = "the service account is disabled"
        elif pool := self._closed_pool(acting):
            reason = f"the identity pool {pool} is disabled"
        else:
            return None
        return Decision(
            word=IMPLICIT,
            layer=PRINCIPAL,
            statement=acting.principal,
            reason=f"{reason}, so it cannot authenticate",
        )

    def _closed_pool(self, acting: Acting) -> str:
        for name in acting.groups if acting.kind == "principal" else ():
            asset = self.estate.assets.get(name)
            if asset is not None and asset.properties.get("enabled") is False:
                return asset.name
        return ""

    # --- deny policies

    def _denied(self, acting: Acting, line: Line, asked: Asked) -> Decision | None:
        open_: list[tuple[str, Truth]] = []
        for holder in line.holders:
            for rule in self.book.denies.get(holder, ()):
                truth = self._rule_applies(rule, acting, asked)
                if truth.value:
                    return Decision(
                        word=EXPLICIT,
                        layer=DENY,
                        statement=f"{rule.policy.id}: rule {rule.position}",
                        reason=f"the deny policy {rule.policy.name} names the permission",
                        proofs=rule.proof(),
                    )
                if truth.value is None:
                    open_.append((rule.policy.id, truth))
            open_ += [
                (policy.id, Truth(None, (f"the rules of deny policy {policy.name}",)))
                for policy in self.book.unread_denies.get(holder, ())
            ]
        return _undecided(DENY, open_[0][0], [truth for _, truth in open_]) if open_ else None

    def _rule_applies(self, rule: DenyRule, acting: Acting, asked: Asked) -> Truth:
        if not rule.names(asked.permission):
            return NO
        parts = [self._any_named(rule.principals, acting)]
        if rule.excepted:
            parts.append(not_(self._any_named(rule.excepted, acting)))
        if rule.condition:
            parts.append(evaluate(rule.condition, asked, failing=True))
        return all_of(parts)

    def _any_named(self, members: Iterable[str], acting: Acting) -> Truth:
        return any_of([self.members.is_named(member, acting) for member in members])

    # --- allow policies

    def _granted(self, acting: Acting, line: Line, asked: Asked) -> Decision:
        hits = list(self._hits(acting, line, asked))
        for hit in hits:
            if hit.truth.value:
                return Decision(
                    word=ALLOWED,
                    layer=ALLOW,
                    statement=hit.binding.name,
                    reason=f"the role {hit.binding.role.name} on {hit.binding.holder} gives it",
                    proofs=(*hit.proofs, *hit.binding.proof()),
                )
        if open_ := [hit for hit in hits if hit.truth.value is None]:
            first = open_[0]
            return _undecided(
                CONDITION if first.binding.condition else ALLOW,
                first.binding.name,
                [hit.truth for hit in open_],
                (*first.proofs, *first.binding.proof()),
            )
        return self._not_granted([hit for hit in hits if hit.failed], line, asked.permission)

    def _not_granted(self, failed: Sequence[_Hit], line: Line, permission: str) -> Decision:
        if gaps := (*line.gaps, *line.unread, *self._lists(line, permission)):
            return Decision(
                word=UNDECIDED,
                layer=ALLOW,
                reason=_because(gaps),
                missing=gaps,
                unread=True,
            )
        if failed:
            return Decision(
                word=IMPLICIT,
                layer=CONDITION,
                statement=failed[0].binding.name,
                reason="the condition of the binding does not hold",
            )
        return Decision(
            word=IMPLICIT,
            layer=ALLOW,
            reason="no binding on the resource or above it gives the permission",
        )

    def _lists(self, line: Line, permission: str) -> tuple[str, ...]:
        """A bucket without uniform access has access control lists beside its policy, its objects each their own."""
        bucket = self.estate.assets.get(line.holders[0]) if line.holders else None
        listed = bucket is not None and bucket.properties.get("uniform_access") is False
        if bucket is None or not listed or not short(permission).startswith("storage.objects."):
            return ()
        return (f"the access control lists of {bucket.name} and its objects",)

    def _hits(self, acting: Acting, line: Line, asked: Asked) -> Iterator[_Hit]:
        granted = self.grants(acting)
        for grant in (grant for holder in line.holders for grant in granted.get(holder, ())):
            binding = grant.binding
            gives = binding.role.gives(asked.permission)
            if gives is False or (grant.public and self.constraints.refuse_everybody(line)):
                continue
            holds = evaluate(binding.condition, asked) if binding.condition else YES
            role = YES if gives else Truth(None, (f"what the role {binding.role.name} holds",))
            truth = all_of([grant.named, holds, role])
            yield _Hit(binding, truth, grant.proofs, holds.value is False)

    def grants(self, acting: Acting) -> Mapping[str, tuple[Grant, ...]]:
        """Bindings that name a principal or may, by what they are set on; remembered."""
        if acting.principal not in self._grants:
            found: dict[str, list[Grant]] = {}
            for binding in self.book.candidates((acting.principal, *acting.groups)):
                grant = self._grant(binding, acting)
                if grant.named.value is not False:
                    found.setdefault(binding.holder, []).append(grant)
            self._grants[acting.principal] = {key: tuple(rows) for key, rows in found.items()}
        return self._grants[acting.principal]

    def _grant(self, binding: Binding, acting: Acting) -> Grant:
        """Whether a binding names the caller, and the memberships that make it so."""
        open_: dict[str, Truth] = {}
        for member in sorted(binding.members, key=_is_everybody):
            truth = self._is_member(member, acting)
            if truth.value:
                return Grant(binding, YES, acting.proof(member), public=_is_everybody(member))
            if truth.value is None:
                open_[member] = truth
        unread = all(owners_of(one) or spelled(one).startswith("group:") for one in open_)
        return Grant(binding, any_of(list(open_.values())), unread=bool(open_) and unread)

    def _is_member(self, member: str, acting: Acting) -> Truth:
        """As members say; owners, editors and viewers of a project are those whom its own policy names."""
        basic = owners_of(member)
        if basic is None:
            return self.members.is_named(member, acting)
        role, project = basic
        if member in {acting.principal, *acting.groups}:
            return YES
        if acting.kind in {EVERYBODY, SIGNED_IN}:
            return NO
        holder = self.places.project_asset(project)
        if self.places.is_unread(holder):
            return Truth(None, (f"who is {role} of project {project}",))
        return any_of(
            [
                self.members.is_named(each, acting)
                for binding in self.book.bindings.get(holder, ())
                if binding.role.name == role and not binding.condition
                for each in binding.members
                if owners_of(each) is None
            ]
        )


def _is_everybody(member: str) -> bool:
    return spelled(member) in {EVERYBODY, SIGNED_IN}


def _undecided(
    layer: str, statement: str, truths: Sequence[Truth], proofs: tuple[Evidence, ...] = ()
) -> Decision:
    missing = tuple(dict.fromkeys(fact for truth in truths for fact in truth.missing))
    return Decision(
        word=UNDECIDED,
        layer=layer,
        statement=statement,
        reason=_because(missing),
        missing=missing,
        proofs=proofs,
    )


def _because(missing: Sequence[str]) -> str:
    return f"it depends on {', and on '.join(missing)}"
