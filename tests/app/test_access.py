"""Batches: order kept, a broken line is an answer, the target is written whole or not at all."""

import io
import json
from pathlib import Path

import msgspec
import pytest

from app.access import answer_questions, cloud_of
from app.batch import run_batch
from app.cases import answer_cases
from graph.model import UserError
from graph.permissions.question import Question
from tests.graph.factories import ACCOUNT, arn, asset, edge, estate
from tests.graph.permissions.corpus_parts import doc, grant

ALICE = arn("iam", "user/alice")
GOOD = {
    "id": "good",
    "principal": ALICE,
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::b/x",
    "identityPolicies": [doc(grant(Sid="Everything"))],
}


def test_lines_are_answered_in_order_and_a_broken_one_does_not_stop_the_rest():
    lines = [
        json.dumps(GOOD),
        '{"id": "cut", "principal": ',
        '{"principal": "x" "id": 17}',
        "[1]",
        json.dumps({**GOOD, "id": 5, "principal": "bob"}),
        json.dumps({**GOOD, "id": ["any", "JSON"], "resource": None}),
        '{"id": "deep", "context": ' + "[" * 100_000 + "]" * 100_000 + "}",
        json.dumps({**GOOD, "id": "last"}),
    ]
    answers = list(answer_cases(line.encode() for line in lines))
    assert [item.id for item in answers] == [
        "good",
        "cut",
        17,
        None,
        5,
        ["any", "JSON"],
        "deep",
        "last",
    ]
    assert [item.decision for item in answers] == ["Allowed", *["Error"] * 6, "Allowed"]
    assert all(item.reason for item in answers)
    assert answers[0].layer == "identity"
    assert answers[0].statement == "identityPolicies[0]: Everything"


def test_the_answer_names_layer_and_statement_that_deny():
    boundary = doc(grant(Action="ec2:*"))
    (answer,) = answer_cases([json.dumps({**GOOD, "permissionBoundary": boundary}).encode()])
    assert (answer.decision, answer.layer) == ("ImplicitlyDenied", "boundary")
    scps = [[doc(grant())], [doc({**grant(), "Effect": "Deny", "Sid": "Frozen"})]]
    (answer,) = answer_cases([json.dumps({**GOOD, "scps": scps}).encode()])
    assert (answer.decision, answer.layer) == ("ExplicitlyDenied", "scp")
    assert answer.statement == "scps[1][0]: Frozen"


def test_a_batch_is_written_whole(tmp_path: Path):
    source, target = tmp_path / "cases.jsonl", tmp_path / "answers.jsonl"
    source.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\r\n" + json.dumps(GOOD).encode()
    )
    assert run_batch(source, target, answer_cases) == 2
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert list(rows[0]) == ["id", "decision", "layer", "statement", "reason"]
    assert [row["decision"] for row in rows] == ["Allowed", "Allowed"]


def test_a_batch_goes_from_standard_input_to_standard_output(monkeypatch, capfdbinary):
    lines = io.BytesIO(json.dumps(GOOD).encode() + b"\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(lines))
    assert run_batch(Path("-"), Path("-"), answer_cases) == 1
    assert json.loads(capfdbinary.readouterr().out)["decision"] == "Allowed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"scps": doc(grant())}, "'scps' is not a list of levels"),
        ({"identityPolicies": ["no JSON"]}, "identityPolicies[0] is a text that holds no JSON"),
        ({"resourceAccount": "12"}, "no account number"),
        ({"context": []}, "'context' is not an object"),
        ({"s3BlockPublicAccess": "yes"}, "neither true nor false"),
    ],
)
def test_a_case_of_a_wrong_shape_is_told_what_is_wrong(given, said):
    (answer,) = answer_cases([json.dumps({**GOOD, **given}).encode()])
    assert answer.decision == "Error"
    assert said in answer.reason


def test_an_id_that_no_answer_could_hold_is_left_out():
    (answer,) = answer_cases([b'{"id": "\\ud800", "principal": 1}'])
    assert (answer.id, answer.decision) == (None, "Error")
    assert msgspec.json.encode(answer)


def test_what_was_there_stays_when_a_batch_breaks(tmp_path: Path):
    source, target = tmp_path / "cases.jsonl", tmp_path / "answers.jsonl"
    source.write_text(json.dumps(GOOD), encoding="utf-8")
    target.write_text("before", encoding="utf-8")

    def breaks(lines):
        yield from answer_cases(lines)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch(source, target, breaks)
    assert target.read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "cases.jsonl"]
    with pytest.raises(UserError, match="cannot be read"):
        run_batch(tmp_path / "none.jsonl", target, answer_cases)


@pytest.mark.parametrize(
    ("action", "cloud"),
    [
        ("s3:GetObject", "aws"),
        ("Microsoft.Storage/storageAccounts/listKeys/action", "azure"),
        ("aiplatform.endpoints.predict", "gcp"),
        ("iam.googleapis.com/workloadIdentityPoolProviders.update", "gcp"),
    ],
)
def test_clouds_are_told_apart_by_how_they_spell_actions(action, cloud):
    assert cloud_of(Question(id=1, principal="p", action=action, resource="r")) == cloud


def test_questions_are_answered_from_the_estate():
    policy = asset(f"{ALICE}/inline/p", "AWS::IAM::Policy", document=doc(grant(Action="s3:Get*")))
    bucket = arn("s3", "data")
    known = estate(
        asset(ALICE, "AWS::IAM::User"),
        policy,
        edge(policy.id, "ATTACHED_TO", ALICE),
        asset(bucket, "AWS::S3::Bucket", policy=None),
    )
    questions = [
        {"id": 1, "principal": ALICE, "action": "s3:GetObject", "resource": f"{bucket}/x"},
        {"id": 2, "principal": ALICE, "action": "s3:PutObject", "resource": f"{bucket}/x"},
        {"id": 3, "principal": ALICE, "action": "s3:GetObject"},
        {"id": 4, "principal": ALICE, "action": "no such thing", "resource": "*"},
        {"id": 5, "principal": f"arn:aws:iam::{ACCOUNT}:user/gone", "action": "s3:GetObject",
         "resource": f"{bucket}/x"},
    ]  # fmt: skip
    lines = [json.dumps(item).encode() for item in questions]
    answers = list(answer_questions(known, lines))
    assert [item.decision for item in answers] == [
        "Allowed", "ImplicitlyDenied", "Error", "Error", "Undecided",
    ]  # fmt: skip
    assert "user/gone" in answers[4].reason
