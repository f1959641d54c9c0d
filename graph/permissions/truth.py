"""Yes, no, or unknown for want of named facts: what a condition, a membership or a scope comes to."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """Yes, no, or unknown for want of the named facts."""

    value: bool | None
    missing: tuple[str, ...] = ()


YES, NO = Truth(value=True), Truth(value=False)


def any_of(items: Sequence[Truth]) -> Truth:
    """Or: one yes is enough."""
    if any(item.value for item in items):
        return YES
    return _open(items) if any(item.value is None for item in items) else NO


def all_of(items: Sequence[Truth]) -> Truth:
    """And: one no is enough."""
    if any(item.value is False for item in items):
        return NO
    return _open(items) if any(item.value is None for item in items) else YES


def not_(item: Truth) -> Truth:
    """The opposite; unknown stays unknown."""
    return item if item.value is None else Truth(not item.value)


def _open(items: Sequence[Truth]) -> Truth:
    facts = dict.fromkeys(fact for item in items if item.value is None for fact in item.missing)
    return Truth(None, tuple(facts))
