"""Operators and functions that IAM conditions may use, on plain values.

Source: Google Cloud, attribute reference for IAM Conditions; CEL language definition for the rest.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import re2

from graph.permissions.gcp.values import Failed, Moment, Unknown, duration, moment

_MOST_MEMORY = 1 << 20  # bytes of a compiled pattern
_LONGEST_PATTERN = 1_000  # characters; compiling costs more than its length
_ZONE = "the time zone data for {}"


def compare(operator: str, left: Any, right: Any) -> Any:
    """==, != between anything of one type; an order between numbers, texts, times."""
    left, right = _plain(left), _plain(right)
    if not _alike(left, right):
        return Failed("types differ")
    if operator in {"==", "!="}:
        return (left == right) is (operator == "==")
    if isinstance(left, list | Mapping | None):
        return Failed("no order")
    tests: Mapping[str, Callable[[], Any]] = {
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
    }
    return tests[operator]()


def _plain(value: Any) -> Any:
    return value.at if isinstance(value, Moment) else value


def _alike(left: Any, right: Any) -> bool:
    numbers = (int, float)
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return True
    return type(left) is type(right)


def is_in(item: Any, many: Any) -> Any:
    """Membership of a list, or of the keys of a map."""
    if isinstance(many, list | tuple | Mapping):
        return item in many
    return Failed("no list")


def add(operator: str, left: Any, right: Any) -> Any:
    """Sums and differences of numbers, times and durations; texts and lists joined."""
    sign = 1 if operator == "+" else -1
    try:
        return _sum(left, right, sign)
    except OverflowError:
        return Failed("out of range")


def _sum(left: Any, right: Any, sign: int) -> Any:
    if isinstance(left, Moment):
        return _from_moment(left, right, sign)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left + sign * right
    if sign > 0 and type(left) is type(right) and isinstance(left, str | list):
        return left + right
    if _alike(left, right) and isinstance(left, int | float) and not isinstance(left, bool):
        return left + sign * right
    return Failed("nothing to add")


def _from_moment(left: Moment, right: Any, sign: int) -> Any:
    if isinstance(right, timedelta):
        return Moment(left.at + sign * right, left.assumed)
    return left.at - right.at if isinstance(right, Moment) and sign < 0 else Failed("no time")


# --- functions by name: the value that they stand behind comes first


def _texts(test: Callable[[str, str], Any]) -> Callable[..., Any]:
    def checked(value: Any, *arguments: Any) -> Any:
        if len(arguments) == 1 and isinstance(value, str) and isinstance(arguments[0], str):
            return test(value, arguments[0])
        return Failed("texts are needed")

    return checked


def _matches(value: str, pattern: str) -> Any:
    if len(pattern) > _LONGEST_PATTERN:
        return Unknown((f"what a pattern of {len(pattern)} characters matches",))
    try:
        return _compiled(pattern).search(value) is not None
    except re2.error:
        return Failed("no regular expression")


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)


def extract(value: str, template: str) -> str:
    """What stands where the template has its name in braces; "" where the rest is not found."""
    before, opening, rest = template.partition("{")
    _, closing, after = rest.partition("}")
    if not opening or not closing:
        return ""
    start = value.find(before)
    if start < 0:
        return ""
    start += len(before)
    end = value.find(after, start) if after else len(value)
    return value[start:end] if end >= 0 else ""


def _has_only(value: Any, *arguments: Any) -> Any:
    if len(arguments) != 1 or not isinstance(value, list) or not isinstance(arguments[0], list):
        return Failed("lists are needed")
    return all(item in arguments[0] for item in value)


def _size(value: Any, *arguments: Any) -> Any:
    return len(value) if not arguments and isinstance(value, str | list) else Failed("no size")


def _folded(change: Callable[[str], str]) -> Callable[..., Any]:
    return lambda value, *rest: change(value) if isinstance(value, str) and not rest else Failed()


def _clock(part: Callable[[datetime], int]) -> Callable[..., Any]:
    """A part of a time in a zone; the snapshot's time says nothing about the hour of a request."""

    def read(value: Any, *arguments: Any) -> Any:
        if isinstance(value, timedelta) and not arguments:
            return Failed("parts of durations are not read")
        if not isinstance(value, Moment):
            return Failed("no time")
        if value.assumed:
            return Unknown(("the time of the request",))
        zone = _zone(str(arguments[0]) if arguments else "UTC")
        return zone if isinstance(zone, Unknown) else part(value.at.astimezone(zone))

    return read


@lru_cache(maxsize=1_000)
def _zone(name: str) -> tzinfo | Unknown:
    if name.upper() in {"UTC", "Z"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Unknown((_ZONE.format(name),))


METHODS: Mapping[str, Callable[..., Any]] = {
    "startsWith": _texts(str.startswith),
    "endsWith": _texts(str.endswith),
    "contains": _texts(lambda value, part: part in value),
    "matches": _texts(_matches),
    "extract": _texts(extract),
    "hasOnly": _has_only,
    "size": _size,
    "lowerAscii": _folded(str.lower),
    "upperAscii": _folded(str.upper),
    "getFullYear": _clock(lambda at: at.year),
    "getMonth": _clock(lambda at: at.month - 1),
    "getDate": _clock(lambda at: at.day),
    "getDayOfMonth": _clock(lambda at: at.day - 1),
    "getDayOfWeek": _clock(lambda at: at.isoweekday() % 7),
    "getDayOfYear": _clock(lambda at: at.timetuple().tm_yday - 1),
    "getHours": _clock(lambda at: at.hour),
    "getMinutes": _clock(lambda at: at.minute),
    "getSeconds": _clock(lambda at: at.second),
    "getMilliseconds": _clock(lambda at: at.microsecond // 1000),
}


def _moment(value: Any) -> Any:
    return value if isinstance(value, Moment) else moment(value)


def _whole(value: Any) -> Any:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return Failed("no number")


GLOBALS: Mapping[str, Callable[[Any], Any]] = {
    "timestamp": _moment,
    "date": _moment,
    "duration": lambda value: duration(value) if isinstance(value, str) else Failed("no duration"),
    "size": _size,
    "string": str,
    "int": _whole,
    "matches": lambda _: Failed("matches needs two texts"),
}
