"""Accounts of any size: users and roles with shared and own policies, some of them strong."""

from collections.abc import Iterator
from typing import Any

from graph.coverage import Coverage
from graph.estate import Estate, assemble
from graph.model import Asset, Relationship
from graph.schema import load_schema

ACCOUNT = "111122223333"
_SERVICES = ("lambda.amazonaws.com", "ec2.amazonaws.com", "sagemaker.amazonaws.com")
_SHARED: dict[
    str, tuple[int, int, Any]
] = {  # name: every how many principals, which of them, action
    "read": (1, 0, ["s3:Get*", "s3:List*", "ec2:Describe*"]),
    "pass": (10, 3, ["iam:PassRole", "lambda:*", "sagemaker:CreateTrainingJob"]),
    "keys": (10, 5, ["iam:CreateAccessKey", "iam:UpdateLoginProfile"]),
    "trust": (10, 6, ["iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"]),
    "admin": (100, 0, ["*"]),
}


def account(principals: int) -> Estate:
    """An estate of so many users and roles, half and half."""
    return assemble(_pieces(principals), schema=load_schema(), coverage=Coverage(()))


def _arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{name}"


def _document(actions: Any, resource: str = "*") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _policy(policy_id: str, kind: str, document: Any) -> Asset:
    properties = {"document": document, "managed_by": "customer", "versions": []}
    return Asset(id=policy_id, kind=kind, name=policy_id, account=ACCOUNT, properties=properties)


def _attached(policy: str, owner: str) -> Relationship:
    return Relationship(
        source=policy, kind="ATTACHED_TO", target=owner, properties={"as": "identity"}
    )


def _pieces(principals: int) -> Iterator[Asset | Relationship]:
    for name, (_, _, actions) in _SHARED.items():
        yield _policy(_arn(f"policy/{name}"), "AWS::IAM::ManagedPolicy", _document(actions))
    for number in range(principals):
        yield from _principal(number)


def _principal(number: int) -> Iterator[Asset | Relationship]:
    is_user = bool(number % 2)
    owner = _arn(f"{'user' if is_user else 'role'}/p{number:05}")
    yield Asset(
        id=owner,
        kind="AWS::IAM::User" if is_user else "AWS::IAM::Role",
        name=f"p{number:05}",
        account=ACCOUNT,
        properties={"tags": {}} | ({} if is_user else _trust(number)),
    )
    for name, (every, which, _) in _SHARED.items():
        if number % every == which:
            yield _attached(_arn(f"policy/{name}"), owner)
    if number % 5 == 1:  # a policy of its own, about a hundred names
        inline = f"{owner}/inline/own"
        pattern = _arn(f"user/p{number // 100:03}*")
        document = _document(["iam:CreateAccessKey", "iam:PutUserPolicy"], pattern)
        yield _policy(inline, "AWS::IAM::Policy", document)
        yield _attached(inline, owner)


def _trust(number: int) -> dict[str, Any]:
    service = _SERVICES[number // 2 % len(_SERVICES)]
    named: list[dict[str, str]] = [{"Service": service}]
    if number % 20 == 0:
        named.append({"AWS": _arn(f"user/p{number + 1:05}")})
    statements = [
        {"Effect": "Allow", "Principal": one, "Action": "sts:AssumeRole"} for one in named
    ]
    return {"trust_policy": {"Statement": statements}, "trust_services": [service]}
