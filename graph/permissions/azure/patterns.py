"""Names of Azure operations: wildcards, and which plane an operation is of."""

import re
from collections.abc import Iterable
from functools import lru_cache

from graph.permissions.azure.roles import explicit_operations, wildcard_operations


@lru_cache(maxsize=20_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`*` crosses slashes, and `/*/` also stands for no segment at all; case never counts.

    Managed Identity Operator holds `userAssignedIdentities/*/assign/action`, and is documented to be enough for
    `userAssignedIdentities/assign/action`.
    """
    text = re.escape(pattern.lower()).replace(r"/\*/", "/(?:.*/)?").replace(r"\*", ".*")
    return re.compile(text, re.DOTALL)


@lru_cache(maxsize=200_000)
def matches(pattern: str, operation: str) -> bool:
    """Whether a pattern of a role names an operation."""
    return _compiled(pattern).fullmatch(operation.lower()) is not None


def named(patterns: Iterable[str], operation: str) -> bool:
    """Whether one of them does."""
    return any(matches(pattern, operation) for pattern in patterns)


# Of management although wildcards of data roles would cover them: ARM reads and writes these without their values.
_MANAGEMENT = frozenset(
    {"microsoft.keyvault/vaults/secrets/read", "microsoft.keyvault/vaults/secrets/write"}
)


@lru_cache(maxsize=20_000)
def is_data_action(operation: str) -> bool:
    """Whether an operation is of the data plane.

    Where built-in roles name it, they tell; else the closest wildcard of theirs does, and what none is close to is
    management.
    """
    lowered = operation.lower()
    control, data = explicit_operations()
    if lowered in _MANAGEMENT:
        return False
    if lowered in data or lowered in control:
        return lowered in data and lowered not in control
    of_control, of_data = wildcard_operations()
    return _closest(of_data, lowered) > max(_closest(of_control, lowered), lowered.find("/") + 1)


def _closest(patterns: Iterable[str], operation: str) -> int:
    """How many characters the closest fitting wildcard has before its star."""
    return max((p.find("*") for p in patterns if matches(p, operation)), default=-1)
