"""Policy variables such as ${aws:username}, in policies of version 2012-10-17 alone.

Source: IAM User Guide, "IAM policy elements: Variables and tags": older versions treat them as literal text; a variable
without a value makes the value match nothing; `${key, 'default'}`; `${*}`, `${?}` and `${$}` stand for themselves.
"""

import re
from typing import NamedTuple

from graph.permissions.aws.context import Context
from graph.permissions.aws.patterns import LITERAL_MARK, LITERAL_STAR

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"\s*([^,]+?)\s*,\s*'([^']*)'\s*")
_ESCAPES = {"*": LITERAL_STAR, "?": LITERAL_MARK, "$": "$"}


class Resolved(NamedTuple):
    """The text with variables put in; None if one has no value. `unknown` names the key that nobody knows."""

    text: str | None
    unknown: str = ""


def resolve(text: str, context: Context, *, version: str) -> Resolved:
    """Put the context's values in place of the variables."""
    if "${" not in text or version != "2012-10-17":
        return Resolved(text)
    parts: list[str] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        parts.append(text[end : match.start()])
        found = _value(match.group(1), context)
        if found.text is None:
            return found
        parts.append(found.text)
        end = match.end()
    return Resolved("".join(parts) + text[end:])


def _value(name: str, context: Context) -> Resolved:
    if name in _ESCAPES:
        return Resolved(_ESCAPES[name])
    with_default = _DEFAULT.fullmatch(name)
    key = with_default.group(1) if with_default else name.strip()
    values = context.get(key)
    if values is None:
        return Resolved(None, key)
    if values:
        return Resolved(values[0])
    return Resolved(with_default.group(2) if with_default else None)
