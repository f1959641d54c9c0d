"""The operators of conditions as Cypher, over properties as `kept` stores them; null where the property is not set."""

from collections.abc import Callable, Mapping
from typing import Any

from graph.rules.java_regex import java_regex
from graph.rules.kept import FIELD, ITEM, glob_regex, span
from graph.rules.model import Operator
from graph.rules.predicates import network
from graph.rules.structured import EVERYWHERE

_A_DAY = 86_400_000_000.0  # microseconds

Add = Callable[[Any], str]  # keeps a value as a parameter and gives the reference to it
Writer = Callable[[str, Any, Add], str]  # (``n.`name` ``, the operator's value, add)


def _present(held: str, value: bool, _: Add) -> str:  # noqa: FBT001 - the value of the operator
    return f"{held} IS {'NOT ' if value else ''}NULL"


def _has(held: str, value: Any, add: Add) -> str:
    keys = f"coalesce({beside(held, 'keys')}, {held})"
    return f"any(item IN {keys} WHERE item IN {add(_listed(value))})"


def _matches(held: str, value: str, add: Add) -> str:
    return f"{held} =~ {add(java_regex(value))}"


def matches_one(held: str, value: str, add: Add) -> str:
    """`matches` of a list or a map."""
    return f"any(item IN {held} WHERE item =~ {add(java_regex(value))})"


def _within(held: str, value: Any, add: Add) -> str:
    """Both ends of a range, of one version, inside one of those that are wanted."""
    ranges = [span(found).split() for text in _listed(value) if (found := network(text))]
    inside = "span[0] = r[0] AND span[1] >= r[1] AND span[2] <= r[2]"
    spans = f"[item IN {beside(held, 'networks')} | split(item, ' ')]"
    return f"any(span IN {spans} WHERE any(r IN {add(ranges)} WHERE {inside}))"


def _older(held: str, value: float, add: Add) -> str:
    return f"{_age(held)} >= {add(value)}"


def _younger(held: str, value: float, add: Add) -> str:
    return f"{_age(held)} < {add(value)}"


def _age(held: str) -> str:
    """Whole days before the time of the snapshot."""
    return f"floor(($now - {beside(held, 'time')}) / {_A_DAY})"


def _opens(held: str, value: Mapping[str, Any], add: Add) -> str:
    ranges, ports = add(list(value.get("from") or EVERYWHERE)), add(list(value["ports"]))
    within = "toInteger(row[1][0]) <= port AND port <= toInteger(row[2][0])"
    tests = [f"any(r IN row[0] WHERE r IN {ranges})", f"any(port IN {ports} WHERE {within})"]
    return _any_row(beside(held, "opens"), tests)


def _allows(held: str, value: Mapping[str, Any], add: Add) -> str:
    """The fields of a row are those of `structured.Allowance`."""
    tests = [_speaks_of(held, str(value["principal"]), add)] if "principal" in value else []
    if value.get("actions"):
        actions = add([text.lower() for text in value["actions"]])
        among = f"any(a IN {actions} WHERE any(glob IN row[2] WHERE a =~ glob))"
        beyond = f"any(a IN {actions} WHERE NOT any(glob IN row[3] WHERE a =~ glob))"
        tests.append(f"CASE WHEN row[3] <> [''] THEN {beyond} ELSE {among} END")
    if "resource" in value:
        tests.append("'*' IN row[4]")
    if value.get("unless"):
        globs = add([glob_regex(text.lower()) for text in value["unless"]])
        excused = f"key <> '' AND any(glob IN {globs} WHERE key =~ glob)"
        tests.append(f"NOT any(key IN row[5] WHERE {excused})")
    return _any_row(beside(held, "allows"), tests)


def _speaks_of(held: str, who: str, add: Add) -> str:
    if who.startswith("service:"):
        return f"{add(who.removeprefix('service:'))} IN row[1]"
    if who == "anyone":
        return "'*' IN row[0]"
    return f"any(name IN row[0] WHERE name <> '' AND name <> {held.partition('.')[0]}.account)"


def _any_row(held: str, tests: list[str]) -> str:
    """Is there a row, its fields parted into items, of which all tests are true?"""
    rows = f"[text IN {held} | [field IN split(text, '{FIELD}') | split(field, '{ITEM}')]]"
    return f"any(row IN {rows} WHERE {' AND '.join(tests) or 'true'})"


def beside(held: str, what: str) -> str:
    """``n.`ingress` `` -> ``n.`ingress.opens` ``."""
    return f"{held[:-1]}.{what}`"


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple | list) else [value]


NEGATIONS: Mapping[Operator, Operator] = {
    "ne": "eq",
    "not_in": "in",
    "has_not": "has",
    "not_matches": "matches",
}
WRITERS: Mapping[Operator, Writer] = {
    "eq": lambda held, value, add: f"{held} = {add(value)}",
    "in": lambda held, value, add: f"{held} IN {add(_listed(value))}",
    "gte": lambda held, value, add: f"{held} >= {add(value)}",
    "lte": lambda held, value, add: f"{held} <= {add(value)}",
    "present": _present,
    "has": _has,
    "matches": _matches,
    "cidr": _within,
    "older_than_days": _older,
    "younger_than_days": _younger,
    "allows": _allows,
    "opens": _opens,
}
