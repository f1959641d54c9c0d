"""Conditions of role assignments (Azure ABAC): a parser for the documented form, and an evaluation in three values.

Source: Azure role assignment condition format and syntax. An attribute that nobody gave is unknown; one that is known
to be absent makes every comparison with it false, and NotExists true.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import translate
from functools import lru_cache
from typing import Any

from graph.permissions.azure.patterns import named
from graph.permissions.truth import NO, Truth, all_of, any_of, not_

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<attr>@(?:Principal|Resource|Request|Environment|Subject)\s*\[[^\]]*\])
    | (?P<text>'(?:[^']|'')*')
    | (?P<mark>&&|\|\||[!(){},])
    | (?P<word>[A-Za-z0-9_.:+\-]+)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_QUANTIFIED = re.compile(r"for(any|all)of(any|all)values:(.+)", re.IGNORECASE)
_SUFFIX = re.compile(r"<\$[^$]*\$>")
ABSENT = object()
UNKNOWN = object()


class ConditionError(ValueError):
    """A condition that is not in the documented form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a condition may ask about: the operation, its suboperation, and attributes by source and name."""

    operation: str
    resource: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)

    def attribute(self, source: str, name: str) -> Any:
        """The value of an attribute; ABSENT where it is known not to be there, UNKNOWN where nobody told."""
        plain = _SUFFIX.sub("", name)
        wanted = [f"{source}|{name}", f"{source}|{plain}", f"|{name}", f"|{plain}"]
        for key in wanted:
            if key.lower() in self.known:
                value = self.known[key.lower()]
                return ABSENT if value is None else value
        return _of_path(plain, self.resource) if source == "resource" else UNKNOWN

    @property
    def known(self) -> Mapping[str, Any]:
        """The context by `source|name` in lower case."""
        return {_key(name): value for name, value in self.context.items()}


@lru_cache(maxsize=10_000)
def _key(name: str) -> str:
    found = re.fullmatch(r"@?(\w+)\s*\[(.+)\]", name.strip())
    if found:
        return f"{found[1]}|{found[2]}".lower()
    source, dot, rest = name.partition(".")
    if (
        dot
        and source.lower().lstrip("@") in {"principal", "resource", "request", "environment"}
        and "/" in rest
    ):
        return f"{source.lstrip('@')}|{rest}".lower()
    return f"|{name.strip().lstrip('@')}".lower()


def _of_path(name: str, resource: str) -> Any:
    """Names of containers, queues and blobs stand in the id of what is asked for."""
    lowered = name.lower()
    for attribute, folder in (
        ("containers:name", "containers"),
        ("queues:name", "queues"),
        ("storageaccounts:name", "storageaccounts"),
    ):
        if lowered.endswith(attribute):
            found = re.search(rf"/{folder}/([^/]+)", resource, re.IGNORECASE)
            return found[1] if found else UNKNOWN
    if lowered.endswith("blobs:path"):
        found = re.search(r"/blobs/(.+)$", resource, re.IGNORECASE)
        return found[1] if found else UNKNOWN
    return UNKNOWN


Node = Callable[[Request], Truth]


def evaluate(text: str, request: Request) -> Truth:
    """Whether a condition holds for a request; one that cannot be read is unknown."""
    try:
        return _parsed(text)(request)
    except ConditionError as problem:
        return Truth(None, (f"what the condition says ({problem})",))


@lru_cache(maxsize=5_000)
def _parsed(text: str) -> Node:
    parser = _Parser(list(_tokens(text)))
    try:
        node = parser.either()
    except RecursionError:
        raise ConditionError("it is nested too deeply") from None
    if parser.position != len(parser.tokens):
        raise ConditionError(f"unexpected {parser.peek()!r}")
    return node


def _tokens(text: str) -> Iterator[str]:
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise ConditionError(f"unexpected {text[position : position + 12]!r}")
        yield found[0].strip()
        position = found.end()


class _Parser:
    """Recursive descent: or, and, not, one comparison."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.position = 0

    def peek(self) -> str:
        """The next token, or ""."""
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        """The next token, which must be the wanted one if there is one."""
        found = self.peek()
        if not found or (wanted and found.lower() != wanted):
            raise ConditionError(f"{wanted or 'more'} expected, {found or 'the end'} found")
        self.position += 1
        return found

    def either(self) -> Node:
        """Parts joined by OR."""
        nodes = [self.both()]
        while self.peek().lower() in {"||", "or"}:
            self.take()
            nodes.append(self.both())
        return nodes[0] if len(nodes) == 1 else lambda r: any_of([node(r) for node in nodes])

    def both(self) -> Node:
        """Parts joined by AND."""
        nodes = [self.one()]
        while self.peek().lower() in {"&&", "and"}:
            self.take()
            nodes.append(self.one())
        return nodes[0] if len(nodes) == 1 else lambda r: all_of([node(r) for node in nodes])

    def one(self) -> Node:
        """A part that may be negated or in brackets, a function, or a comparison."""
        found = self.peek().lower()
        if found in {"!", "not"}:
            self.take()
            return _negated(self.one())
        if found == "(":
            self.take()
            node = self.either()
            self.take(")")
            return node
        if found in {"actionmatches", "suboperationmatches"}:
            self.take()
            values = self.braced()
            return _action(values) if found == "actionmatches" else _suboperation(values)
        if found in {"exists", "notexists"}:
            self.take()
            return _exists(self.attribute(), wanted=found == "exists")
        return self.comparison()

    def comparison(self) -> Node:
        """Attribute, operator, values; an attribute before or after `Exists` too."""
        left = self.attribute()
        operator = self.take()
        if operator.lower() in {"exists", "notexists"}:
            return _exists(left, wanted=operator.lower() == "exists")
        right: Sequence[Any] | tuple[str, str]
        right = self.attribute() if self.peek().startswith("@") else self.values()
        return _compare(left, operator, right)

    def attribute(self) -> tuple[str, str]:
        """(source, name) of `@Source[name]`."""
        text = self.take()
        found = re.fullmatch(r"@(\w+)\s*\[(.*)\]", text, re.DOTALL)
        if not found:
            raise ConditionError(f"an attribute expected, {text} found")
        return found[1].lower(), found[2].strip()

    def values(self) -> list[Any]:
        """One value, or several in braces."""
        return self.braced() if self.peek() == "{" else [_literal(self.take())]

    def braced(self) -> list[Any]:
        """`{ 'a', 'b' }`."""
        self.take("{")
        found = []
        while self.peek() != "}":
            found.append(_literal(self.take()))
            if self.peek() == ",":
                self.take()
        self.take("}")
        return found


