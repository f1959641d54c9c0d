"""What the Internet reaches: said with evidence, undecided where a fact was not read."""

from typing import Any

import pytest

from graph.coverage import Coverage
from graph.model import Asset, Relationship, Verdict
from graph.reachability.aws import derive_reachability
from tests.graph.factories import arn, asset, edge, estate, read_whole

VPC = arn("ec2", "vpc/vpc-1")
SUBNET = arn("ec2", "subnet/subnet-1")
GROUP = arn("ec2", "security-group/sg-1")
TABLE = arn("ec2", "route-table/rtb-1")
ACL = arn("ec2", "network-acl/acl-1")
GATEWAY = arn("ec2", "internet-gateway/igw-1")
NAT = arn("ec2", "natgateway/nat-1")
INSTANCE = arn("ec2", "instance/i-1")
FUNCTION = arn("lambda", "function:chat")
NOTEBOOK = arn("sagemaker", "notebook-instance/lab")
NETWORK_READ = read_whole("ec2:DescribeRouteTables", "ec2:DescribeNetworkAcls")


Rule = dict[str, Any]


def rule(port: int | None = 22, cidr: str = "0.0.0.0/0", protocol: str = "tcp") -> Rule:
    return {"protocol": protocol, "from_port": port, "to_port": port, "cidrs": [cidr]}


def acl_rule(number: int, *, allow: bool, port: int | None = None) -> Rule:
    protocol = "-1" if port is None else "6"
    return rule(port, protocol=protocol) | {"number": number, "allow": allow}


def route(target: str = GATEWAY, destination: str = "0.0.0.0/0", state: str = "active") -> Rule:
    return {"destination": destination, "target": target, "state": state}


def instance(**changes) -> Asset:
    properties = {"public_ip": "198.51.100.7", "subnet": SUBNET, "security_groups": [GROUP]}
    return asset(INSTANCE, "AWS::EC2::Instance", **properties | changes)


def group(*ingress: Rule, egress: list[Rule] | None = None) -> Asset:
    kind = "AWS::EC2::SecurityGroup"
    return asset(GROUP, kind, ingress=list(ingress), egress=egress or [], vpc=VPC)


def table(*routes: Rule, subnets: list[str] | None = None, main: bool = False) -> Asset:
    kind = "AWS::EC2::RouteTable"
    subnets = [SUBNET] if subnets is None else subnets
    return asset(TABLE, kind, routes=list(routes), subnets=subnets, main=main, vpc=VPC)


def subnet() -> Asset:
    return asset(SUBNET, "AWS::EC2::Subnet", vpc=VPC)


def derived(*items: Asset | Relationship, coverage: Coverage | None = None) -> list[Relationship]:
    pieces = list(derive_reachability(estate(*items, coverage=coverage)))
    assert any(isinstance(piece, Asset) and piece.id == "internet" for piece in pieces)
    return [piece for piece in pieces if isinstance(piece, Relationship)]


def reach(*items: Asset | Relationship, coverage: Coverage | None = None) -> Relationship | None:
    """The only CAN_REACH, or None."""
    found = [item for item in derived(*items, coverage=coverage) if item.kind == "CAN_REACH"]
    assert len(found) <= 1
    return found[0] if found else None


def call_out(*items: Asset | Relationship, coverage: Coverage | None = None) -> Relationship | None:
    found = [item for item in derived(*items, coverage=coverage) if item.kind == "CALLS_OUT_TO"]
    assert len(found) <= 1
    return found[0] if found else None


def test_an_open_instance_is_reached_and_every_setting_is_evidence():
    found = reach(instance(), subnet(), group(rule()), table(route()), coverage=NETWORK_READ)
    assert found is not None
    assert found.key == ("internet", "CAN_REACH", INSTANCE)
    assert (found.verdict, found.missing) == (Verdict.YES, ())
    assert found.properties["ports"] == ["tcp/22"]
    assert "tcp/22" in found.properties["because"]
    notes = {item.note for item in found.evidence}
    assert notes >= {"public_ip", "ingress", "routes", "subnets", "security_groups"}


@pytest.mark.parametrize(
    "items",
    [
        (instance(public_ip=None), subnet(), group(rule()), table(route())),
        (instance(state="stopped"), subnet(), group(rule()), table(route())),
        (instance(), subnet(), group(rule(cidr="10.0.0.0/8")), table(route())),
        (instance(), subnet(), group(rule(protocol="icmp")), table(route())),
        (instance(), subnet(), group(rule()), table(route(NAT))),
        (instance(), subnet(), group(rule()), table(route(state="blackhole"))),
        (instance(), subnet(), group(rule()), table(route(destination="10.0.0.0/8"))),
    ],
    ids=["no address", "stopped", "closed", "ping only", "nat", "blackhole", "local route"],
)
def test_one_closed_door_is_enough(items):
    assert reach(*items, coverage=NETWORK_READ) is None


def test_ipv6_is_the_internet_too():
    found = reach(
        instance(),
        subnet(),
        group(rule(443, cidr="::/0")),
        table(route(destination="::/0")),
        coverage=NETWORK_READ,
    )
    assert found is not None
    assert found.properties["ports"] == ["tcp/443"]


def test_the_main_table_counts_where_no_table_names_the_subnet():
    items = (instance(), subnet(), group(rule()), table(route(), subnets=[], main=True))
    found = reach(*items, coverage=NETWORK_READ)
    assert found is not None
    assert found.verdict is Verdict.YES
    unsure = reach(*items, coverage=read_whole("ec2:DescribeNetworkAcls"))
    assert unsure is not None
    assert unsure.verdict is Verdict.UNDECIDED
    assert "ec2:DescribeRouteTables" in unsure.missing[0]


