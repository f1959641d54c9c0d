"""Condition operators: each makes, of one value in the policy, a check of one value in the request.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

from graph.permissions.aws.patterns import (
    Check,
    MalformedError,
    arn_pattern,
    never,
    pattern,
    plain,
)

_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?")
_MONTH = re.compile(r"\d{4}-\d{2}")
_BOOLEANS = ("true", "false")
Compare = Callable[[float, float], bool]


class Operator(NamedTuple):
    """`variables`: whether policy variables may stand in its values (string and ARN operators)."""

    make: Callable[[str], Check]
    negated: bool
    variables: bool


def operator_of(name: str) -> Operator:
    """By name, in any case, without set operator and IfExists."""
    found = _OPERATORS.get(name.lower())
    if found is None:
        raise MalformedError(f"{name}: not a condition operator")
    return found


def _equal(text: str) -> Check:
    return plain(text).__eq__


def _equal_letters(text: str) -> Check:
    wanted = plain(text).lower()
    return lambda value: value.lower() == wanted


def _like(text: str) -> Check:
    return pattern(text).matches


def _bool(text: str) -> Check:
    wanted = text.lower()
    return (lambda value: value.lower() == wanted) if wanted in _BOOLEANS else never


def _compared(text: str, parse: Callable[[str], float | None], compare: Compare) -> Check:
    wanted = parse(text)
    if wanted is None:
        return never

    def check(value: str) -> bool:
        found = parse(value)
        return found is not None and compare(found, wanted)

    return check


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


def _instant(text: str) -> float | None:
    """ISO 8601 (W3C profile), or seconds since 1970."""
    number = _number(text)
    if number is not None:
        return number
    try:
        moment = dt.datetime.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _in_network(text: str) -> Check:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return never

    def check(value: str) -> bool:
        address = _address(value)
        return address is not None and address in network

    return check


@lru_cache(maxsize=4_096)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


_COMPARISONS: dict[str, Compare] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}
_WITH_VARIABLES: dict[str, Callable[[str], Check]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_letters,
    "StringLike": _like,
    "ArnEquals": arn_pattern,
    "ArnLike": arn_pattern,
}
_WITHOUT: dict[str, Callable[[str], Check]] = {
    "Bool": _bool,
    "BinaryEquals": _equal,
    "IpAddress": _in_network,
    **{
        f"Numeric{k}": partial(_compared, parse=_number, compare=v) for k, v in _COMPARISONS.items()
    },
    **{f"Date{k}": partial(_compared, parse=_instant, compare=v) for k, v in _COMPARISONS.items()},
}
_POSITIVE = _WITH_VARIABLES | _WITHOUT
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_OPERATORS: dict[str, Operator] = {
    **{
        name.lower(): Operator(make, negated=False, variables=name in _WITH_VARIABLES)
        for name, make in _POSITIVE.items()
    },
    **{
        name.lower(): Operator(_POSITIVE[other], negated=True, variables=other in _WITH_VARIABLES)
        for name, other in _NEGATED.items()
    },
}
