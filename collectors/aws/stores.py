"""Where AI keeps things besides S3: tables, vectors, images, logs."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from collectors.aws.answer import Answer, Fact, Facts
from collectors.aws.convert import arn, key, key_asset, tags
from collectors.aws.shape import NOT_READ, Edge, Mapper, Shape, document, each
from collectors.reads import Detail, Read
from graph.estate import Piece
from graph.model import Asset, Evidence

READS: tuple[Read, ...] = (
    Read(
        client="dynamodb",
        operation="ListTables",
        items="/TableNames",
        details=(Detail(operation="DescribeTable", params={"TableName": ""}),),
    ),
    Read(
        client="ecr",
        operation="DescribeRepositories",
        items="/repositories",
        details=(
            Detail(
                operation="GetRepositoryPolicy",
                params={"repositoryName": "/repositoryName"},
                absent=("RepositoryPolicyNotFoundException",),
            ),
            Detail(operation="ListTagsForResource", params={"resourceArn": "/repositoryArn"}),
        ),
    ),
    Read(client="logs", operation="DescribeLogGroups"),
    Read(client="opensearchserverless", operation="ListCollections"),
    *(
        Read(
            client="opensearchserverless",
            operation="ListSecurityPolicies",
            params={"type": policy_type},
            items="/securityPolicySummaries",
            details=(
                Detail(operation="GetSecurityPolicy", params={"type": "/type", "name": "/name"}),
            ),
        )
        for policy_type in ("encryption", "network")
    ),
)


_TABLE_KEY = "/SSEDescription/KMSMasterKeyArn"
TABLE = Shape(
    kind="AWS::DynamoDB::Table",
    items="/Table",
    id="/TableArn",
    name="/TableName",
    fields={"kms_key": (_TABLE_KEY, key), "created": "/CreationDateTime"},
    edges=(Edge(kind="ENCRYPTED_BY", at=_TABLE_KEY, to=key_asset),),
)
_REPOSITORY_KEY = "/encryptionConfiguration/kmsKey"
REPOSITORY = Shape(
    kind="AWS::ECR::Repository",
    items="/repositories/*",
    id="/repositoryArn",
    name="/repositoryName",
    fields={"kms_key": (_REPOSITORY_KEY, key), "created": "/createdAt"},
    edges=(Edge(kind="ENCRYPTED_BY", at=_REPOSITORY_KEY, to=key_asset),),
)
LOG_GROUP = Shape(
    kind="AWS::Logs::LogGroup",
    items="/logGroups/*",
    id=("/arn", lambda value, _: value.removesuffix(":*") if value else None),
    name="/logGroupName",
    fields={
        "kms_key": ("/kmsKeyId", key),
        "data_protection": "/dataProtectionStatus",
        "retention_days": ("/retentionInDays", lambda days, _: days or None),
    },
    edges=(Edge(kind="ENCRYPTED_BY", at="/kmsKeyId", to=key_asset),),
)
_COLLECTION = "AWS::OpenSearchServerless::Collection"
COLLECTION = Shape(
    kind=_COLLECTION,
    items="/collectionSummaries/*",
    id="/arn",
    name="/name",
    fields={"status": "/status"},
)


def _security_policy(answer: Answer) -> Iterator[Piece]:
    """A network or encryption policy says, by name pattern, what holds for collections."""
    detail = (answer.body or {}).get("securityPolicyDetail") or {}
    policy = document(detail.get("policy"), answer)
    if policy is NOT_READ or policy is None:
        return
    for block in policy if isinstance(policy, list) else [policy]:
        found = _says(detail.get("type"), block, answer)
        for collection in _matching(block, answer) if found else ():
            yield Asset(
                id=collection,
                kind=_COLLECTION,
                name="",
                account=answer.account,
                region=answer.region,
                properties=found,
                evidence=(
                    Evidence(
                        record=answer.record,
                        fields=dict.fromkeys(found, "/securityPolicyDetail/policy"),
                    ),
                ),
            )


def _says(policy_type: Any, block: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    if policy_type == "network":
        return {"public": bool(block.get("AllowFromPublic"))}
    if policy_type == "encryption":
        return {"kms_key": key(block.get("KmsARN"), answer)}
    return {}


def _matching(block: Mapping[str, Any], answer: Answer) -> Iterator[str]:
    """The collections that a policy's patterns name."""
    patterns = [
        resource.removeprefix("collection/")
        for rule in block.get("Rules") or ()
        if rule.get("ResourceType") == "collection"
        for resource in rule.get("Resource") or ()
    ]
    for name, collection in answer.all("collection").items():
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            yield collection


def _collection_names(answer: Answer) -> Iterator[Fact]:
    for _, item in each(answer.body, ("collectionSummaries", "*")):
        yield "collection", item.get("name", ""), item.get("arn", "")


FACTS: Mapping[str, Facts] = {"opensearchserverless:ListCollections": _collection_names}

MAPPERS: Mapping[str, Mapper] = {
    "dynamodb:ListTables": Shape(
        kind=TABLE.kind, items="/TableNames/*", id=("", arn("dynamodb", "table/")), name=""
    ),
    "dynamodb:DescribeTable": TABLE,
    "ecr:DescribeRepositories": REPOSITORY,
    "ecr:GetRepositoryPolicy": Shape(
        kind=REPOSITORY.kind,
        id=("^/repositoryName", arn("ecr", "repository/")),
        fields={"policy": ("/policyText", document)},
    ),
    "ecr:ListTagsForResource": Shape(
        kind=REPOSITORY.kind, id="^/resourceArn", fields={"tags": ("/tags", tags)}
    ),
    "logs:DescribeLogGroups": LOG_GROUP,
    "opensearchserverless:ListCollections": COLLECTION,
    "opensearchserverless:GetSecurityPolicy": _security_policy,
}
