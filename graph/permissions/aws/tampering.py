"""Conditions that a caller can make hold: tags that it may set, of itself or of the target; an MFA device of its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from graph.model import Asset, Verdict
from graph.permissions.aws.catalogue import rows_of, tagging
from graph.permissions.aws.conditions import Condition
from graph.permissions.aws.decide import Decision
from graph.permissions.aws.document import Statement
from graph.permissions.aws.world import World, verdict_of

_OF_TARGET, _OF_CALLER = "resourcetag/", "aws:principaltag/"
_MFA = "aws:multifactorauthpresent"
_OTHER = "modelhound"  # a value that no policy asks for


class Way(NamedTuple):
    """Context keys (for World.decide) that can be arranged, by which techniques, and what allows it."""

    context: Mapping[str, str]
    techniques: tuple[str, ...]
    decisions: tuple[Decision, ...]


def arranged(
    world: World, caller: Asset, statements: Sequence[Statement], target: Asset | None
) -> Way | None:
    """What the caller can arrange about the conditions of its own Allow statements; None if nothing."""
    context: dict[str, str] = {}
    used: list[str] = []
    proofs: list[Decision] = []
    for statement in statements:
        for condition in statement.conditions if statement.allows else ():
            found = _of_condition(world, caller, statement, condition, target)
            if found is not None:
                technique, key, value, decisions = found
                context[key] = value
                used.append(technique)
                proofs += decisions
    return Way(context, tuple(dict.fromkeys(used)), tuple(proofs)) if context else None


_Found = tuple[str, str, str, list[Decision]]


def _of_condition(
    world: World,
    caller: Asset,
    statement: Statement,
    condition: Condition,
    target: Asset | None,
) -> _Found | None:
    key = condition.lowered
    if key == _MFA:
        return _mfa(world, caller)
    on = caller if key.startswith(_OF_CALLER) else target
    if on is None or not (key.startswith(_OF_CALLER) or _OF_TARGET in key):
        return None
    value = _wanted(caller, statement, condition)
    action = tagging().get(on.kind)
    if action is None or value is None:
        return None
    name = key.partition("/")[2]
    tag = {f"aws__requesttag/{name}": value, "aws__tagkeys": name}
    decision = world.decide(caller.id, action, on.id, on, **tag)
    if verdict_of(decision) is not Verdict.YES:
        return None
    return "abac-tag", key.replace(":", "__", 1), value, [decision]


def _mfa(world: World, caller: Asset) -> _Found | None:
    if world.estate.label(caller.id) != "User" or caller.properties.get("mfa"):
        return None
    device = f"arn:aws:iam::{caller.account}:mfa/{caller.name}"
    for row in rows_of("mfa"):
        decisions = [
            world.decide(caller.id, action, caller.id if "Enable" in action else device)
            for action in row.actions
        ]
        if all(verdict_of(item) is Verdict.YES for item in decisions):
            return row.id, _MFA.replace(":", "__", 1), "true", decisions
    return None


def _wanted(caller: Asset, statement: Statement, condition: Condition) -> str | None:
    """A value of the tag that makes the condition hold."""
    if condition.operator is None:
        return _OTHER if "false" in condition.wanted else None
    if condition.operator.negated:
        return _OTHER
    for value in _written(statement, condition):
        known = _own_tag(caller, value)
        if known is not None and "${" not in known:
            return known.replace("*", "x").replace("?", "x")
    return None


def _own_tag(caller: Asset, value: str) -> str | None:
    """The value, or that of the caller's own tag where it is ${aws:PrincipalTag/name}."""
    lowered = value.lower()
    if not (lowered.startswith("${aws:principaltag/") and lowered.endswith("}")):
        return value
    tags = caller.properties.get("tags") or {}
    name = lowered.removeprefix("${aws:principaltag/")[:-1]
    return next((str(tag) for key, tag in tags.items() if key.lower() == name), None)


def _written(statement: Statement, condition: Condition) -> Iterator[str]:
    """The values of a condition as they are written in the policy."""
    for keys in statement.condition.values():
        for key, values in keys.items():
            if key.lower() == condition.lowered:
                yield from map(str, values if isinstance(values, list) else [values])
