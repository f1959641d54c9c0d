"""Conditions of bindings: the part of the Common Expression Language that IAM documents, in three values.

The text becomes closures once; evaluation costs no more than its length. What cannot be read is unknown, never false.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, reduce
from typing import Any

from graph.permissions.gcp.functions import GLOBALS, METHODS, add, compare, is_in
from graph.permissions.gcp.values import (
    Failed,
    Scene,
    Unknown,
    both,
    either,
    first_open,
    negated,
)
from graph.permissions.truth import Truth

_TOKEN = re.compile(
    r"""(?:\s+|//[^\n]*)*(?:
      (?P<raw>[rR](?:'[^'\n]*'|"[^"\n]*"))
    | (?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?)
    | (?P<mark>&&|\|\||==|!=|<=|>=|[!<>?:()\[\],.+\-])
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_WORDS = {"true": True, "false": False, "null": None}
_ORDER = {"==", "!=", "<", "<=", ">", ">=", "in"}
_ASKED = {
    "resource": {"matchTag", "matchTagId", "hasTagKey", "hasTagKeyId"},
    "api": {"getAttribute"},
}
_LONGEST = 16_384  # characters; documented conditions have at most a dozen operators
_DEEPEST = 60
_LONGEST_NUMBER = 40
_MOST_STEPS = 200  # parts, calls and operators that follow one another

Node = Callable[[Scene], Any]


class ConditionError(ValueError):
    """A condition that this parser does not read."""


def evaluate(text: str, scene: Scene, *, failing: bool = False) -> Truth:
    """Whether a condition holds. `failing`: what counts where it fails, as for an attribute that the resource lacks."""
    try:
        found = _parsed(text)(scene)
    except ConditionError as problem:
        return Truth(None, (f"what the condition says ({problem})",))
    if isinstance(found, Unknown):
        return Truth(None, found.missing)
    return Truth(found) if isinstance(found, bool) else Truth(failing)


@lru_cache(maxsize=5_000)
def _parsed(text: str) -> Node:
    if len(text) > _LONGEST:
        raise ConditionError(f"it is longer than {_LONGEST} characters")
    parser = _Parser(list(_tokens(text)))
    node = parser.choice()
    if parser.peek():
        raise ConditionError(f"unexpected {parser.peek()[:20]!r}")
    return node


def _tokens(text: str) -> Iterator[str]:
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if not found or found.lastgroup is None:
            raise ConditionError(f"unexpected {text[position : position + 12].strip()!r}")
        yield found[found.lastgroup]
        position = found.end()


class _Parser:
    """Recursive descent, outermost operator first."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0
        self.steps = 0

    def _step(self) -> str:
        """The next token, which makes the expression longer."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise ConditionError("it has too many operations")
        return self.take()

    def peek(self) -> str:
        """The next token, or ""."""
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        """The next token, which must be the wanted one if there is one."""
        found = self.peek()
        if not found or (wanted and found != wanted):
            raise ConditionError(f"{wanted or 'more'} expected, {found[:20] or 'the end'} found")
        self.position += 1
        return found

    def choice(self) -> Node:
        """`a ? b : c`."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ConditionError("it is nested too deeply")
        node = self._joined("||", lambda: self._joined("&&", self.relation, both), either)
        if self.peek() == "?":
            self.take()
            yes = self.choice()
            self.take(":")
            node = _chosen(node, yes, self.choice())
        self.depth -= 1
        return node

    def _joined(self, mark: str, part: Callable[[], Node], join: Callable[[Any, Any], Any]) -> Node:
        nodes = [part()]
        while self.peek() == mark:
            self.take()
            nodes.append(part())
        if len(nodes) == 1:
            return nodes[0]
        return lambda scene: reduce(join, [node(scene) for node in nodes])

    def relation(self) -> Node:
        """Comparisons and `in`."""
        node = self.sum()
        while self.peek() in _ORDER:
            operator, left, right = self._step(), node, self.sum()
            node = _related(operator, left, right)
        return node

    def sum(self) -> Node:
        """`a + b - c`."""
        node = self.negation()
        while self.peek() in {"+", "-"}:
            operator, left, right = self._step(), node, self.negation()
            node = _plain(lambda a, b, operator=operator: add(operator, a, b), left, right)
        return node

    def negation(self) -> Node:
        """`!a` and `-1`, any number of times."""
        odd, minus = False, False
        while self.peek() in {"!", "-"}:
            odd, minus = (not odd, minus) if self.take() == "!" else (odd, not minus)
        node = self.member()
        if minus:
            node = _plain(lambda a: -a if isinstance(a, int | float) else Failed(), node)
        return _plain_or_open(negated, node) if odd else node

    def member(self) -> Node:
        """A value with the parts, keys and functions that follow it."""
        node, path = self.primary()
        while self.peek() in {".", "["}:
            if self._step() == "[":
                key = self.choice()
                self.take("]")
                node, path = _keyed(node, key, path), ""
                continue
            name = self.take()
            if self.peek() == "(":
                node, path = self._called(node, path, name), ""
            elif path:
                path = f"{path}.{name}"
                node = _attribute(path)
            else:
                node = _keyed(node, _constant(name), "")
        return node

    def _called(self, node: Node, path: str, name: str) -> Node:
        arguments = self.listed("(", ")")
        if name in _ASKED.get(path, ()):
            return _asked(name, arguments)
        if name not in METHODS:
            raise ConditionError(f"{name} is no function of conditions")
        return _plain(METHODS[name], node, *arguments)

    def primary(self) -> tuple[Node, str]:
        """A literal, a list, something in brackets, a function, or an attribute (with its path)."""
        found = self.peek()
        if found == "(":
            self.take()
            node = self.choice()
            self.take(")")
            return node, ""
        if found == "[":
            items = self.listed("[", "]")
            return _plain(lambda *values: list(values), *items), ""
        self.take()
        if found[:1].isdigit():
            return _constant(_number(found)), ""
        if found[-1:] in {"'", '"'}:
            return _constant(_unquoted(found)), ""
        if found in _WORDS:
            return _constant(_WORDS[found]), ""
        if not (found[:1].isalpha() or found[:1] == "_"):
            raise ConditionError(f"a value expected, {found} found")
        return self._named(found)

    def _named(self, name: str) -> tuple[Node, str]:
        if self.peek() != "(":
            return _attribute(name), name
        arguments = self.listed("(", ")")
        if name == "has" and len(arguments) == 1:
            return _has(arguments[0]), ""
        if name not in GLOBALS or len(arguments) != 1:
            raise ConditionError(f"{name} is no function of conditions")
        return _plain(GLOBALS[name], *arguments), ""

    def listed(self, opening: str, closing: str) -> list[Node]:
        """Values apart by commas."""
        self.take(opening)
        found = []
        while self.peek() != closing:
            found.append(self.choice())
            if self.peek() != closing:
                self.take(",")
        self.take(closing)
        return found


def _constant(value: Any) -> Node:
    return lambda _: value


def _attribute(path: str) -> Node:
    return lambda scene: scene.attribute(path)


def _plain(function: Callable[..., Any], *nodes: Node) -> Node:
    """A function of values that are all there."""

    def called(scene: Scene) -> Any:
        values = tuple(node(scene) for node in nodes)
        return first_open(values) or function(*values)

    return called


def _plain_or_open(function: Callable[[Any], Any], node: Node) -> Node:
    """A function that itself knows what to do with what is not there."""
    return lambda scene: function(node(scene))


def _related(operator: str, left: Node, right: Node) -> Node:
    if operator == "in":
        return _plain(is_in, left, right)
    return _plain(lambda a, b: compare(operator, a, b), left, right)


def _chosen(test: Node, yes: Node, no: Node) -> Node:
    def chosen(scene: Scene) -> Any:
        found = test(scene)
        if isinstance(found, bool):
            return (yes if found else no)(scene)
        if isinstance(found, Unknown):
            ways = [yes(scene), no(scene)]
            if ways[0] == ways[1]:
                return ways[0]
            return first_open((found, *(way for way in ways if isinstance(way, Unknown))))
        return found if isinstance(found, Failed) else Failed("no truth")

    return chosen


def _keyed(node: Node, key: Node, path: str) -> Node:
    """`a['b']` of a list or map; of an attribute nobody told, the part is asked for by its whole path."""

    def keyed(scene: Scene) -> Any:
        wanted = key(scene)
        if path and isinstance(wanted, str):
            return scene.attribute(f"{path}.{wanted}")
        found = node(scene)
        if open_ := first_open((found, wanted)):
            return open_
        try:
            return found[wanted]
        except (KeyError, IndexError, TypeError):
            return Failed("no such part")

    return keyed


def _asked(name: str, arguments: list[Node]) -> Node:
    def asked(scene: Scene) -> Any:
        values = tuple(node(scene) for node in arguments)
        return first_open(values) or scene.call(name, values)

    return asked


def _has(node: Node) -> Node:
    def has(scene: Scene) -> Any:
        found = node(scene)
        return found if isinstance(found, Unknown) else not isinstance(found, Failed)

    return has


def _number(text: str) -> int | float:
    plain = text.rstrip("u")
    if len(plain) > _LONGEST_NUMBER:
        raise ConditionError("a number is too long")
    return int(plain) if plain.isdigit() else float(plain)


def _unquoted(text: str) -> str:
    if text[0] in "rR":
        return text[2:-1]
    return _ESCAPE.sub(_unescaped, text[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, code)
