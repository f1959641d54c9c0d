"""What the Internet and networks reach in Google Cloud: each way, and the one fact that shuts it."""

from typing import Any

import pytest

from graph.coverage import Coverage
from graph.estate import Estate, assemble
from graph.model import Asset, CoverageEntry, CoverageState, Relationship, Scope, Verdict
from graph.reachability.gcp import derive_gcp_reachability
from graph.schema import load_schema
from tests.graph.permissions.gcp.estates import MANAGER, asset, contains

ORG, PROJECT = f"{MANAGER}/organizations/1", f"{MANAGER}/projects/shop"
COMPUTE = "//compute.googleapis.com/projects/shop"
VM, VPC = f"{COMPUTE}/zones/z/instances/vm", f"{COMPUTE}/global/networks/n"
RULE, DENY = f"{COMPUTE}/global/firewalls/in", f"{COMPUTE}/global/firewalls/deny"
POLICY = "//compute.googleapis.com/locations/global/firewallPolicies/9"
ROUTER = f"{COMPUTE}/regions/r/routers/nat"
AI = "//aiplatform.googleapis.com/projects/shop/locations/l"
ENDPOINT, INDEX, JOB, AGENT = (f"{AI}/{n}" for n in ("endpoints/1", "indexEndpoints/2", "customJobs/3", "reasoningEngines/4"))  # fmt: skip
RUN = "//run.googleapis.com/projects/shop/locations/l/services/s"
SQL = "//cloudsql.googleapis.com/projects/shop/instances/db"
GKE = "//container.googleapis.com/projects/shop/locations/l/clusters/c"
NOTEBOOK = "//notebooks.googleapis.com/projects/shop/locations/l/instances/nb"
BALANCER = f"{COMPUTE}/global/forwardingRules/lb"
PERIMETER = "//accesscontextmanager.googleapis.com/accessPolicies/7/servicePerimeters/p"


def rule(ports: tuple[str, ...] = ("22",), priority: int = 1000, **more: Any) -> dict[str, Any]:
    """One rule from anywhere, which allows unless it is said."""
    layers = [{"protocol": "tcp", "ports": list(ports)}]
    told = {"priority": priority, "layers": layers, "cidrs": ["0.0.0.0/0"]}
    return {"allow": True, **told, **more}


def _estate(*items: Asset | Relationship, read: bool = True) -> Estate:
    ledger = [
        CoverageEntry(
            operation="gcp:compute.googleapis.com/Firewall",
            scope=Scope(provider="gcp"),
            state=CoverageState.COMPLETE if read else CoverageState.DENIED,
        )
    ]
    base: list[Asset | Relationship] = [
        asset(ORG, "cloudresourcemanager.googleapis.com/Organization"),
        asset(PROJECT),
        *contains(ORG, PROJECT),
    ]
    return assemble([*base, *items], schema=load_schema(), coverage=Coverage(ledger))


def _reached(
    estate: Estate, target: str, kind: str = "CAN_REACH", source: str = "internet"
) -> Relationship | None:
    for item in derive_gcp_reachability(estate):
        if isinstance(item, Relationship) and item.key == (source, kind, target):
            return item
    return None


def test_what_always_answers_is_proved_by_what_tells_of_it() -> None:
    agent = asset(AGENT)
    found = _reached(_estate(agent, *contains(PROJECT, AGENT)), AGENT)
    assert found is not None
    assert found.evidence == agent.evidence[:1] != ()


def _firewall(name: str, side: str, rules: list[dict[str, Any]]) -> Asset:
    told: dict[str, Any] = {side: rules}
    return asset(name, **told)


def _machine(
    *rules: tuple[str, list[dict[str, Any]]],
    policy: list[dict[str, Any]] | None = None,
    side: str = "ingress",
    read: bool = True,
    **machine: Any,
) -> Estate:
    told = {"public_addresses": ["203.0.113.4"], "vpc": VPC, "network_tags": ["web"], **machine}
    items: list[Asset | Relationship] = [
        asset(VM, **told),
        asset(VPC),
        *contains(PROJECT, VM, VPC),
        *(_firewall(name, side, given) for name, given in rules),
        *(Relationship(source=VPC, kind="GUARDED_BY", target=name) for name, _ in rules),
    ]
    if policy is not None:
        items += [
            _firewall(POLICY, side, policy),
            Relationship(source=ORG, kind="GUARDED_BY", target=POLICY),
        ]
    return _estate(*items, read=read)


