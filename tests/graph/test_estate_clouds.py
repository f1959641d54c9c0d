"""What several clouds hold stands in one estate; a policy of one says nothing of the others."""

from dataclasses import replace

from graph.derive import derive
from graph.estate import Estate
from tests.graph.factories import arn, asset, edge, estate

SECRET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/secrets/x"
GUEST = "30000000-0000-0000-0000-000000000003"
USER = arn("iam", "user/admin")
POLICY = arn("iam", "policy/all")
BUCKET = arn("s3", "uploads")
ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
OPEN = {
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{BUCKET}/*"}
    ]
}


def both() -> Estate:
    attached = replace(edge(POLICY, "ATTACHED_TO", USER), properties={"as": "identity"})
    return estate(
        asset(USER, "AWS::IAM::User"),
        asset(POLICY, "AWS::IAM::ManagedPolicy", document=ALL),
        attached,
        asset(BUCKET, "AWS::S3::Bucket", policy=OPEN),
        asset(SECRET, "Microsoft.KeyVault/vaults/secrets"),
        asset(GUEST, "Microsoft.Graph/users"),
        edge(GUEST, "MEMBER_OF", "30000000-0000-0000-0000-000000000004"),
    )


def test_an_estate_of_one_cloud_leaves_the_others_out():
    whole = both()
    found = whole.of_cloud("aws")
    assert set(found.assets) == {USER, POLICY, BUCKET}
    assert {item.kind for item in found.relationships} == {"ATTACHED_TO"}
    assert found.of_cloud("aws") is found


def test_policies_reach_no_further_than_their_cloud():
    crossed = {
        item.key
        for item in derive(both()).relationships
        if {item.source, item.target} & {SECRET, GUEST}
        and {item.source, item.target} & {USER, BUCKET}
    }
    assert not crossed
