"""EC2: networks and what guards them, and instances."""

from collectors.reads import Read

READS: tuple[Read, ...] = tuple(
    Read(client="ec2", operation=operation)
    for operation in (
        "DescribeVpcs",
        "DescribeSubnets",
        "DescribeRouteTables",
        "DescribeInternetGateways",
        "DescribeSecurityGroups",
        "DescribeNetworkAcls",
        "DescribeVpcEndpoints",
        "DescribeInstances",
    )
)