OPEN = (RULE, [rule()])


@pytest.mark.parametrize(
    ("estate", "ports"),
    [
        (_machine(OPEN), "tcp/22"),
        (_machine(), None),
        (_machine(OPEN, public_addresses=[]), None),
        (_machine(OPEN, state="TERMINATED"), None),
        (_machine((RULE, [rule(cidrs=["10.0.0.0/8"])])), None),
        (_machine((RULE, [rule(cidrs=["0.0.0.0/1", "128.0.0.0/1"])])), "tcp/22"),
        (_machine((RULE, [rule(disabled=True)])), None),
        (_machine((RULE, [rule(target_tags=["web"])])), "tcp/22"),
        (_machine((RULE, [rule(target_tags=["db"])])), None),
        (_machine(OPEN, (DENY, [rule(allow=False, priority=900)])), None),
        (_machine(OPEN, (DENY, [rule(allow=False)])), None),
        (_machine(OPEN, (DENY, [rule(allow=False, priority=2000)])), "tcp/22"),
        (_machine((RULE, [rule(ports=("20-30",))]), (DENY, [rule(("22",), 10, allow=False)])), "tcp/20-21, tcp/23-30"),
        (_machine(OPEN, policy=[rule(allow=False, priority=1)]), None),
        (_machine(policy=[rule(priority=1)]), "tcp/22"),
        (_machine(OPEN, policy=[rule(allow=None, action="goto_next", priority=1)]), "tcp/22"),
        (_machine((RULE, [rule(source_tags=["bastion"], cidrs=[])])), None),
    ],
)  # fmt: skip
def test_a_machine_is_reached_by_address_and_firewall(estate: Estate, ports: str | None) -> None:
    found = _reached(estate, VM)
    assert (found is not None) == (ports is not None)
    if found is not None and ports is not None:
        assert found.verdict is Verdict.YES
        assert f" {ports}." in found.properties["because"]
        assert found.evidence


def test_what_was_not_read_leaves_a_machine_open() -> None:
    unread = _reached(_machine(read=False), VM)
    assert unread is not None
    assert unread.verdict is Verdict.UNDECIDED
    assert "firewall rules of n" in unread.missing[0]
    by_account = _machine((RULE, [rule(target_service_accounts=["a@b.c"])]))
    named = _reached(by_account, VM)
    assert named is not None
    assert named.verdict is Verdict.UNDECIDED


SERVICES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (ENDPOINT, {"vpc": None, "private_service_connect": None}, {"vpc": VPC, "private_service_connect": None}),
    (ENDPOINT, {"vpc": None, "private_service_connect": None}, {"vpc": None, "private_service_connect": True}),
    (INDEX, {"public": True}, {"public": None}),
    (RUN, {"external": True}, {"external": False}),
    (SQL, {"public_ip_enabled": True, "ip_rules": ["0.0.0.0/0"]}, {"public_ip_enabled": True, "ip_rules": ["198.51.100.0/24"]}),
    (SQL, {"public_ip_enabled": True, "ip_rules": ["0.0.0.0/0"]}, {"public_ip_enabled": False, "ip_rules": ["0.0.0.0/0"]}),
    (GKE, {"private_cluster": None, "ip_rules": None}, {"private_cluster": True, "ip_rules": None}),
    (GKE, {"private_cluster": None, "ip_rules": None}, {"private_cluster": None, "ip_rules": ["198.51.100.0/24"]}),
    (NOTEBOOK, {"proxy_access": True}, {"proxy_access": False}),
    (BALANCER, {"scheme": "EXTERNAL_MANAGED"}, {"scheme": "INTERNAL"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "public", "private"), SERVICES)
