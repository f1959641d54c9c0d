"""Condition blocks in three values: they hold, they do not, or a named context key decides.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Multivalued context keys".
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from graph.model import Verdict
from graph.permissions.aws.context import Context, Values, spelt
from graph.permissions.aws.patterns import matches, matches_arn, plain
from graph.permissions.aws.variables import resolve

Test = Callable[[str, str], bool]  # (policy value, request value)


class Outcome(NamedTuple):
    """A verdict and the context keys that would decide it."""

    verdict: Verdict
    missing: tuple[str, ...] = ()


HOLDS, FAILS = Outcome(Verdict.YES), Outcome(Verdict.NO)


class MalformedError(ValueError):
    """A condition that AWS would refuse; the text says what is wrong."""


def evaluate(block: Mapping[str, Any], context: Context, *, version: str) -> Outcome:
    """All operators and all keys must hold (AND); several values of one key are alternatives (OR)."""
    outcomes = []
    for operator, keys in block.items():
        if not isinstance(keys, Mapping):
            raise MalformedError(f"Condition.{operator} is not an object")
        for key, values in keys.items():
            outcomes.append(_one(operator, key, _listed(values), context, version))
    return every(outcomes)


def every(outcomes: Iterable[Outcome]) -> Outcome:
    """AND in three values: one that fails decides, else one that is unknown."""
    missing: list[str] = []
    for outcome in outcomes:
        if outcome.verdict is Verdict.NO:
            return FAILS
        missing += [key for key in outcome.missing if key not in missing]
    return Outcome(Verdict.UNDECIDED, tuple(missing)) if missing else HOLDS


def _listed(values: Any) -> list[str]:
    if isinstance(values, Sequence) and not isinstance(values, str):
        return [spelt(value) for value in values]
    return [spelt(values)]


def _one(operator: str, key: str, wanted: list[str], context: Context, version: str) -> Outcome:
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.lower().endswith("ifexists")
    name = name[: -len("IfExists")] if if_exists else name
    found = context.get(key)
    if name.lower() == "null":
        return _null(wanted, key, found)
    negated, test = _operator(name)
    if found is None:
        return Outcome(Verdict.UNDECIDED, (key,))
    if not found:
        return _absent(quantifier.lower(), if_exists=if_exists, negated=negated)
    texts = [resolve(value, context, version=version) for value in wanted]
    unknown = tuple(item.unknown for item in texts if item.unknown)
    usable = [item.text for item in texts if item.text is not None]
    if _holds(quantifier.lower(), usable, found, test, negated=negated):
        return Outcome(Verdict.UNDECIDED, unknown) if unknown and negated else HOLDS
    return Outcome(Verdict.UNDECIDED, unknown) if unknown and not negated else FAILS


def _null(wanted: list[str], key: str, found: Values | None) -> Outcome:
    if found is None:
        return Outcome(Verdict.UNDECIDED, (key,))
    absent = "true" if not found else "false"
    return HOLDS if any(value.lower() == absent for value in wanted) else FAILS


def _absent(quantifier: str, *, if_exists: bool, negated: bool) -> Outcome:
    """A key that is not in the request: positive operators fail, negated and IfExists hold."""
    if quantifier == "foranyvalue":
        return HOLDS if if_exists else FAILS
    return HOLDS if if_exists or negated or quantifier == "forallvalues" else FAILS


def _holds(quantifier: str, wanted: list[str], found: Values, test: Test, *, negated: bool) -> bool:
    def passes(value: str) -> bool:
        hit = any(test(text, value) for text in wanted)
        return not hit if negated else hit

    if quantifier == "forallvalues" or (not quantifier and negated):
        return all(passes(value) for value in found)
    if quantifier in {"foranyvalue", ""}:
        return any(passes(value) for value in found)
    raise MalformedError(f"{quantifier}: not a set operator")


def _operator(name: str) -> tuple[bool, Test]:
    found = _OPERATORS.get(name.lower())
    if found is None:
        raise MalformedError(f"{name}: not a condition operator")
    return found


def _number(compare: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, found: str) -> bool:
        try:
            return compare(float(found), float(wanted))
        except ValueError:
            return False

    return test


def _date(compare: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, found: str) -> bool:
        first, second = _instant(found), _instant(wanted)
        return first is not None and second is not None and compare(first, second)

    return test


def _instant(text: str) -> float | None:
    """ISO 8601 or epoch seconds."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def _in_network(wanted: str, found: str) -> bool:
    try:
        return ip_address(found) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _same_text(wanted: str, found: str) -> bool:
    return plain(wanted) == found


def _same_letters(wanted: str, found: str) -> bool:
    return plain(wanted).lower() == found.lower()


_POSITIVE: dict[str, Test] = {
    "StringEquals": _same_text,
    "StringEqualsIgnoreCase": _same_letters,
    "StringLike": matches,
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
    "DateEquals": _date(lambda a, b: a == b),
    "DateLessThan": _date(lambda a, b: a < b),
    "DateLessThanEquals": _date(lambda a, b: a <= b),
    "DateGreaterThan": _date(lambda a, b: a > b),
    "DateGreaterThanEquals": _date(lambda a, b: a >= b),
    "Bool": _same_letters,
    "BinaryEquals": _same_text,
    "IpAddress": _in_network,
    "ArnEquals": matches_arn,
    "ArnLike": matches_arn,
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_OPERATORS: dict[str, tuple[bool, Test]] = {
    **{name.lower(): (False, test) for name, test in _POSITIVE.items()},
    **{name.lower(): (True, _POSITIVE[other]) for name, other in _NEGATED.items()},
}
