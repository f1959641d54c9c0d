"""Wildcards of policies: `*` any run of characters, `?` exactly one. Matching takes time linear in pattern and value."""

from collections.abc import Callable
from functools import lru_cache

import re2

LITERAL_STAR, LITERAL_MARK = "\ue000", "\ue001"  # a * or ? that stands for itself
Check = Callable[[str], bool]

_ARN_PARTS = 6
_LONGEST = (
    8_192  # with ?; AWS's longest policy document has 20,480 characters, its longest ARN 2,048
)
_MEMORY = 256 << 20  # bytes that one expression may take
_LITERALS = str.maketrans({LITERAL_STAR: "*", LITERAL_MARK: "?"})
_AS_LITERALS = str.maketrans({"*": LITERAL_STAR, "?": LITERAL_MARK})


class MalformedError(ValueError):
    """A part of a policy that AWS would refuse; the text says what is wrong."""


class Pattern:
    """One compiled pattern; `matches(value)` says whether the whole value is matched, case-sensitively."""

    __slots__ = ("matches", "text")

    def __init__(self, text: str, matches: Check | None = None) -> None:
        self.text = text
        self.matches = matches or _matcher(text)


@lru_cache(maxsize=65_536)
def pattern(text: str) -> Pattern:
    """The compiled pattern of a text, shared between statements."""
    return Pattern(text)


def matches(text: str, value: str) -> bool:
    """Whether a pattern matches the whole value."""
    return pattern(text).matches(value)


@lru_cache(maxsize=65_536)
def resource_pattern(text: str, *, completed: bool = True) -> Pattern:
    """The pattern of a Resource element.

    An ARN of fewer than six parts is completed with `*`: everywhere in policies of identities, and where a wildcard
    stands in it also in others (`completed` False). A `*` that ends a part may match beyond the colon, one within the
    first five parts may not. Source: IAM User Guide, "IAM JSON policy elements: Resource".
    """
    if not text.startswith("arn:"):
        return pattern(text)
    parts = text.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS and (completed or "*" in text):
        parts += ["*"] * (_ARN_PARTS - len(parts))
    is_bounded = any(_is_bounded(part) for part in parts[:-1] if "*" in part or "?" in part)
    if not is_bounded:
        return pattern(":".join(parts))
    head = ":".join(_expression(part, "[^:]") for part in parts[:-1])
    return Pattern(text, _expression_matcher(f"{head}:{_expression(parts[-1], '.')}"))


def _is_bounded(part: str) -> bool:
    """Whether a wildcard in this part must not cross a colon."""
    return "?" in part or "*" in part.rstrip("*")


def arn_pattern(text: str) -> Check:
    """ArnLike: each of the six parts by itself, so that `*` does not cross the first five colons.

    Source: IAM User Guide, condition operators, "Amazon Resource Name (ARN) condition operators".
    """
    wanted = [pattern(part).matches for part in text.split(":", _ARN_PARTS - 1)]
    if len(wanted) != _ARN_PARTS:
        return never

    def check(value: str) -> bool:
        found = value.split(":", _ARN_PARTS - 1)
        return len(found) == _ARN_PARTS and all(
            part(other) for part, other in zip(wanted, found, strict=True)
        )

    return check


def plain(text: str) -> str:
    """A resolved text as it reads, for operators that know no wildcards."""
    return text.translate(_LITERALS)


def literal(text: str) -> str:
    """A value to be put into a pattern: its own * and ? are no wildcards."""
    return text.translate(_AS_LITERALS)


def never(_: str) -> bool:
    """Matches nothing."""
    return False


def _always(_: str) -> bool:
    return True


def _matcher(text: str) -> Check:
    if "?" in text:
        return _expression_matcher(_expression(text, "."))
    pieces = [piece.translate(_LITERALS) for piece in text.split("*")]
    if len(pieces) == 1:
        return pieces[0].__eq__
    first, last = pieces[0], pieces[-1]
    middle = [piece for piece in pieces[1:-1] if piece]
    if not middle and not last:
        return (lambda value: value.startswith(first)) if first else _always
    least = len(first) + len(last) + sum(map(len, middle))

    def check(value: str) -> bool:
        if len(value) < least or not value.startswith(first) or not value.endswith(last):
            return False
        at, end = len(first), len(value) - len(last)
        for piece in middle:  # the leftmost place of each piece leaves most room for the next
            at = value.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return at <= end

    return check


def check_text(text: str) -> None:
    """Raise MalformedError for a pattern that is too long to be matched in bounded time."""
    if len(text) > _LONGEST and "?" in text:
        raise MalformedError(f"a pattern with ? is longer than {_LONGEST} characters")


def _expression_matcher(expression: str) -> Check:
    options = re2.Options()
    options.max_mem = _MEMORY
    compiled = re2.compile("(?s)" + expression, options)

    def check(value: str) -> bool:
        return compiled.fullmatch(value) is not None

    return check


def _expression(text: str, one: str) -> str:
    """As a regular expression, in which a wildcard stands for `one` character or many of it."""
    parts: list[str] = []
    for character in text:
        if character == "*":
            if not parts or parts[-1] != f"{one}*":
                parts.append(f"{one}*")
        elif character == "?":
            parts.append(one)
        else:
            parts.append(re2.escape(character.translate(_LITERALS)))
    return "".join(parts)
