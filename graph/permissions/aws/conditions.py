"""Condition blocks in three values: they hold, they do not, or a named context key decides.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Conditions with multiple context keys or values",
"Single-valued vs. multivalued context keys".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from graph.model import Verdict
from graph.permissions.aws.context import Context, Several, Values, spelt
from graph.permissions.aws.operators import Operator, operator_of
from graph.permissions.aws.patterns import Check, MalformedError, check_text
from graph.permissions.aws.variables import has_variables, resolve

_QUANTIFIERS = ("", "forallvalues", "foranyvalue")


class Outcome(NamedTuple):
    """A verdict and the context keys that would decide it."""

    verdict: Verdict
    missing: tuple[str, ...] = ()


HOLDS, FAILS = Outcome(Verdict.YES), Outcome(Verdict.NO)


@dataclass(slots=True)
class Condition:
    """One operator on one key, compiled. `checks` are of values without variables, `templates` have some."""

    key: str
    lowered: str
    quantifier: str
    if_exists: bool
    operator: Operator | None  # None: Null
    wanted: tuple[str, ...]
    checks: tuple[Check, ...]
    templates: tuple[str, ...]

    def outcome(self, context: Context, version: str) -> Outcome:
        """Whether the request's values of the key satisfy it."""
        found = context.find(self.lowered)
        if found is None:
            return Outcome(Verdict.UNDECIDED, (self.key,))
        if self.operator is None:
            return HOLDS if ("false" if found else "true") in self.wanted else FAILS
        if not found:
            return HOLDS if self._holds_without_key(negated=self.operator.negated) else FAILS
        if not self.quantifier and isinstance(found, Several):
            return FAILS  # a key of several values needs ForAllValues or ForAnyValue
        if not self.templates:
            return HOLDS if self._holds(self.checks, found, self.operator) else FAILS
        return self._with_variables(context, version, found, self.operator)

    def _with_variables(
        self, context: Context, version: str, found: Values, operator: Operator
    ) -> Outcome:
        """A variable without a value equals nothing, so that a negated operator holds."""
        put = [resolve(text, context, version=version) for text in self.templates]
        unknown = tuple(item.unknown for item in put if item.unknown)
        made = (operator.make(item.text) for item in put if item.text is not None)
        if self._holds((*self.checks, *made), found, operator):
            return Outcome(Verdict.UNDECIDED, unknown) if unknown and operator.negated else HOLDS
        return Outcome(Verdict.UNDECIDED, unknown) if unknown and not operator.negated else FAILS

    def _holds_without_key(self, *, negated: bool) -> bool:
        """A key that is not in the request: ForAnyValue finds no value whatever its suffix says."""
        if self.quantifier == "foranyvalue":
            return False
        return self.if_exists or negated or self.quantifier == "forallvalues"

    def _holds(self, checks: Sequence[Check], found: Values, operator: Operator) -> bool:
        negated = operator.negated
        any_is_enough = self.quantifier == "foranyvalue"
        for value in found:
            hit = False
            for check in checks:
                if check(value):
                    hit = True
                    break
            if (hit is not negated) is any_is_enough:
                return any_is_enough
        return not any_is_enough


def compile_block(block: Mapping[str, Any], version: str) -> tuple[Condition, ...]:
    """The conditions of a block, all of which must hold."""
    return tuple(
        _condition(operator, key, values, version)
        for operator, keys in block.items()
        for key, values in keys.items()
    )


def evaluate(conditions: Iterable[Condition], context: Context, version: str) -> Outcome:
    """AND of all conditions."""
    return every(condition.outcome(context, version) for condition in conditions)


def every(outcomes: Iterable[Outcome]) -> Outcome:
    """AND in three values: one that fails decides, else one that is unknown."""
    missing: list[str] = []
    for outcome in outcomes:
        if outcome.verdict is Verdict.NO:
            return FAILS
        missing += [key for key in outcome.missing if key not in missing]
    return Outcome(Verdict.UNDECIDED, tuple(missing)) if missing else HOLDS


class _Written(NamedTuple):
    quantifier: str
    if_exists: bool
    operator: Operator | None  # None: Null


@lru_cache(maxsize=1_024)
def _written(text: str) -> _Written:
    """An operator as it is written, with set operator and IfExists."""
    quantifier, _, name = text.rpartition(":")
    if quantifier.lower() not in _QUANTIFIERS:
        raise MalformedError(f"{quantifier}: not a set operator")
    if_exists = name.lower().endswith("ifexists")
    name = name[: -len("IfExists")] if if_exists else name
    operator = None if name.lower() == "null" else operator_of(name)
    return _Written(quantifier.lower(), if_exists, operator)


def check_block(block: Any) -> None:
    """Raise MalformedError for a Condition element that AWS would refuse."""
    if not isinstance(block, dict):
        raise MalformedError("Condition is not an object")
    for operator, keys in block.items():
        _written(operator)
        if not isinstance(keys, dict):
            raise MalformedError(f"Condition.{operator} is not an object")
        for key, values in keys.items():
            for value in values if type(values) is list else (values,):
                _check_value(f"Condition.{operator}.{key}", value)


def _check_value(place: str, value: Any) -> None:
    if isinstance(value, str):
        check_text(value)
    elif not isinstance(value, int | float):
        raise MalformedError(f"{place} is neither a value nor a list of values")


def _condition(operator_text: str, key: str, values: Any, version: str) -> Condition:
    written = _written(operator_text)
    operator = written.operator
    texts = [spelt(value) for value in (values if isinstance(values, list) else [values])]
    takes = operator is not None and operator.variables
    open_ = [text for text in texts if takes and has_variables(text, version)]
    closed = [text for text in texts if not (takes and has_variables(text, version))]
    return Condition(
        key=key,
        lowered=key.lower(),
        quantifier=written.quantifier,
        if_exists=written.if_exists,
        operator=operator,
        wanted=() if operator else tuple(text.lower() for text in texts),
        checks=tuple(operator.make(text) for text in closed) if operator else (),
        templates=tuple(open_),
    )
