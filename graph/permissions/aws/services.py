"""What is special about some services, from resources/permissions/aws_services.toml."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from graph.content import read_toml
from graph.permissions.aws.patterns import Pattern, pattern
from graph.permissions.aws.principals import Principal


class Impossible(NamedTuple):
    """What AWS refuses whatever policies say. `caller` "" = everybody, else "root", "anonymous" or "other account"."""

    resource: Pattern
    caller: str
    reason: str

    def holds(self, caller: Principal, resource: str, *, same_account: bool) -> bool:
        """Whether it stops a request for one of its actions."""
        if not self.resource.matches(resource):
            return False
        if self.caller in {"root", "anonymous"}:
            return caller.is_root if self.caller == "root" else caller.is_anonymous
        return not same_account if self.caller == "other account" else True


class Facts(NamedTuple):
    """The shipped facts; actions in lower case."""

    rcp: frozenset[str]
    trust: frozenset[str]
    always: frozenset[str]
    users: frozenset[str]
    owner: frozenset[str]
    impossible: Mapping[str, tuple[Impossible, ...]]  # by action
    harmless: tuple[Pattern, ...]  # of ARNs of policies
    bounded: frozenset[str]
    acl: Mapping[str, frozenset[str]]  # permission -> actions


@cache
def facts() -> Facts:
    """The shipped facts."""
    content = read_toml("permissions/aws_services.toml")
    return Facts(
        rcp=frozenset(content["rcp"]),
        trust=_actions(content["trust"]),
        always=_actions(content["always"]),
        users=_actions(content["users"]),
        owner=_actions(content["owner"]),
        impossible=_impossible(content["impossible"]),
        harmless=tuple(map(pattern, content["harmless"])),
        bounded=_actions(content["bounded"]),
        acl={permission: _actions(actions) for permission, actions in content["acl"].items()},
    )


def may_administer(policy: str) -> bool:
    """Whether a policy that nobody read, by its ARN, could give rights on identities."""
    return not any(item.matches(policy) for item in facts().harmless)


def _impossible(rows: list[dict[str, Any]]) -> Mapping[str, tuple[Impossible, ...]]:
    found: dict[str, tuple[Impossible, ...]] = {}
    for row in rows:
        item = Impossible(pattern(row["resource"]), row.get("caller", ""), row["reason"])
        for action in _actions(row["actions"]):
            found[action] = (*found.get(action, ()), item)
    return found


def _actions(names: list[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)
