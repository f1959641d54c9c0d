"""Policy documents: lenient about the shapes AWS accepts, clear about what is malformed.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and the pages on each element.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from graph.model import Evidence
from graph.permissions.aws.conditions import (
    FAILS,
    HOLDS,
    Condition,
    Outcome,
    check_block,
    compile_block,
    evaluate,
    every,
)
from graph.permissions.aws.context import Context
from graph.permissions.aws.named_things import Resources, means
from graph.permissions.aws.patterns import MalformedError, check_text
from graph.permissions.aws.principals import Principals, check_element

_VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = {"Version", "Id", "Statement"}
_ELEMENTS = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
)  # fmt: skip
_ACTIONS = ("Action", "NotAction")
_RESOURCES = ("Resource", "NotResource")
_PAIRS = (_ACTIONS, _RESOURCES, ("Principal", "NotPrincipal"))


class Sort(Enum):
    """What a document is attached to, which decides what its statements must and must not name."""

    ANY = "any"
    IDENTITY = "identity"  # also boundaries and session policies
    SCP = "scp"
    RESOURCE = "resource"  # also trust and key policies
    GUARD = "guard"  # RCPs and VPC endpoint policies: without Principal they mean everybody


_WITHOUT_PRINCIPAL = (Sort.IDENTITY, Sort.SCP)  # IAM and Organizations save them, by stricter rules
_COMPLETED = (Sort.ANY, Sort.IDENTITY)  # in which an ARN that is cut short is completed


class Statement:
    """One statement. `name` is its Sid or position, `pointer` its place in the document.

    What it says is checked at once and compiled when it is first needed: most statements never meet their action.
    """

    __slots__ = (
        "_about", "_conditions", "_item", "_not_principals", "_principals", "_sort", "allows", "number",
        "pointer", "version",
    )  # fmt: skip

    def __init__(
        self, item: Mapping[str, Any], version: str, number: int, pointer: str, sort: Sort
    ) -> None:
        _check(item, sort)
        self._item = item
        self._sort = sort
        self.allows = item["Effect"] == "Allow"
        self.number = number
        self.pointer = pointer
        self.version = version
        self._about: Resources | None = None
        self._principals: Principals | None = None
        self._not_principals: Principals | None = None
        self._conditions: tuple[Condition, ...] | None = None

    @property
    def about(self) -> Resources | None:
        """Its Resource or NotResource element; None: it names none, and so means the policy's own."""
        if self._about is None:
            for element in ("Resource", "NotResource"):
                if element in self._item:
                    self._about = Resources(
                        _texts(self._item[element]),
                        self.version,
                        excluded=element == "NotResource",
                        completed=self._sort in _COMPLETED,
                    )
        return self._about

    @property
    def name(self) -> str:
        """Its Sid or, without one, its position."""
        return str(self._item.get("Sid") or f"statement {self.number + 1}")

    @property
    def resources(self) -> tuple[str, ...] | None:
        """The texts of its Resource element, if it has one."""
        return _texts(self._item["Resource"]) if "Resource" in self._item else None

    @property
    def principal(self) -> Any:
        """Its Principal element as it is written."""
        return self._item.get("Principal")

    @property
    def not_principal(self) -> Any:
        """Its NotPrincipal element as it is written."""
        return self._item.get("NotPrincipal")

    @property
    def condition(self) -> Mapping[str, Any]:
        """Its Condition element as it is written."""
        found: Mapping[str, Any] = self._item.get("Condition") or {}
        return found

    @property
    def principals(self) -> Principals | None:
        """Its Principal element, taken apart."""
        if self._principals is None and "Principal" in self._item:
            self._principals = Principals(self._item["Principal"])
        return self._principals

    @property
    def not_principals(self) -> Principals | None:
        """Its NotPrincipal element, taken apart."""
        if self._not_principals is None and "NotPrincipal" in self._item:
            self._not_principals = Principals(self._item["NotPrincipal"])
        return self._not_principals

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Its conditions, all of which must hold."""
        if self._conditions is None:
            self._conditions = compile_block(self.condition, self.version)
        return self._conditions

    def names(self, action: str) -> bool:
        """Whether the statement is about an action, given in lower case."""
        excluded = "NotAction" in self._item
        for text in _texts(self._item["NotAction" if excluded else "Action"]):
            if means(text, action):
                return not excluded
        return excluded

    def speaks(self, resource: str, context: Context) -> Outcome:
        """Resource and condition together, for a statement that names the action."""
        resources = self.about
        about = HOLDS if resources is None else resources.outcome(resource, context)
        if about is FAILS or not self._item.get("Condition"):
            return about
        conditions = evaluate(self.conditions, context, self.version)
        return conditions if about is HOLDS else every((about, conditions))


@dataclass(slots=True, kw_only=True)
class Policy:
    """A compiled document; `problems` says in words what could not be understood."""

    name: str
    statements: tuple[Statement, ...]
    problems: tuple[str, ...] = ()
    origin: Evidence | None = None  # where the document stands, so that a statement can be shown
    _about: dict[str, tuple[tuple[Statement, ...], tuple[Statement, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def speaking(self, action: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """The denying and the allowing statements that name an action (in lower case), found once for each action."""
        found = self._about.get(action)
        if found is None:
            named = [item for item in self.statements if item.names(action)]
            denies = tuple(item for item in named if not item.allows)
            found = self._about[action] = denies, tuple(item for item in named if item.allows)
        return found

    def about(self, action: str) -> tuple[Statement, ...]:
        """All statements that name an action (in lower case)."""
        denies, allows = self.speaking(action)
        return denies + allows

    def proof(self, statement: Statement) -> tuple[Evidence, ...]:
        """The evidence of one statement; none for policies that no record holds."""
        if self.origin is None:
            return ()
        pointer = self.origin.pointer + statement.pointer
        note = f"{self.name}: {statement.name}"
        return (Evidence(record=self.origin.record, pointer=pointer, note=note),)


def compile_policy(
    document: Any, name: str = "", origin: Evidence | None = None, sort: Sort = Sort.ANY
) -> Policy:
    """Compile a decoded document; malformed statements are left out and explained."""
    called = name or "policy"
    statements: list[Statement] = []
    problems: list[str] = []
    try:
        version, items = _opened(document)
        problems += (f"{called}: {problem}" for problem in _oddities(document, items, sort))
    except MalformedError as problem:
        problems, version, items = [f"{called}: {problem}"], "", []
    single = bool(items) and isinstance(document["Statement"], dict)
    for number, item in enumerate(items):
        pointer = "/Statement" if single else f"/Statement/{number}"
        try:
            statements.append(Statement(item, version, number, pointer, sort))
        except MalformedError as problem:
            problems.append(f"{called}, statement {number + 1}: {problem}")
    return Policy(name=name, statements=tuple(statements), problems=tuple(problems), origin=origin)


def _opened(document: Any) -> tuple[str, Sequence[Any]]:
    if not isinstance(document, dict):
        raise MalformedError("not an object")
    version = document.get("Version", _VERSIONS[1])
    if version not in _VERSIONS:
        raise MalformedError(f"Version is neither {_VERSIONS[0]} nor {_VERSIONS[1]}")
    found = document.get("Statement")
    if isinstance(found, dict):
        return version, [found]
    if not isinstance(found, list):
        raise MalformedError("has no Statement")
    return version, found


def _oddities(document: Mapping[str, Any], items: Sequence[Any], sort: Sort) -> Iterator[str]:
    """What AWS refuses in a document whose statements can be understood all the same."""
    for key in document:
        if key not in _TOP:
            yield f"{key!r} is no element of a policy"
    seen: set[str] = set()
    for item in items:
        sid = item.get("Sid") if isinstance(item, dict) else None
        if sid is None:
            continue
        if not isinstance(sid, str):
            yield f"Sid {sid!r:.80} is no text"
        elif sid and sid in seen and sort in _WITHOUT_PRINCIPAL:
            yield f"two statements have the Sid {sid!r:.80}"
        else:
            seen.add(sid)


def _check(item: Any, sort: Sort) -> None:
    """What AWS refuses to save. Raises MalformedError."""
    if not isinstance(item, dict):
        raise MalformedError("not an object")
    if item.get("Effect") not in ("Allow", "Deny"):
        raise MalformedError("Effect is neither Allow nor Deny")
    problem = _wrong_elements(tuple(item), sort)
    if problem:
        raise MalformedError(problem)
    for element, value in item.items():
        if element in _ACTIONS:
            _check_texts(element, value, _wrong_action)
        elif element in _RESOURCES:
            _check_texts(element, value, _wrong_resource if sort in _WITHOUT_PRINCIPAL else None)
        elif element == "Condition" and value is not None:
            check_block(value)
        elif element in ("Principal", "NotPrincipal"):
            check_element(value)


@lru_cache(maxsize=4_096)
def _wrong_elements(elements: tuple[str, ...], sort: Sort) -> str:
    """What is wrong with the choice of elements, of which some sorts of policy need one and some must not have it."""
    unknown = sorted(element for element in elements if element not in _ELEMENTS)
    if unknown:
        return f"{unknown[0]!r} is no element of a statement"
    for first, second in _PAIRS:
        if first in elements and second in elements:
            return f"has both {first} and {second}"
    actions, resources, principals = (
        first in elements or second in elements for first, second in _PAIRS
    )
    if not actions:
        return "has no Action"
    if sort in _WITHOUT_PRINCIPAL:
        if principals:
            return "has a Principal, which only policies of resources may have"
        return "" if resources else "has no Resource"
    return "has no Principal" if sort is Sort.RESOURCE and not principals else ""


def _check_texts(element: str, value: Any, fits: Callable[[str], str] | None) -> None:
    texts = value if type(value) is list else (value,)
    for text in texts:
        if type(text) is not str:
            raise MalformedError(f"{element} is neither a text nor a list of texts")
        check_text(text)
        problem = fits(text) if fits else ""
        if problem:
            raise MalformedError(problem)
    if not texts:
        raise MalformedError(f"{element} is empty")


def _wrong_action(text: str) -> str:
    if ":" in text or text == "*":
        return ""
    return f"action {text[:80]!r} names no service, as 's3:GetObject' does"


def _wrong_resource(text: str) -> str:
    if text.startswith("arn:") or text.lower().startswith(("arn:", "*", "?", "$")):
        return ""
    return f"resource {text[:80]!r} is neither an ARN nor '*'"


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if type(value) is str else tuple(value)
