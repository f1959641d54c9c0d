"""Answers become relationships that name their technique."""

from typing import Any

from graph.model import Relationship, Verdict
from graph.permissions.aws.asker import Answer
from graph.permissions.aws.catalogue import Row


def step(
    source: str, kind: str, target: str, answer: Answer, row: Row, **more: Any
) -> Relationship | None:
    """The relationship, or None if the answer is no."""
    if answer.verdict is Verdict.NO:
        return None
    properties: dict[str, Any] = {"technique": row.id, "actions": list(row.actions), **more}
    if answer.arranged:
        properties["after"] = list(answer.arranged)
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=answer.verdict,
        evidence=answer.evidence,
        missing=answer.missing,
        properties=properties,
    )


def account_of(account: str) -> str:
    """The node of an account."""
    return f"arn:aws:iam::{account}:root"
