"""Policy documents: lenient about the shapes AWS accepts, clear about what is malformed.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and the pages on each element.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graph.model import Evidence, Verdict
from graph.permissions.aws.conditions import (
    FAILS,
    HOLDS,
    Condition,
    Outcome,
    compile_block,
    evaluate,
    every,
)
from graph.permissions.aws.context import Context
from graph.permissions.aws.named_things import Actions, Resources
from graph.permissions.aws.patterns import MalformedError
from graph.permissions.aws.principals import Principals

_VERSIONS = ("2012-10-17", "2008-10-17")
_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
}  # fmt: skip
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))


class Sort(Enum):
    """What a document is attached to, which decides what its statements must and must not name."""

    ANY = "any"
    IDENTITY = "identity"  # also boundaries and session policies
    SCP = "scp"
    RESOURCE = "resource"  # also trust and key policies
    GUARD = "guard"  # RCPs and VPC endpoint policies: without Principal they mean everybody


_WITHOUT_PRINCIPAL = (Sort.IDENTITY, Sort.SCP)
_COMPLETED = (Sort.ANY, Sort.IDENTITY)  # in which an ARN that is cut short is completed


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, compiled. `name` is its Sid or position, `pointer` its place in the document."""

    allows: bool
    name: str
    pointer: str
    version: str
    acts: Actions
    about: Resources | None = None  # None: it names no resource, and so means the policy's own
    resources: tuple[str, ...] | None = None
    principal: Any = None
    not_principal: Any = None
    principals: Principals | None = None
    not_principals: Principals | None = None
    condition: Mapping[str, Any] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()

    def names_action(self, action: str) -> bool:
        """Whether the statement is about an action; actions are compared without case."""
        return self.acts.name(action.lower())

    def names_resource(self, resource: str, context: Context) -> Outcome:
        """Whether it is about a resource."""
        return HOLDS if self.about is None else self.about.outcome(resource, context)

    def speaks(self, resource: str, context: Context) -> Outcome:
        """Resource and condition together, for a statement that names the action."""
        about = self.names_resource(resource, context)
        if about.verdict is Verdict.NO or not self.conditions:
            return about
        return every((about, evaluate(self.conditions, context, self.version)))

    def applies(self, action: str, resource: str, context: Context) -> Outcome:
        """Action, resource and condition together; the principal is the caller's business."""
        return self.speaks(resource, context) if self.names_action(action) else FAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A compiled document; `problems` says in words what could not be understood."""

    name: str
    statements: tuple[Statement, ...]
    problems: tuple[str, ...] = ()
    origin: Evidence | None = None  # where the document stands, so that a statement can be shown
    _about: dict[str, tuple[Statement, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements that name an action (in lower case), found once for each action."""
        found = self._about.get(action)
        if found is None:
            found = tuple(item for item in self.statements if item.acts.name(action))
            self._about[action] = found
        return found

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
    statements, problems = [], []
    try:
        version, items = _opened(document)
    except MalformedError as problem:
        problems, version, items = [f"{called}: {problem}"], "", []
    single = bool(items) and isinstance(document["Statement"], Mapping)
    for number, item in enumerate(items):
        pointer = "/Statement" if single else f"/Statement/{number}"
        try:
            statements.append(_statement(item, version, number, pointer, sort))
        except MalformedError as problem:
            problems.append(f"{called}, statement {number + 1}: {problem}")
    return Policy(name=name, statements=tuple(statements), problems=tuple(problems), origin=origin)


def _opened(document: Any) -> tuple[str, Sequence[Any]]:
    if not isinstance(document, Mapping):
        raise MalformedError("not an object")
    version = document.get("Version", _VERSIONS[1])
    if version not in _VERSIONS:
        raise MalformedError(f"Version is neither {_VERSIONS[0]} nor {_VERSIONS[1]}")
    found = document.get("Statement")
    if isinstance(found, Mapping):
        return version, [found]
    if not _is_list(found):
        raise MalformedError("has no Statement")
    return version, list(found or ())


def _statement(item: Any, version: str, number: int, pointer: str, sort: Sort) -> Statement:
    if not isinstance(item, Mapping):
        raise MalformedError("not an object")
    _check(item, sort)
    condition = item.get("Condition") or {}
    if not isinstance(condition, Mapping):
        raise MalformedError("Condition is not an object")
    element = "NotAction" if "NotAction" in item else "Action"
    where = "NotResource" if "NotResource" in item else "Resource"
    texts = _texts(item, where)
    principal, not_principal = item.get("Principal"), item.get("NotPrincipal")
    return Statement(
        allows=item["Effect"] == "Allow",
        name=str(item.get("Sid") or f"statement {number + 1}"),
        pointer=pointer,
        version=version,
        acts=Actions(_texts(item, element) or (), excluded=element == "NotAction"),
        about=None if texts is None else Resources(
            texts, version, excluded=where == "NotResource", completed=sort in _COMPLETED
        ),
        resources=texts if where == "Resource" else None,
        principal=principal,
        not_principal=not_principal,
        principals=None if principal is None else Principals(principal),
        not_principals=None if not_principal is None else Principals(not_principal),
        condition=condition,
        conditions=compile_block(condition, version),
    )  # fmt: skip


def _check(item: Mapping[str, Any], sort: Sort) -> None:
    """What AWS refuses to save."""
    if item.get("Effect") not in ("Allow", "Deny"):
        raise MalformedError("Effect is neither Allow nor Deny")
    unknown = sorted(str(key) for key in item if key not in _ELEMENTS)
    if unknown:
        raise MalformedError(f"{unknown[0]!r} is no element of a statement")
    for first, second in _PAIRS:
        if first in item and second in item:
            raise MalformedError(f"has both {first} and {second}")
    if "Action" not in item and "NotAction" not in item:
        raise MalformedError("has no Action")
    has_principal = "Principal" in item or "NotPrincipal" in item
    without = sort in _WITHOUT_PRINCIPAL
    if without and has_principal:
        raise MalformedError("has a Principal, which only policies of resources may have")
    if sort is Sort.RESOURCE and not has_principal:
        raise MalformedError("has no Principal")
    if without and "Resource" not in item and "NotResource" not in item:
        raise MalformedError("has no Resource")


def _texts(item: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    if key not in item:
        return None
    value = item[key]
    if isinstance(value, str):
        return (value,)
    if not _is_list(value) or not value or not _are_texts(value):
        raise MalformedError(f"{key} is neither a text nor a list of texts")
    return tuple(value)


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(text, str) for text in values)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
