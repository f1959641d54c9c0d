"""What reaches Azure's services and compute, and what they can send to: with evidence, undecided where a fact is missing."""

from typing import Any

import pytest

from graph.coverage import Coverage
from graph.model import Asset, CoverageEntry, CoverageState, Relationship, Scope, Verdict
from graph.reachability.addresses import is_wide
from graph.reachability.azure import derive_azure_reachability
from tests.graph.factories import ACCOUNT, asset, edge, estate

RG = f"/subscriptions/{ACCOUNT}/resourceGroups/rg/providers"
NET = f"{RG}/Microsoft.Network"
AI = f"{RG}/Microsoft.CognitiveServices/accounts/oai"
SEARCH = f"{RG}/Microsoft.Search/searchServices/rag"
STORE = f"{RG}/Microsoft.Storage/storageAccounts/store"
BLOBS = f"{STORE}/blobServices/default/containers/corpus"
ML = f"{RG}/Microsoft.MachineLearningServices/workspaces/ml"
NOTEBOOK = f"{ML}/computes/nb"
VM, NIC, PIP = (
    f"{RG}/Microsoft.Compute/virtualMachines/vm",
    f"{NET}/networkInterfaces/nic",
    f"{NET}/publicIPAddresses/pip",
)
VNET = f"{NET}/virtualNetworks/vnet"
HUB = f"{NET}/virtualNetworks/hub"
SUBNET = f"{VNET}/subnets/default"
NSG, NSG2 = (f"{NET}/networkSecurityGroups/{name}" for name in ("nic-nsg", "subnet-nsg"))
PERIMETER = f"{NET}/networkSecurityPerimeters/p"
PROFILE = f"{PERIMETER}/profiles/one"
RULE = f"{PROFILE}/accessRules/in"
ENDPOINT = f"{NET}/privateEndpoints/pe"
LINK = f"{NET}/privateDnsZones/privatelink.openai.azure.com/virtualNetworkLinks/l"

Piece = Asset | Relationship


def whole(*kinds: str) -> Coverage:
    """Lists of ARM that were read whole."""
    scope = Scope(provider="azure", account=ACCOUNT, region="")
    state = CoverageState.COMPLETE
    return Coverage(
        CoverageEntry(operation=f"arm:{k}", scope=scope, params={}, state=state) for k in kinds
    )


def derived(*items: Piece, coverage: Coverage | None = None) -> list[Relationship]:
    pieces = derive_azure_reachability(estate(*items, coverage=coverage))
    return [piece for piece in pieces if isinstance(piece, Relationship)]


def reach(target: str, *items: Piece, coverage: Coverage | None = None) -> Relationship | None:
    """CAN_REACH of the Internet."""
    found = [
        item
        for item in derived(*items, coverage=coverage)
        if (item.source, item.kind, item.target) == ("internet", "CAN_REACH", target)
    ]
    assert len(found) <= 1
    return found[0] if found else None


def sends(source: str, *items: Piece, coverage: Coverage | None = None) -> Relationship | None:
    found = [
        item
        for item in derived(*items, coverage=coverage)
        if (item.source, item.kind) == (source, "CALLS_OUT_TO")
    ]
    return found[0] if found else None


def verdict(found: Relationship | None) -> Verdict | None:
    return found.verdict if found else None


def ai(**properties: Any) -> Asset:
    return asset(AI, "Microsoft.CognitiveServices/accounts", **properties)


def store(**properties: Any) -> Asset:
    usual = {"public_network_access": "Enabled", "network_default_action": "Allow", "ip_rules": []}
    return asset(STORE, "Microsoft.Storage/storageAccounts", **usual | properties)


