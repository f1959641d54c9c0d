"""What is special about some services, from resources/permissions/aws_services.toml."""

from functools import cache
from typing import Any, NamedTuple

from graph.content import read_toml
from graph.permissions.aws.patterns import Pattern, pattern
from graph.permissions.aws.principals import Principal


class Impossible(NamedTuple):
    """What AWS refuses whatever policies say. `caller` "" = everybody, else "root", "anonymous" or "other account"."""

    actions: frozenset[str]
    resource: Pattern
    caller: str
    reason: str

    def holds(self, caller: Principal, action: str, resource: str, *, same_account: bool) -> bool:
        """Whether it stops this request; the action is in lower case."""
        if action not in self.actions or not self.resource.matches(resource):
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
    impossible: tuple[Impossible, ...]


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
        impossible=tuple(_impossible(row) for row in content["impossible"]),
    )


def _impossible(row: dict[str, Any]) -> Impossible:
    return Impossible(
        actions=_actions(row["actions"]),
        resource=pattern(row["resource"]),
        caller=row.get("caller", ""),
        reason=row["reason"],
    )


def _actions(names: list[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)
