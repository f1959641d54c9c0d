"""IAM policies: inline, managed with their versions, and what they are attached to."""

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.answer import Answer
from collectors.aws.arn import account_of, short_name
from collectors.aws.shape import NOT_READ, Mapper, Shape, document, each, relationship
from graph.estate import Piece
from graph.model import Asset, Evidence


def inline(
    principal: str, policy: Mapping[str, Any], answer: Answer, pointer: str
) -> Iterator[Piece]:
    """An inline policy {PolicyName, PolicyDocument} and what it is attached to."""
    text = document(policy.get("PolicyDocument"), answer)
    proof = Evidence(record=answer.record, pointer=pointer, fields={"document": "/PolicyDocument"})
    name = policy.get("PolicyName")
    if not name:
        return
    policy_id = f"{principal}/inline/{name}"
    yield Asset(
        id=policy_id,
        kind="AWS::IAM::Policy",
        name=name,
        account=account_of(principal),
        properties={"managed_by": "inline"} | ({} if text is NOT_READ else {"document": text}),
        evidence=(proof,),
    )
    attached = Evidence(record=answer.record, pointer=pointer)
    yield relationship((policy_id, "ATTACHED_TO", principal), attached, **{"as": "identity"})


def managed(answer: Answer, policy: Mapping[str, Any], pointer: str) -> Iterator[Piece]:
    """A managed policy with all versions; its document is the default version's."""
    arn = policy.get("Arn")
    if not arn:
        return
    versions = policy.get("PolicyVersionList") or []
    properties: dict[str, Any] = {
        "managed_by": _managed_by(arn),
        "attachment_count": policy.get("AttachmentCount"),
        "created": policy.get("CreateDate"),
        "versions": [_version(version, answer) for version in versions],
    }
    fields = {
        "versions": "/PolicyVersionList",
        "attachment_count": "/AttachmentCount",
        "created": "/CreateDate",
    }
    for number, version in enumerate(properties["versions"]):
        if version["default"] and "document" in version:
            properties["document"] = version["document"]
            fields["document"] = f"/PolicyVersionList/{number}/Document"
    yield Asset(
        id=arn,
        kind="AWS::IAM::ManagedPolicy",
        name=policy.get("PolicyName") or short_name(arn),
        account=account_of(arn),
        properties=properties,
        evidence=(Evidence(record=answer.record, pointer=pointer, fields=fields),),
    )


def _version(version: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    text = document(version.get("Document"), answer)
    told = {"id": version.get("VersionId"), "default": bool(version.get("IsDefaultVersion"))}
    return told if text is NOT_READ else {**told, "document": text}


def _managed_by(arn: str) -> str:
    return "aws" if ":iam::aws:" in arn else "customer"


def _policy_version(answer: Answer) -> Iterator[Piece]:
    for pointer, version in each(answer.body, ("PolicyVersion",)):
        arn = answer.params.get("PolicyArn")
        text = document(version.get("Document"), answer)
        if arn and version.get("IsDefaultVersion") and text is not NOT_READ:
            yield Asset(
                id=arn,
                kind="AWS::IAM::ManagedPolicy",
                name=short_name(arn),
                account=account_of(arn),
                properties={"document": text, "managed_by": _managed_by(arn)},
                evidence=(
                    Evidence(
                        record=answer.record, pointer=pointer, fields={"document": "/Document"}
                    ),
                ),
            )


def _one_inline(what: str, name: str) -> Mapper:
    """An inline policy asked for by its principal."""

    def mapper(answer: Answer) -> Iterator[Piece]:
        principal = (answer.body or {}).get(name)
        if principal:
            yield from inline(answer.principal(what, principal), answer.body, answer, "")

    return mapper


def _entities(answer: Answer) -> Iterator[Piece]:
    """Everybody that a managed policy is attached to."""
    policy = answer.params.get("PolicyArn")
    how = "boundary" if answer.params.get("PolicyUsageFilter") == "PermissionsBoundary" else ""
    for what in ("Role", "User", "Group"):
        for pointer, item in each(answer.body, (f"Policy{what}s", "*")):
            if policy and item.get(f"{what}Name"):
                principal = answer.principal(what.lower(), item[f"{what}Name"])
                proof = Evidence(record=answer.record, pointer=f"{pointer}/{what}Name")
                yield relationship(
                    (policy, "ATTACHED_TO", principal), proof, **{"as": how or "identity"}
                )


MAPPERS: Mapping[str, Mapper] = {
    "iam:ListPolicies": Shape(
        kind="AWS::IAM::ManagedPolicy",
        items="/Policies/*",
        id="/Arn",
        name="/PolicyName",
        fields={"attachment_count": "/AttachmentCount"},
        owned=False,
    ),
    "iam:GetPolicyVersion": _policy_version,
    "iam:GetUserPolicy": _one_inline("user", "UserName"),
    "iam:GetRolePolicy": _one_inline("role", "RoleName"),
    "iam:GetGroupPolicy": _one_inline("group", "GroupName"),
    "iam:ListEntitiesForPolicy": _entities,
}
