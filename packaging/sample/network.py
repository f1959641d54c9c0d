"""Networks: private where a team was careful, open where it was in a hurry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample.console import HOME, Account, tag_list


@dataclass(frozen=True)
class Network:
    """Ids of a VPC, its subnets, and a security group that lets nobody in."""

    vpc: str
    private: tuple[str, ...]
    public: tuple[str, ...]
    closed_group: str
    private_table: str


def network(account: Account, name: str, block: str, *, public: bool = False) -> Network:
    """A VPC 10.<block>.0.0/16 with two private subnets, and public ones with a route to the Internet if wanted."""
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=f"10.{block}.0.0/16", TagSpecifications=_named("vpc", name))[
        "Vpc"
    ]["VpcId"]

    def subnet(number: int, zone: str, kind: str) -> str:
        made = ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.{block}.{number}.0/24",
            AvailabilityZone=HOME + zone,
            TagSpecifications=_named("subnet", f"{name}-{kind}-{zone}"),
        )
        return str(made["Subnet"]["SubnetId"])

    private = (subnet(1, "a", "private"), subnet(2, "b", "private"))
    table = _table(account, vpc, f"{name}-private", private)
    opened: tuple[str, ...] = ()
    if public:
        opened = (subnet(101, "a", "public"),)
        ec2.modify_subnet_attribute(SubnetId=opened[0], MapPublicIpOnLaunch={"Value": True})
        gateway = ec2.create_internet_gateway(TagSpecifications=_named("internet-gateway", name))
        gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc)
        route = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway_id}
        ec2.create_route(RouteTableId=_table(account, vpc, f"{name}-public", opened), **route)
    return Network(vpc, private, opened, group(account, vpc, f"{name}-internal", {}), table)


def _table(account: Account, vpc: str, name: str, subnets: Sequence[str]) -> str:
    ec2 = account.client("ec2")
    made = ec2.create_route_table(VpcId=vpc, TagSpecifications=_named("route-table", name))
    table = str(made["RouteTable"]["RouteTableId"])
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return table


def group(account: Account, vpc: str, name: str, ports: Mapping[int, str]) -> str:
    """A security group that lets address ranges in on ports."""
    ec2 = account.client("ec2")
    made = ec2.create_security_group(
        GroupName=name, Description=name.replace("-", " "), VpcId=vpc,
        TagSpecifications=_named("security-group", name),
    )["GroupId"]  # fmt: skip
    if ports:
        ec2.authorize_security_group_ingress(
            GroupId=made,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": port,
                    "ToPort": port,
                    "IpRanges": [{"CidrIp": cidr}],
                }
                for port, cidr in ports.items()
            ],
        )
    return str(made)


def endpoints(account: Account, net: Network, *services: str) -> None:
    """Private endpoints, so that calls to these services stay inside."""
    ec2 = account.client("ec2")
    for name in services:
        service = f"com.amazonaws.{HOME}.{name}"
        where: dict[str, Any] = (
            {"VpcEndpointType": "Gateway", "RouteTableIds": [net.private_table]}
            if name == "s3"
            else {
                "VpcEndpointType": "Interface",
                "SubnetIds": list(net.private),
                "SecurityGroupIds": [net.closed_group],
                "PrivateDnsEnabled": True,
            }
        )
        ec2.create_vpc_endpoint(
            VpcId=net.vpc,
            ServiceName=service,
            TagSpecifications=_named("vpc-endpoint", name),
            **where,
        )


def instance(
    account: Account, name: str, subnet: str, groups: Sequence[str], profile: str, *, size: str,
    metadata_v2: bool = False, **tags: str,
) -> str:  # fmt: skip
    """A virtual machine; `profile` is the name of a role, and of the instance profile made for it."""
    ec2, iam = account.client("ec2"), account.client("iam")
    iam.create_instance_profile(InstanceProfileName=profile)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=profile)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType=size, SubnetId=subnet, SecurityGroupIds=list(groups),
        IamInstanceProfile={"Name": profile},
        MetadataOptions={"HttpTokens": "required" if metadata_v2 else "optional"},
        TagSpecifications=_named("instance", name, tags),
    )  # fmt: skip
    return str(made["Instances"][0]["InstanceId"])


def _named(kind: str, name: str, tags: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tag_list({"Name": name, **(tags or {})})}]
