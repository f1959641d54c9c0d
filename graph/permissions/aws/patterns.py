"""Wildcards of policies: `*` any run of characters, `?` exactly one; matched in linear time."""

from functools import lru_cache

import re2

LITERAL_STAR, LITERAL_MARK = "\ue000", "\ue001"  # what ${*} and ${?} become: private characters
_ARN_PARTS = 6
_LITERALS = str.maketrans({LITERAL_STAR: "*", LITERAL_MARK: "?"})


class Pattern:
    """One compiled pattern. Literal text, a prefix and `*` alone never reach the expression engine."""

    __slots__ = ("_expression", "_prefix", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._expression = None
        self._prefix: str | None = None
        head = text.rstrip("*")
        if not any(mark in head for mark in ("*", "?", LITERAL_STAR, LITERAL_MARK)):
            self._prefix = head if head != text else None
        else:
            self._expression = re2.compile("(?s)" + _expression(text))

    def matches(self, value: str) -> bool:
        """Whether the whole value is matched."""
        if self._expression is not None:
            return self._expression.fullmatch(value) is not None
        if self._prefix is not None:
            return value.startswith(self._prefix)
        return value == self.text


@lru_cache(maxsize=65_536)
def pattern(text: str) -> Pattern:
    """The compiled pattern of a text, shared between statements."""
    return Pattern(text)


def matches(text: str, value: str) -> bool:
    """Whether a pattern matches the whole value, case-sensitively."""
    return pattern(text).matches(value)


def matches_arn(text: str, value: str) -> bool:
    """ArnLike: each of the six parts by itself, so that `*` does not cross the first five colons.

    Source: IAM User Guide, condition operators, "Amazon Resource Name (ARN) condition operators".
    """
    wanted, found = text.split(":", 5), value.split(":", 5)
    if len(wanted) != _ARN_PARTS or len(found) != _ARN_PARTS:
        return False
    return all(matches(part, other) for part, other in zip(wanted, found, strict=True))


def plain(text: str) -> str:
    """A resolved text as it reads, for operators that know no wildcards."""
    return text.translate(_LITERALS)


def _expression(text: str) -> str:
    parts: list[str] = []
    for character in text:
        if character == "*":
            if not parts or parts[-1] != ".*":
                parts.append(".*")
        elif character == "?":
            parts.append(".")
        else:
            parts.append(re2.escape(character.translate(_LITERALS)))
    return "".join(parts)
