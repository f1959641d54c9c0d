"""What a technique on identities needs of its target: every action where it is done, and the facts."""

from graph.model import Asset, Verdict
from graph.permissions.aws.asker import (
    NO,
    Answer,
    Asker,
    all_of,
    best,
    open_because,
    with_fact,
)
from graph.permissions.aws.catalogue import Row
from graph.permissions.aws.facts import holds
from graph.permissions.aws.strength import is_strong

ASSUME = "sts:AssumeRole"


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
    if action != ASSUME and not asker.may_mean(caller, action, target.id):
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


def within_boundary(asker: Asker, identity: Asset, answer: Answer) -> Answer:
    """What an identity gains by new policies of its own stays within its boundary."""
    named = identity.properties.get("permissions_boundary")
    if answer.verdict is Verdict.NO or not named:
        return answer
    boundary = asker.estate.assets.get(str(named))
    document = boundary.properties.get("document") if boundary else None
    if document is None:
        return answer.and_(open_because(f"the document of permissions boundary {named}"))
    return answer if is_strong(document) else NO
