"""Policies that were made to hurt: time and memory stay bounded, and each gets an answer."""

import json
import tracemalloc
from time import process_time
from typing import Any

import pytest

from graph.permissions.aws.whatif import answer_case
from graph.permissions.question import Answer
from tests.graph.permissions.corpus_parts import ALICE, QUEUE, SEND, doc, grant

SECONDS = 20  # of processor time, on a slow machine; what backtracks would take years


def asked(**more: Any) -> Answer:
    case = {"id": "h", "principal": ALICE, "action": SEND, "resource": QUEUE, **more}
    before = process_time()
    answer = answer_case(json.dumps(case).encode())
    assert process_time() - before < SECONDS
    assert answer.id == "h"
    return answer


def test_a_hundred_thousand_statements():
    filler = [grant(Action=f"s3:Get{i}*", Resource=f"arn:aws:s3:::b{i}/*") for i in range(100_000)]
    assert asked(identityPolicies=[doc(*filler, grant())]).decision == "Allowed"
    assert asked(identityPolicies=[doc(*filler)]).decision == "ImplicitlyDenied"
    tracemalloc.start()
    try:
        asked(identityPolicies=[doc(*filler[:20_000])])
        assert tracemalloc.get_traced_memory()[1] < 60 << 20  # 3 KB a statement
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "wild", ["*a" * 2_000, "a*" * 2_000 + "b", "*?" * 2_000, "a?*" * 1_000 + "b"]
)
def test_catastrophic_wildcards(wild):
    value = "a" * 60_000
    block = {"StringLike": {"aws:UserAgent": [wild, wild + "c", "x" + wild]}}
    answer = asked(context={"aws:UserAgent": value}, identityPolicies=[doc(grant(Condition=block))])
    assert answer.decision in {"Allowed", "ImplicitlyDenied"}
    long = QUEUE + "a" * 7_000
    policies = [doc(grant(Resource=f"arn:aws:sqs:*:*:{wild}"), grant(Action=f"sqs:{wild}"))]
    assert asked(resource=long, identityPolicies=policies).decision in {
        "Allowed",
        "ImplicitlyDenied",
    }


def test_a_giant_pattern_with_marks_is_refused_with_a_reason():
    answer = asked(identityPolicies=[doc(grant(Resource="arn:aws:sqs:*:*:" + "?" * 1_000_000))])
    assert answer.decision == "Error"
    assert "longer than" in answer.reason


def test_giant_strings():
    giant = "x" * 5_000_000
    assert (
        asked(identityPolicies=[doc(grant(Resource=f"arn:aws:sqs:*:*:{giant}*"))]).decision
        == "ImplicitlyDenied"
    )
    for name in ("principal", "action", "resource"):
        assert asked(**{name: f"arn:aws:sqs:x:1:{giant}"}).decision == "Error"
    assert asked(context={"aws:UserAgent": giant}).decision == "Error"


def test_many_values_and_variables():
    values = [f"v{i}*" for i in range(50_000)] + ["${aws:username}" * 2_000]
    block = {"StringLike": {"aws:UserAgent": values}}
    context = {"aws:UserAgent": "w", "aws:username": "u" * 50}
    policies = [doc(grant(Condition=block))]
    assert asked(context=context, identityPolicies=policies).decision == "ImplicitlyDenied"


def test_deep_nesting():
    deep = "[" * 100_000 + "]" * 100_000
    line = f'{{"id": "d", "principal": "{ALICE}", "action": "{SEND}", "resource": "*", "context": {deep}}}'
    with pytest.raises(RecursionError):  # the batch makes an Error of it, with the line's id
        answer_case(line.encode())
    values: list[Any] = [["x"], {"a": {"b": {}}}, 5, "x", [[]], [{}], None]
    for value in values:
        for name in ("Statement", "Version"):
            answer = asked(identityPolicies=[{**doc(grant()), name: value}])
            assert answer.decision == "Error"
        for name in ("Action", "Resource", "Principal", "Condition", "Sid", "Effect", "NotAction"):
            answer = asked(identityPolicies=[doc({**grant(), name: value})])
            assert answer.decision in {"Error", "Allowed", "ImplicitlyDenied"}
