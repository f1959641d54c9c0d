"""Secrets Manager: names of secrets and who may read them; never a value."""

from collections.abc import Mapping

from collectors.aws.convert import key, key_asset, tags, truth
from collectors.aws.shape import Edge, Mapper, Shape, document
from collectors.reads import Detail, Read

READS: tuple[Read, ...] = (
    Read(
        client="secretsmanager",
        operation="ListSecrets",
        items="/SecretList",
        details=(Detail(operation="GetResourcePolicy", params={"SecretId": "/ARN"}),),
    ),
)

SECRET = Shape(
    kind="AWS::SecretsManager::Secret",
    items="/SecretList/*",
    id="/ARN",
    name="/Name",
    fields={
        "kms_key": ("/KmsKeyId", key),
        "rotation_enabled": ("/RotationEnabled", truth),
        "last_used": "/LastAccessedDate",
        "created": "/CreatedDate",
        "description": "/Description",
        "tags": ("/Tags", tags),
    },
    edges=(Edge(kind="ENCRYPTED_BY", at="/KmsKeyId", to=key_asset),),
)

MAPPERS: Mapping[str, Mapper] = {
    "secretsmanager:ListSecrets": SECRET,
    "secretsmanager:GetResourcePolicy": Shape(
        kind=SECRET.kind,
        id="/ARN",
        name="/Name",
        fields={"policy": ("/ResourcePolicy", document)},
    ),
}