YES, OPEN = Verdict.YES, Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"public_network_access": "Enabled", "network_default_action": "Allow"}, YES),
        ({"public_network_access": None, "network_default_action": None}, YES),
        ({"public_network_access": "Disabled", "network_default_action": "Allow"}, None),
        ({"public_network_access": "Enabled", "network_default_action": "Deny", "ip_rules": []}, None),
        (
            {"public_network_access": "Enabled", "network_default_action": "Deny", "ip_rules": ["198.51.100.0/24"]},
            None,
        ),
        (
            {"public_network_access": "Enabled", "network_default_action": "Deny", "ip_rules": ["0.0.0.0/1", "128.0.0.0/1"]},
            YES,
        ),
        ({"public_network_access": "Enabled", "network_default_action": "Deny"}, OPEN),
        ({"network_default_action": "Allow"}, OPEN),
        ({"network_default_action": "Deny", "ip_rules": []}, None),
        ({"public_network_access": "SecuredByPerimeter"}, OPEN),
        ({}, OPEN),
    ],
)  # fmt: skip
def test_the_firewall_of_a_service(settings, expected):
    found = reach(AI, ai(**settings))
    assert verdict(found) == expected
    if expected is YES:
        assert found is not None
        assert {item.note for item in found.evidence} >= {"public_network_access"}
        assert found.properties["because"]
    if expected is OPEN:
        assert found is not None
        assert found.missing


def test_search_has_no_default_action_but_rules_that_close():
    kind = "Microsoft.Search/searchServices"
    public = {"public_network_access": "enabled"}
    assert verdict(reach(SEARCH, asset(SEARCH, kind, **public, ip_rules=[]))) is YES
    assert reach(SEARCH, asset(SEARCH, kind, **public, ip_rules=["198.51.100.7"])) is None
    assert reach(SEARCH, asset(SEARCH, kind, public_network_access="disabled")) is None


@pytest.mark.parametrize(
    ("flag", "mode", "ranges", "expected"),
    [
        ("Enabled", "Enforced", ["10.0.0.0/8"], None),
        ("Enabled", "Enforced", ["0.0.0.0/0"], YES),
        ("Disabled", "Enforced", ["0.0.0.0/0"], YES),
        ("Enabled", "Learning", ["10.0.0.0/8"], YES),
        ("Disabled", "Learning", ["10.0.0.0/8"], None),
        ("Disabled", "Learning", ["0.0.0.0/0"], YES),
        ("SecuredByPerimeter", "Learning", ["198.51.100.0/24"], None),
        ("Enabled", "Enforced", None, OPEN),
        ("Enabled", "Learning", None, YES),
    ],
)
def test_a_perimeter_decides_alone_where_it_is_enforced(flag, mode, ranges, expected):
    kind = "Microsoft.Network/networkSecurityPerimeters"
    items: list[Piece] = [
        ai(public_network_access=flag, network_default_action="Allow"),
        asset(PERIMETER, kind),
        edge(AI, "GUARDED_BY", PERIMETER, mode=mode, profile=PROFILE),
    ]
    if ranges is not None:
        items.append(
            asset(RULE, f"{kind}/profiles/accessRules", direction="Inbound", ranges=ranges)
        )
    assert verdict(reach(AI, *items)) == expected


def test_secured_by_a_perimeter_that_is_not_there_is_closed():
    found = ai(public_network_access="SecuredByPerimeter")
    read = whole("Microsoft.Network/networkSecurityPerimeters")
    assert reach(AI, found, coverage=read) is None


def rule(priority: int, access: str = "Allow", port: str = "22", **more: Any) -> dict[str, Any]:
    usual = {"priority": priority, "access": access, "protocol": "Tcp", "name": f"r{priority}",
             "sourceAddressPrefix": ["*"], "destinationAddressPrefix": ["*"], "destinationPortRange": [port]}  # fmt: skip
    return usual | more


def guard(group: str, *rules: dict[str, Any], egress: list[dict[str, Any]] | None = None) -> Asset:
    kind = "Microsoft.Network/networkSecurityGroups"
    return asset(group, kind, ingress=list(rules), egress=egress or [])


