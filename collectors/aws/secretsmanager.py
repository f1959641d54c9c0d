"""Secrets Manager: names of secrets and who may read them; never a value."""

from collectors.reads import Detail, Read

READS: tuple[Read, ...] = (
    Read(
        client="secretsmanager",
        operation="ListSecrets",
        items="/SecretList",
        details=(Detail(operation="GetResourcePolicy", params={"SecretId": "/ARN"}),),
    ),
)
