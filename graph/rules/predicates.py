"""Conditions on one property: read from TOML with the property's type checked, and asked of an asset."""

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import re2

from graph.model import Asset
from graph.rules.model import Operator, Predicate
from graph.rules.structured import allows, allows_problem, opens, opens_problem
from graph.rules.table import Table, shown, suggestion
from graph.schema import Property, Schema

AGES: tuple[Operator, ...] = ("older_than_days", "younger_than_days")
OWN = ("id", "name", "kind", "account", "region")  # known of every asset
_LONGEST_REGEX = 500

_BY_TYPE: Mapping[str, tuple[Operator, ...]] = {
    "string": ("eq", "ne", "in", "not_in", "matches", "not_matches", "cidr", "present"),
    "bool": ("eq", "ne", "present"),
    "number": ("eq", "ne", "in", "not_in", "gte", "lte", "present"),
    "time": (*AGES, "present"),
    "list": ("has", "has_not", "matches", "not_matches", "cidr", "opens", "present"),
    "map": ("has", "has_not", "matches", "not_matches", "present"),
    "document": ("allows", "present"),
}
_SCALAR: Mapping[str, type] = {"string": str, "bool": bool, "number": int, "time": str}


def read_predicates(table: Table, labels: tuple[str, ...], schema: Schema) -> tuple[Predicate, ...]:
    """The conditions of a `where` table: `property = value` or `property = { operator = value }`."""
    found: list[Predicate] = []
    for name in table.names():
        declared = _declared(table, name, labels, schema)
        value = table.any(name)
        rows = Table(value if isinstance(value, Mapping) else {"eq": value}, table.at(name))
        found += [_predicate(rows, name, operator, declared) for operator in rows.names()]
        if not rows.names():
            raise rows.refuse("no operator given")
    return tuple(found)


def _declared(table: Table, name: str, labels: tuple[str, ...], schema: Schema) -> Property:
    if name in OWN:
        return Property(name=name, type="string", title=name)
    for label in labels:
        declared = schema.property(label, name)
        if declared is None:
            known = [*OWN, *schema.properties["*"], *schema.properties.get(label, {})]
            raise table.refuse_at(name, f"not a property of {label}{suggestion(name, known)}")
    return declared_of(name, labels, schema)


def declared_of(name: str, labels: tuple[str, ...], schema: Schema) -> Property:
    """The declaration of a property that all of the labels have."""
    declared = schema.property(labels[0], name)
    return declared or Property(name=name, type="string", title=name)


def _predicate(rows: Table, name: str, operator: str, declared: Property) -> Predicate:
    for allowed in _BY_TYPE[declared.type]:
        if operator == allowed:
            value = rows.any(operator)
            problem = _CHECKS[allowed](value, declared)
            if problem:
                raise rows.refuse_at(operator, problem)
            return Predicate(
                property=name,
                operator=allowed,
                value=tuple(value) if isinstance(value, list) else value,
            )
    usable = ", ".join(_BY_TYPE[declared.type])
    raise rows.refuse_at(operator, f"a {declared.type} can be asked with {usable}")


def _scalar(value: object, declared: Property) -> str:
    wanted = _SCALAR.get(declared.type, str)
    if type(value) is wanted or (wanted is int and type(value) is float):
        return ""
    return f"{declared.name} is a {declared.type}, {shown(value)} is none"


def _scalars(value: object, declared: Property) -> str:
    if not isinstance(value, list) or not value:
        return f"must be a list of values, not {shown(value)}"
    return next((problem for item in value if (problem := _scalar(item, declared))), "")


def _text_or_texts(value: object, _: Property) -> str:
    values = value if isinstance(value, list) else [value]
    good = bool(values) and all(isinstance(item, str) for item in values)
    return "" if good else f"must be a text or a list of texts, not {shown(value)}"


def _regex(value: object, _: Property) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_REGEX:
        return f"must be a regular expression of at most {_LONGEST_REGEX} characters"
    try:
        compiled(value)
    except re2.error as error:
        return f"{shown(value)} is no regular expression of RE2: {error}"
    return ""


def _networks_given(value: object, _: Property) -> str:
    values = value if isinstance(value, list) else [value]
    for item in values:
        if not isinstance(item, str) or network(item) is None:
            return f"{shown(item)} is no address range such as 10.0.0.0/8"
    return "" if values else "must be one or more address ranges"


