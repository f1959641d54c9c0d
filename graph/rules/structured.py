"""Conditions on what has a structure of its own: statements of a policy document, rules of a firewall."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from graph.rules.table import shown, suggestion

_ALLOWS = ("principal", "actions", "resource", "unless")
_OPENS = ("ports", "from")
EVERYWHERE = ("0.0.0.0/0", "::/0")
_TCP = {"-1", "tcp", "6"}
_PORTS = (-1, 2**31)  # lower and higher than any
_ACCOUNT_PARTS = 6  # arn:partition:service:region:account:resource


def allows_problem(value: object) -> str:
    """What is wrong with `{ principal, actions, resource, unless }`, or nothing."""
    problem = _table_problem(value, _ALLOWS)
    if problem or not isinstance(value, Mapping):
        return problem
    principal = value.get("principal", "anyone")
    known = isinstance(principal, str) and (
        principal in {"anyone", "outsider"} or principal.startswith("service:")
    )
    if not known:
        return f"principal must be anyone, outsider or service:NAME, not {shown(principal)}"
    for key in ("actions", "unless"):
        if not _texts_only(value.get(key, [])):
            return f"{key} must be a list of texts"
    return "" if value.get("resource", "*") == "*" else 'resource can only be "*"'


def opens_problem(value: object) -> str:
    """What is wrong with `{ ports, from }`, or nothing."""
    problem = _table_problem(value, _OPENS)
    if problem or not isinstance(value, Mapping):
        return problem
    ports = value.get("ports")
    if not isinstance(ports, list) or not ports or not all(type(p) is int for p in ports):
        return "ports must be a list of port numbers"
    return "" if _texts_only(value.get("from", [])) else "from must be a list of address ranges"


def _table_problem(value: object, known: tuple[str, ...]) -> str:
    if not isinstance(value, Mapping):
        return f"must be a table with {', '.join(known)}, not {shown(value)}"
    for key in value:
        if key not in known:
            return f"no such key {key!r}{suggestion(str(key), known)}"
    return "" if value else "must not be empty"


def _texts_only(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


class Allowance(NamedTuple):
    """What one statement that allows says: whom it names, what, and on which condition keys it depends."""

    named: list[str]  # "*", or the account of each principal ("" if it tells none)
    services: list[str]
    actions: list[str]
    excluded: list[str]  # NotAction
    resources: list[str]
    keys: list[str]


def allowing(document: object) -> Iterator[Allowance]:
    """The statements of a policy document that allow; action patterns and keys in lower case."""
    for statement in _statements(document):
        if statement.get("Effect") == "Allow":
            named, services = _principals(statement.get("Principal"))
            yield Allowance(
                named=named,
                services=services,
                actions=_lower(statement.get("Action")),
                excluded=_lower(statement.get("NotAction")),
                resources=_texts(statement.get("Resource", "*")),
                keys=_condition_keys(statement),
            )


def allows(document: object, wanted: Mapping[str, Any], account: str) -> bool:
    """Does a single statement allow it? Statements that deny, and other policies, are not weighed."""
    return any(
        _speaks_of(statement, wanted, account)
        and _names_action(statement, wanted.get("actions") or ())
        and ("resource" not in wanted or "*" in statement.resources)
        and not _excused(statement, wanted.get("unless") or ())
        for statement in allowing(document)
    )


def _statements(document: object) -> Iterator[Mapping[str, Any]]:
    found = document.get("Statement") if isinstance(document, Mapping) else None
    for statement in [found] if isinstance(found, Mapping) else found or ():
        if isinstance(statement, Mapping):
            yield statement


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _lower(value: object) -> list[str]:
    return [text.lower() for text in _texts(value)]


def _principals(element: object) -> tuple[list[str], list[str]]:
    if element == "*":
        return ["*"], ["*"]
    if not isinstance(element, Mapping):
        return [], []
    names = _texts(element.get("AWS"))
    return [n if n == "*" else _account_of(n) for n in names], _texts(element.get("Service"))


def _account_of(principal: str) -> str:
    parts = principal.split(":")
    if len(parts) >= _ACCOUNT_PARTS:
        return parts[4]
    return principal if principal.isdigit() else ""


def _condition_keys(statement: Mapping[str, Any]) -> list[str]:
    blocks = (statement.get("Condition") or {}).values()
    return [key.lower() for block in blocks if isinstance(block, Mapping) for key in block]


def _speaks_of(statement: Allowance, wanted: Mapping[str, Any], account: str) -> bool:
    if "principal" not in wanted:
        return True
    who = str(wanted["principal"])
    if who.startswith("service:"):
        return who.removeprefix("service:") in statement.services
    if who == "anyone":
        return "*" in statement.named
    return any(name not in {"", account} for name in statement.named)


def _names_action(statement: Allowance, actions: list[str] | tuple[str, ...]) -> bool:
    if not actions:
        return True
    if statement.excluded:
        return any(not _covered(action, statement.excluded) for action in actions)
    return any(_covered(action, statement.actions) for action in actions)


def _covered(action: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(action.lower(), pattern) for pattern in patterns)


def _excused(statement: Allowance, keys: list[str] | tuple[str, ...]) -> bool:
    """Is there a condition on one of the keys? "*" stands for any key."""
    return any(fnmatchcase(key, pattern.lower()) for key in statement.keys for pattern in keys)


class Opening(NamedTuple):
    """What one rule of a firewall lets in: from where, to which TCP ports (first and last)."""

    ranges: list[str]
    low: int
    high: int


def letting_in(rules: object) -> Iterator[Opening]:
    """The rules that let TCP in; without ports, any port."""
    for rule in rules if isinstance(rules, list | tuple) else ():
        if isinstance(rule, Mapping) and rule.get("allow", True):
            protocol = str(rule.get("protocol", "-1"))
            if protocol in _TCP:
                low, high = rule.get("from_port"), rule.get("to_port")
                any_port = protocol == "-1" or low is None or high is None
                yield Opening(_texts(rule.get("cidrs")), *(_PORTS if any_port else (low, high)))


def opens(rules: object, wanted: Mapping[str, Any]) -> bool:
    """Does a single rule let one of the ports in from one of the ranges?"""
    ranges = set(wanted.get("from") or EVERYWHERE)
    return any(
        not ranges.isdisjoint(rule.ranges)
        and any(rule.low <= port <= rule.high for port in wanted["ports"])
        for rule in letting_in(rules)
    )
