"""When a bucket policy is public in S3's meaning: it serves others than fixed principals, networks or sources.

Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", the meaning of "public".
"""

from collections.abc import Callable, Mapping
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from graph.content import read_toml
from graph.permissions.aws.conditions import Condition
from graph.permissions.aws.document import Policy, Statement

_ACCOUNT = 4  # the part of an ARN


def is_public_policy(policy: Policy | None) -> bool:
    """Whether one statement of it makes a policy public."""
    return policy is not None and any(is_public(statement) for statement in policy.statements)


def is_public(statement: Statement) -> bool:
    """Whether an Allow names everybody and no condition limits it to fixed values."""
    names_all = statement.principals is not None and statement.principals.everybody
    if not statement.allows or not (names_all or statement.not_principals is not None):
        return False
    if statement.not_principals is not None:
        return True
    return not any(
        _limits(item, _values(statement.condition, item)) for item in statement.conditions
    )


def _values(block: Mapping[str, Mapping[str, object]], condition: Condition) -> list[str]:
    """The values of a condition as they are written."""
    for keys in block.values():
        if condition.key in keys:
            values = keys[condition.key]
            return [str(item) for item in values] if isinstance(values, list) else [str(values)]
    return []


def _limits(condition: Condition, values: list[str]) -> bool:
    operator = condition.operator
    if operator is None or operator.negated or condition.if_exists or not values:
        return False
    if condition.quantifier == "forallvalues":  # it holds without any value
        return False
    return all(_is_fixed(condition.lowered, value) for value in values)


def _is_fixed(key: str, value: str) -> bool:
    sort = next((name for name, keys in _keys().items() if key in keys), "")
    return "${" not in value and sort in _FIXED and _FIXED[sort](value)


def _is_wild(value: str) -> bool:
    return "*" in value or "?" in value


def _has_fixed_account(value: str) -> bool:
    """The account is named, and wildcards stand in the resource alone."""
    parts = value.split(":", 5)
    fixed = len(parts) > _ACCOUNT and not any(_is_wild(part) for part in parts[: _ACCOUNT + 1])
    return fixed and (bool(parts[_ACCOUNT]) or not _is_wild(value))


def _is_narrow(value: str) -> bool:
    """Neither the whole Internet nor much of it; private ranges are always narrow."""
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return False
    if isinstance(network, IPv6Network):
        return network.prefixlen >= 32  # noqa: PLR2004 - S3 calls wider ones public
    inside = any(network.subnet_of(p) for p in _private())
    return inside or network.prefixlen >= 8  # noqa: PLR2004 - S3 calls wider ones public


@cache
def _private() -> tuple[IPv4Network, ...]:
    listed = read_toml("permissions/aws_services.toml")["public"]["private"]
    return tuple(IPv4Network(item) for item in listed)


_FIXED: Mapping[str, Callable[[str], bool]] = {
    "fixed": lambda value: not _is_wild(value),
    "arn": _has_fixed_account,
    "network": _is_narrow,
    "path": lambda value: value.startswith("o-") and not _is_wild(value.removesuffix("/*")),
    "id": lambda value: not _is_wild(value.removesuffix(":*")),
    "true": lambda value: value.lower() == "true",
}


@cache
def _keys() -> Mapping[str, frozenset[str]]:
    content = read_toml("permissions/aws_services.toml")["public"]
    return {name: frozenset(item.lower() for item in listed) for name, listed in content.items()}
