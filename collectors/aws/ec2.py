"""EC2: networks and what guards them, and instances."""

from collections.abc import Mapping
from typing import Any

from collectors.aws.answer import Answer
from collectors.aws.arn import is_arn
from collectors.aws.convert import (
    arn,
    equals,
    item_arn,
    security_group,
    security_groups,
    subnet,
    tag_name,
    tags,
    vpc,
)
from collectors.aws.shape import Edge, Field, Mapper, Shape, document
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


_profile = arn("iam", "instance-profile/", region="")
_TAGS: Mapping[str, Field] = {"tags": ("/Tags", tags)}
_IN_VPC = Edge(kind="IN_NETWORK", at="/VpcId", to=vpc)
_TARGETS = {  # where a route can lead, and what kind of thing an id there is
    "GatewayId": "",
    "NatGatewayId": "natgateway/",
    "TransitGatewayId": "transit-gateway/",
    "VpcPeeringConnectionId": "vpc-peering-connection/",
    "EgressOnlyInternetGatewayId": "egress-only-internet-gateway/",
    "InstanceId": "instance/",
    "NetworkInterfaceId": "network-interface/",
    "LocalGatewayId": "local-gateway/",
    "CarrierGatewayId": "carrier-gateway/",
    "CoreNetworkArn": "",
}
_GATEWAYS = {"igw-": "internet-gateway/", "vgw-": "vpn-gateway/", "vpce-": "vpc-endpoint/"}
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def _target(route: Mapping[str, Any], answer: Answer) -> str | None:
    for name, resource in _TARGETS.items():
        value = route.get(name)
        if not value:
            continue
        kind = resource or next(
            (kind for prefix, kind in _GATEWAYS.items() if value.startswith(prefix)), ""
        )
        return answer.arn("ec2", kind + value) if kind and not is_arn(value) else str(value)
    return None


def _routes(routes: Any, answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "destination": next((route[d] for d in _DESTINATIONS if route.get(d)), None),
            "target": _target(route, answer),
            "state": route.get("State") or "active",
        }
        for route in routes or ()
    ]


def _rules(permissions: Any, answer: Answer) -> list[dict[str, Any]]:
    """The rules of a security group."""
    return [
        {
            "protocol": str(rule.get("IpProtocol", "-1")),
            "from_port": rule.get("FromPort"),
            "to_port": rule.get("ToPort"),
            "cidrs": [r["CidrIp"] for r in rule.get("IpRanges") or () if "CidrIp" in r]
            + [r["CidrIpv6"] for r in rule.get("Ipv6Ranges") or () if "CidrIpv6" in r],
            "groups": [
                security_group(pair["GroupId"], answer)
                for pair in rule.get("UserIdGroupPairs") or ()
                if pair.get("GroupId")
            ],
        }
        for rule in permissions or ()
    ]


def _acl_rules(egress: bool) -> Any:  # noqa: FBT001 - a table below says which
    def rules(entries: Any, _: Answer) -> list[dict[str, Any]]:
        return [
            {
                "protocol": str(entry.get("Protocol", "-1")),
                "from_port": (entry.get("PortRange") or {}).get("From"),
                "to_port": (entry.get("PortRange") or {}).get("To"),
                "cidrs": [c for c in (entry.get("CidrBlock"), entry.get("Ipv6CidrBlock")) if c],
                "groups": [],
                "number": entry.get("RuleNumber"),
                "allow": entry.get("RuleAction") == "allow",
            }
            for entry in entries or ()
            if bool(entry.get("Egress")) is egress
        ]

    return rules


def _associated(associations: Any, answer: Answer) -> list[str]:
    return [
        answer.arn("ec2", f"subnet/{association['SubnetId']}")
        for association in associations or ()
        if association.get("SubnetId")
    ]


def _is_main(associations: Any, _: Answer) -> bool:
    return any(association.get("Main") for association in associations or ())


def _attached(attachments: Any, answer: Answer) -> list[Any]:
    return [vpc(attachment.get("VpcId"), answer) for attachment in attachments or ()]


def _instance(item: Any, answer: Answer) -> str | None:
    """Terminated instances are still listed for an hour."""
    state = (item.get("State") or {}).get("Name")
    return None if state == "terminated" else _instance_arn(item, answer)


_instance_arn = item_arn("ec2", "instance/", "InstanceId")


def _thing(resource: str, key: str) -> dict[str, Any]:
    """Id and name of things that carry no ARN."""
    return {"id": ("", item_arn("ec2", resource, key)), "name": ("", tag_name(key))}


