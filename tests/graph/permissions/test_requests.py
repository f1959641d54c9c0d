"""The corpus of requests: every line names the documented rule that it tests."""

import json
from collections import defaultdict

import pytest

from graph.permissions.aws.whatif import answer_case
from tests.graph.permissions.make_corpus import CORPUS, lines

BY_HAND = CORPUS.with_name(
    "aws_requests_by_hand.jsonl"
)  # written from the documentation, without looking at the code
GENERATED = [line.encode() for line in CORPUS.read_text(encoding="utf-8").splitlines()]
CASES = [*GENERATED, *(line.encode() for line in BY_HAND.read_text(encoding="utf-8").splitlines())]


def by_source() -> dict[str, list[bytes]]:
    groups = defaultdict(list)
    for line in CASES:
        groups[json.loads(line)["source"]].append(line)
    return groups


def test_the_corpus_is_what_its_rules_make() -> None:
    assert [line.decode() for line in GENERATED] == list(lines())


def test_the_corpus_is_large_and_every_line_names_its_rule() -> None:
    assert len(CASES) >= 2_000
    for line in CASES:
        case = json.loads(line)
        assert case["rule"]
        assert case["source"]


@pytest.mark.parametrize("source", sorted(by_source()))
def test_requests(source: str) -> None:
    wrong = []
    for line in by_source()[source]:
        case = json.loads(line)
        answer = answer_case(line)
        if answer.decision != case["expected"]:
            wrong.append((case["id"], case["rule"], case["expected"], answer))
        assert answer.id == case["id"]
        assert answer.layer or answer.decision == "Error"
    assert not wrong
