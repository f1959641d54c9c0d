"""Pass-role through service hubs: edges grow with principals plus roles, not with their product.

A hub stands for one service in one account and one set of roles that may be passed there: principals with the same
set share it. Source of the idea and the figures behind it: docs/escalation.md.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property

from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.asker import NO, Answer, Asker, all_of, best, open_because, with_fact
from graph.permissions.aws.catalogue import Row
from graph.permissions.aws.steps import step
from graph.permissions.aws.trust import service_may_assume

_PASS = "iam:PassRole"  # noqa: S105 - an action, not a secret
Passable = list[tuple[Asset, Answer]]


def hub_edges(asker: Asker, administrators: frozenset[str]) -> Iterator[Asset | Relationship]:
    """Hubs, who may create in them, and which roles they then run as."""
    yield from _Hubs(asker).edges(administrators)


class _Hubs:
    """The hubs of one estate; roles and their trust are looked at once."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self._made: set[str] = set()
        self._blanket: dict[tuple[str, str, bool], Passable] = {}
        self._digests: dict[int, str] = {}  # of the lists in _blanket, by their ids

    def edges(self, administrators: frozenset[str]) -> Iterator[Asset | Relationship]:
        for caller in self.asker.callers:
            ways = () if caller.id in administrators else self.asker.rows(caller, "pass")
            for (service, profile), rows in _by_service(ways).items():
                yield from self._of_service(caller, service, rows, profile=profile)

    def _of_service(
        self, caller: Asset, service: str, rows: Sequence[Row], *, profile: bool
    ) -> Iterator[Asset | Relationship]:
        if not self._roles(caller.account, service, profile=profile):
            return
        created = [(row, self._create(caller, row)) for row in rows]
        open_ways = [(row, answer) for row, answer in created if answer.verdict is not Verdict.NO]
        if not open_ways:
            return
        row, answer = min(open_ways, key=lambda item: item[1].verdict is not Verdict.YES)
        passable = self._passable(caller, service, profile=profile)
        if passable:
            others = [other.id for other, _ in open_ways if other is not row]
            yield from self._hub(caller, row, answer, passable, others)

    def _passable(self, caller: Asset, service: str, *, profile: bool) -> Passable:
        roles = self._roles(caller.account, service, profile=profile)
        if self.asker.is_blanket(caller, _PASS):
            key = (caller.account, service, profile)
            first = self._pass(caller, roles[0][0], service)
            if first.verdict is not Verdict.YES:
                return []
            if key not in self._blanket:
                all_ = [(role, first.and_(trust)) for role, trust in roles]
                self._blanket[key], self._digests[id(all_)] = all_, _digest(all_)
            return self._blanket[key]
        trusts = {role.id: trust for role, trust in roles}
        passed = self.asker.within(caller, _PASS, [role for role, _ in roles])
        found = ((role, trusts[role.id].and_(self._pass(caller, role, service))) for role in passed)
        return [(role, answer) for role, answer in found if answer.verdict is not Verdict.NO]

    def _pass(self, caller: Asset, role: Asset, service: str) -> Answer:
        return self.asker.ask(caller, _PASS, role.id, role, iam__PassedToService=service)

    @cached_property
    def _trusting(self) -> Mapping[tuple[str, str], Passable]:
        """Roles, with how surely the service may assume them, by account and service."""
        found: dict[tuple[str, str], Passable] = defaultdict(list)
        for role in self.asker.every_role:
            for service in role.properties.get("trust_services") or ():
                trust = service_may_assume(self.asker.world, role, service)
                if trust.verdict is not Verdict.NO:
                    found[role.account, service].append((role, trust))
        return found

    def _roles(self, account: str, service: str, *, profile: bool) -> Passable:
        roles = self._trusting.get((account, service), [])
        return [item for item in roles if item[0].id in self._profiled] if profile else roles

    @cached_property
    def _profiled(self) -> frozenset[str]:
        """Roles that an instance profile carries."""
        estate = self.asker.estate
        return frozenset(
            item.target
            for item in estate.relationships
            if item.kind == "HAS_ROLE" and estate.label(item.source) == "InstanceProfile"
        )

    def _create(self, caller: Asset, row: Row) -> Answer:
        """Every action that creates or runs, and the things that must be there already."""
        new = [action for action in row.actions if row.at.get(action) != "existing"]
        answer = all_of(self.asker.best_new(caller, action) for action in new)
        if answer.verdict is Verdict.NO:
            return NO
        return with_fact(all_of((answer, *self._needed(caller, row))), row)

    def _needed(self, caller: Asset, row: Row) -> Iterator[Answer]:
        on_it = [action for action in row.actions if row.at.get(action) == "existing"]
        for number, kind in enumerate(row.needs):
            asked = on_it if number == 0 else []
            there = self.asker.of_kinds(caller.account, [kind])
            answer = best(
                all_of(self.asker.ask(caller, action, thing.id, thing) for action in asked)
                for thing in there
            )
            fact = self.asker.unread(caller.account, [kind])
            if answer.verdict is Verdict.NO and fact:
                allowed = all_of(self.asker.best_new(caller, action) for action in asked)
                answer = allowed.and_(open_because(fact))
            yield answer

    def _hub(
        self, caller: Asset, row: Row, created: Answer, passable: Passable, others: list[str]
    ) -> Iterator[Asset | Relationship]:
        digest = self._digests.get(id(passable)) or _digest(passable)
        hub = f"hub:{row.to}:{caller.account}:{digest}"
        more = {"alternatives": others} if others else {}
        entry = step(caller.id, "CAN_CREATE", hub, created, row, **more)
        if entry:
            yield entry
        if hub not in self._made:
            self._made.add(hub)
            yield _asset(hub, row.to, caller.account, len(passable))
            for role, answer in passable:
                passed = step(hub, "CAN_PASS_ROLE", role.id, answer, row)
                if passed:
                    yield replace(passed, properties={"actions": [_PASS]})


def _digest(passable: Passable) -> str:
    told = "\n".join(f"{role.id} {answer.verdict.value}" for role, answer in passable)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


@cache
def _by_service(rows: tuple[Row, ...]) -> Mapping[tuple[str, bool], list[Row]]:
    found: dict[tuple[str, bool], list[Row]] = defaultdict(list)
    for row in rows:
        found[row.to, row.profile].append(row)
    return found


def _asset(hub: str, service: str, account: str, roles: int) -> Asset:
    title = service.partition(".")[0]
    return Asset(
        id=hub,
        kind="Modelhound::ServiceHub",
        name=f"{title} with {roles} role{'s' if roles > 1 else ''} to pass",
        account=account,
        properties={"service_principal": service, "service": title},
    )