def test_a_service_is_reached_by_its_flags(
    name: str, public: dict[str, Any], private: dict[str, Any]
) -> None:
    found = _reached(_estate(asset(name, **public)), name)
    assert found is not None
    assert found.verdict is Verdict.YES
    assert _reached(_estate(asset(name, **private)), name) is None
    unread = _reached(_estate(asset(name)), name)
    assert unread is not None
    assert unread.verdict is Verdict.UNDECIDED


def _perimeter(mode: str = "enforced", kind: str = "REGULAR", **document: Any) -> Estate:
    told = {
        "resources": ["projects/1"],
        "restrictedServices": ["aiplatform.googleapis.com"],
        **document,
    }
    return _estate(
        asset(ENDPOINT, vpc=None, private_service_connect=None),
        *contains(PROJECT, ENDPOINT),
        asset(PERIMETER, document=told, perimeter_type=f"PERIMETER_TYPE_{kind}"),
        Relationship(source=PROJECT, kind="GUARDED_BY", target=PERIMETER, properties={"mode": mode}),
    )  # fmt: skip


def test_a_perimeter_closes_the_services_that_it_restricts() -> None:
    assert _reached(_perimeter(), ENDPOINT) is None
    for open_ in (
        _perimeter(mode="dry-run"),
        _perimeter(restrictedServices=["storage.googleapis.com"]),
        _perimeter(kind="BRIDGE"),
    ):
        found = _reached(open_, ENDPOINT)
        assert found is not None
        assert found.verdict is Verdict.YES
    for conditional in (_perimeter(accessLevels=["x"]), _perimeter(ingressPolicies=[{}])):
        found = _reached(conditional, ENDPOINT)
        assert found is not None
        assert found.verdict is Verdict.UNDECIDED


def test_private_endpoints_answer_in_their_networks() -> None:
    peered = _estate(asset(ENDPOINT, vpc=VPC, private_service_connect=None), asset(VPC))
    assert _reached(peered, ENDPOINT, source=VPC)
    other = Asset(id=f"{VPC}2", kind="compute.googleapis.com/Network", name="n2", account="buyer")
    consumer = _estate(
        asset(ENDPOINT, private_service_connect=True, consumer_projects=["buyer"]),
        other,
        asset(VPC),
    )
    assert _reached(consumer, ENDPOINT, source=other.id)
    assert _reached(consumer, ENDPOINT, source=VPC) is None


def test_an_invoker_check_that_is_off_lets_anyone_call() -> None:
    off = _estate(asset(RUN, external=True, invoker_check_disabled=True))
    assert _reached(off, RUN, "CAN_INVOKE", "allUsers")
    on = _estate(asset(RUN, external=True, invoker_check_disabled=False))
    assert _reached(on, RUN, "CAN_INVOKE", "allUsers") is None
    inside = _estate(asset(RUN, external=False, invoker_check_disabled=True))
    assert _reached(inside, RUN, "CAN_INVOKE", "allUsers") is None


def test_what_can_send_to_the_internet() -> None:
    def sends(estate: Estate, source: str) -> bool:
        keys = [r.key for r in derive_gcp_reachability(estate) if isinstance(r, Relationship)]
        return (source, "CALLS_OUT_TO", "internet") in keys

    assert sends(_machine(), VM)
    assert not sends(_machine(public_addresses=[]), VM)
    keeps_in = (DENY, [rule(allow=False, layers=[{"protocol": "all", "ports": []}])])
    assert not sends(_machine(keeps_in, side="egress"), VM)
    nat = asset(ROUTER, vpc=VPC, nat=True)
    routed = _machine(public_addresses=[])
    assert sends(_estate(*routed.assets.values(), *routed.relationships, nat), VM)
    assert sends(_estate(asset(JOB, vpc=None)), JOB)
    assert not sends(_estate(asset(JOB, vpc=VPC)), JOB)
    assert sends(_estate(asset(AGENT, network_attachment=None)), AGENT)
    assert not sends(_estate(asset(AGENT, network_attachment="x")), AGENT)
    assert sends(_estate(asset(NOTEBOOK, direct_internet_access=True)), NOTEBOOK)
    assert not sends(_estate(asset(NOTEBOOK, direct_internet_access=False)), NOTEBOOK)
