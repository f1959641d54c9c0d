"""What ARM says of networks, as reachability reads it."""

from pathlib import Path
from typing import Any

from graph.estate import Estate
from tests.beds import azure_world as world
from tests.collectors.azure.answers import read, save

NET = f"{world.RG}/providers/Microsoft.Network"
PERIMETER = f"{NET}/networkSecurityPerimeters/p"
PROFILE = f"{PERIMETER}/profiles/one"
ENDPOINT = f"{NET}/privateEndpoints/pe"
ZONE = f"{NET}/privateDnsZones/privatelink.openai.azure.com"
SITE = f"{world.RG}/providers/Microsoft.Web/sites/app"


def estate(folder: Path, *items: dict[str, Any]) -> Estate:
    for number, item in enumerate(items):
        save(folder, f"{number}.json", {"value": [item]})
    return read(folder)[1]


def connection(state: str) -> dict[str, Any]:
    link = {"privateLinkServiceConnectionState": {"status": state}}
    return {"properties": {"privateEndpoint": {"id": f"{ENDPOINT}-{state.lower()}"}, **link}}


def test_only_approved_connections_count(tmp_path: Path) -> None:
    connections = [connection(state) for state in ("Approved", "Pending", "Rejected")]
    found = estate(tmp_path, world.item(world.AI, privateEndpointConnections=connections))
    assert found.assets[world.AI].properties["private_endpoints"] == [f"{ENDPOINT}-approved"]


def test_an_endpoint_leads_to_what_approved_it(tmp_path: Path) -> None:
    links = [
        {"properties": {"privateLinkServiceId": target, "privateLinkServiceConnectionState": {"status": state}}}
        for target, state in ((world.AI, "Approved"), (world.SEARCH, "Pending"))
    ]  # fmt: skip
    subnet = {"id": f"{world.VNET}/subnets/default"}
    found = estate(
        tmp_path, world.item(ENDPOINT, subnet=subnet, privateLinkServiceConnections=links)
    )
    led = {e.target for e in found.outgoing[ENDPOINT] if e.kind == "ROUTES_TO"}
    assert led == {world.AI}


def test_perimeters_with_the_profile_and_mode_of_each_resource(tmp_path: Path) -> None:
    found = estate(
        tmp_path,
        world.item(PERIMETER, provisioningState="Succeeded"),
        world.item(f"{PROFILE}/accessRules/in", direction="Inbound", addressPrefixes=["0.0.0.0/0"]),
        world.item(
            f"{PERIMETER}/resourceAssociations/a",
            accessMode="Enforced",
            profile={"id": PROFILE},
            privateLinkResource={"id": world.AI},
        ),
    )
    edge = next(e for e in found.outgoing[world.AI] if e.kind == "GUARDED_BY")
    assert (edge.target, dict(edge.properties)) == (PERIMETER, {"mode": "Enforced", "profile": PROFILE})  # fmt: skip
    assert found.assets[f"{PROFILE}/accessRules/in"].properties["ranges"] == ["0.0.0.0/0"]


def test_zones_are_linked_to_networks(tmp_path: Path) -> None:
    link = f"{ZONE}/virtualNetworkLinks/l"
    found = estate(tmp_path, world.item(link, virtualNetwork={"id": world.VNET}))
    assert found.assets[link].properties["network"] == world.VNET


def test_security_rules_nested_and_flattened(tmp_path: Path) -> None:
    inner = {"priority": 100, "access": "Allow", "direction": "Inbound", "protocol": "Tcp",
             "sourceAddressPrefixes": ["*"], "destinationAddressPrefix": "*", "destinationPortRanges": ["22", "3389"]}  # fmt: skip
    rule = {"name": "ssh", "properties": inner}
    nested = world.item(world.NSG, securityRules=[rule])
    flat = {"name": "ssh", **inner}
    other = {"id": f"{world.NSG}2", "name": "nsg2", "type": "Microsoft.Network/networkSecurityGroups", "securityRules": [flat]}  # fmt: skip
    found = estate(tmp_path, nested, other)
    for group in (world.NSG, f"{world.NSG}2"):
        inside = found.assets[group].properties["ingress"]
        assert [r["destinationPortRange"] for r in inside] == [["22", "3389"]]
        assert found.assets[group].properties["egress"] == []


def test_lists_of_apps_do_not_tell_their_restrictions(tmp_path: Path) -> None:
    listed = world.item(SITE, siteConfig={"ipSecurityRestrictions": None}, state="Running")
    assert "ip_rules" not in estate(tmp_path, listed).assets[SITE].properties
    told = [
        {"ipAddress": "198.51.100.0/24", "action": "Allow"},
        {"ipAddress": "Any", "action": "Deny"},
    ]
    whole = world.item(SITE, siteConfig={"ipSecurityRestrictions": told})
    assert estate(tmp_path, whole).assets[SITE].properties["ip_rules"] == ["198.51.100.0/24"]