VPC = Shape(
    kind="AWS::EC2::VPC",
    items="/Vpcs/*",
    **_thing("vpc/", "VpcId"),
    fields={"cidr": "/CidrBlock", "is_default": "/IsDefault", **_TAGS},
)
SUBNET = Shape(
    kind="AWS::EC2::Subnet",
    items="/Subnets/*",
    **_thing("subnet/", "SubnetId"),
    fields={
        "cidr": "/CidrBlock",
        "vpc": ("/VpcId", vpc),
        "zone": "/AvailabilityZone",
        "map_public_ip": "/MapPublicIpOnLaunch",
        **_TAGS,
    },
    edges=(_IN_VPC,),
)
ROUTE_TABLE = Shape(
    kind="AWS::EC2::RouteTable",
    items="/RouteTables/*",
    **_thing("route-table/", "RouteTableId"),
    fields={
        "routes": ("/Routes", _routes),
        "subnets": ("/Associations", _associated),
        "main": ("/Associations", _is_main),
        "vpc": ("/VpcId", vpc),
        **_TAGS,
    },
    edges=(_IN_VPC,),
)
GATEWAY = Shape(
    kind="AWS::EC2::InternetGateway",
    items="/InternetGateways/*",
    **_thing("internet-gateway/", "InternetGatewayId"),
    fields={"vpcs": ("/Attachments", _attached), **_TAGS},
    edges=(Edge(kind="IN_NETWORK", at="/Attachments/*/VpcId", to=vpc),),
)
SECURITY_GROUP = Shape(
    kind="AWS::EC2::SecurityGroup",
    items="/SecurityGroups/*",
    id=("", item_arn("ec2", "security-group/", "GroupId")),
    name="/GroupName",
    fields={
        "ingress": ("/IpPermissions", _rules),
        "egress": ("/IpPermissionsEgress", _rules),
        "vpc": ("/VpcId", vpc),
        **_TAGS,
    },
    edges=(_IN_VPC,),
)
NETWORK_ACL = Shape(
    kind="AWS::EC2::NetworkAcl",
    items="/NetworkAcls/*",
    **_thing("network-acl/", "NetworkAclId"),
    fields={
        "ingress": ("/Entries", _acl_rules(egress=False)),
        "egress": ("/Entries", _acl_rules(egress=True)),
        "vpc": ("/VpcId", vpc),
        **_TAGS,
    },
    edges=(
        _IN_VPC,
        Edge(kind="GUARDED_BY", at="/Associations/*/SubnetId", to=subnet, reverse=True),
    ),
)
ENDPOINT = Shape(
    kind="AWS::EC2::VPCEndpoint",
    items="/VpcEndpoints/*",
    **_thing("vpc-endpoint/", "VpcEndpointId"),
    fields={
        "endpoint_service": "/ServiceName",
        "endpoint_type": "/VpcEndpointType",
        "policy": ("/PolicyDocument", document),
        "vpc": ("/VpcId", vpc),
        "subnets": (
            "/SubnetIds",
            lambda ids, answer: [subnet(i, answer) for i in ids or ()] or None,
        ),
        **_TAGS,
    },
    edges=(
        _IN_VPC,
        Edge(kind="IN_NETWORK", at="/SubnetIds/*", to=subnet),
        Edge(kind="GUARDED_BY", at="/Groups/*/GroupId", to=security_group),
    ),
)
INSTANCE = Shape(
    kind="AWS::EC2::Instance",
    items="/Reservations/*/Instances/*",
    id=("", _instance),
    name=("", tag_name("InstanceId")),
    fields={
        "public_ip": "/PublicIpAddress",
        "private_ip": "/PrivateIpAddress",
        "imds_v2_required": ("/MetadataOptions/HttpTokens", equals("required")),
        "subnet": ("/SubnetId", subnet),
        "security_groups": (
            "/SecurityGroups",
            lambda groups, answer: security_groups([g["GroupId"] for g in groups or ()], answer),
        ),
        "image": "/ImageId",
        "instance_type": "/InstanceType",
        "state": "/State/Name",
        "instance_profile": ("/IamInstanceProfile/Arn", _profile),
        "created": "/LaunchTime",
        **_TAGS,
    },
    edges=(
        Edge(kind="IN_NETWORK", at="/SubnetId", to=subnet),
        Edge(kind="GUARDED_BY", at="/SecurityGroups/*/GroupId", to=security_group),
    ),
)

MAPPERS: Mapping[str, Mapper] = {
    "ec2:DescribeVpcs": VPC,
    "ec2:DescribeSubnets": SUBNET,
    "ec2:DescribeRouteTables": ROUTE_TABLE,
    "ec2:DescribeInternetGateways": GATEWAY,
    "ec2:DescribeSecurityGroups": SECURITY_GROUP,
    "ec2:DescribeNetworkAcls": NETWORK_ACL,
    "ec2:DescribeVpcEndpoints": ENDPOINT,
    "ec2:DescribeInstances": INSTANCE,
}