def _truth(value: object, _: Property) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _number(value: object, _: Property) -> str:
    good = type(value) in {int, float}
    return "" if good else f"must be a number, not {shown(value)}"


_CHECKS: Mapping[Operator, Callable[[object, Property], str]] = {
    "eq": _scalar,
    "ne": _scalar,
    "in": _scalars,
    "not_in": _scalars,
    "gte": _number,
    "lte": _number,
    "has": _text_or_texts,
    "has_not": _text_or_texts,
    "matches": _regex,
    "present": _truth,
    "cidr": _networks_given,
    "older_than_days": _number,
    "younger_than_days": _number,
    "not_matches": _regex,
    "allows": lambda value, _: allows_problem(value),
    "opens": lambda value, _: opens_problem(value),
}


@cache
def compiled(pattern: str) -> Any:
    """A regular expression of a linear-time engine; case does not matter."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return re2.compile(pattern, options)


def holds(predicate: Predicate, asset: Asset, collected_at: str) -> bool | None:
    """Does it hold? None if what it needs was not read."""
    name = predicate.property
    if name in OWN:
        return _ASK[predicate.operator](getattr(asset, name), predicate.value)
    if name not in asset.properties:
        return None
    value = asset.properties[name]
    if predicate.operator == "allows":
        return allows(value, predicate.value, asset.account)
    return holds_of(predicate, value, collected_at)


def holds_of(predicate: Predicate, value: object, collected_at: str) -> bool | None:
    """Does it hold of a value that was read? Whatever the asset; not for `allows`, which asks for its account."""
    if predicate.operator in AGES:
        old = _older(value, predicate.value, collected_at)
        if predicate.operator == "older_than_days" or old is None or value is None:
            return old
        return not old
    return _ASK[predicate.operator](value, predicate.value)


def _older(value: object, days: float, collected_at: str) -> bool | None:
    """Against the time of the snapshot, never against today's; what has no time is not old."""
    if value is None:
        return False
    now, then = moment(collected_at), moment(value)
    return None if now is None or then is None else (now - then).days >= days


def moment(value: object) -> datetime | None:
    """A time as it was answered, in UTC if it does not say; None if it is none."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def texts(value: object) -> Iterator[str]:
    """A text, each element of a list, each `key=value` of a map."""
    if isinstance(value, Mapping):
        yield from (f"{key}={text}" for key, text in value.items())
    elif isinstance(value, list | tuple):
        yield from (str(text) for text in value)
    elif value is not None:
        yield str(value)


def _has(value: object, wanted: object) -> bool:
    among = set(value) if isinstance(value, Mapping) else set(texts(value))
    return not among.isdisjoint(wanted if isinstance(wanted, tuple) else (wanted,))


def _matches(value: object, pattern: str) -> bool:
    return any(compiled(pattern).search(text) for text in texts(value))


def _within(value: object, ranges: object) -> bool:
    """Is an address, or a whole range, inside one of the ranges?"""
    outer = [network(str(r)) for r in (ranges if isinstance(ranges, tuple) else (ranges,))]
    inner = [network(text) for text in texts(value)]
    return any(a and b and a.version == b.version and _inside(a, b) for a in inner for b in outer)


def _inside(inner: Any, outer: Any) -> bool:
    return bool(inner.subnet_of(outer))


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """An address or a range of addresses; None if the text is neither."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _same(value: object, wanted: object) -> bool:
    """1 and 1.0 are the same, 1 and True are not."""
    return isinstance(value, bool) is isinstance(wanted, bool) and bool(value == wanted)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_ASK: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "eq": _same,
    "ne": lambda value, wanted: not _same(value, wanted),
    "in": lambda value, wanted: any(_same(value, item) for item in wanted),
    "not_in": lambda value, wanted: not any(_same(value, item) for item in wanted),
    "gte": lambda value, wanted: _is_number(value) and value >= wanted,
    "lte": lambda value, wanted: _is_number(value) and value <= wanted,
    "has": _has,
    "has_not": lambda value, wanted: not _has(value, wanted),
    "matches": _matches,
    "not_matches": lambda value, pattern: not _matches(value, pattern),
    "opens": opens,
    "present": lambda value, wanted: (value is not None) is wanted,
    "cidr": _within,
}
