"""Changing identities: becoming another one, granting oneself rights, bringing back what was taken.

Where one answer stands for many targets, callers share a hub, so that edges grow with callers plus targets.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.access import read_administrator
from graph.permissions.aws.asker import NO, Answer, Asker, all_of, best, open_because, with_fact
from graph.permissions.aws.catalogue import Row, rows_of
from graph.permissions.aws.document import compile_policy
from graph.permissions.aws.facts import holds
from graph.permissions.aws.steps import account_of, step

_ASSUME = "sts:AssumeRole"
_FEW = 8  # targets that are joined one by one; more share a hub


class Strengthening(NamedTuple):
    """A caller that may change the rights of identities that it does not hold."""

    caller: Asset
    row: Row


def takeover_edges(asker: Asker, administrators: frozenset[str]) -> Iterator[Asset | Relationship]:
    """CAN_ESCALATE_TO another identity, CAN_GRANT to oneself on the account."""
    hubs: set[str] = set()
    for caller in asker.callers:
        if caller.id in administrators:
            continue
        for row in rows_of("become"):
            if _may_try(asker, caller, row):
                yield from _become(asker, caller, row, hubs)
        for way, search in (("grant", _grant), ("both", _both), ("unbound", _unbound)):
            for row in rows_of(way):
                if _may_try(asker, caller, row):
                    found = search(asker, caller, row)
                    granted = step(caller.id, "CAN_GRANT", account_of(caller.account), found, row)
                    if granted:
                        yield granted


def strengthenings(
    asker: Asker, administrators: frozenset[str], granted: Iterable[tuple[str, str]]
) -> Iterator[Strengthening]:
    """Who may change others' rights and cannot simply change its own; `granted`: (caller, technique) that it can."""
    have = set(granted)
    for caller in asker.callers:
        if caller.id in administrators:
            continue
        for row in (*rows_of("grant"), *rows_of("become")):
            if row.others and (caller.id, row.id) not in have and asker.may(caller, row.actions):
                yield Strengthening(caller, row)


def _may_try(asker: Asker, caller: Asset, row: Row) -> bool:
    label = asker.estate.label(caller.id)
    needed = [action for action in row.actions if action != _ASSUME]
    is_user = label == "User" or (label == "Group" and row.of == "User" and row.on != "self")
    fits = not row.of or row.of == label or (row.of == "User" and is_user)
    return fits and asker.may(caller, needed)


def on_target(asker: Asker, caller: Asset, row: Row, target: Asset) -> Answer:
    """All actions of a row, each where it is done, with the facts about the target."""
    answers = (_one(asker, caller, row, action, target) for action in row.actions)
    found = all_of(answers)
    if found.verdict is Verdict.NO:
        return NO
    return with_fact(found.and_(holds(row.given, target, asker.estate)), row)


def _one(asker: Asker, caller: Asset, row: Row, action: str, target: Asset) -> Answer:
    if row.at.get(action) == "policy":
        policies = customer_policies(asker, target)
        return best(asker.ask(caller, action, policy.id, policy) for policy in policies)
    if action != _ASSUME and not asker.may_mean(caller, action, target.id):
        return NO
    return asker.ask(caller, action, target.id, target)


def customer_policies(asker: Asker, owner: Asset) -> list[Asset]:
    """Customer-managed policies of an identity and of its groups."""
    estate = asker.estate
    owners = [owner.id, *(item.id for item in groups(asker, owner))]
    return [
        estate.assets[item.source]
        for one in dict.fromkeys(owners)
        for item in estate.incoming.get(one, ())
        if item.kind == "ATTACHED_TO"
        and item.properties.get("as", "identity") == "identity"
        and estate.assets[item.source].properties.get("managed_by") == "customer"
    ]


def groups(asker: Asker, caller: Asset) -> list[Asset]:
    """The groups that a caller is in; a group stands for its members."""
    if asker.estate.label(caller.id) == "Group":
        return [caller]
    edges = asker.estate.outgoing.get(caller.id, ())
    return [asker.estate.assets[item.target] for item in edges if item.kind == "MEMBER_OF"]


