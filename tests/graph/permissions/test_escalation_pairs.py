"""Three estates of saved answers, and what each principal in them can become: worked out by hand, one line a question.

A line without a target asks for the principal's verdict; `names` stands in the missing fact of a conditional answer.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app import sources
from collectors.mapping import map_snapshot
from graph.derive import derive
from graph.permissions.aws.derive import derive_identity
from graph.permissions.escalation import Escalation, PairQuestion

ESTATES = Path(__file__).parents[2] / "fixtures" / "identity" / "escalation"
LINES = [
    (estate, json.loads(line))
    for estate in ("plain", "organisation", "conditions")
    for line in (ESTATES / f"{estate}.jsonl").read_text(encoding="utf-8").splitlines()
]


@cache
def opened(estate: str) -> Escalation:
    return Escalation(derive(map_snapshot(sources.load([ESTATES / estate])), [derive_identity]))


def test_there_are_many_of_each_answer() -> None:
    expected = [row["expected"] for _, row in LINES]
    assert len(expected) >= 220
    assert all(expected.count(answer) >= 15 for answer in ("yes", "no", "conditional"))


@pytest.mark.parametrize(("estate", "row"), LINES, ids=[row["id"] for _, row in LINES])
def test_pairs_and_verdicts(estate: str, row: dict[str, Any]) -> None:
    escalation = opened(estate)
    answer: Any = escalation.verdict(row["principal"])
    if "target" in row:
        question = PairQuestion(
            id=row["id"],
            principal=row["principal"],
            target=row["target"],
            gain=row.get("gain", ""),
        )
        answer = escalation.answer(question)
    assert answer.verdict == row["expected"], (answer.missing, [s.technique for s in answer.steps])
    assert bool(answer.missing) is (answer.verdict == "conditional")
    assert row.get("names", "") in " ".join(answer.missing)


def test_a_session_stands_for_its_role_and_nobody_gets_nothing() -> None:
    account = "111122223333"
    session = f"arn:aws:sts::{account}:assumed-role/hop3/s"
    found = opened("plain").answer(PairQuestion(id=1, principal=session, target=account))
    assert found.verdict == "yes"
    assert found.steps[0].source == f"arn:aws:iam::{account}:role/hop3"
    nobody = PairQuestion(id=2, principal="anonymous", target="arn:aws:s3:::data", gain="data")
    assert opened("plain").answer(nobody).verdict == "no"
