"""Changing identities: making credentials for others, granting oneself rights."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from graph.content import read_toml
from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.access import may_have
from graph.permissions.aws.edges import edge
from graph.permissions.aws.world import World, verdict_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """One row of the table."""

    technique: str
    kind: str
    on: str
    actions: tuple[str, ...]
    of: str
    given: str


@cache
def takeovers() -> tuple[Takeover, ...]:
    """The shipped table."""
    return tuple(
        Takeover(
            technique=row["technique"],
            kind=row["kind"],
            on=row["on"],
            actions=tuple(row["all"]),
            of=row.get("of", ""),
            given=row.get("given", ""),
        )
        for row in read_toml("permissions/aws_takeovers.toml")["takeover"]
    )


def takeover_edges(world: World, administrators: frozenset[str]) -> Iterator[Relationship]:
    """CAN_ESCALATE_TO another identity, CAN_GRANT to oneself on the account."""
    for caller in world.principals:
        if caller.id in administrators:
            continue
        for row in takeovers():
            if may_have(world, caller.id, row.actions):
                for target in _targets(world, caller, row):
                    yield from _one(world, caller, row, target)


def _targets(world: World, caller: Asset, row: Takeover) -> Iterator[Asset]:
    label = world.estate.label(caller.id)
    if row.of and label != row.of:
        return
    outgoing = world.estate.outgoing.get(caller.id, ())
    incoming = world.estate.incoming.get(caller.id, ())
    if row.on == "self":
        yield caller
    elif row.on == "groups":
        yield from (world.estate.assets[e.target] for e in outgoing if e.kind == "MEMBER_OF")
    elif row.on == "policies":
        for item in incoming:
            policy = world.estate.assets[item.source]
            if item.kind == "ATTACHED_TO" and policy.properties.get("managed_by") == "customer":
                yield policy
    else:
        for asset in world.estate.of_label(row.on):
            if asset.account == caller.account and asset.id != caller.id:
                yield asset


def _one(world: World, caller: Asset, row: Takeover, target: Asset) -> Iterator[Relationship]:
    decisions = []
    for action in row.actions:
        decision = world.decide(caller.id, action, target.id, target)
        if verdict_of(decision) is Verdict.NO:
            return
        decisions.append(decision)
    holds = _given(row, target)
    if holds is Verdict.NO:
        return
    gained = target.id if row.kind == "CAN_ESCALATE_TO" else f"arn:aws:iam::{caller.account}:root"
    found = edge(
        caller.id,
        row.kind,
        gained,
        decisions,
        technique=row.technique,
        actions=list(row.actions),
    )
    if found and holds is Verdict.UNDECIDED:
        fact = f"{row.given.replace('_', ' ')} of {target.name}"
        found = replace(found, verdict=holds, missing=(*found.missing, fact))
    if found:
        yield found


def _given(row: Takeover, target: Asset) -> Verdict:
    """Whether the property that the technique needs of its target holds."""
    if not row.given:
        return Verdict.YES
    if row.given not in target.properties:
        return Verdict.UNDECIDED
    return Verdict.YES if target.properties[row.given] else Verdict.NO
