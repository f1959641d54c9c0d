"""Estates of identities: users and roles with policies of their own and shared ones, buckets, endpoints, keys."""

from typing import Any

from graph.estate import Estate
from tests.graph.factories import ACCOUNT, arn, asset, edge, estate
from tests.graph.permissions.corpus_parts import doc, grant

SHARE = 100  # principals to one team


def identities(count: int) -> Estate:
    """`count` principals in teams of 100, each team with a bucket, an endpoint, a key and a shared policy."""
    items: list[Any] = []
    teams = max(1, count // SHARE)
    for team in range(teams):
        items += _team(team)
    for number in range(count):
        items += _principal(number, number % teams)
    return estate(*items)


def _team(team: int) -> list[Any]:
    bucket, endpoint = arn("s3", f"data-{team}"), arn("sagemaker", f"endpoint/e{team}")
    key = arn("kms", f"key/{team}")
    shared = doc(
        grant(Action=["s3:GetObject"], Resource=f"{bucket}/*"),
        grant(Action="sagemaker:InvokeEndpoint", Resource=endpoint),
        grant(Action="kms:Decrypt", Resource=key),
    )
    return [
        asset(bucket, "AWS::S3::Bucket", policy=None),
        asset(endpoint, "AWS::SageMaker::Endpoint"),
        asset(key, "AWS::KMS::Key", policy=doc(grant(Principal={"AWS": ACCOUNT}))),
        asset(arn("iam", f"policy/team-{team}"), "AWS::IAM::ManagedPolicy", document=shared),
    ]


def _principal(number: int, team: int) -> list[Any]:
    is_role = number % 2 == 1
    owner = arn("iam", f"role/r{number}" if is_role else f"user/u{number}")
    statements = [
        grant(Action=["s3:PutObject"], Resource=f"{arn('s3', f'data-{team}')}/home/{number}/*"),
        grant(Action=["logs:PutLogEvents", "logs:CreateLogStream"]),
    ]
    if number % 10 == 0:
        statements.append(
            grant(Action="sts:AssumeRole", Resource=arn("iam", f"role/r{number + 1}"))
        )
    if number % 50 == 0:
        statements.append(
            grant(Action=["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
        )
    more: dict[str, Any] = {"tags": {}}
    if is_role:
        whom = {"Service": "lambda.amazonaws.com"} if number % 40 == 1 else {"AWS": ACCOUNT}
        more["trust_policy"] = doc(grant(Principal=whom, Action="sts:AssumeRole", Resource=None))
        more["trust_services"] = list(whom.values()) if "Service" in whom else []
    inline = asset(f"{owner}/inline/own", "AWS::IAM::Policy", document=doc(*statements))
    return [
        asset(owner, "AWS::IAM::Role" if is_role else "AWS::IAM::User", **more),
        inline,
        edge(inline.id, "ATTACHED_TO", owner),
        edge(arn("iam", f"policy/team-{team}"), "ATTACHED_TO", owner),
    ]
