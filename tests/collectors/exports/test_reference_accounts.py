"""The public test account, where it is at hand: every principal and policy comes through untouched."""

import json
from pathlib import Path

import pytest

from collectors.exports import read_exports
from graph.model import CoverageState

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "identity"
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference account is not here")


@pytest.mark.parametrize(
    ("name", "principals"),
    [("iam_vulnerable_gaad.json", 87), ("iam_vulnerable_full_gaad.json", 90)],
)
def test_account_details_come_through_untouched(name, principals):
    snapshot = read_exports([REFERENCE / name])
    (record,) = snapshot.records
    body = record.body
    assert body == json.loads((REFERENCE / name).read_text(encoding="utf-8"))
    assert len(body["UserDetailList"]) + len(body["RoleDetailList"]) == principals
    assert record.scope.account == "123456789012"
    assert [entry.state for entry in snapshot.coverage] == [CoverageState.COMPLETE]
    assert snapshot.redactions == {}


def test_the_inventory_comes_through_without_the_stacks_template():
    snapshot = read_exports([REFERENCE / "iam_vulnerable_full_inventory.json"])
    kinds = sorted(record.operation for record in snapshot.records)
    assert kinds == [
        "terraform:aws_cloudformation_stack",
        "terraform:aws_glue_dev_endpoint",
        "terraform:aws_instance",
        "terraform:aws_lambda_function",
        "terraform:aws_sagemaker_notebook_instance",
        "terraform:aws_security_group",
    ]
    assert {(r.scope.account, r.scope.region) for r in snapshot.records} == {
        ("123456789012", "us-east-1")
    }
    assert snapshot.redactions == {"content": 1}
    assert not any("Summer" in json.dumps(record.body) for record in snapshot.records)
