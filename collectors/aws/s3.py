"""S3: buckets, who may read and write them, how they are protected."""

from collections.abc import Mapping
from typing import Any

from collectors.aws.answer import Answer
from collectors.aws.convert import bucket, key, key_asset, present, tags
from collectors.aws.organizations import account_id
from collectors.aws.shape import Edge, Field, Mapper, Shape, document
from collectors.reads import Detail, Read


def _detail(operation: str, *absent: str, may_be_empty: bool = False) -> Detail:
    params = {"Bucket": "/Name"}
    return Detail(operation=operation, params=params, absent=absent, may_be_empty=may_be_empty)


READS: tuple[Read, ...] = (
    Read(
        client="s3",
        operation="ListBuckets",
        scope="global",
        items="/Buckets",
        details=(
            _detail("GetBucketLocation", may_be_empty=True),
            _detail("GetBucketPolicy", "NoSuchBucketPolicy"),
            _detail("GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
            _detail("GetBucketAcl"),
            _detail("GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
            _detail("GetBucketVersioning", may_be_empty=True),
            _detail("GetBucketLogging", may_be_empty=True),
            _detail("GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
            _detail("GetBucketTagging", "NoSuchTagSet"),
        ),
    ),
)


_EVERYBODY = ("/AllUsers", "/AuthenticatedUsers")
_OLD_NAMES = {"EU": "eu-west-1", None: "us-east-1", "": "us-east-1"}
_DEFAULT = "/ServerSideEncryptionConfiguration/Rules/0/ApplyServerSideEncryptionByDefault"
_KEY = _DEFAULT + "/KMSMasterKeyID"


def _open_to_everybody(grants: Any, _: Answer) -> bool:
    return any(
        str((grant.get("Grantee") or {}).get("URI", "")).endswith(_EVERYBODY)
        for grant in grants or ()
    )


def _grants(grants: Any, _: Answer) -> list[str]:
    """What the ACL grants to groups of everybody, such as "AllUsers READ"."""
    return [
        f"{uri.rpartition('/')[2]} {grant.get('Permission', '')}"
        for grant in grants or ()
        if (uri := str((grant.get("Grantee") or {}).get("URI", ""))).endswith(_EVERYBODY)
    ]


def _region(value: Any, _: Answer) -> str:
    return _OLD_NAMES.get(value) or str(value)


def _bucket(fields: Mapping[str, Field], *edges: Edge, region: Field = "") -> Shape:
    """One detail of the bucket that a call was made for."""
    return Shape(
        kind="AWS::S3::Bucket",
        id=("^/Bucket", bucket),
        name="^/Bucket",
        region=region,
        fields=fields,
        edges=edges,
    )


MAPPERS: Mapping[str, Mapper] = {
    "s3:ListBuckets": Shape(
        kind="AWS::S3::Bucket",
        items="/Buckets/*",
        id=("/Name", bucket),
        name="/Name",
        region="/BucketRegion",
        fields={"created": "/CreationDate"},
    ),
    "s3:GetBucketLocation": _bucket({}, region=("/LocationConstraint", _region)),
    "s3:GetBucketPolicy": _bucket({"policy": ("/Policy", document)}),
    "s3:GetPublicAccessBlock": _bucket({"public_access_block": "/PublicAccessBlockConfiguration"}),
    "s3control:GetPublicAccessBlock": Shape(
        kind="AWS::Account::Account",
        id=("^/AccountId", account_id),
        fields={"public_access_block": "/PublicAccessBlockConfiguration"},
    ),
    "s3:GetBucketAcl": _bucket(
        {"acl_public": ("/Grants", _open_to_everybody), "acl": ("/Grants", _grants)}
    ),
    "s3:GetBucketEncryption": _bucket(
        {"encryption": _DEFAULT + "/SSEAlgorithm", "kms_key": (_KEY, key)},
        Edge(kind="ENCRYPTED_BY", at=_KEY, to=key_asset),
    ),
    "s3:GetBucketVersioning": _bucket(
        {"versioning": ("/Status", lambda status, _: status == "Enabled")}
    ),
    "s3:GetBucketLogging": _bucket({"access_logging": ("/LoggingEnabled/TargetBucket", present)}),
    "s3:GetBucketOwnershipControls": _bucket(
        {"ownership": "/OwnershipControls/Rules/0/ObjectOwnership"}
    ),
    "s3:GetBucketTagging": _bucket({"tags": ("/TagSet", tags)}),
}
