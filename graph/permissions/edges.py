"""Decisions become relationships; an eligible role counts as one that may be activated."""

from collections.abc import Sequence
from typing import Any

from graph.model import Evidence, Relationship, Verdict
from graph.permissions.decision import Decision


def verdict_of(decision: Decision) -> Verdict:
    """As the decision says, except that an eligible role is a named missing fact and no denial.

    What speaks for nothing but an unread list is a line of the ledger, not a relationship of everybody to everything.
    """
    if decision.unread:
        return Verdict.NO
    return Verdict.UNDECIDED if decision.eligible else decision.verdict


def edge(
    ends: tuple[str, str, str],
    decisions: Sequence[Decision],
    *,
    missing: Sequence[str] = (),
    **properties: Any,
) -> Relationship | None:
    """The relationship if every decision allows it or may; None if one denies."""
    verdict = Verdict.weakest(verdict_of(item) for item in decisions)
    if verdict is Verdict.NO:
        return None
    facts = dict.fromkeys([fact for item in decisions for fact in item.missing] + list(missing))
    source, kind, target = ends
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=Verdict.UNDECIDED if missing else verdict,
        evidence=proofs_of(decisions),
        missing=tuple(facts) if missing or verdict is Verdict.UNDECIDED else (),
        properties=properties,
    )


def proofs_of(decisions: Sequence[Decision]) -> tuple[Evidence, ...]:
    """What proves several decisions, each once."""
    found = {(p.record, p.pointer): p for item in decisions for p in item.proofs}
    return tuple(found.values())
