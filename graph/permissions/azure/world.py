"""Every decision about Azure: deny assignments, role assignments in scope, conditions, time, locks, vault policies.

Order (Azure RBAC documentation): a deny assignment that applies wins; else one role assignment that gives the
operation and whose condition holds is enough. A condition that does not hold denies nothing by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graph.estate import Estate
from graph.model import Asset, Evidence, Scope
from graph.permissions.azure.abac import Request, evaluate
from graph.permissions.azure.grants import Deny, Grant, book
from graph.permissions.azure.locks import Locks
from graph.permissions.azure.members import Acting, Members
from graph.permissions.azure.patterns import is_data_action, named
from graph.permissions.azure.roles import Block
from graph.permissions.azure.scopes import Scopes
from graph.permissions.azure.vaults import Vaults
from graph.permissions.decision import Decision
from graph.permissions.question import ALLOWED, EXPLICIT, IMPLICIT, UNDECIDED
from graph.permissions.truth import YES, Truth, all_of, any_of

_ASSIGNMENTS = "arm:Microsoft.Authorization/roleAssignments"


@dataclass(frozen=True, slots=True)
class _Hit:
    """A grant that may give the operation."""

    grant: Grant
    truth: Truth
    block: Block | None
    proofs: tuple[Evidence, ...] = ()
    failed: bool = field(default=False)  # its condition does not hold


class World:
    """An estate's rights, compiled once for many questions."""

    def __init__(self, estate: Estate) -> None:
        estate = estate.of_cloud("azure")
        self.estate = estate
        self.book = book(estate)
        self.members = Members(estate)
        self.scopes = Scopes(estate)
        self.locks = Locks(estate)
        self.vaults = Vaults(estate)

    def decide(
        self,
        principal: str,
        operation: str,
        resource: str,
        context: Mapping[str, Any] | None = None,
        *,
        data: bool | None = None,
    ) -> Decision:
        """May this object do that to this resource? `data` names the plane; None lets the operation tell."""
        plane = is_data_action(operation) if data is None else data
        acting = self.members.acting(principal.lower())
        request = Request(operation=operation, resource=resource, context=context or {})
        denied = self._denied(acting, request, data=plane)
        if denied is not None and denied.word == EXPLICIT:
            return denied
        decision = self._granted(acting, request, data=plane)
        locked = None if plane else self._locked(request)
        if decision.word == ALLOWED and locked is not None:
            return locked
        if denied is not None and decision.word == ALLOWED:
            return denied
        return decision

    def layers(self, principal: str, operation: str, resource: str) -> list[Decision]:
        """What each layer says by itself, those that have nothing to say left out."""
        plane = is_data_action(operation)
        acting = self.members.acting(principal.lower())
        request = Request(operation=operation, resource=resource)
        found = (
            self._denied(acting, request, data=plane),
            self._granted(acting, request, data=plane),
            None if plane else self._locked(request),
        )
        return [item for item in found if item is not None]

    def _locked(self, request: Request) -> Decision | None:
        lock = self.locks.stops(request.operation, request.resource)
        if not lock:
            return None
        return Decision(
            word=IMPLICIT,
            layer="resource lock",
            statement=lock.id,
            reason="a read-only or delete lock stops it for everybody",
        )

    def by_kind(self, kinds: Sequence[str]) -> Iterator[Asset]:
        """Assets of these kinds, and of the variants of them."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Asset]]:
        found: dict[str, list[Asset]] = {}
        for asset in self.estate.assets.values():
            found.setdefault(asset.kind.removesuffix("/ComputeInstance"), []).append(asset)
        return found

    # --- deny assignments

    def _denied(self, acting: Acting, request: Request, *, data: bool) -> Decision | None:
        open_: list[tuple[Deny, Truth]] = []
        for deny in self.book.denies:
            truth = self._deny_applies(deny, acting, request, data=data)
            if truth.value:
                return Decision(
                    word=EXPLICIT,
                    layer="deny assignment",
                    statement=f"{deny.asset.name} ({deny.asset.id})",
                    reason=f"the deny assignment {deny.asset.name} names the operation",
                    proofs=deny.proof(),
                )
            if truth.value is None:
                open_.append((deny, truth))
        if not open_:
            return None
        missing = _facts(truth for _, truth in open_)
        return Decision(
            word=UNDECIDED,
            layer="deny assignment",
            statement=open_[0][0].asset.id,
            reason=_because(missing),
            missing=missing,
        )

    def _deny_applies(self, deny: Deny, acting: Acting, request: Request, *, data: bool) -> Truth:
        if not any(_names(block, request.operation, data=data) for block in deny.blocks):
            return Truth(value=False)
        scope = self.scopes.covers(deny.scope, request.resource)
        if deny.only_here and deny.scope.lower().rstrip("/") != request.resource.lower().rstrip(
            "/"
        ):
            return Truth(value=False)
        inside = any_of(
            [self.members.is_named(name, sort, acting) for name, sort in deny.principals]
        )
        outside = any_of(
            [self.members.is_named(name, sort, acting) for name, sort in deny.excluded]
        )
        kept = Truth(None if outside.value is None else not outside.value, outside.missing)
        condition = evaluate(deny.condition, request) if deny.condition else YES
        return all_of([scope, inside, kept, condition])

    # --- role assignments

    def _granted(self, acting: Acting, request: Request, *, data: bool) -> Decision:
        if data and (policy := self.vaults.decide(acting, request, self.members)) is not None:
            return Decision(
                word=policy.word,
                layer="vault access policy",
                statement=policy.statement,
                reason=policy.reason,
                missing=policy.missing,
                proofs=policy.proofs,
            )
        hits = list(self._hits(acting, request, data=data))
        active = [hit for hit in hits if not hit.grant.eligible]
        for hit in active:
            if hit.truth.value:
                return _allowed(hit)
        if open_ := [hit for hit in active if hit.truth.value is None]:
            missing = _facts(hit.truth for hit in open_)
            return Decision(
                word=UNDECIDED,
                layer="condition" if open_[0].grant.condition else "role assignment",
                statement=open_[0].grant.name,
                reason=_because(missing),
                missing=missing,
                proofs=open_[0].proofs,
            )
        return self._not_granted(hits, request)

    def _not_granted(self, hits: Sequence[_Hit], request: Request) -> Decision:
        eligible = [hit for hit in hits if hit.grant.eligible and hit.truth.value is not False]
        if eligible:
            return Decision(
                word=IMPLICIT,
                layer="eligibility",
                statement=eligible[0].grant.name,
                reason="the role is eligible (PIM) and not active; whoever activates it is allowed",
                missing=("the activation of the eligible role", *_facts(h.truth for h in eligible)),
                proofs=eligible[0].proofs,
                eligible=True,
            )
        if gap := self._unread(request.resource):
            return Decision(
                word=UNDECIDED, layer="role assignment", reason=gap, missing=(gap,), unread=True
            )
        failed = [hit for hit in hits if hit.failed]
        if failed:
            return Decision(
                word=IMPLICIT,
                layer="condition",
                statement=failed[0].grant.name,
                reason="the condition of the assignment does not hold",
            )
        return Decision(
            word=IMPLICIT,
            layer="role assignment",
            reason="no role assignment in scope gives the operation",
        )

    def _hits(self, acting: Acting, request: Request, *, data: bool) -> Iterator[_Hit]:
        for grant in self.relevant(acting):
            parts = [
                self.members.is_named(grant.principal, grant.sort, acting),
                self.scopes.covers(grant.scope, request.resource),
                grant.valid,
            ]
            sure = all_of(parts)
            if sure.value is False:
                continue
            proofs = acting.groups.get(grant.principal, ())
            if grant.role is None:
                fact = f"the role definition {grant.asset.properties.get('role_definition')}"
                yield _Hit(grant, Truth(None, (fact,)), None, proofs)
                continue
            yield from self._blocks(grant, sure, request, proofs, data=data)

    def _blocks(
        self,
        grant: Grant,
        sure: Truth,
        request: Request,
        proofs: tuple[Evidence, ...],
        *,
        data: bool,
    ) -> Iterator[_Hit]:
        for block in grant.role.blocks if grant.role else ():
            if not _names(block, request.operation, data=data):
                continue
            texts = [text for text in (grant.condition, block.condition) if text]
            conditions = all_of([evaluate(text, request) for text in texts]) if texts else YES
            truth = all_of([sure, conditions])
            yield _Hit(
                grant, truth, block, (*proofs, *grant.proof(block)), conditions.value is False
            )

    def relevant(self, acting: Acting) -> Iterator[Grant]:
        """Grants to the principal or its groups, and to groups that it may be in for all that is known."""
        for name in (acting.principal, *acting.groups):
            yield from self.book.by_principal.get(name, ())
        for grant in self._to_open_groups:
            if grant.principal not in acting.groups and grant.principal != acting.principal:
                yield grant

    @cached_property
    def _to_open_groups(self) -> tuple[Grant, ...]:
        nobody = Acting("nobody", {})
        return tuple(
            grant
            for grant in self.book.grants
            if self.members.is_named(grant.principal, grant.sort, nobody).value is not False
        )

    def _unread(self, resource: str) -> str:
        """Why a role assignment may exist that nobody read; "" if all were."""
        parts = resource.split("/")
        subscription = parts[2].lower() if resource.lower().startswith("/subscriptions/") else ""
        gap = self.estate.coverage.gap(_ASSIGNMENTS, Scope(provider="azure", account=subscription))
        return f"the role assignments of {resource or '/'} ({gap})" if gap else ""


def _names(block: Block, operation: str, *, data: bool) -> bool:
    allowed, left_out = block.lists(data=data)
    return named(allowed, operation) and not named(left_out, operation)


def _allowed(hit: _Hit) -> Decision:
    return Decision(
        word=ALLOWED,
        layer="role assignment",
        statement=hit.grant.name,
        reason=f"the role {hit.grant.name} gives it",
        proofs=hit.proofs,
    )


def _facts(truths: Iterator[Truth] | Sequence[Truth]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for truth in truths for fact in truth.missing))


def _because(missing: Sequence[str]) -> str:
    return f"it depends on {', and on '.join(missing)}"
