"""Changing identities: becoming another one, granting oneself rights, bringing back what was taken."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.access import read_administrator
from graph.permissions.aws.asker import NO, Answer, Asker, all_of, best, open_because
from graph.permissions.aws.catalogue import Row
from graph.permissions.aws.identity_hubs import IdentityHubs
from graph.permissions.aws.steps import account_of, step
from graph.permissions.aws.strength import is_plain, is_strong
from graph.permissions.aws.targets import (
    ASSUME,
    customer_policies,
    groups,
    on_target,
    within_boundary,
)

_GRANTING = ("grant", "both", "unbound", "create")


class Strengthening(NamedTuple):
    """A caller that may change the rights of identities that it does not hold."""

    caller: Asset
    row: Row


def takeover_edges(
    asker: Asker, administrators: frozenset[str], assumable: Mapping[str, Sequence[str]]
) -> Iterator[Asset | Relationship]:
    """CAN_ESCALATE_TO another identity, CAN_GRANT to oneself on the account. `assumable`: roles by who may assume them."""
    hubs = IdentityHubs(asker)
    for caller in asker.callers:
        if caller.id in administrators:
            continue
        for row in asker.rows(caller, "become"):
            if _fits(asker, caller, row):
                yield from hubs.edges(caller, row)
        for row in [row for way in _GRANTING for row in asker.rows(caller, way)]:
            if _fits(asker, caller, row):
                found = _granting_itself(asker, caller, row, assumable)
                granted = step(caller.id, "CAN_GRANT", account_of(caller.account), found, row)
                if granted:
                    yield granted


def _granting_itself(
    asker: Asker, caller: Asset, row: Row, assumable: Mapping[str, Sequence[str]]
) -> Answer:
    if row.way == "both":
        return _both(asker, caller, row, assumable)
    if row.way == "create":
        return _create(asker, caller, row)
    if row.way == "unbound":
        return _unbound(asker, caller, row)
    return within_boundary(asker, caller, _grant(asker, caller, row))


def strengthenings(
    asker: Asker, administrators: frozenset[str], granted: Iterable[tuple[str, str]]
) -> Iterator[Strengthening]:
    """Who may change others' rights and cannot simply change its own; `granted`: (caller, technique) that it can."""
    have = set(granted)
    for caller in asker.callers:
        if caller.id in administrators:
            continue
        for row in (*asker.rows(caller, "grant"), *asker.rows(caller, "become")):
            if row.others and (caller.id, row.id) not in have:
                yield Strengthening(caller, row)


def _fits(asker: Asker, caller: Asset, row: Row) -> bool:
    """Whether the technique is for such a caller; a group stands for the users in it."""
    label = asker.estate.label(caller.id)
    is_member = label == "Group" and row.of == "User" and row.on != "self"
    return row.of in {"", label} or is_member


# --- granting oneself rights


def _grant(asker: Asker, caller: Asset, row: Row) -> Answer:
    if row.on == "self":
        return on_target(asker, caller, row, caller)
    if row.on == "groups":
        return best(on_target(asker, caller, row, item) for item in groups(asker, caller))
    policies = customer_policies(asker, caller)
    if row.on == "policies":
        return best(on_target(asker, caller, row, item) for item in policies)
    return _older_version(asker, caller, row, policies)


def _older_version(asker: Asker, caller: Asset, row: Row, policies: list[Asset]) -> Answer:
    """A version that would make an administrator; a policy with one version may yet get another."""
    answers = []
    for policy in policies:
        allowed = on_target(asker, caller, row, policy)
        versions = [v for v in policy.properties.get("versions") or () if not v.get("default")]
        stronger = [v for v in versions if is_strong(v.get("document"))]
        if stronger:
            answers.append(allowed)
        elif not versions or any("document" not in version for version in versions):
            fact = f"whether policy {policy.name} has another version that allows more"
            answers.append(allowed.and_(open_because(f"{fact}; none is in the snapshot")))
    return best(answer for answer in answers if answer.verdict is not Verdict.NO)


def _both(asker: Asker, caller: Asset, row: Row, assumable: Mapping[str, Sequence[str]]) -> Answer:
    targets = asker.identities(caller.account, row.on)
    if ASSUME in row.actions:
        mine = set(assumable.get(caller.id, ()))
        targets = [target for target in targets if target.id in mine] if mine else ()
    return best(
        within_boundary(asker, target, on_target(asker, caller, row, target))
        for target in _within(asker, caller, row, targets)
        if target.id != caller.id
    )


def _create(asker: Asker, caller: Asset, row: Row) -> Answer:
    """A new identity of a name that every action of the row allows."""
    names = asker.new_names(
        caller, row.actions, f"arn:aws:iam::{caller.account}:{row.on.lower()}/x"
    )
    return best(
        all_of(
            asker.ask(caller, action, name, iam__PermissionsBoundary=None) for action in row.actions
        )
        for name in names
    )


def _within(asker: Asker, caller: Asset, row: Row, targets: Sequence[Asset]) -> Sequence[Asset]:
    """Targets that the row's actions on them could be about."""
    for action in row.actions:
        if action != ASSUME and row.at.get(action) != "policy":
            targets = asker.within(caller, action, targets)
    return targets


def _unbound(asker: Asker, caller: Asset, row: Row) -> Answer:
    """Without its boundary the caller would be administrator: its own policies say so."""
    if not caller.properties.get("permissions_boundary"):
        return NO
    statements = [s for p in asker.world.identity_policies(caller.id) for s in p.statements]
    for action in read_administrator():
        named = [s for s in statements if s.names(action.lower())]
        if not any(s.allows and is_plain(s) for s in named) or any(not s.allows for s in named):
            return NO
    return asker.ask(caller, row.actions[0], caller.id, caller)


# --- changing the rights of others


def strengthened(
    asker: Asker, found: Strengthening, obtainable: Iterable[str]
) -> Relationship | None:
    """CAN_GRANT for who may change the rights of an identity that it can become, or might: then undecided."""
    caller, row = found
    for identity in obtainable:
        target = asker.estate.assets.get(identity)
        if target is not None and asker.estate.label(identity) == row.others:
            answer = within_boundary(asker, target, on_target(asker, caller, row, target))
            if answer.verdict is Verdict.YES:
                return _granting(caller, row, answer, identity)
    for target in _within(asker, caller, row, asker.identities(caller.account, row.others)):
        answer = within_boundary(asker, target, on_target(asker, caller, row, target))
        if target.id != caller.id and answer.verdict is not Verdict.NO:
            fact = (
                f"whether {caller.name} can act as {_whom(row, target)}, whose rights it may extend"
            )
            return _granting(caller, row, answer.and_(open_because(fact)), target.id)
    return None


def _whom(row: Row, target: Asset) -> str:
    return f"a member of group {target.name}" if row.others == "Group" else target.name


def _granting(caller: Asset, row: Row, answer: Answer, via: str) -> Relationship | None:
    return step(caller.id, "CAN_GRANT", account_of(caller.account), answer, row, via=via)
