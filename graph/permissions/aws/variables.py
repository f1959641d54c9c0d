"""Policy variables such as ${aws:username}, in policies of version 2012-10-17 alone.

Source: IAM User Guide, "IAM policy elements: Variables and tags": older versions treat them as literal text; a variable
without a value makes the value match nothing; keys of several values cannot be used; `${key, 'default'}`; `${*}`,
`${?}` and `${$}` stand for themselves.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from graph.permissions.aws.context import Context, Several
from graph.permissions.aws.patterns import LITERAL_MARK, LITERAL_STAR, literal

WITH_VARIABLES = "2012-10-17"
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"([^,]+),\s*'([^']*)'\s*")
_ESCAPES = {"*": LITERAL_STAR, "?": LITERAL_MARK, "$": "$"}


class Resolved(NamedTuple):
    """The text with variables put in; None if one has no value. `unknown` names the key that nobody knows."""

    text: str | None
    unknown: str = ""


class _Variable(NamedTuple):
    key: str
    default: str | None


def has_variables(text: str, version: str) -> bool:
    """Whether a text must be resolved for each request."""
    return "${" in text and version == WITH_VARIABLES


def resolve(text: str, context: Context, *, version: str) -> Resolved:
    """Put the context's values in place of the variables; their own * and ? are no wildcards."""
    if not has_variables(text, version):
        return Resolved(text)
    parts: list[str] = []
    for part in _parsed(text):
        if isinstance(part, str):
            parts.append(part)
            continue
        found = _value(part, context)
        if found.text is None:
            return found
        parts.append(found.text)
    return Resolved("".join(parts))


@lru_cache(maxsize=16_384)
def _parsed(text: str) -> tuple[str | _Variable, ...]:
    parts: list[str | _Variable] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        parts.append(text[end : match.start()])
        parts.append(_named(match.group(1)))
        end = match.end()
    return (*parts, text[end:])


def _named(name: str) -> str | _Variable:
    if name in _ESCAPES:
        return _ESCAPES[name]
    with_default = _DEFAULT.fullmatch(name)
    if with_default:
        return _Variable(with_default.group(1).strip(), with_default.group(2))
    return _Variable(name.strip(), None)


def _value(variable: _Variable, context: Context) -> Resolved:
    values = context.get(variable.key)
    if values is None:
        return Resolved(None, variable.key)
    if values and not isinstance(values, Several):
        return Resolved(literal(values[0]))
    return Resolved(None if variable.default is None else literal(variable.default))