def machine(
    *,
    card: dict[str, Any] | None = None,
    subnet: dict[str, Any] | None = None,
    sku: str = "Standard",
    state: str = "running",
) -> list[Piece]:
    usual = {
        "subnet": SUBNET,
        "security_group": NSG,
        "public_addresses": [PIP],
        "private_ip": "10.0.0.4",
    }
    return [
        asset(VM, "Microsoft.Compute/virtualMachines", interfaces=[NIC], state=state),
        asset(NIC, "Microsoft.Network/networkInterfaces", **usual | (card or {})),
        asset(PIP, "Microsoft.Network/publicIPAddresses", sku=sku),
        asset(SUBNET, "Microsoft.Network/virtualNetworks/subnets", **{"security_group": None, "route_table": None, "default_outbound": None} | (subnet or {})),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "ports"),
    [
        ([rule(200)], ["tcp/22"]),
        ([rule(200), rule(100, "Deny")], None),
        ([rule(200), rule(100, "Deny", port="23")], ["tcp/22"]),
        ([rule(200, port="20-25"), rule(100, "Deny", port="22")], ["tcp/20-21", "tcp/23-25"]),
        ([rule(200), rule(100, "Deny", sourceAddressPrefix=["203.0.113.0/24"])], ["tcp/22"]),
        ([rule(200, sourceAddressPrefix=["10.0.0.0/8"])], None),
        ([rule(200, sourceAddressPrefix=["VirtualNetwork"])], None),
        ([rule(200, sourceAddressPrefix=["Internet"])], ["tcp/22"]),
        ([rule(200, destinationAddressPrefix=["10.9.0.0/16"])], None),
        ([rule(200, destinationAddressPrefix=["10.0.0.0/24"])], ["tcp/22"]),
        ([rule(200, protocol="Icmp")], None),
        ([rule(200, protocol="*", port="*")], ["tcp/all", "udp/all"]),
        ([], None),
    ],
)
def test_security_rules_by_priority(rules, ports):
    found = reach(VM, *machine(), guard(NSG, *rules))
    assert (found.properties["ports"] if found else None) == ports
    assert verdict(found) in (YES, None)


def test_both_groups_must_let_pass():
    behind = machine(subnet={"security_group": NSG2})
    assert reach(VM, *behind, guard(NSG, rule(100)), guard(NSG2, rule(100, port="443"))) is None
    assert reach(VM, *behind, guard(NSG, rule(100)), guard(NSG2, rule(100, port="*")))
    unread = reach(VM, *behind, guard(NSG, rule(100)))
    assert verdict(unread) is OPEN
    assert unread is not None
    assert any("subnet-nsg" in fact for fact in unread.missing)


def test_a_rule_for_a_group_of_machines_is_undecided():
    found = reach(VM, *machine(), guard(NSG, rule(100, destinationAddressPrefix=[])))
    assert verdict(found) is OPEN


@pytest.mark.parametrize(
    ("sku", "expected"), [("Standard", None), ("Basic", YES)], ids=["closed", "open"]
)
def test_without_a_group_the_tier_of_the_address_decides(sku, expected):
    assert verdict(reach(VM, *machine(card={"security_group": None}, sku=sku))) is expected


def test_machines_that_are_off_or_private_or_behind_a_load_balancer():
    opened = guard(NSG, rule(100))
    assert reach(VM, *machine(state="deallocated"), opened) is None
    private: dict[str, Any] = {"public_addresses": [], "load_balancers": []}
    assert reach(VM, *machine(card=private), opened) is None
    balanced = {"public_addresses": [], "load_balancers": [f"{NET}/loadBalancers/lb/pool"]}
    found = reach(VM, *machine(card=balanced), opened)
    assert verdict(found) is OPEN
    assert verdict(reach(VM, machine()[0])) is OPEN


@pytest.mark.parametrize(
    ("workspace", "compute", "expected"),
    [
        ("Disabled", {"ssh_public_access": "Enabled", "disable_local_auth": False}, YES),
        ("Disabled", {"ssh_public_access": "Enabled", "disable_local_auth": True}, None),
        ("Disabled", {"ssh_public_access": "Enabled", "no_public_ip": True}, None),
        ("Disabled", {"ssh_public_access": "Disabled"}, None),
        ("Enabled", {"ssh_public_access": "Disabled"}, YES),
        ("Disabled", {}, OPEN),
        ("Disabled", {"ssh_public_access": "Enabled", "subnet": SUBNET}, OPEN),
    ],
)
def test_compute_instances_by_ssh_and_by_their_workspace(workspace, compute, expected):
    kind = "Microsoft.MachineLearningServices/workspaces"
    found = reach(
        NOTEBOOK,
        asset(ML, kind, public_network_access=workspace, ip_rules=[]),
        asset(NOTEBOOK, f"{kind}/computes/ComputeInstance", **compute),
    )
    assert verdict(found) == expected


