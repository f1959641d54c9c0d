"""AWS Organizations: accounts, their places in the tree, and the policies that bind them."""

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.answer import Answer, Fact, Facts
from collectors.aws.arn import account_of
from collectors.aws.shape import Edge, Mapper, Shape, document, each, relationship
from collectors.reads import Detail, Read
from graph.estate import Piece
from graph.model import Evidence

_NO_ORGANISATION = ("AWSOrganizationsNotInUseException",)
_DEEPEST = 5  # levels of organisational units that AWS allows


def _below(level: int = 1) -> tuple[Detail, ...]:
    """What stands under a root or an organisational unit, down to the deepest level."""
    accounts = Detail(operation="ListAccountsForParent", params={"ParentId": "/Id"})
    if level > _DEEPEST:
        return (accounts,)
    units = Detail(
        operation="ListOrganizationalUnitsForParent",
        params={"ParentId": "/Id"},
        items="/OrganizationalUnits",
        details=_below(level + 1),
    )
    return (accounts, units)


def _policies(policy_type: str) -> Read:
    return Read(
        client="organizations",
        operation="ListPolicies",
        scope="organization",
        params={"Filter": policy_type},
        items="/Policies",
        details=(
            Detail(operation="DescribePolicy", params={"PolicyId": "/Id"}),
            Detail(operation="ListTargetsForPolicy", params={"PolicyId": "/Id"}),
        ),
        absent=_NO_ORGANISATION,
    )


READS: tuple[Read, ...] = (
    Read(
        client="organizations",
        operation="DescribeOrganization",
        scope="organization",
        absent=_NO_ORGANISATION,
    ),
    Read(
        client="organizations",
        operation="ListRoots",
        scope="organization",
        items="/Roots",
        details=_below(),
        absent=_NO_ORGANISATION,
    ),
    Read(
        client="organizations",
        operation="ListAccounts",
        scope="organization",
        absent=_NO_ORGANISATION,
    ),
    _policies("SERVICE_CONTROL_POLICY"),
    _policies("RESOURCE_CONTROL_POLICY"),
)


def account_id(number: Any, _: Answer) -> str | None:
    """The asset id of an account from its number."""
    return f"arn:aws:iam::{number}:root" if number else None


def _parent(item: Mapping[str, Any], answer: Answer) -> str | None:
    """The ARN of the root or unit that a list was asked for; the organisation stands in every ARN."""
    parent, arn = answer.params.get("ParentId"), item.get("Arn", "")
    if not parent or ":organizations::" not in arn:
        return None
    organisation = arn.split("/")[1]
    what = "root" if parent.startswith("r-") else "ou"
    return f"{arn.rpartition(':')[0]}:{what}/{organisation}/{parent}"


def _organisation(arn: Any, _: Answer) -> str | None:
    """The organisation that an account's ARN names."""
    return str(arn).split("/")[1] if ":organizations::" in str(arn) else None


_IN_PARENT = (Edge(kind="MEMBER_OF", at="", to=_parent),)

ORGANIZATION = Shape(
    kind="AWS::Organizations::Organization", items="/Organization", id="/Arn", name="/Id"
)
MANAGEMENT = Shape(
    kind="AWS::Account::Account",
    items="/Organization",
    id=("/MasterAccountId", account_id),
    fields={
        "email": "/MasterAccountEmail",
        "management": ("/MasterAccountId", lambda number, _: bool(number)),
    },
)
ROOT = Shape(kind="AWS::Organizations::Root", items="/Roots/*", id="/Arn", name="/Name")
UNIT = Shape(
    kind="AWS::Organizations::OrganizationalUnit",
    items="/OrganizationalUnits/*",
    id="/Arn",
    name="/Name",
    edges=_IN_PARENT,
)
ACCOUNT = Shape(
    kind="AWS::Account::Account",
    items="/Accounts/*",
    id=("/Id", account_id),
    name="/Name",
    fields={
        "email": "/Email",
        "created": "/JoinedTimestamp",
        "management": ("", lambda item, _: account_of(item.get("Arn", "")) == item.get("Id")),
        "organization": ("/Arn", _organisation),
    },
    edges=_IN_PARENT,
)
POLICY_SUMMARY = Shape(
    kind="AWS::Organizations::Policy",
    items="/Policies/*",
    id="/Arn",
    name="/Name",
    fields={"policy_type": "/Type"},
    owned=False,
)
POLICY = Shape(
    kind="AWS::Organizations::Policy",
    items="/Policy",
    id="/PolicySummary/Arn",
    name="/PolicySummary/Name",
    fields={"policy_type": "/PolicySummary/Type", "document": ("/Content", document)},
    owned=False,
)


def _organization(answer: Answer) -> Iterator[Piece]:
    yield from ORGANIZATION(answer)
    yield from MANAGEMENT(answer)


def _targets(answer: Answer) -> Iterator[Piece]:
    policy = answer.fact("org-policy", answer.params.get("PolicyId", ""))
    for pointer, item in each(answer.body, ("Targets", "*")):
        target = _target(item, answer)
        if policy and target:
            yield relationship(
                (policy, "APPLIES_TO", target), Evidence(record=answer.record, pointer=pointer)
            )


def _target(item: Mapping[str, Any], answer: Answer) -> str | None:
    """The account, unit or root that a policy binds; accounts are known by their root."""
    arn, name = item.get("Arn") or "", str(item.get("TargetId") or "")
    number = arn.rpartition("/")[2] if ":account/" in arn else name if name.isdigit() else ""
    return account_id(number, answer) or arn or answer.fact("org-node", name)


def _policy_names(answer: Answer) -> Iterator[Fact]:
    for _, item in each(answer.body, ("Policies", "*")):
        yield "org-policy", item.get("Id", ""), item.get("Arn", "")
    for _, item in each(answer.body, ("Policy", "PolicySummary")):
        yield "org-policy", item.get("Id", ""), item.get("Arn", "")


def _node_names(answer: Answer) -> Iterator[Fact]:
    for items in ("Roots", "OrganizationalUnits"):
        for _, item in each(answer.body, (items, "*")):
            yield "org-node", item.get("Id", ""), item.get("Arn", "")


FACTS: Mapping[str, Facts] = {
    "organizations:ListRoots": _node_names,
    "organizations:ListOrganizationalUnitsForParent": _node_names,
    "organizations:ListPolicies": _policy_names,
    "organizations:DescribePolicy": _policy_names,
}

MAPPERS: Mapping[str, Mapper] = {
    "organizations:DescribeOrganization": _organization,
    "organizations:ListRoots": ROOT,
    "organizations:ListOrganizationalUnitsForParent": UNIT,
    "organizations:ListAccounts": ACCOUNT,
    "organizations:ListAccountsForParent": ACCOUNT,
    "organizations:ListPolicies": POLICY_SUMMARY,
    "organizations:DescribePolicy": POLICY,
    "organizations:ListTargetsForPolicy": _targets,
}
