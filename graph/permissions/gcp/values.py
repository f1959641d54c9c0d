"""What an expression of a condition comes to, beside plain values: unknown, or failed as CEL fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that nobody told; the facts that would."""

    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """No value: the resource has no such attribute, or the types do not go together."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time. `assumed`: the snapshot's time stands for the request's, good for expiry and no more."""

    at: datetime
    assumed: bool = False


class Scene(Protocol):
    """What an expression may ask of a request."""

    def attribute(self, path: str) -> Any:
        """The value of an attribute, Unknown or Failed."""

    def call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        """The value of a function of `resource` or `api`: matchTag, getAttribute, ..."""


def moment(text: Any) -> Moment | Failed:
    """RFC 3339, or a date at midnight UTC."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return Failed("no time")
    return Moment(found if found.tzinfo else found.replace(tzinfo=UTC))


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 0.000001, "ns": 0.000000001}


def duration(text: str) -> timedelta | Failed:
    """`60.5s`, `1h30m`."""
    rest, seconds = text.strip().removeprefix("-"), 0.0
    while rest:
        digits = len(rest) - len(rest.lstrip("0123456789."))
        unit = next(
            (u for u in ("ms", "us", "ns", "h", "m", "s") if rest.startswith(u, digits)), ""
        )
        if not digits or not unit:
            return Failed("no duration")
        try:
            seconds += float(rest[:digits]) * _UNITS[unit]
        except ValueError:
            return Failed("no duration")
        rest = rest[digits + len(unit) :]
    try:
        return timedelta(seconds=-seconds if text.strip().startswith("-") else seconds)
    except OverflowError:
        return Failed("no duration")


def first_open(values: tuple[Any, ...]) -> Unknown | Failed | None:
    """What stops an operation on these: what failed first, then everything that is unknown."""
    for value in values:
        if isinstance(value, Failed):
            return value
    facts = dict.fromkeys(f for v in values if isinstance(v, Unknown) for f in v.missing)
    return Unknown(tuple(facts)) if facts else None


def both(left: Any, right: Any) -> Any:
    """And, as CEL has it: false wins over whatever the other side is."""
    if left is False or right is False:
        return False
    return _weighed(left, right, True)  # noqa: FBT003 - the value that leaves the other side to decide


def either(left: Any, right: Any) -> Any:
    """Or: true wins over whatever the other side is."""
    if left is True or right is True:
        return True
    return _weighed(left, right, False)  # noqa: FBT003 - the value that leaves the other side to decide


def _weighed(left: Any, right: Any, neutral: bool) -> Any:  # noqa: FBT001 - see above
    """What stays open after the deciding value: unknown before failed, for it may still decide."""
    open_ = [value for value in (left, right) if isinstance(value, Unknown)]
    if open_:
        return Unknown(tuple(dict.fromkeys(fact for value in open_ for fact in value.missing)))
    for value in (left, right):
        if isinstance(value, Failed):
            return value
        if not isinstance(value, bool):
            return Failed("no truth")
    return neutral


def negated(value: Any) -> Any:
    """Not."""
    if isinstance(value, Unknown | Failed):
        return value
    return not value if isinstance(value, bool) else Failed("no truth")


def nested(context: Mapping[str, Any], path: str) -> tuple[bool, Any]:
    """(is there, value) of a dotted path, written whole or as objects within objects."""
    if path in context:
        return True, context[path]
    head, dot, rest = path.partition(".")
    inner = context.get(head)
    while dot:
        if isinstance(inner, Mapping):
            return nested(inner, rest)
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
        inner = context.get(head)
    return False, None