def test_ssh_of_a_compute_passes_the_group_of_its_subnet():
    kind = "Microsoft.MachineLearningServices/workspaces"
    ws = asset(ML, kind, public_network_access="Disabled")
    nb = asset(
        NOTEBOOK, f"{kind}/computes/ComputeInstance", ssh_public_access="Enabled", subnet=SUBNET
    )
    net = asset(SUBNET, "Microsoft.Network/virtualNetworks/subnets", security_group=NSG)
    assert verdict(reach(NOTEBOOK, ws, nb, net, guard(NSG, rule(100)))) is YES
    assert reach(NOTEBOOK, ws, nb, net, guard(NSG, rule(100, port="443"))) is None


SITE = f"{RG}/Microsoft.Web/sites/app"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"public_network_access": "Enabled", "ip_rules": ["Any"]}, YES),
        ({"public_network_access": None, "ip_rules": []}, YES),
        ({"public_network_access": None}, OPEN),
        ({"public_network_access": "Disabled"}, None),
        ({"public_network_access": None, "private_endpoints": [ENDPOINT]}, None),
        ({"public_network_access": "Enabled", "ip_rules": ["198.51.100.7/32"]}, None),
        ({"public_network_access": "Enabled", "ip_rules": [], "state": "Stopped"}, None),
    ],
)
def test_apps(settings, expected):
    assert verdict(reach(SITE, asset(SITE, "Microsoft.Web/sites", **settings))) == expected


@pytest.mark.parametrize(
    ("kind", "settings", "expected"),
    [
        ("Microsoft.App/containerApps", {"external": True}, OPEN),
        ("Microsoft.App/containerApps", {"external": None}, None),
        ("Microsoft.ContainerInstance/containerGroups", {"address_type": "Public"}, YES),
        ("Microsoft.ContainerInstance/containerGroups", {"address_type": "Private"}, None),
        ("Microsoft.ContainerService/managedClusters", {"private_cluster": True}, None),
        ("Microsoft.ContainerService/managedClusters", {"private_cluster": None, "ip_rules": []}, YES),
        ("Microsoft.ContainerService/managedClusters", {"private_cluster": None, "ip_rules": ["198.51.100.0/24"]}, None),
    ],
)  # fmt: skip
def test_containers_and_clusters(kind, settings, expected):
    one = f"{RG}/{kind}/c"
    assert verdict(reach(one, asset(one, kind, **settings))) == expected


def test_a_subnet_that_a_rule_names_needs_the_service_endpoint():
    closed = store(network_default_action="Deny", subnets=[SUBNET])
    subnets = "Microsoft.Network/virtualNetworks/subnets"

    def reached(*endpoints: str) -> set[str]:
        net = asset(SUBNET, subnets, service_endpoints=list(endpoints))
        return {e.source for e in derived(closed, net) if e.kind == "CAN_REACH"}

    assert reached("Microsoft.Storage") == {SUBNET}
    assert reached("Microsoft.KeyVault") == set()


def test_trusted_services_pass_where_the_rules_close_and_they_have_an_identity():
    search = asset(SEARCH, "Microsoft.Search/searchServices", public_network_access="disabled")
    runs = edge(SEARCH, "RUNS_AS", "30000000-0000-0000-0000-000000000001")

    def sources(*items: Piece, **settings: Any) -> set[str]:
        found = derived(store(**settings), *items)
        return {e.source for e in found if e.kind == "CAN_REACH" and e.target == STORE}

    closed = {"network_default_action": "Deny", "network_bypass": "Logging, AzureServices"}
    assert sources(search, runs, **closed) == {SEARCH}
    assert sources(search, **closed) == set()
    assert sources(search, runs, **closed | {"network_bypass": "None"}) == set()
    assert sources(search, runs, network_bypass="AzureServices") == {"internet"}


def private(*more: Piece, coverage: Coverage | None = None) -> dict[str, Relationship]:
    found = derived(
        ai(public_network_access="Disabled"),
        asset(ENDPOINT, "Microsoft.Network/privateEndpoints"),
        asset(VNET, "Microsoft.Network/virtualNetworks"),
        edge(ENDPOINT, "IN_NETWORK", SUBNET),
        edge(ENDPOINT, "ROUTES_TO", AI),
        *more,
        coverage=coverage,
    )
    return {item.source: item for item in found if item.kind == "CAN_REACH"}


