"""5,000 what-if cases with all kinds of policies, beside PMapper where MODELHOUND_PMAPPER names an interpreter that has it."""

import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from app.cases import answer_cases
from tests.graph.permissions.corpus_parts import ACCOUNT, OTHER, doc, grant

SCRIPT = Path(__file__).parent / "pmapper_batch.py"
FULL = doc(grant())
TESTS = (
    {"StringEquals": {"aws:PrincipalTag/team": "red"}},
    {"StringLike": {"aws:UserAgent": "Boto3*"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
)
CONTEXT = {
    "aws:PrincipalTag/team": "red",
    "aws:UserAgent": "Boto3/1",
    "aws:SourceIp": "203.0.113.7",
    "aws:MultiFactorAuthPresent": "true",
    "aws:MultiFactorAuthAge": "100",
}


def cases(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Users and roles that ask for objects of their own; no two cases have the same documents."""
    dice = random.Random(seed)
    for number in range(count):
        kind = dice.choice(("user", "role"))
        bucket = f"arn:aws:s3:::bucket-{number}"
        statements = [
            grant(
                Action=[f"s3:{verb}Object", f"s3:{verb}ObjectTagging"],
                Resource=f"{bucket}/{part}/*",
            )
            for verb, part in (("Get", "in"), ("Put", "out"), ("Delete", "tmp"))
        ]
        statements.append(grant(Action="s3:List*", Resource=bucket, Condition=dice.choice(TESTS)))
        statements.append({**grant(Action="s3:*", Resource=f"{bucket}/secret/*"), "Effect": "Deny"})
        case: dict[str, Any] = {
            "id": number,
            "principal": f"arn:aws:iam::{ACCOUNT}:{kind}/n{number}",
            "action": dice.choice(("s3:GetObject", "s3:PutObject", "s3:DeleteObject")),
            "resource": f"{bucket}/{dice.choice(('in', 'out', 'tmp', 'secret'))}/x",
            "resourceAccount": ACCOUNT,
            "context": CONTEXT,
            "identityPolicies": [doc(*statements), doc(grant(Action="logs:*"))],
        }
        if dice.random() < 0.5:
            whom = dice.choice((case["principal"], f"arn:aws:iam::{OTHER}:root"))
            case["resourcePolicy"] = doc(
                grant(Principal={"AWS": whom}, Resource=f"{bucket}/*", Condition=dice.choice(TESTS))
            )
        if dice.random() < 0.5:
            case["permissionBoundary"] = doc(grant(Action="s3:*", Resource=[bucket, f"{bucket}/*"]))
        if dice.random() < 0.5:
            case["scps"] = [[FULL], [FULL, doc({**grant(Action="iam:*"), "Effect": "Deny"})]]
        if kind == "role" and dice.random() < 0.5:
            case["sessionPolicy"] = doc(grant(Action="s3:*", Resource=f"{bucket}/*"))
        yield case


def test_five_thousand_cases(tmp_path: Path) -> None:
    lines = [json.dumps(case).encode() for case in cases(5_000)]
    before = process_time()
    answers = list(answer_cases(lines))
    ours = process_time() - before
    assert all(item.decision != "Error" for item in answers)
    allowed = sum(item.decision == "Allowed" for item in answers)
    print(f"\n5,000 cases: {ours:.2f} s CPU, {1e6 * ours / 5_000:.0f} us each; {allowed} allowed")
    python = os.environ.get("MODELHOUND_PMAPPER")
    if not python:
        pytest.skip("MODELHOUND_PMAPPER names no interpreter with PMapper; nothing to compare with")
    source = tmp_path / "cases.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    done = subprocess.run([python, str(SCRIPT), str(source)], capture_output=True, check=True)
    theirs = json.loads(done.stdout)
    each = theirs["seconds"] / theirs["answered"]
    print(
        f"PMapper: {theirs['answered']} answered, {1e6 * each:.0f} us each; {each * 5_000 / ours:.1f} x"
    )
