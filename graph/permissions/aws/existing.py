"""Using what already runs as a role: the permission and the thing are both needed.

A list that was read and is empty says no; one that nobody read leaves it open, and its name is the missing fact.
"""

from collections import defaultdict
from collections.abc import Iterator

from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.asker import NO, Answer, Asker, all_of, best, open_because, with_fact
from graph.permissions.aws.catalogue import Row
from graph.permissions.aws.facts import holds
from graph.permissions.aws.steps import account_of, step


def existing_edges(asker: Asker, administrators: frozenset[str]) -> Iterator[Relationship]:
    """CAN_MODIFY, CAN_EXECUTE, CAN_OPEN on what carries a role; CAN_ESCALATE_TO the account where nobody has read it."""
    for caller in asker.callers:
        if caller.id in administrators:
            continue
        unread = []
        for row in asker.rows(caller, "existing"):
            for target in asker.of_kinds(caller.account, row.kinds):
                edge = step(caller.id, row.edge, target.id, _on(asker, caller, row, target), row)
                if edge:
                    yield edge
            answer = _unread(asker, caller, row)
            if answer.verdict is not Verdict.NO:
                unread.append((row, answer))
        yield from joined(caller, unread)


def joined(caller: Asset, found: list[tuple[Row, Answer]]) -> Iterator[Relationship]:
    """One undecided edge to the account for all that was not read; the first stands for the others."""
    if found:
        row, answer = found[0]
        others = [other.id for other, _ in found[1:]]
        more = {"alternatives": others} if others else {}
        edge = step(caller.id, "CAN_ESCALATE_TO", account_of(caller.account), answer, row, **more)
        if edge:
            yield edge


def _on(asker: Asker, caller: Asset, row: Row, target: Asset) -> Answer:
    facts = holds(row.given, target, asker.estate)
    if facts.verdict is Verdict.NO:
        return NO
    found = all_of(_one(asker, caller, row, action, target) for action in row.actions)
    return NO if found.verdict is Verdict.NO else with_fact(found.and_(facts), row)


def _one(asker: Asker, caller: Asset, row: Row, action: str, target: Asset) -> Answer:
    place = row.at.get(action, "")
    if place == "new":
        return asker.best_new(caller, action)
    if not place:
        if not asker.may_mean(caller, action, target.id):
            return NO
        return asker.ask(caller, action, target.id, target)
    things = _behind(asker, target, row.behind) if row.behind else [target]
    return best(asker.ask(caller, action, _named(place, thing), thing) for thing in things)


def _named(template: str, thing: Asset) -> str:
    """The ARN that a request names, from the parts and properties of the thing; "x" for what is not known."""
    known = {
        **thing.properties,
        "id": thing.id,
        "region": thing.region,
        "account": thing.account,
        "tail": thing.id.rpartition("/")[2],
    }
    return template.format_map(defaultdict(lambda: "x", known))


def _behind(asker: Asker, target: Asset, kind: str) -> list[Asset]:
    """Agents whose tools call a function."""
    estate = asker.estate
    tools = [item.source for item in estate.incoming.get(target.id, ()) if item.kind == "INVOKES"]
    users = [
        item.source
        for tool in tools
        for item in estate.incoming.get(tool, ())
        if item.kind == "USES_TOOL"
    ]
    found = (estate.assets[one] for one in dict.fromkeys([*users, *tools]))
    return [asset for asset in found if asset.kind == kind]


def _unread(asker: Asker, caller: Asset, row: Row) -> Answer:
    """What stays open because nobody has read what there is; steps that give no control are left out."""
    fact = asker.unread(caller.account, row.kinds) if row.edge != "CAN_INVOKE" else ""
    if not fact:
        return NO
    allowed = all_of(asker.best_new(caller, action) for action in row.actions)
    return NO if allowed.verdict is Verdict.NO else allowed.and_(open_because(fact))
