"""Decisions become relationships: verdict, missing facts, and the statements that prove them."""

from collections.abc import Iterable, Sequence
from typing import Any

from graph.model import Evidence, Relationship, Verdict
from graph.permissions.aws.decide import Decision
from graph.permissions.aws.world import verdict_of


def edge(
    source: str, kind: str, target: str, decisions: Sequence[Decision], **properties: Any
) -> Relationship | None:
    """The relationship if every decision allows it or may; None if one denies."""
    verdict = Verdict.weakest(verdict_of(item) for item in decisions)
    if verdict is Verdict.NO:
        return None
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=verdict,
        evidence=evidence_of(decisions),
        missing=missing_of(decisions),
        properties=properties,
    )


def evidence_of(decisions: Iterable[Decision]) -> tuple[Evidence, ...]:
    """The statements behind decisions, each once."""
    found = {
        (proof.record, proof.pointer): proof
        for decision in decisions
        for hit in decision.proofs
        for proof in hit.policy.proof(hit.statement)
    }
    return tuple(found.values())


def missing_of(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """The facts that would decide, each once: a context key is one word, other facts are named in several."""
    keys = dict.fromkeys(key for decision in decisions for key in decision.missing)
    return tuple(key if " " in key else f"the value of {key} in the request" for key in keys)
