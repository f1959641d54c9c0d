"""Which permissions a role holds: those that Google publishes (resources/permissions/gcp_roles.json) and those of the estate."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import re2

from graph.content import read_text


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(read_text("permissions/gcp_roles.json"))
    return table


@cache
def _numbers() -> Mapping[str, int]:
    return {permission: number for number, permission in enumerate(_table()["permissions"])}


@cache
def _ranges(role: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """First and last numbers of the runs that a role holds, or None for a role that the table lacks."""
    text = _table()["roles"].get(role)
    if text is None:
        return None
    pairs = [part.partition("-") for part in text.split(",") if part]
    firsts = tuple(int(first) for first, _, _ in pairs)
    return firsts, tuple(int(last or first) for first, _, last in pairs)


def published(role: str) -> bool:
    """Whether the table knows a role."""
    return role in _table()["roles"]


@cache
def published_permissions() -> tuple[str, ...]:
    """Every permission that some predefined role holds."""
    return tuple(_table()["permissions"])


def gives(role: str, permission: str) -> bool | None:
    """Whether a predefined role holds a permission; None for a role that the table lacks."""
    ranges = _ranges(role)
    if ranges is None:
        return None
    return any(_holds(ranges, _numbers().get(name)) for name in spellings(permission))


def _holds(ranges: tuple[tuple[int, ...], tuple[int, ...]], number: int | None) -> bool:
    if number is None:
        return False
    firsts, lasts = ranges
    position = bisect_left(lasts, number)
    return position < len(firsts) and firsts[position] <= number


@cache
def held(role: str) -> frozenset[str]:
    """Every permission of a predefined role; empty for one that the table lacks."""
    firsts, lasts = _ranges(role) or ((), ())
    names = _table()["permissions"]
    return frozenset(
        name for first, last in zip(firsts, lasts, strict=True) for name in names[first : last + 1]
    )


# Services that are spelled differently before the dot than in their address.
_FQDN = {"resourcemanager": "cloudresourcemanager"}
_SHORT = {full: short for short, full in _FQDN.items()}
_DOMAIN = ".googleapis.com"


def short(permission: str) -> str:
    """`storage.googleapis.com/objects.get` as `storage.objects.get`; anything else as it stands."""
    service, slash, rest = permission.partition("/")
    if not slash:
        return permission
    name = service.removesuffix(_DOMAIN)
    return f"{_SHORT.get(name, name)}.{rest}"


def full(permission: str) -> str:
    """`storage.objects.get` as deny policies spell it: `storage.googleapis.com/objects.get`."""
    if "/" in permission:
        return permission
    service, _, rest = permission.partition(".")
    return f"{_FQDN.get(service, service)}{_DOMAIN}/{rest}"


def spellings(permission: str) -> tuple[str, str]:
    """Both forms: some permissions of roles have the service's address in them."""
    return short(permission), full(permission)


def service(permission: str) -> str:
    """The service of a permission, as permissions of roles begin."""
    return short(permission).partition(".")[0]


def named(patterns: Iterable[str], permission: str) -> bool:
    """Whether one of the patterns of a policy names a permission, which is spelled in full."""
    return any(_like(pattern, permission) for pattern in patterns)


@lru_cache(maxsize=100_000)
def _like(pattern: str, permission: str) -> bool:
    """Permission groups: `*` stands for a resource, a verb or both, never for a service."""
    pattern = full(pattern)
    if "*" not in pattern:
        return pattern == permission
    return re2.fullmatch("[^/]*".join(map(re2.escape, pattern.split("*"))), permission) is not None