def _literal(found: str) -> str:
    if found[:1] == "'":
        return found[1:-1].replace("''", "'")
    if found in {"(", ")", "{", ",", "!", "&&", "||"}:
        raise ConditionError(f"a value expected, {found} found")
    return found


def _negated(node: Node) -> Node:
    return lambda request: not_(node(request))


def _action(values: Sequence[str]) -> Node:
    return lambda request: Truth(named(values, request.operation))


def _suboperation(values: Sequence[str]) -> Node:
    wanted = {value.lower() for value in values}

    def matches(request: Request) -> Truth:
        found = request.attribute("", "suboperation")
        if found is UNKNOWN:
            return Truth(None, ("the suboperation of the request",))
        return NO if found is ABSENT else Truth(str(found).lower() in wanted)

    return matches


def _exists(attribute: tuple[str, str], *, wanted: bool) -> Node:
    def exists(request: Request) -> Truth:
        found = request.attribute(*attribute)
        if found is UNKNOWN:
            return Truth(None, (_fact(attribute),))
        return Truth((found is not ABSENT) is wanted)

    return exists


def _fact(attribute: tuple[str, str]) -> str:
    source, name = attribute
    return f"the value of @{source.capitalize()}[{name}]"


def _compare(left: tuple[str, str], operator: str, right: Any) -> Node:
    quantified = _QUANTIFIED.fullmatch(operator)
    outer, inner, name = quantified.groups() if quantified else ("any", "any", operator)
    test = OPERATORS.get(name.lower())
    if test is None:
        raise ConditionError(f"{operator} is no operator that is documented")
    over_left = all if outer.lower() == "all" else any
    over_right = all if inner.lower() == "all" else any

    def compare(request: Request) -> Truth:
        ends = [
            request.attribute(*left),
            request.attribute(*right) if isinstance(right, tuple) else right,
        ]
        asked = [left, right if isinstance(right, tuple) else left]
        unknown = [_fact(asked[i]) for i in (0, 1) if ends[i] is UNKNOWN]
        if any(end is ABSENT for end in ends):
            return NO
        if unknown:
            return Truth(None, tuple(unknown))
        ours, theirs = _several(ends[0]), _several(ends[1])
        if not ours:
            return NO
        try:
            return Truth(over_left(over_right(test(a, b) for b in theirs) for a in ours))
        except (ValueError, TypeError):
            return NO

    return compare


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(_text(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _guid(value: Any) -> str:
    return _text(value).strip("{}").lower()


@lru_cache(maxsize=5_000)
def _like(pattern: str, *, fold: bool) -> re.Pattern[str]:
    """`*` for any characters, `?` for one; nothing else is special."""
    plain = translate(pattern.replace("[", "[[]"))
    return re.compile(plain, re.IGNORECASE if fold else 0)


Test = Callable[[Any, Any], bool]


def _operators() -> Iterator[tuple[str, Test]]:
    def both(name: str, test: Test) -> Iterator[tuple[str, Test]]:
        yield name, test
        head = re.match(r"string|numeric|datetime|bool|guid|ip", name)
        prefix = head[0] if head else ""
        yield f"{prefix}not{name[len(prefix) :]}", lambda a, b: not test(a, b)

    yield from both("stringequals", lambda a, b: _text(a) == _text(b))
    yield from both("stringequalsignorecase", lambda a, b: _text(a).lower() == _text(b).lower())
    yield from both("stringstartswith", lambda a, b: _text(a).startswith(_text(b)))
    yield from both(
        "stringstartswithignorecase", lambda a, b: _text(a).lower().startswith(_text(b).lower())
    )
    yield from both("stringlike", lambda a, b: bool(_like(_text(b), fold=False).match(_text(a))))
    yield from both(
        "stringlikeignorecase", lambda a, b: bool(_like(_text(b), fold=True).match(_text(a)))
    )
    yield from both("boolequals", lambda a, b: _text(a).lower() == _text(b).lower())
    yield from both("guidequals", lambda a, b: _guid(a) == _guid(b))
    for name, read in (("numeric", float), ("datetime", _moment)):
        yield from both(f"{name}equals", _ordered(read, lambda order: order == 0))
        yield f"{name}greaterthan", _ordered(read, lambda order: order > 0)
        yield f"{name}greaterthanequals", _ordered(read, lambda order: order >= 0)
        yield f"{name}lessthan", _ordered(read, lambda order: order < 0)
        yield f"{name}lessthanequals", _ordered(read, lambda order: order <= 0)


def _ordered(read: Callable[[Any], Any], test: Callable[[int], bool]) -> Test:
    def ordered(a: Any, b: Any) -> bool:
        one, other = read(a), read(b)
        return test((one > other) - (one < other))

    return ordered


OPERATORS: Mapping[str, Test] = dict(_operators())
