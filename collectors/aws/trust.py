"""What a trust policy says of services and identity providers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.answer import Answer
from collectors.aws.shape import NOT_READ, document

# What is left of a subject pattern that names nobody in particular, such as "repo:*" or "*".
_ANYBODY = re.compile(r"(repo|project_path|organization|system)?[:*?/]*")


def statements(policy: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(pointer, statement) of a policy document; one statement may stand without a list."""
    found = policy.get("Statement") if isinstance(policy, Mapping) else None
    if isinstance(found, Mapping):
        yield "/Statement", found
    elif isinstance(found, list):
        for number, statement in enumerate(found):
            if isinstance(statement, Mapping):
                yield f"/Statement/{number}", statement


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [v for v in value or () if isinstance(v, str)]


def _allowed(policy: Any, what: str) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """(pointer, statement, principal) of every principal of a sort that a statement allows."""
    for pointer, statement in statements(policy):
        principal = statement.get("Principal")
        if statement.get("Effect") == "Allow" and isinstance(principal, Mapping):
            for name in _listed(principal.get(what)):
                yield pointer, statement, name


def policy_of(value: Any, answer: Answer) -> Any:
    """A trust policy; every role has one, so an answer without it does not tell."""
    return NOT_READ if value is None else document(value, answer)


def services(value: Any, answer: Answer) -> Any:
    """The services that may assume the role."""
    policy = policy_of(value, answer)
    if policy is NOT_READ:
        return NOT_READ
    return sorted({name for _, _, name in _allowed(policy, "Service")})


def providers(policy: Any) -> Iterator[tuple[str, str]]:
    """(pointer, ARN) of every identity provider that may vouch for somebody."""
    for pointer, _, name in _allowed(policy, "Federated"):
        if name.startswith("arn:"):
            yield pointer, name


def wildcard_subject(value: Any, answer: Answer) -> Any:
    """Whether an OpenID provider may assume the role for any subject; None if none may assume it."""
    policy = policy_of(value, answer)
    if policy is NOT_READ:
        return NOT_READ
    answers = [
        _any_subject(statement)
        for _, statement, name in _allowed(policy, "Federated")
        if ":saml-provider/" not in name
    ]
    return any(answers) if answers else None


def _any_subject(statement: Mapping[str, Any]) -> bool:
    subjects = [
        text
        for operator, keys in (statement.get("Condition") or {}).items()
        if "Not" not in operator and operator != "Null"
        for key, values in keys.items()
        if key.lower().endswith(":sub")
        for text in _listed(values)
    ]
    return not subjects or any(_ANYBODY.fullmatch(text) for text in subjects)
