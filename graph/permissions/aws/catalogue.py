"""The AWS techniques as rows: which actions, done to what, under which facts, make which step.

Read from resources/permissions/techniques/aws; the keys are explained in docs/escalation.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graph.permissions.techniques import Technique, of_cloud
from graph.schema import load_schema

WAYS = {"pass", "existing", "become", "grant", "both", "create", "unbound", "assume", "tag", "mfa"}
IDENTITIES = {"User", "Role", "Group"}
SELVES = {"self", "groups", "policies", "versions"}
FACTS = {
    "key_slot", "no_key_slot", "no_console_password", "console_password", "in_service", "exec_enabled",
    "lifecycle_config",
}  # fmt: skip
_PLACES = {"policy", "new", "existing"}
_KEYS = {
    "title", "services", "way", "on", "of", "others", "all", "at", "to", "profile", "needs", "kinds", "edge", "given",
    "fact", "behind", "prerequisites", "how", "detect", "break", "attack", "tagging",
}  # fmt: skip
_STEPS = {"CAN_MODIFY", "CAN_EXECUTE", "CAN_OPEN", "CAN_INVOKE"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """What the search for a technique needs.

    `on`: label of the identity, or a word for what is the caller's own; `of`: label that the caller must have; `others`:
    label of those whom the same actions strengthen; `at`: where an action is done, if not to the target; `to`: the service
    that is given a role; `needs`, `kinds`: asset kinds; `given`: facts about the target; `fact`: what stays open always.
    """

    id: str
    way: str
    actions: tuple[str, ...]
    on: str = ""
    of: str = ""
    others: str = ""
    at: Mapping[str, str] = field(default_factory=dict)
    to: str = ""
    profile: bool = False
    needs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    behind: str = ""
    edge: str = ""
    given: tuple[str, ...] = ()
    fact: str = ""
    tagging: Mapping[str, str] = field(default_factory=dict)


@cache
def rows() -> tuple[Row, ...]:
    """Every AWS technique, checked."""
    return tuple(row_of(technique) for technique in of_cloud("aws"))


@cache
def rows_of(way: str) -> tuple[Row, ...]:
    """The techniques of one way."""
    return tuple(row for row in rows() if row.way == way)


@cache
def tagging() -> Mapping[str, str]:
    """The action that sets a tag, by asset kind."""
    return {kind: action for row in rows_of("tag") for kind, action in row.tagging.items()}


def row_of(technique: Technique) -> Row:
    """One row. Raises ContentError with file and key."""
    row = technique.row
    for key in row:
        if key not in _KEYS:
            raise technique.wrong(key, "is no key of a technique")
    found = Row(
        id=technique.id,
        way=_one_of(technique, "way", WAYS),
        actions=_actions(technique),
        on=row.get("on", ""),
        of=_one_of(technique, "of", IDENTITIES | {""}),
        others=_one_of(technique, "others", IDENTITIES | {""}),
        at=row.get("at", {}),
        to=row.get("to", ""),
        profile=bool(row.get("profile", False)),
        needs=_kinds(technique, "needs"),
        kinds=_kinds(technique, "kinds"),
        behind=row.get("behind", ""),
        edge=row.get("edge", ""),
        given=tuple(row.get("given", ())),
        fact=row.get("fact", ""),
        tagging=row.get("tagging", {}),
    )
    _check(technique, found)
    return found


def _one_of(technique: Technique, key: str, allowed: set[str]) -> str:
    value = technique.row.get(key, "")
    if value not in allowed:
        raise technique.wrong(key, f"{value!r} is none of {', '.join(sorted(allowed - {''}))}")
    return str(value)


def _actions(technique: Technique) -> tuple[str, ...]:
    actions = technique.row.get("all")
    if not isinstance(actions, list) or not (actions or technique.row.get("way") == "tag"):
        raise technique.wrong("all", "a list of actions is needed")
    for action in actions:
        if not isinstance(action, str) or action.count(":") != 1 or "*" in action:
            raise technique.wrong("all", f"{action!r} is not service:Action")
    return tuple(actions)


def _kinds(technique: Technique, key: str) -> tuple[str, ...]:
    kinds = technique.row.get(key, [])
    for kind in kinds:
        if kind not in load_schema().kinds:
            raise technique.wrong(key, f"{kind!r} is no asset kind of the schema")
    return tuple(kinds)


def _check(technique: Technique, row: Row) -> None:
    needed: dict[str, tuple[tuple[str, Any, set[str] | None], ...]] = {
        "pass": (("to", row.to, None),),
        "existing": (("kinds", row.kinds, None), ("edge", row.edge, _STEPS)),
        "become": (("on", row.on, IDENTITIES),),
        "grant": (("on", row.on, SELVES),),
        "both": (("on", row.on, IDENTITIES),),
        "create": (("on", row.on, IDENTITIES),),
        "unbound": (("of", row.of, None),),
        "tag": (("tagging", row.tagging, None),),
    }
    for key, value, allowed in needed.get(row.way, ()):
        if not value or (allowed and value not in allowed):
            raise technique.wrong(key, f"a technique of way {row.way!r} needs it")
    for fact in row.given:
        if fact not in FACTS:
            raise technique.wrong("given", f"{fact!r} is none of {', '.join(sorted(FACTS))}")
    for action, place in row.at.items():
        if action not in row.actions or (place not in _PLACES and "{" not in place):
            raise technique.wrong("at", f"{action} = {place!r} is not understood")