# --- becoming somebody else


def _become(
    asker: Asker, caller: Asset, row: Row, hubs: set[str]
) -> Iterator[Asset | Relationship]:
    found = [
        (target, answer)
        for target in asker.identities(caller.account, row.on)
        if target.id != caller.id
        and (answer := on_target(asker, caller, row, target)).verdict is not Verdict.NO
    ]
    if len(found) <= _FEW:
        edges = (step(caller.id, "CAN_ESCALATE_TO", target.id, a, row) for target, a in found)
        yield from (edge for edge in edges if edge)
    else:
        yield from _through_hub(caller, row, found, hubs)


def _through_hub(
    caller: Asset, row: Row, found: list[tuple[Asset, Answer]], hubs: set[str]
) -> Iterator[Asset | Relationship]:
    """The caller itself may be among the targets of a hub: it shares it with others."""
    told = "\n".join(f"{target.id} {answer.verdict.value}" for target, answer in found)
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    hub = f"hub:{row.id}:{caller.account}:{digest}"
    entry = step(caller.id, "CAN_ESCALATE_TO", hub, _open(found[0][1]), row)
    if entry:
        yield entry
    if hub in hubs:
        return
    hubs.add(hub)
    yield Asset(
        id=hub,
        kind="Modelhound::IdentityHub",
        name=f"any of {len(found)} {row.on.lower()}s",
        account=caller.account,
        properties={"actions": list(row.actions)},
    )
    for target, answer in found:
        edge = step(hub, "CAN_ESCALATE_TO", target.id, answer, row)
        if edge:
            yield edge


def _open(answer: Answer) -> Answer:
    """The way to a hub is open; what is undecided stands on the way out of it."""
    return answer._replace(verdict=Verdict.YES, missing=())


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


def is_strong(document: object) -> bool:
    """Whether a document alone, unconditionally, makes an administrator."""
    if not isinstance(document, Mapping):
        return False
    statements = compile_policy(document).statements
    return all(
        any(s.allows and s.names_action(action) and _is_plain(s) for s in statements)
        and not any(not s.allows and s.names_action(action) for s in statements)
        for action in read_administrator()
    )


def _is_plain(statement: object) -> bool:
    resources = getattr(statement, "resources", None) or ()
    return "*" in resources and not getattr(statement, "conditions", ())


def _both(asker: Asker, caller: Asset, row: Row) -> Answer:
    targets = (t for t in asker.identities(caller.account, row.on) if t.id != caller.id)
    return best(on_target(asker, caller, row, target) for target in targets)


def _unbound(asker: Asker, caller: Asset, row: Row) -> Answer:
    """Without its boundary the caller would be administrator: its own policies say so."""
    if not caller.properties.get("permissions_boundary"):
        return NO
    statements = [s for p in asker.world.identity_policies(caller.id) for s in p.statements]
    for action in read_administrator():
        named = [s for s in statements if s.names_action(action)]
        if not any(s.allows and _is_plain(s) for s in named) or any(not s.allows for s in named):
            return NO
    return asker.ask(caller, row.actions[0], caller.id, caller)


# --- changing the rights of others


def strengthened(
    asker: Asker, found: Strengthening, obtainable: Iterable[str]
) -> Relationship | None:
    """CAN_GRANT for who may change the rights of an identity that it can become, or might: then undecided."""
    caller, row = found
    targets = list(asker.identities(caller.account, row.others))
    for identity in obtainable:
        target = asker.estate.assets.get(identity)
        if target is not None and asker.estate.label(identity) == row.others:
            answer = on_target(asker, caller, row, target)
            if answer.verdict is Verdict.YES:
                return _granting(caller, row, answer, identity)
    for target in targets:
        answer = on_target(asker, caller, row, target)
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
