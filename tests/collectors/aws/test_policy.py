"""The printed policy allows every call of the collector and none that writes, also where the names differ."""

from collectors.aws.live import allowed_operations
from collectors.aws.policy import actions, read_policy
from collectors.aws.services import READS
from graph.content import read_toml

(STATEMENT,) = read_policy()["Statement"]


def test_every_read_has_its_action():
    operations = allowed_operations(READS)
    allowed = set(STATEMENT["Action"])
    free = set(read_toml("permissions/aws_actions.toml")["free"])
    assert set(actions(operations)) == allowed
    for operation in operations - free:
        assert set(actions([operation])) <= allowed
    assert len(allowed) == len(operations - free)


def test_nothing_writes_or_reads_content():
    for action in STATEMENT["Action"]:
        service, _, name = action.partition(":")
        assert name.startswith(("Get", "List", "Describe")), action
        assert service.replace("-", "").isalnum()
        assert "*" not in action
    content = {"s3:GetObject", "secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:Decrypt"}
    assert not content & set(STATEMENT["Action"])
    assert (STATEMENT["Effect"], STATEMENT["Resource"]) == ("Allow", "*")


def test_actions_that_are_named_otherwise():
    assert set(
        actions(
            [
                "s3:ListBuckets",
                "s3:GetBucketEncryption",
                "s3:GetPublicAccessBlock",
                "bedrock-agent:GetAgent",
                "bedrock-agentcore-control:GetGateway",
                "opensearchserverless:ListCollections",
                "sts:GetCallerIdentity",
            ]
        )
    ) == {
        "s3:ListAllMyBuckets",
        "s3:GetEncryptionConfiguration",
        "s3:GetBucketPublicAccessBlock",
        "bedrock:GetAgent",
        "bedrock-agentcore:GetGateway",
        "aoss:ListCollections",
    }


def test_every_exception_is_still_in_use():
    facts = read_toml("permissions/aws_actions.toml")
    operations = allowed_operations(READS)
    clients = {operation.partition(":")[0] for operation in operations}
    assert set(facts["named"]) | set(facts["free"]) <= operations
    assert set(facts["prefix"]) <= clients
