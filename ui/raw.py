"""A raw record as text, with the part that proves a statement marked.

Around the marked part everything is folded to one line each, so that a statement deep in a large answer is seen at once.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from graph.text import visible

LINES = 5000  # of one record, at most
INDENT = "  "


class Spelt(NamedTuple):
    """Lines of text, and which of them are marked: first up to, not including, last."""

    lines: list[str]
    first: int
    last: int


def spell(value: Any, pointer: str = "", *, whole: bool = False) -> Spelt:
    """JSON for people; `pointer` (RFC 6901) says what to mark, `whole` unfolds the rest."""
    keys = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    writer = _Writer(whole=whole)
    writer.way(value, "", "", 0, keys)
    return Spelt(writer.lines, writer.first, writer.last)


class _Writer:
    def __init__(self, *, whole: bool) -> None:
        self.lines: list[str] = []
        self.first = self.last = 0
        self._whole = whole

    def way(self, value: Any, lead: str, end: str, depth: int, keys: list[str]) -> None:
        """A value that holds the marked part, or is it; a pointer that leads nowhere marks how far it led."""
        if keys:  # a policy may stand in an answer as JSON text; pointers go into it
            value, lead = _unpacked(value, lead)
        children = _children(value)
        if not keys or keys[0] not in children:
            self.first = len(self.lines)
            self.full(value, lead, end, depth)
            self.last = len(self.lines)
            return
        is_map = isinstance(value, Mapping)
        self._line(depth, lead + ("{" if is_map else "["))
        folding = not is_map and not self._whole
        position = list(children).index(keys[0])
        if folding and position:
            self._line(depth + 1, f"… {position} before")
        for number, (key, child) in enumerate(children.items()):
            name = f"{_scalar(key)}: " if is_map else ""
            comma = "," if number < len(children) - 1 else ""
            if key == keys[0]:
                self.way(child, name, comma, depth + 1, keys[1:])
            elif not folding:
                self._beside(child, name, comma, depth + 1)
        after = len(children) - 1 - position
        if folding and after:
            self._line(depth + 1, f"… {after} after")
        self._line(depth, ("}" if is_map else "]") + end)

    def full(self, value: Any, lead: str, end: str, depth: int) -> None:
        """A value with everything in it."""
        value, lead = _unpacked(value, lead)
        children = _children(value)
        if not children:
            self._line(depth, lead + _scalar(value) + end)
            return
        is_map = isinstance(value, Mapping)
        self._line(depth, lead + ("{" if is_map else "["))
        for number, (key, child) in enumerate(children.items()):
            name = f"{_scalar(key)}: " if is_map else ""
            self.full(child, name, "," if number < len(children) - 1 else "", depth + 1)
        self._line(depth, ("}" if is_map else "]") + end)

    def _beside(self, value: Any, lead: str, end: str, depth: int) -> None:
        if self._whole:
            self.full(value, lead, end, depth)
        else:
            self._line(depth, lead + _folded(value) + end)

    def _line(self, depth: int, words: str) -> None:
        if len(self.lines) < LINES:
            self.lines.append(INDENT * depth + visible(words))
        elif len(self.lines) == LINES:
            self.lines.append(f"… cut after {LINES:,} lines")


def _unpacked(value: Any, lead: str) -> tuple[Any, str]:
    """JSON that stands in a text as what it spells, and a word that it was text."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value, lead
    try:
        return json.loads(value), f"{lead}(JSON text) "
    except (ValueError, RecursionError):
        return value, lead


def _children(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return {str(key): child for key, child in value.items()}
    if isinstance(value, list | tuple):
        return {str(number): child for number, child in enumerate(value)}
    return {}


def _folded(value: Any) -> str:
    children = _children(value)
    if not children:
        return _scalar(value)
    if isinstance(value, Mapping):
        return f"{{ … {len(children)} fields }}"
    return f"[ … {len(children)} items ]"


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