def test_what_was_not_read_is_named_and_leaves_it_undecided():
    found = reach(instance())
    assert found is not None
    assert found.verdict is Verdict.UNDECIDED
    told = " ".join(found.missing)
    assert GROUP in told
    assert "subnet" in told
    partly = (instance(), edge(INSTANCE, "GUARDED_BY", GROUP), subnet(), table(route()))
    unsure = reach(*partly)
    assert unsure is not None
    told = " ".join(unsure.missing)
    assert "ec2:DescribeSecurityGroups" in told
    assert "ec2:DescribeNetworkAcls" not in told  # which ports to ask it for is not known


def test_groups_that_were_not_read_are_not_closed():
    alone = Asset(
        id=INSTANCE, kind="AWS::EC2::Instance", name="i-1", properties={"public_ip": "198.51.100.7"}
    )
    found = reach(alone)
    assert found is not None
    assert found.verdict is Verdict.UNDECIDED


def test_one_open_group_decides_whatever_an_unread_one_says():
    other = arn("ec2", "security-group/sg-2")
    found = reach(
        instance(security_groups=[GROUP, other]),
        edge(INSTANCE, "GUARDED_BY", other),
        subnet(),
        group(rule()),
        table(route()),
        coverage=NETWORK_READ,
    )
    assert found is not None
    assert found.verdict is Verdict.YES


@pytest.mark.parametrize(
    ("rules", "ports"),
    [
        ([acl_rule(100, allow=True)], ["tcp/22"]),
        ([acl_rule(90, allow=False, port=22), acl_rule(100, allow=True)], None),
        ([acl_rule(100, allow=True, port=443)], None),
        ([acl_rule(90, allow=False, port=23), acl_rule(100, allow=True)], ["tcp/22"]),
        ([acl_rule(100, allow=True), acl_rule(90, allow=False)], None),
    ],
)
def test_the_network_acl_is_read_in_order_of_its_numbers(rules, ports):
    found = reach(
        instance(),
        subnet(),
        group(rule()),
        table(route()),
        asset(ACL, "AWS::EC2::NetworkAcl", ingress=rules),
        edge(SUBNET, "GUARDED_BY", ACL),
        coverage=NETWORK_READ,
    )
    assert (found.properties["ports"] if found else None) == ports


PUBLIC_POLICY = {
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl"},
    ]
}


def test_a_function_url_without_authentication_and_with_a_public_policy():
    kind = "AWS::Lambda::Function"
    found = reach(asset(FUNCTION, kind, url_auth="NONE", policy=PUBLIC_POLICY))
    assert found is not None
    assert found.verdict is Verdict.YES
    assert {item.note for item in found.evidence} == {"url_auth", "policy"}
    assert reach(asset(FUNCTION, kind, url_auth="NONE", policy=None)) is None
    assert reach(asset(FUNCTION, kind, url_auth="AWS_IAM", policy=PUBLIC_POLICY)) is None
    assert reach(asset(FUNCTION, kind, url_auth=None, policy=None)) is None


def test_a_url_that_was_not_asked_for_is_undecided_one_that_was_is_not():
    function = asset(FUNCTION, "AWS::Lambda::Function", policy=PUBLIC_POLICY)
    found = reach(function)
    assert found is not None
    assert found.verdict is Verdict.UNDECIDED
    assert "lambda:GetFunctionUrlConfig" in found.missing[0]
    asked = read_whole("lambda:GetFunctionUrlConfig", params={"FunctionName": "chat"})
    assert reach(function, coverage=asked) is None
    other = read_whole("lambda:GetFunctionUrlConfig", params={"FunctionName": "other"})
    assert reach(function, coverage=other) is not None


@pytest.mark.parametrize(
    ("setting", "verdict"),
    [
        ({"direct_internet_access": True}, Verdict.YES),
        ({"direct_internet_access": False}, None),
        ({}, Verdict.UNDECIDED),
    ],
)
def test_notebooks(setting, verdict):
    found = reach(asset(NOTEBOOK, "AWS::SageMaker::NotebookInstance", **setting))
    assert (found.verdict if found else None) == verdict


def test_a_gateway_that_asks_for_nothing_and_a_workspace_at_a_public_address():
    gateway = arn("bedrock-agentcore", "gateway/tools")
    domain = arn("sagemaker", "domain/d-1")
    kind = "AWS::BedrockAgentCore::Gateway"
    assert reach(asset(gateway, kind, auth="NONE"))
    assert reach(asset(gateway, kind, auth="CUSTOM_JWT")) is None
    kind = "AWS::SageMaker::Domain"
    assert reach(asset(domain, kind, network_access="PublicInternetOnly"))
    assert reach(asset(domain, kind, network_access="VpcOnly")) is None


def test_what_can_send_to_the_internet():
    out = [rule(None, protocol="-1")]
    placed = (subnet(), group(egress=out), table(route(NAT)))
    private = instance(public_ip=None)
    found = call_out(private, *placed, coverage=NETWORK_READ)
    assert found is not None
    assert found.key == (INSTANCE, "CALLS_OUT_TO", "internet")
    assert "natgateway" in found.properties["because"]
    assert call_out(private, subnet(), group(), table(route(NAT)), coverage=NETWORK_READ) is None
    assert call_out(private, *placed[:2], table(route()), coverage=NETWORK_READ) is None
    function = asset(FUNCTION, "AWS::Lambda::Function", subnets=None, url_auth=None)
    assert call_out(function) is not None
    runtime = arn("bedrock-agentcore", "code-interpreter/c")
    kind = "AWS::BedrockAgentCore::CodeInterpreter"
    assert call_out(asset(runtime, kind, network_mode="PUBLIC")) is not None
    assert call_out(asset(runtime, kind, network_mode="SANDBOX")) is None
