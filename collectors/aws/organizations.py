"""AWS Organizations: accounts, their places in the tree, and the policies that bind them."""

from collectors.reads import Detail, Read

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
