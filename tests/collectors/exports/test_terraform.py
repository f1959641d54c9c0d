"""Terraform: one record for each managed resource of a cloud, without what it calls sensitive, never whole."""

import json
from pathlib import Path
from typing import Any

from collectors.exports import read_exports
from graph.model import CoverageState, Record, Snapshot

ACCOUNT = "123456789012"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"}]}
MARK = {"redacted": "marked sensitive by Terraform"}


def _resource(kind: str, name: str, *instances: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"mode": "managed", "type": kind, "name": name, "instances": list(instances)} | more


def _import(tmp_path: Path, value: Any, name: str = "terraform.tfstate") -> Snapshot:
    path = tmp_path / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return read_exports([path])


def _state(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"version": 4, "terraform_version": "1.7.0", "serial": 1, "resources": list(resources)}


def _by_address(snapshot: Snapshot) -> dict[str, Record]:
    return {record.params["address"]: record for record in snapshot.records}


BUCKET = _resource(
    "aws_s3_bucket",
    "train",
    {"attributes": {"arn": "arn:aws:s3:::train", "bucket": "train", "region": "eu-west-1"}},
)
FUNCTION = _resource(
    "aws_lambda_function",
    "tool",
    {
        "index_key": "a",
        "attributes": {"arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:a", "role": "r"},
    },
    {"index_key": 1, "attributes": {"arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:b"}},
    module='module.tools["x"]',
)


def test_every_instance_is_a_record_with_its_address(tmp_path):
    records = _by_address(_import(tmp_path, _state(BUCKET, FUNCTION)))
    assert sorted(records) == [
        "aws_s3_bucket.train",
        'module.tools["x"].aws_lambda_function.tool["a"]',
        'module.tools["x"].aws_lambda_function.tool[1]',
    ]
    bucket = records["aws_s3_bucket.train"]
    assert (bucket.source, bucket.operation) == ("terraform", "terraform:aws_s3_bucket")
    assert bucket.body["bucket"] == "train"


def test_resources_without_a_place_take_that_of_the_state(tmp_path):
    records = _import(tmp_path, _state(BUCKET, FUNCTION)).records
    assert {(r.scope.provider, r.scope.account, r.scope.region) for r in records} == {
        ("aws", ACCOUNT, "eu-west-1")
    }


def test_the_caller_that_a_state_knows_names_the_account(tmp_path):
    caller = _resource(
        "aws_caller_identity", "me", {"attributes": {"account_id": "210987654321"}}, mode="data"
    )
    records = _import(tmp_path, _state(BUCKET, caller)).records
    assert [record.scope.account for record in records] == ["210987654321"]


def test_a_state_never_claims_to_be_whole(tmp_path):
    coverage = _import(tmp_path, _state(BUCKET, FUNCTION)).coverage
    assert sorted(entry.operation for entry in coverage) == [
        "terraform:aws_lambda_function",
        "terraform:aws_s3_bucket",
    ]
    assert {entry.state for entry in coverage} == {CoverageState.PARTIAL}
    assert all(entry.params == {} and "manages" in entry.reason for entry in coverage)


def test_only_managed_resources_of_clouds_are_kept(tmp_path):
    others = [
        _resource("random_password", "p", {"attributes": {"result": "x"}}),
        _resource("aws_iam_policy_document", "d", {"attributes": {"json": "{}"}}, mode="data"),
        _resource("aws_s3_bucket", "planned", {"attributes": None}),
    ]
    assert list(_by_address(_import(tmp_path, _state(BUCKET, *others)))) == ["aws_s3_bucket.train"]


def test_policies_are_decoded(tmp_path):
    role = _resource(
        "aws_iam_role", "r", {"attributes": {"assume_role_policy": json.dumps(POLICY)}}
    )
    (record,) = _import(tmp_path, _state(role)).records
    assert record.body["assume_role_policy"] == POLICY


def test_what_terraform_calls_sensitive_is_dropped(tmp_path):
    resource = _resource(
        "aws_thing",
        "t",
        {
            "attributes": {"a": "x", "b": [{"c": "x", "d": "y"}], "e": None, "f": "stays"},
            "sensitive_attributes": [
                [{"type": "get_attr", "value": "a"}],
                [
                    {"type": "get_attr", "value": "b"},
                    {"type": "index", "value": {"value": 0, "type": "number"}},
                    {"type": "get_attr", "value": "c"},
                ],
                [{"type": "get_attr", "value": "e"}],
                [{"type": "get_attr", "value": "missing"}],
            ],
        },
    )
    snapshot = _import(tmp_path, _state(resource))
    assert snapshot.records[0].body == {
        "a": MARK,
        "b": [{"c": MARK, "d": "y"}],
        "e": None,
        "f": "stays",
    }
    assert snapshot.redactions == {"marked sensitive by Terraform": 2}


def test_show_prints_the_same_as_a_state(tmp_path):
    shown = {
        "format_version": "1.0",
        "terraform_version": "1.7.0",
        "values": {
            "root_module": {
                "child_modules": [
                    {
                        "resources": [
                            {
                                "address": "module.m.aws_s3_bucket.train",
                                "mode": "managed",
                                "type": "aws_s3_bucket",
                                "name": "train",
                                "values": {"bucket": "train", "tags": ["a", "b"], "x": {"y": 1}},
                                "sensitive_values": {"tags": [False, True], "x": {"y": True}},
                            }
                        ]
                    }
                ]
            }
        },
    }
    (record,) = _import(tmp_path, shown, "plan.json").records
    assert record.operation == "terraform:aws_s3_bucket"
    assert record.params == {"address": "module.m.aws_s3_bucket.train"}
    assert record.body == {"bucket": "train", "tags": ["a", MARK], "x": {"y": MARK}}


def test_a_list_of_resources_is_read_too(tmp_path):
    arn = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"
    inventory = [{"address": "aws_instance.a", "type": "aws_instance", "values": {"arn": arn}}]
    (record,) = _import(tmp_path, inventory, "inventory.json").records
    assert record.operation == "terraform:aws_instance"
    assert (record.scope.account, record.scope.region) == (ACCOUNT, "us-east-1")


def test_two_states_do_not_lend_each_other_a_region(tmp_path):
    other = json.loads(json.dumps(_state(FUNCTION)).replace("eu-west-1", "us-east-1"))
    place_less = _resource("aws_iam_thing", "i", {"attributes": {"name": "x"}})
    for name, value in (("a.tfstate", _state(FUNCTION, place_less)), ("b.tfstate", other)):
        (tmp_path / name).write_text(json.dumps(value), encoding="utf-8")
    records = read_exports([tmp_path]).records
    regions = {r.operation: r.scope.region for r in records if "iam" in r.operation}
    assert regions == {"terraform:aws_iam_thing": "eu-west-1"}
