"""A saved answer becomes a record with its operation, place, question, and what the ledger may say of it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from collectors.exports import read_exports
from graph.model import CoverageEntry, CoverageState, ImportFileError, Record, Snapshot

ACCOUNT = "123456789012"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::acme-train/*",
        }
    ],
}
KEY_POLICY = {"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
MODEL = {
    "ModelName": "churn",
    "ModelArn": f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:model/churn",
    "ExecutionRoleArn": "arn:aws:iam::999999999999:role/x",
}


def _saved(folder: Path, files: dict[str, Any]) -> Snapshot:
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = value if isinstance(value, str) else json.dumps(value)
        path.write_text(text, encoding="utf-8")
    return read_exports([folder])


def _only(folder: Path, name: str, value: Any) -> tuple[Record, CoverageEntry]:
    snapshot = _saved(folder, {name: value})
    (record,) = snapshot.records
    return record, snapshot.coverage[0]


def _details(**changes: Any) -> dict[str, Any]:
    return {
        "UserDetailList": [
            {"UserName": "u", "Arn": f"arn:aws:iam::{ACCOUNT}:user/u", "Tags": None}
        ],
        "GroupDetailList": [],
        "RoleDetailList": [{"RoleName": "r", "Arn": f"arn:aws:iam::{ACCOUNT}:role/r"}],
        "Policies": [],
    } | changes


def test_a_detail_knows_its_place_and_question(tmp_path):
    record, entry = _only(tmp_path, "a.json", MODEL)
    assert (record.source, record.operation) == ("aws-cli", "sagemaker:DescribeModel")
    assert (record.scope.provider, record.scope.account) == ("aws", ACCOUNT)
    assert record.scope.region == "eu-west-1"
    assert record.params == {"ModelName": "churn"}
    assert (entry.operation, entry.scope, entry.params) == (
        record.operation,
        record.scope,
        record.params,
    )
    assert (entry.state, entry.record) == (CoverageState.COMPLETE, record.id)


@pytest.mark.parametrize(
    "policy", [POLICY, json.dumps(POLICY), quote(json.dumps(POLICY)), json.dumps(json.dumps(POLICY))]
)  # fmt: skip
def test_policies_are_decoded_and_tell_their_bucket(tmp_path, policy):
    record, _ = _only(tmp_path, "x.json", {"Policy": policy})
    assert record.operation == "s3:GetBucketPolicy"
    assert record.body == {"Policy": POLICY}
    assert record.params == {"Bucket": "acme-train"}
    assert record.scope.account == ""  # a principal's account says nothing of the bucket's
    assert record.scope.region == ""


def test_what_a_policy_is_about_tells_its_service(tmp_path):
    record, _ = _only(tmp_path, "x.json", {"Policy": json.dumps(KEY_POLICY)})
    assert record.operation == "kms:GetKeyPolicy"


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("s3api_get-bucket-versioning_acme.train-1.json", {"Bucket": "acme.train-1"}),
        ("get-bucket-versioning-acme-train_eu-west-1.json", {"Bucket": "acme-train"}),
        ("acme-train_get-bucket-versioning.json", {"Bucket": "acme-train"}),
        (f"{ACCOUNT}_get-bucket-versioning_acme_train.json", {"Bucket": "acme_train"}),
        ("GetBucketVersioning/acme-train.json", {"Bucket": "acme-train"}),
    ],
)
def test_a_file_name_tells_the_question_that_the_answer_does_not(tmp_path, name, params):
    record, entry = _only(tmp_path, name, {"Status": "Enabled"})
    assert record.operation == "s3:GetBucketVersioning"
    assert record.params == params
    assert entry.state is CoverageState.COMPLETE


def test_two_parameters_of_a_name_are_told_apart(tmp_path):
    name = "bedrock-agent_list-agent-action-groups_AGENT1_DRAFT.json"
    record, _ = _only(tmp_path, name, {"actionGroupSummaries": []})
    assert record.params == {"agentId": "AGENT1", "agentVersion": "DRAFT"}


def test_an_answer_that_cannot_be_attached_is_kept_and_said_so(tmp_path):
    record, entry = _only(tmp_path, "get-bucket-versioning.json", {"Status": "Enabled"})
    assert record.params == {}
    assert entry.state is CoverageState.PARTIAL
    assert "get-bucket-versioning_<Bucket>.json" in entry.reason


def test_places_come_from_paths_then_answers_then_neighbours(tmp_path):
    snapshot = _saved(
        tmp_path,
        {
            "eu-central-1/list-models.json": {"Models": []},
            f"{ACCOUNT}/us-east-1/describe-model.json": MODEL,
            "other/a.json": MODEL,
            "other/list-notebook-instances.json": {"NotebookInstances": []},
            "list-buckets.json": {"Buckets": []},
        },
    )
    places = {
        (r.operation.partition(":")[2], r.scope.region, r.scope.account) for r in snapshot.records
    }
    assert places == {
        ("ListModels", "eu-central-1", ACCOUNT),
        ("DescribeModel", "us-east-1", ACCOUNT),
        ("DescribeModel", "eu-west-1", ACCOUNT),
        ("ListNotebookInstances", "eu-west-1", ACCOUNT),
        ("ListBuckets", "", ACCOUNT),
    }


def test_two_accounts_are_not_guessed_between(tmp_path):
    other = json.loads(json.dumps(MODEL).replace(ACCOUNT, "210987654321"))
    snapshot = _saved(
        tmp_path, {"a.json": MODEL, "b.json": other, "list-buckets.json": {"Buckets": []}}
    )
    accounts = {r.operation: r.scope.account for r in snapshot.records}
    assert accounts["s3:ListBuckets"] == ""


@pytest.mark.parametrize(
    "left", [{"NextToken": "x"}, {"IsTruncated": True, "Marker": "x"}, {"nextToken": "x"}], ids=str
)
def test_a_leftover_page_token_means_not_whole(tmp_path, left):
    _, entry = _only(tmp_path, "list-notebook-instances.json", {"NotebookInstances": [], **left})
    assert (entry.state, entry.reason) == (
        CoverageState.PARTIAL,
        "the list was saved before its last page",
    )


def test_wrappers_and_metadata_are_taken_off(tmp_path):
    wrapped = {"status_code": 200, "data": MODEL | {"ResponseMetadata": {"RequestId": "r"}}}
    record, _ = _only(tmp_path, "a.json", wrapped)
    assert record.body == MODEL


SPOKEN = "\nAn error occurred (%s) when calling the %s operation: no\n"


@pytest.mark.parametrize(
    ("name", "value", "operation", "state"),
    [
        ("a.txt", SPOKEN % ("AccessDenied", "GetBucketPolicy"), "s3:GetBucketPolicy", "denied"),
        ("x.json", SPOKEN % ("NoSuchBucketPolicy", "GetBucketPolicy"), "s3:GetBucketPolicy", "complete"),
        ("x.json", SPOKEN % ("ThrottlingException", "ListModels"), "sagemaker:ListModels", "failed"),
        ("list-models.json", {"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "sagemaker:ListModels", "denied"),
        ("sagemaker_list-models.json", {"__type": "a#UnrecognizedClientException", "message": "no"}, "sagemaker:ListModels", "failed"),
        ("list-models.json", {"status_code": 403, "data": {}}, "sagemaker:ListModels", "denied"),
    ],
)  # fmt: skip
def test_saved_errors_are_gaps(tmp_path, name, value, operation, state):
    path = tmp_path / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    snapshot = read_exports([path])
    (record,) = snapshot.records
    assert (record.operation, record.body) == (operation, None)
    assert record.error is not None
    assert snapshot.coverage[0].state == state


def test_whole_account_details_are_complete(tmp_path):
    record, entry = _only(tmp_path, "a.json", _details())
    assert (record.source, record.scope.account, record.scope.region) == ("gaad", ACCOUNT, "")
    assert (entry.state, entry.reason) == (CoverageState.COMPLETE, "")
    assert record.body["UserDetailList"][0]["Tags"] is None


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"IsTruncated": True}, "last page"),
        ({"UserDetailList": []}, "no users"),
        ({"RoleDetailList": []}, "no roles"),
        (
            {"UserDetailList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:user/u", "GroupList": ["ops"]}]},
            "group ops",
        ),
        (
            {
                "UserDetailList": [
                    {
                        "Arn": f"arn:aws:iam::{ACCOUNT}:user/u",
                        "AttachedManagedPolicies": [
                            {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/p", "PolicyName": "p"}
                        ],
                    }
                ]
            },
            "policy/p",
        ),
    ],
    ids=["truncated", "users", "roles", "group", "policy"],
)
def test_filtered_or_cut_account_details_are_partial(tmp_path, change, word):
    _, entry = _only(tmp_path, "a.json", _details(**change))
    assert entry.state is CoverageState.PARTIAL
    assert word in entry.reason


def test_a_managed_policy_that_is_only_named_is_a_gap_of_its_own(tmp_path):
    attached = [{"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]
    role = {"Arn": f"arn:aws:iam::{ACCOUNT}:role/r", "AttachedManagedPolicies": attached}
    snapshot = _saved(tmp_path, {"a.json": _details(RoleDetailList=[role])})
    states = {(entry.operation, entry.state) for entry in snapshot.coverage}
    assert states == {
        ("iam:GetAccountAuthorizationDetails", CoverageState.COMPLETE),
        ("iam:GetPolicyVersion", CoverageState.PARTIAL),
    }


def test_an_answer_that_two_operations_give_says_which_names_help(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"Tags": []}', encoding="utf-8")
    with pytest.raises(
        ImportFileError, match=r"kms_list-resource-tags\.json or sagemaker_list-tags"
    ):
        read_exports([path])


def test_an_answer_taken_for_the_likelier_of_two_never_claims_to_be_whole(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"PublicAccessBlockConfiguration": {}}), encoding="utf-8")
    snapshot = read_exports([path])
    assert snapshot.records[0].operation == "s3:GetPublicAccessBlock"
    assert snapshot.coverage[0].state is CoverageState.PARTIAL


def test_empty_answers_need_a_telling_name(tmp_path):
    record, entry = _only(tmp_path, "s3api_get-bucket-logging_acme.json", {})
    assert (record.operation, record.body) == ("s3:GetBucketLogging", {})
    assert (record.params, entry.state) == ({"Bucket": "acme"}, CoverageState.COMPLETE)


@pytest.mark.parametrize(
    ("name", "body", "params"),
    [
        (
            "organizations_list-accounts-for-parent_ou-ab12-11111111.json",
            {"Accounts": [{"Id": ACCOUNT, "Name": "one"}]},
            {"ParentId": "ou-ab12-11111111"},
        ),
        (
            "organizations_list-organizational-units-for-parent_r-ab12.json",
            {"OrganizationalUnits": [{"Id": "ou-ab12-11111111", "Name": "one"}]},
            {"ParentId": "r-ab12"},
        ),
        (
            "organizations_list-policies.json",
            {"Policies": [{"Id": "p-1", "Name": "a", "Type": "SERVICE_CONTROL_POLICY"}]},
            {"Filter": "SERVICE_CONTROL_POLICY"},
        ),
        (
            "kms_get-key-policy_1a2b3c4d-12ab-34cd-56ef-1234567890ab.json",
            {"Policy": json.dumps(KEY_POLICY)},
            {"KeyId": "1a2b3c4d-12ab-34cd-56ef-1234567890ab", "PolicyName": "default"},
        ),
    ],
)
def test_the_one_element_of_a_list_is_not_taken_for_its_parent(tmp_path, name, body, params):
    record, entry = _only(tmp_path, name, body)
    assert record.params == params
    assert entry.state is CoverageState.COMPLETE
