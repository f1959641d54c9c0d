"""A regular expression of RE2 as the one of Java that means the same, for graph servers.

Servers try one way after the other, RE2 all at once: what could take them exponential time, and what Java reads
differently or not at all, is refused.
"""

import re

from graph.model import ContentError

_TOKEN = re.compile(
    r"\\x\{[0-9a-fA-F]{1,6}\}|\\x[0-9a-fA-F]{2}|\\.|\[\^?|\(\?P?<\w+>|\(\?[^:)<]*[:)]|\(|\{\d+(?:,\d*)?\}|.",
    re.DOTALL,
)
_ESCAPES = frozenset("dDwWsSbBAznrtfv")
_GROUPS = frozenset({"(?:", "(?i)", "(?i:", "(?s)", "(?s:", "(?si)", "(?is)"})
_COUNTED = re.compile(r"\{\d")


def java_regex(pattern: str) -> str:
    """The pattern for Java's `matches`, which wants the whole text: found anywhere, whatever its case.

    ContentError if the pattern has something that cannot be carried over.
    """
    return f"(?diu)[\\s\\S]*(?:{_body(pattern)})[\\s\\S]*"


def _body(pattern: str) -> str:
    words = _TOKEN.findall(pattern)
    written: list[str] = []
    repeated = [False]  # for each open group: is there more than one way through it?
    closed = False  # was the group that has just ended one of those?
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word.startswith("["):
            text, position = _character_class(pattern, words, position)
            written.append(word + text)
        elif word.startswith("("):
            repeated.append(False)
            written.append(_group(pattern, word))
            if word.endswith(")"):  # flags alone open nothing
                repeated.pop()
        else:
            written.append(_translated(pattern, word))
        if word in "*+" or _COUNTED.match(word):
            if closed:
                raise _refused(pattern, "a repetition of what has alternatives or repeats itself")
            repeated[-1] = True
        elif word in "|?":
            repeated[-1] = True
        closed = word == ")" and repeated.pop()
        if closed:
            repeated[-1] = True
    return "".join(written)


def _group(pattern: str, word: str) -> str:
    if "<" in word or word == "(":
        return "(?:"
    if word not in _GROUPS:
        raise _refused(pattern, word)
    return word


def _translated(pattern: str, word: str) -> str:
    """Java's $ also stands before a last line break, RE2's only at the very end."""
    if word == "$":
        return r"\z"
    if word.startswith("\\") and word[1].isalnum() and word[1] not in _ESCAPES | {"x"}:
        raise _refused(pattern, word)
    return {r"\v": r"\x0B", "{": r"\{", "}": r"\}"}.get(word, word)


def _character_class(pattern: str, words: list[str], position: int) -> tuple[str, int]:
    """What stands in brackets; Java would read [ and && there as operators."""
    written: list[str] = []
    while position < len(words):
        word = words[position]
        position += 1
        if word == "]" and written:
            return "".join(written) + "]", position
        for part in [word] if word.startswith("\\") else word:
            if part == "[" and words[position : position + 1] == [":"]:
                raise _refused(pattern, "[:")
            written.append(rf"\{part}" if part in "[]&~^#" else _in_class(pattern, part))
    raise _refused(pattern, "[")


def _in_class(pattern: str, part: str) -> str:
    if part.startswith("\\") and part[1] in "bBAz":
        raise _refused(pattern, part)
    return part if part == "$" else _translated(pattern, part)


def _refused(pattern: str, what: str) -> ContentError:
    return ContentError(
        f"{pattern!r}: {what!r} cannot be asked of a graph server; write the expression without it"
    )
