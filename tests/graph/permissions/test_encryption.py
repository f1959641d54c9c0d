"""What a customer's key encrypts is read by who may decrypt with it."""

from typing import Any

import pytest

from graph.model import Relationship, Verdict
from graph.permissions.aws.derive import derive_identity
from tests.graph.factories import ACCOUNT, arn, asset, edge, estate
from tests.graph.permissions.corpus_parts import doc, grant

ALICE = arn("iam", "user/alice")
KEY = arn("kms", "key/1")
SECRET, BUCKET = arn("secretsmanager", "secret:db-AbCdEf"), arn("s3", "data")
READ = [
    grant(Action="secretsmanager:GetSecretValue"),
    grant(Action="s3:GetObject", Resource=f"{BUCKET}/*"),
]
VIA = {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}
OTHER_VIA = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
DELEGATED = doc(grant(Principal={"AWS": ACCOUNT}))
ALONE = doc(grant(Principal={"AWS": arn("iam", "user/boss")}))


def reads(target: str, *statements: Any, **key: Any) -> Relationship | None:
    """Alice's way to read something that the key encrypts."""
    policy = asset(f"{ALICE}/inline/p", "AWS::IAM::Policy", document=doc(*READ, *statements))
    of = estate(
        asset(ALICE, "AWS::IAM::User"),
        policy,
        edge(policy.id, "ATTACHED_TO", ALICE),
        asset(SECRET, "AWS::SecretsManager::Secret", policy=None),
        asset(BUCKET, "AWS::S3::Bucket", policy=None, public_access_block=None),
        asset(KEY, "AWS::KMS::Key", **key),
        edge(SECRET, "ENCRYPTED_BY", KEY),
        edge(BUCKET, "ENCRYPTED_BY", KEY),
    )
    found = (item for item in derive_identity(of) if isinstance(item, Relationship))
    ends = (ALICE, "CAN_READ", target)
    return next((item for item in found if (item.source, item.kind, item.target) == ends), None)


@pytest.mark.parametrize(
    ("statements", "key", "verdict"),
    [
        ([], {"policy": DELEGATED}, None),
        ([grant(Action="kms:Decrypt")], {"policy": DELEGATED}, Verdict.YES),
        ([grant(Action="kms:Decrypt", Condition=VIA)], {"policy": DELEGATED}, Verdict.YES),
        ([grant(Action="kms:Decrypt", Condition=OTHER_VIA)], {"policy": DELEGATED}, None),
        ([grant(Action="kms:Decrypt")], {"policy": ALONE}, None),
        ([], {"policy": doc(grant(Principal={"AWS": ALICE}))}, Verdict.YES),
        ([], {"manager": "AWS"}, Verdict.YES),
        ([], {}, Verdict.UNDECIDED),
    ],
)
def test_a_secret_is_read_with_its_key(statements, key, verdict):
    found = reads(SECRET, *statements, **key)
    assert (found.verdict if found else None) == verdict


def test_the_default_key_of_a_bucket_says_nothing_of_its_objects():
    found = reads(BUCKET, policy=DELEGATED)
    assert found
    assert found.verdict is Verdict.YES
