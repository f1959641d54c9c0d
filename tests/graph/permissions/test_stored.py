"""A secret whose tag names a credential of another identity leads to it, undecided, for its value is never read."""

import pytest

from graph.model import Asset, Relationship, Verdict
from graph.permissions.stored import derive_stored_credentials
from tests.graph.factories import arn, asset, estate

SECRET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/secrets/aws"
KEY = arn("iam", "access-key/svc-export/WXYZ")
ACCOUNT = "serviceAccount:train@shop.iam.gserviceaccount.com"
CLIENT = "30000000-0000-0000-0000-000000000050"
APP = "30000000-0000-0000-0000-000000000006"


def stored(*others: Asset, **tags: str) -> list[Relationship]:
    secret = asset(SECRET, "Microsoft.KeyVault/vaults/secrets", tags=tags)
    return list(derive_stored_credentials(estate(secret, *others)))


def key(**properties: str) -> Asset:
    return asset(KEY, "AWS::IAM::AccessKey", **properties)


@pytest.mark.parametrize("spelling", ["AKIA************WXYZ", "AKIAIOSFODNN7EXAWXYZ"])
def test_the_id_of_an_access_key_whole_or_redacted(spelling):
    (found,) = stored(key(status="Active"), **{"aws-access-key-id": spelling})
    assert found.key == (SECRET, "HAS_CREDENTIAL", KEY)
    assert found.verdict is Verdict.UNDECIDED
    assert "aws-access-key-id" in found.missing[0]
    assert {item.note for item in found.evidence} == {"aws-access-key-id", ""}


@pytest.mark.parametrize(
    ("other", "value"),
    [
        (asset(ACCOUNT, "iam.googleapis.com/ServiceAccount"), "train@shop.iam.gserviceaccount.com"),
        (asset(APP, "Microsoft.Graph/applications", client_id=CLIENT), CLIENT.upper()),
    ],
    ids=["service account", "application"],
)
def test_credentials_of_other_clouds(other, value):
    (found,) = stored(other, identity=value)
    assert found.target == other.id


@pytest.mark.parametrize(
    ("other", "value"),
    [
        (key(status="Active"), "AKIA************ABCD"),
        (key(status="Inactive"), "AKIA************WXYZ"),
        (key(status="Active"), "WXYZ"),
        (asset(ACCOUNT, "iam.googleapis.com/ServiceAccount"), "shop"),
    ],
    ids=["another key", "switched off", "part of an id", "part of a name"],
)
def test_what_is_no_such_credential(other, value):
    assert not stored(other, tag=value)


def test_a_secret_without_tags_says_nothing():
    secret = asset(SECRET, "Microsoft.KeyVault/vaults/secrets", tags=None)
    assert not list(derive_stored_credentials(estate(secret, key(status="Active"))))