def test_private_endpoints_let_their_network_and_its_peers_in():
    found = private(asset(HUB, "Microsoft.Network/virtualNetworks"), edge(HUB, "PEERED_WITH", VNET))
    assert set(found) == {VNET, HUB}
    assert all(item.verdict is YES and item.evidence for item in found.values())
    assert "dns" not in found[VNET].properties


def test_names_resolve_where_the_zone_is_linked():
    link = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
    linked = asset(LINK, link, network=VNET)
    assert private(linked)[VNET].properties["dns"] == "private"
    assert private(coverage=whole(link))[VNET].properties["dns"] == "public"


@pytest.mark.parametrize(
    ("container", "account", "expected"),
    [
        ("Blob", {"allow_blob_public": True}, YES),
        ("Container", {"allow_blob_public": None}, YES),
        ("Container", {}, OPEN),
        ("None", {"allow_blob_public": True}, None),
        ("Blob", {"allow_blob_public": False}, None),
        ("Blob", {"allow_blob_public": True, "network_default_action": "Deny"}, None),
    ],
)
def test_anonymous_reading(container, account, expected):
    kind = "Microsoft.Storage/storageAccounts/blobServices/containers"
    found = [
        item
        for item in derived(store(**account), asset(BLOBS, kind, public_access=container))
        if item.key == ("anonymous", "CAN_READ", BLOBS)
    ]
    assert (found[0].verdict if found else None) == expected


def out(access: str, to: str = "Internet") -> dict[str, Any]:
    return rule(100, access, port="*", protocol="*", destinationAddressPrefix=[to])


def test_what_machines_send():
    hidden: dict[str, Any] = {"public_addresses": [], "load_balancers": []}
    route = asset(f"{NET}/routeTables/t", "Microsoft.Network/routeTables", routes=[{"properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "None"}}])  # fmt: skip
    assert verdict(sends(VM, *machine(), guard(NSG))) is YES
    assert sends(VM, *machine(), guard(NSG, egress=[out("Deny")])) is None
    assert verdict(sends(VM, *machine(card=hidden), guard(NSG))) is YES
    assert sends(VM, *machine(card=hidden, subnet={"default_outbound": False}), guard(NSG)) is None
    routed = machine(card=hidden, subnet={"route_table": f"{NET}/routeTables/t"})
    assert sends(VM, *routed, route, guard(NSG)) is None
    assert verdict(sends(VM, *routed, guard(NSG))) is OPEN


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("AllowOnlyApprovedOutbound", None),
        ("AllowInternetOutbound", YES),
        ("Disabled", YES),
    ],
)
def test_the_managed_network_of_a_workspace_holds_its_compute(mode, expected):
    kind = "Microsoft.MachineLearningServices/workspaces"
    found = sends(
        NOTEBOOK,
        asset(ML, kind, isolation_mode=mode),
        asset(NOTEBOOK, f"{kind}/computes/ComputeInstance", subnet=None),
    )
    assert verdict(found) == expected


def test_accounts_and_their_agents_send_unless_told_otherwise():
    agent = f"{AI}/projects/p/agents/a"
    kind = "Microsoft.CognitiveServices/accounts/projects/agents"
    assert verdict(sends(AI, ai(restrict_outbound=None))) is YES
    assert sends(AI, ai(restrict_outbound=True)) is None
    assert verdict(sends(agent, asset(agent, kind), ai(agent_subnets=[]))) is YES
    assert verdict(sends(agent, asset(agent, kind), ai(agent_subnets=[SUBNET]))) is OPEN
    assert verdict(sends(agent, asset(agent, kind), ai())) is OPEN


@pytest.mark.parametrize(
    ("ranges", "wide"),
    [
        (["0.0.0.0/0"], True),
        (["8.0.0.0/8"], True),
        (["10.0.0.0/8"], False),
        (["8.0.0.0/9"], False),
        (["8.0.0.0/9", "8.128.0.0/9"], True),
        (["AzureCloud", "198.51.100.7"], False),
        ([], False),
    ],
)
def test_how_much_of_the_internet_ranges_let_in(ranges, wide):
    assert is_wide(ranges) is wide


def test_nothing_is_said_of_an_estate_without_azure():
    kind = "AWS::S3::Bucket"
    assert not list(derive_azure_reachability(estate(asset("arn:aws:s3:::b", kind))))
