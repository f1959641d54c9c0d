"""KMS: keys, who may use them (key policy, grants), whether they rotate."""

from collectors.reads import Detail, Read

READS: tuple[Read, ...] = (
    Read(
        client="kms",
        operation="ListKeys",
        items="/Keys",
        details=(
            Detail(operation="DescribeKey", params={"KeyId": "/KeyId"}),
            Detail(
                operation="GetKeyPolicy",
                params={"KeyId": "/KeyId"},
                fixed={"PolicyName": "default"},
            ),
            Detail(
                operation="GetKeyRotationStatus",
                params={"KeyId": "/KeyId"},
                absent=("UnsupportedOperationException",),
            ),
            Detail(operation="ListGrants", params={"KeyId": "/KeyId"}),
            Detail(operation="ListResourceTags", params={"KeyId": "/KeyId"}),
        ),
    ),
    Read(client="kms", operation="ListAliases"),
)
