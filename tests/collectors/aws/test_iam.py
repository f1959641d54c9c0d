"""IAM: every principal with its policies, trust, credentials."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from collectors.mapping import map_snapshot
from graph.model import Record, Scope, Snapshot

from .answers import ACCOUNT, HERE, answer, edges, estate, resource
from .recorded import FIXTURES, at

DUMP = "iam:GetAccountAuthorizationDetails"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["lambda.amazonaws.com", "sagemaker.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def iam(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{name}"


@pytest.fixture(scope="module")
def vulnerable():
    path = FIXTURES / "identity" / "iam_vulnerable_gaad.json"
    body = json.loads(path.read_text(encoding="utf-8"))
    record = Record(source="gaad", operation=DUMP, scope=Scope(provider="aws"), body=body)
    return record, map_snapshot(Snapshot(records=(record,), coverage=()))


def test_all_87_principals_are_there_with_their_policies(vulnerable):
    record, found = vulnerable
    principals = record.body["UserDetailList"] + record.body["RoleDetailList"]
    assert len(principals) == 87
    attached = edges(found, "ATTACHED_TO")
    for principal in principals:
        assert principal["Arn"] in found.assets
        for policy in principal["AttachedManagedPolicies"]:
            assert (policy["PolicyArn"], principal["Arn"]) in attached
            assert "document" in found.assets[policy["PolicyArn"]].properties
        inline = principal.get("UserPolicyList", []) + principal.get("RolePolicyList", [])
        for policy in inline:
            policy_id = f"{principal['Arn']}/inline/{policy['PolicyName']}"
            assert (policy_id, principal["Arn"]) in attached
            assert found.assets[policy_id].properties["document"] == policy["PolicyDocument"]


def test_every_statement_of_the_dump_can_be_pointed_at(vulnerable):
    record, found = vulnerable
    for policy in found.of_label("Policy"):
        proof = policy.evidence_for("document")
        assert proof is not None
        assert at(record.body, proof.pointer) == policy.properties["document"]


def test_the_account_of_a_dump_is_found_in_its_arns(vulnerable):
    _, found = vulnerable
    account = "arn:aws:iam::123456789012:root"
    assert found.assets[account].kind == "AWS::Account::Account"
    assert all(source == account for source, _ in edges(found, "CONTAINS"))


def role(name: str = "r", trust: Any = TRUST, **more: Any) -> dict[str, Any]:
    return {
        "Arn": iam(f"role/{name}"),
        "RoleName": name,
        "Path": "/",
        "AssumeRolePolicyDocument": trust,
        **more,
    }


@pytest.mark.parametrize("spelled", [TRUST, json.dumps(TRUST), quote(json.dumps(TRUST))])
def test_documents_are_read_in_every_spelling(spelled):
    found = estate(_dump(role(trust=None)), _dump(role(trust=spelled)))
    properties = found.assets[iam("role/r")].properties
    assert properties["trust_policy"] == TRUST
    assert properties["trust_services"] == ["lambda.amazonaws.com", "sagemaker.amazonaws.com"]


def _dump(*roles: dict[str, Any]) -> Record:
    body = {"RoleDetailList": list(roles)}
    return Record(source="gaad", operation=DUMP, scope=HERE, body=body)


def test_text_that_is_no_document_is_unknown_not_empty():
    found = estate(_dump(role(trust="{cut off")))
    assert "trust_policy" not in found.assets[iam("role/r")].properties


def test_null_and_missing_fields_are_accepted():
    bare = {"Arn": iam("user/u"), "UserName": "u", "Tags": None, "AttachedManagedPolicies": None}
    found = estate(
        Record(source="gaad", operation=DUMP, scope=HERE, body={"UserDetailList": [bare]})
    )
    properties = found.assets[iam("user/u")].properties
    assert properties["permissions_boundary"] is None
    assert properties["tags"] == {}


def test_a_boundary_is_attached_as_one():
    boundary: Any = {"PermissionsBoundary": {"PermissionsBoundaryArn": iam("policy/limit")}}
    found = estate(answer(DUMP, {"RoleDetailList": [role(**boundary)]}))
    assert found.assets[iam("role/r")].properties["permissions_boundary"] == iam("policy/limit")
    relation = next(r for r in found.relationships if r.kind == "ATTACHED_TO")
    assert (relation.source, relation.properties["as"]) == (iam("policy/limit"), "boundary")
    assert found.assets[iam("policy/limit")].properties == {"described": False}


def test_all_versions_of_a_policy_are_kept():
    policy = {
        "Arn": iam("policy/p"),
        "PolicyVersionList": [
            {"VersionId": "v2", "IsDefaultVersion": True, "Document": TRUST},
            {"VersionId": "v1", "IsDefaultVersion": False, "Document": ALL},
        ],
    }
    found = estate(answer(DUMP, {"Policies": [policy]})).assets[iam("policy/p")]
    assert found.name == "p"
    assert found.properties["document"] == TRUST
    assert [v["id"] for v in found.properties["versions"]] == ["v2", "v1"]
    assert found.properties["versions"][1]["document"] == ALL


def _github(subject: object) -> dict[str, Any]:
    condition = {"StringLike": {"token.actions.githubusercontent.com:sub": subject}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": iam("oidc-provider/token.actions.githubusercontent.com")},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    return {"Statement": statement | ({"Condition": condition} if subject else {})}


@pytest.mark.parametrize(
    ("subject", "anybody"),
    [
        (None, True),
        ("*", True),
        ("repo:*", True),
        (["repo:acme/ml:*", "*"], True),
        ("repo:acme/*", False),
        ("repo:acme/ml:ref:refs/heads/main", False),
    ],
    ids=str,
)
def test_a_provider_that_vouches_for_anybody(subject, anybody):
    found = estate(_dump(role(trust=_github(subject))))
    assert found.assets[iam("role/r")].properties["wildcard_oidc_subject"] is anybody
    provider = iam("oidc-provider/token.actions.githubusercontent.com")
    assert edges(found, "TRUSTS") == {(iam("role/r"), provider)}


def test_credentials_find_their_user_by_path():
    user = {"Arn": iam("user/team/ml/ann"), "UserName": "ann", "Path": "/team/ml/"}
    key = {"UserName": "ann", "AccessKeyId": "AKIA************WXYZ", "Status": "Active"}
    found = estate(
        answer(DUMP, {"UserDetailList": [user]}),
        answer("iam:ListAccessKeys", {"AccessKeyMetadata": [key]}, UserName="ann"),
        answer("iam:ListMFADevices", {"MFADevices": []}, UserName="ann"),
    )
    assert edges(found, "AUTHENTICATES_TO") == {(iam("access-key/ann/WXYZ"), user["Arn"])}
    assert found.assets[user["Arn"]].properties["mfa"] is False
    assert "console_password" not in found.assets[user["Arn"]].properties


@pytest.mark.parametrize(
    ("name", "tags", "ci", "external"),
    [
        ("github-actions", [], True, False),
        ("ann", [], False, False),
        ("robot", [{"Key": "CI", "Value": "true"}], True, False),
        ("ann", [{"Key": "Vendor", "Value": "yes"}], False, True),
        ("circus", [], False, False),
    ],
)
def test_ci_and_outside_users_are_told_by_tag_or_name(name, tags, ci, external):
    user = {"Arn": iam(f"user/{name}"), "UserName": name, "Tags": tags}
    properties = estate(answer(DUMP, {"UserDetailList": [user]})).assets[user["Arn"]].properties
    assert (properties["ci"], properties["external"]) == (ci, external)


def test_terraform_attachments_find_roles_and_groups_by_name():
    found = estate(
        resource("aws_iam_group.g", arn=iam("group/eng/g"), name="g", path="/eng/"),
        resource("aws_iam_user_group_membership.m", user="ann", groups=["g", "h"]),
        resource("aws_iam_role_policy_attachment.a", role="r", policy_arn=iam("policy/p")),
        resource("aws_iam_user_policy.i", user="ann", name="i", policy=json.dumps(ALL)),
    )
    ann = iam("user/ann")
    assert edges(found, "MEMBER_OF") == {(ann, iam("group/eng/g")), (ann, iam("group/h"))}
    assert edges(found, "ATTACHED_TO") == {
        (iam("policy/p"), iam("role/r")),
        (f"{ann}/inline/i", ann),
    }
    assert found.assets[ann].properties == {"described": False}


def test_terraform_does_not_know_all_versions_of_a_policy():
    found = estate(
        resource("aws_iam_policy.p", arn=iam("policy/p"), name="p", policy=json.dumps(ALL))
    ).assets[iam("policy/p")]
    assert found.properties["document"] == ALL
    assert "versions" not in found.properties
