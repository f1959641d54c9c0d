"""Becoming another identity: one by one where there are few, else through a hub that callers share.

So edges grow with callers plus targets, and what is true of every target is asked once.
"""

import hashlib
from collections.abc import Iterator

from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.asker import Answer, Asker, all_of
from graph.permissions.aws.catalogue import Row
from graph.permissions.aws.facts import holds
from graph.permissions.aws.steps import step
from graph.permissions.aws.targets import on_target, within_boundary

_FEW = 8  # targets that are joined one by one
_Found = list[tuple[Asset, Answer]]


class IdentityHubs:
    """The hubs of one estate."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self._made: set[str] = set()
        self._of_all: dict[tuple[str, str], tuple[str, _Found]] = {}

    def edges(self, caller: Asset, row: Row) -> Iterator[Asset | Relationship]:
        """The steps of one caller by one technique. A caller may be among the targets of a hub that it shares."""
        joins = row.on == "Group" and bool(caller.properties.get("permissions_boundary"))
        if not joins and all(self.asker.is_blanket(caller, action) for action in row.actions):
            hub, found = self._all(caller, row)
        else:
            found = self._some(caller, row)
            hub = _named(row, caller.account, found)
        if len(found) <= _FEW:
            for target, answer in found:
                edge = step(caller.id, "CAN_ESCALATE_TO", target.id, answer, row)
                if edge and target.id != caller.id:
                    yield edge
        else:
            yield from self._through(hub, caller, row, found)

    def _all(self, caller: Asset, row: Row) -> tuple[str, _Found]:
        """Statements about everything: the answer for one target is the answer for all."""
        targets = self.asker.identities(caller.account, row.on)
        if not targets:
            return "", []
        asked = all_of(self.asker.ask(caller, a, targets[0].id, targets[0]) for a in row.actions)
        if asked.verdict is Verdict.NO:
            return "", []
        key = (caller.account, row.id)
        if key not in self._of_all:
            facts = ((t, holds(row.given, t, self.asker.estate)) for t in targets)
            found = [(t, asked.and_(fact)) for t, fact in facts if fact.verdict is not Verdict.NO]
            self._of_all[key] = _named(row, caller.account, found), found
        hub, found = self._of_all[key]
        if len(found) <= _FEW:  # joined one by one, each with its own evidence
            return hub, self._some(caller, row)
        return hub, found

    def _some(self, caller: Asset, row: Row) -> _Found:
        targets = self.asker.identities(caller.account, row.on)
        for action in row.actions:
            targets = self.asker.within(caller, action, targets)
        found = []
        for target in targets:
            answer = on_target(self.asker, caller, row, target)
            if row.on == "Group":  # what a group holds, its members hold within their boundaries
                answer = within_boundary(self.asker, caller, answer)
            if answer.verdict is not Verdict.NO:
                found.append((target, answer))
        return found

    def _through(
        self, hub: str, caller: Asset, row: Row, found: _Found
    ) -> Iterator[Asset | Relationship]:
        """What is undecided stands on the way out of the hub, never on the way to it."""
        own = all_of(self.asker.ask(caller, a, found[0][0].id, found[0][0]) for a in row.actions)
        way_in = Answer(Verdict.YES, evidence=own.evidence or found[0][1].evidence)
        entry = step(caller.id, "CAN_ESCALATE_TO", hub, way_in, row)
        if entry:
            yield entry
        if hub not in self._made:
            self._made.add(hub)
            yield Asset(
                id=hub,
                kind="Modelhound::IdentityHub",
                name=f"any of {len(found)} {row.on.lower()}s",
                account=caller.account,
                properties={"actions": list(row.actions)},
            )
            edges = (step(hub, "CAN_ESCALATE_TO", target.id, a, row) for target, a in found)
            yield from (edge for edge in edges if edge)


def _named(row: Row, account: str, found: _Found) -> str:
    told = "\n".join(f"{target.id} {answer.verdict.value}" for target, answer in found)
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    return f"hub:{row.id}:{account}:{digest}"
