"""Policy documents: lenient about the shapes AWS accepts, clear about what is malformed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.model import Evidence, Verdict
from graph.permissions.aws.conditions import FAILS, HOLDS, MalformedError, Outcome, evaluate, every
from graph.permissions.aws.context import Context
from graph.permissions.aws.patterns import Pattern, pattern
from graph.permissions.aws.variables import resolve

Patterns = tuple[Pattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, compiled. `name` is its Sid or position, `pointer` its place in the document."""

    allows: bool
    name: str
    pointer: str
    version: str
    actions: Patterns | None = None
    not_actions: Patterns | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    principal: Any = None
    not_principal: Any = None
    condition: Mapping[str, Any] = field(default_factory=dict)

    def names_action(self, action: str) -> bool:
        """Whether the statement is about an action; actions are compared without case."""
        lowered = action.lower()
        if self.not_actions is not None:
            return not any(item.matches(lowered) for item in self.not_actions)
        return any(item.matches(lowered) for item in self.actions or ())

    def names_resource(self, resource: str, context: Context) -> Outcome:
        """Whether it is about a resource; a policy without Resource (trust) is about its own."""
        if self.not_resources is not None:
            hit = _any_matches(self.not_resources, resource, context, self.version)
            if hit.verdict is Verdict.UNDECIDED:
                return hit
            return FAILS if hit.verdict is Verdict.YES else HOLDS
        if self.resources is None:
            return HOLDS
        return _any_matches(self.resources, resource, context, self.version)

    def applies(self, action: str, resource: str, context: Context) -> Outcome:
        """Action, resource and condition together; the principal is the caller's business."""
        if not self.names_action(action):
            return FAILS
        about = self.names_resource(resource, context)
        if about.verdict is Verdict.NO or not self.condition:
            return about
        return every((about, evaluate(self.condition, context, version=self.version)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A compiled document; `problems` says in words what could not be understood."""

    name: str
    statements: tuple[Statement, ...]
    problems: tuple[str, ...] = ()
    origin: Evidence | None = None  # where the document stands, so that a statement can be shown

    def proof(self, statement: Statement) -> tuple[Evidence, ...]:
        """The evidence of one statement; none for policies that no record holds."""
        if self.origin is None:
            return ()
        pointer = self.origin.pointer + statement.pointer
        note = f"{self.name}: {statement.name}"
        return (Evidence(record=self.origin.record, pointer=pointer, note=note),)


def compile_policy(document: Any, name: str = "", origin: Evidence | None = None) -> Policy:
    """Compile a decoded document; malformed statements are left out and explained."""
    if not isinstance(document, Mapping):
        problem = f"{name or 'policy'}: not an object"
        return Policy(name=name, statements=(), problems=(problem,), origin=origin)
    version = str(document.get("Version", "2008-10-17"))
    found = document.get("Statement", ())
    statements, problems = [], []
    single = isinstance(found, Mapping)
    for number, item in enumerate([found] if single else found if _is_list(found) else ()):
        pointer = "/Statement" if single else f"/Statement/{number}"
        try:
            statements.append(_statement(item, version, number, pointer))
        except MalformedError as problem:
            problems.append(f"{name or 'policy'}, statement {number + 1}: {problem}")
    return Policy(name=name, statements=tuple(statements), problems=tuple(problems), origin=origin)


def _statement(item: Any, version: str, number: int, pointer: str) -> Statement:
    if not isinstance(item, Mapping):
        raise MalformedError("not an object")
    effect = item.get("Effect")
    if effect not in {"Allow", "Deny"}:
        raise MalformedError("Effect is neither Allow nor Deny")
    if "Action" not in item and "NotAction" not in item:
        raise MalformedError("has no Action")
    condition = item.get("Condition") or {}
    if not isinstance(condition, Mapping):
        raise MalformedError("Condition is not an object")
    statement = Statement(
        allows=effect == "Allow",
        name=str(item.get("Sid") or f"statement {number + 1}"),
        pointer=pointer,
        version=version,
        actions=_actions(item, "Action"),
        not_actions=_actions(item, "NotAction"),
        resources=_texts(item, "Resource"),
        not_resources=_texts(item, "NotResource"),
        principal=item.get("Principal"),
        not_principal=item.get("NotPrincipal"),
        condition=condition,
    )
    evaluate(condition, Context(whole=True), version=version)  # an unknown operator shows itself
    return statement


def _actions(item: Mapping[str, Any], key: str) -> Patterns | None:
    texts = _texts(item, key)
    return None if texts is None else tuple(pattern(text.lower()) for text in texts)


def _texts(item: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    if key not in item:
        return None
    value = item[key]
    if isinstance(value, str):
        return (value,)
    if not _is_list(value) or not all(isinstance(text, str) for text in value):
        raise MalformedError(f"{key} is neither a text nor a list of texts")
    return tuple(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _any_matches(texts: tuple[str, ...], resource: str, context: Context, version: str) -> Outcome:
    missing: list[str] = []
    for text in texts:
        put = resolve(text, context, version=version)
        if put.unknown:
            missing.append(put.unknown)
        elif put.text is not None and pattern(put.text).matches(resource):
            return HOLDS
    return Outcome(Verdict.UNDECIDED, tuple(missing)) if missing else FAILS
