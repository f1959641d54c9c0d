"""Role definitions: those that Microsoft publishes (resources/permissions/azure_roles.json) and those of the estate."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph.content import read_text

_LISTS = ("actions", "notActions", "dataActions", "notDataActions")
_CONDITION = len(_LISTS)
PREFIX = "/providers/Microsoft.Authorization/roleDefinitions/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One permission block: what it allows less what it leaves out, in each plane by itself."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]
    condition: str = ""
    position: int = 0

    def lists(self, *, data: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(allowed, left out) of a plane."""
        if data:
            return self.data_actions, self.not_data_actions
        return self.actions, self.not_actions


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role definition."""

    guid: str
    name: str
    blocks: tuple[Block, ...]


def blocks_of(document: object) -> tuple[Block, ...]:
    """The blocks of a definition or deny assignment in the estate."""
    rows = document if isinstance(document, list) else []
    return tuple(
        Block(
            actions=_texts(row.get("actions")),
            not_actions=_texts(row.get("notActions")),
            data_actions=_texts(row.get("dataActions")),
            not_data_actions=_texts(row.get("notDataActions")),
            condition=str(row.get("condition") or ""),
            position=position,
        )
        for position, row in enumerate(rows)
        if isinstance(row, Mapping)
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(read_text("permissions/azure_roles.json"))
    return table


@cache
def built_in(guid: str) -> Role | None:
    """A role that Microsoft publishes, by its GUID."""
    row = _table()["roles"].get(guid.lower())
    if row is None:
        return None
    return Role(guid=guid.lower(), name=row[0], blocks=tuple(map(_block, row[1:], range(len(row)))))


def _block(row: Sequence[Any], position: int) -> Block:
    lists = [_spelled(row[i]) if i < len(row) else () for i in range(_CONDITION)]
    return Block(
        actions=lists[0],
        not_actions=lists[1],
        data_actions=lists[2],
        not_data_actions=lists[3],
        condition=row[_CONDITION] if len(row) > _CONDITION else "",
        position=position,
    )


def _spelled(numbers: Sequence[int]) -> tuple[str, ...]:
    actions = _table()["actions"]
    return tuple(actions[number] for number in numbers)


@cache
def built_in_names() -> Mapping[str, str]:
    """GUID by name in lower case."""
    return {row[0].lower(): guid for guid, row in _table()["roles"].items()}


@cache
def _by_plane() -> tuple[frozenset[str], frozenset[str]]:
    found: tuple[set[int], set[int]] = (set(), set())
    for row in _table()["roles"].values():
        for block in row[1:]:
            for position, numbers in enumerate(block[:_CONDITION]):
                found[position // 2].update(numbers)
    control, data = ({_table()["actions"][n].lower() for n in numbers} for numbers in found)
    return frozenset(control), frozenset(data)


@cache
def explicit_operations() -> tuple[frozenset[str], frozenset[str]]:
    """Operations that built-in roles name in full: of management, of data."""
    control, data = _by_plane()
    return (
        frozenset(text for text in control if "*" not in text),
        frozenset(text for text in data if "*" not in text),
    )


@cache
def wildcard_operations() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Patterns of built-in roles with more than a provider before the star: of management, of data."""
    control, data = _by_plane()
    return (
        tuple(sorted(text for text in control if "*" in text)),
        tuple(sorted(text for text in data if "*" in text)),
    )
