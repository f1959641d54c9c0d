"""Conditions on what has a structure of its own: statements of a policy document, rules of a firewall."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from graph.rules.table import shown, suggestion

_ALLOWS = ("principal", "actions", "resource", "unless")
_OPENS = ("ports", "from")
_ACCOUNT_PARTS = 6  # arn:partition:service:region:account:resource


def allows_problem(value: object) -> str:
    """What is wrong with `{ principal, actions, resource, unless }`, or nothing."""
    problem = _table_problem(value, _ALLOWS)
    if problem or not isinstance(value, Mapping):
        return problem
    principal = value.get("principal", "anyone")
    known = principal in {"anyone", "outsider"} or str(principal).startswith("service:")
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


def allows(document: object, wanted: Mapping[str, Any], account: str) -> bool:
    """Does a single statement allow it? Statements that deny, and other policies, are not weighed."""
    return any(
        statement.get("Effect") == "Allow"
        and _speaks_of(statement, wanted, account)
        and _names_action(statement, wanted.get("actions") or ())
        and ("resource" not in wanted or "*" in _texts(statement.get("Resource", "*")))
        and not _excused(statement, wanted.get("unless") or ())
        for statement in _statements(document)
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


def _speaks_of(statement: Mapping[str, Any], wanted: Mapping[str, Any], account: str) -> bool:
    if "principal" not in wanted:
        return True
    element, who = statement.get("Principal"), str(wanted["principal"])
    if element == "*":
        named, services = ["*"], ["*"]
    elif isinstance(element, Mapping):
        named, services = _texts(element.get("AWS")), _texts(element.get("Service"))
    else:
        return False
    if who.startswith("service:"):
        return who.removeprefix("service:") in services
    if who == "anyone":
        return "*" in named
    return any(name == "*" or _account_of(name) not in {"", account} for name in named)


def _account_of(principal: str) -> str:
    parts = principal.split(":")
    if len(parts) >= _ACCOUNT_PARTS:
        return parts[4]
    return principal if principal.isdigit() else ""


def _names_action(statement: Mapping[str, Any], actions: list[str] | tuple[str, ...]) -> bool:
    if not actions:
        return True
    excluded = _texts(statement.get("NotAction"))
    if excluded:
        return any(not _covered(action, excluded) for action in actions)
    return any(_covered(action, _texts(statement.get("Action"))) for action in actions)


def _covered(action: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _excused(statement: Mapping[str, Any], keys: list[str] | tuple[str, ...]) -> bool:
    """Is there a condition on one of the keys? "*" stands for any key."""
    found = [
        key.lower()
        for block in (statement.get("Condition") or {}).values()
        if isinstance(block, Mapping)
        for key in block
    ]
    return any(fnmatchcase(key, pattern.lower()) for key in found for pattern in keys)


def opens(rules: object, wanted: Mapping[str, Any]) -> bool:
    """Does a single rule let one of the ports in from one of the ranges? Any port for rules without ports."""
    ranges = set(wanted.get("from") or ("0.0.0.0/0", "::/0"))
    return any(
        rule.get("allow", True)
        and not ranges.isdisjoint(rule.get("cidrs") or ())
        and str(rule.get("protocol", "-1")) in {"-1", "tcp", "6"}
        and any(_within(port, rule) for port in wanted["ports"])
        for rule in (rules if isinstance(rules, list | tuple) else ())
        if isinstance(rule, Mapping)
    )


def _within(port: int, rule: Mapping[str, Any]) -> bool:
    low, high = rule.get("from_port"), rule.get("to_port")
    if str(rule.get("protocol", "-1")) == "-1" or low is None or high is None:
        return True
    return bool(low <= port <= high)
