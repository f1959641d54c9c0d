"""Google Cloud: what the Internet and networks reach, and what can send to the Internet.

Nothing is left out for want of facts: then it is undecided. That a service is reached says nothing of whether it answers:
allow policies decide that, and paths do not walk into services that ask for them (`asks` in resources/schema/labels.toml).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from graph.content import read_toml
from graph.estate import Estate
from graph.model import Asset, Relationship
from graph.reachability.addresses import is_wide
from graph.reachability.facts import INTERNET, UNKNOWN, Case, Facts
from graph.reachability.gcp_firewall import passes
from graph.reachability.gcp_perimeter import Access, access
from graph.reachability.ports import spell

ANYONE = Asset(id="allUsers", kind="iam.googleapis.com/AllUsers", name="allUsers")
Answer = Mapping[str, Any] | None  # the properties of the relationship; None = no
Question = Callable[[Case, Asset], Answer]
_OFF = {"TERMINATED", "STOPPED", "STOPPING", "SUSPENDED"}


@cache
def _table() -> Mapping[str, Any]:
    return read_toml("analysis/gcp_networks.toml")


def _because(name: str, **values: str) -> Mapping[str, Any]:
    return {"because": _table()["text"][name].format(**values)}


def derive_gcp_reachability(estate: Estate) -> Iterator[Asset | Relationship]:
    """CAN_REACH of the Internet and of networks, CALLS_OUT_TO the Internet, services that ask their callers nothing."""
    kinds = {asset.kind for asset in estate.assets.values()}
    if not kinds & (set(_REACHED) | set(_SENDS)):
        return
    facts = Facts(estate)
    yield INTERNET
    for asset in estate.assets.values():
        if (ask := _REACHED.get(asset.kind)) is not None:
            case = Case(facts)
            answer = ask(case, asset)
            if answer is not None:
                _settle(case, asset)
                yield _edge(INTERNET.id, "CAN_REACH", asset.id, case, answer)
                yield from _unchecked(case, asset)
        if (ask := _SENDS.get(asset.kind)) is not None:
            case = Case(facts)
            answer = ask(case, asset)
            if answer is not None:
                _settle(case, asset)
                yield _edge(asset.id, "CALLS_OUT_TO", INTERNET.id, case, answer)
        yield from _private(facts, asset)


def _settle(case: Case, asset: Asset) -> None:
    """Where no setting decides, what tells of the asset is the proof: such a service always answers, or sends."""
    if not case.evidence:
        case.evidence += asset.evidence[:1]


def _edge(source: str, kind: str, target: str, case: Case, answer: Answer) -> Relationship:
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=case.verdict,
        evidence=tuple(case.evidence),
        missing=tuple(case.missing),
        properties=answer or {},
    )


# --- what is reached


def _network(case: Case, asset: Asset) -> Asset | None:
    found = case.facts.estate.assets.get(str(asset.properties.get("vpc") or ""))
    return found if found is not None and found.kind.endswith("/Network") else None


def _machine(case: Case, asset: Asset) -> Answer:
    """A public address, and a firewall that lets in."""
    if asset.properties.get("state") in _OFF:
        return None
    public = case.read(asset, "public_addresses")
    if not public:
        return None
    network = _network(case, asset)
    if network is None:
        case.lacks(f"the network of {asset.name}")
    if public is UNKNOWN or network is None:
        return _because("unread")
    ports = passes(case, asset, network, "ingress")
    return _because("machine", ports=", ".join(spell(sorted(set(ports))))) if ports else None


def _api(case: Case, asset: Asset) -> Answer:
    """Answers at the address of its API, unless it is private or a perimeter keeps callers out."""
    if asset.kind.endswith("/Endpoint"):
        ways = [case.read(asset, name) for name in ("vpc", "private_service_connect")]
        if any(value and value is not UNKNOWN for value in ways):
            return None
    found, perimeter = access(case.facts.estate, asset, _table()["api"][asset.kind])
    if found is Access.CLOSED:
        return None
    if perimeter is not None:
        case.cite(perimeter, "document")
        case.lacks(f"whether the caller meets a rule of the perimeter {perimeter.name}")
        return _because("restricted", perimeter=perimeter.name)
    return _because("api")


def _flag(name: str, text: str, *, closed: bool = False) -> Question:
    """One flag decides; `closed`: it is the value that stands against it."""

    def ask(case: Case, asset: Asset) -> Answer:
        value = case.read(asset, name)
        if value is UNKNOWN:
            return _because(text)
        return _because(text) if bool(value) is not closed else None

    return ask


def _database(case: Case, asset: Asset) -> Answer:
    if case.read(asset, "public_ip_enabled") in {None, False}:
        return None
    rules = case.read(asset, "ip_rules")
    return _because("database") if rules is UNKNOWN or is_wide(rules or ()) else None


def _cluster(case: Case, asset: Asset) -> Answer:
    if case.read(asset, "private_cluster") is True:
        return None
    rules = case.read(asset, "ip_rules")
    return _because("cluster") if rules is UNKNOWN or not rules or is_wide(rules) else None


def _balancer(case: Case, asset: Asset) -> Answer:
    scheme = case.read(asset, "scheme")
    if scheme is UNKNOWN:
        return _because("balancer")
    return _because("balancer") if str(scheme or "EXTERNAL").startswith("EXTERNAL") else None


def _unchecked(case: Case, asset: Asset) -> Iterator[Asset | Relationship]:
    """A Cloud Run service that does not ask whether its callers may call."""
    if asset.properties.get("invoker_check_disabled") is True:
        case.cite(asset, "invoker_check_disabled")
        yield ANYONE
        yield _edge(ANYONE.id, "CAN_INVOKE", asset.id, case, _because("invoker"))


# --- private ways


def _private(facts: Facts, asset: Asset) -> Iterator[Relationship]:
    """What answers inside a network: peered endpoints, and endpoints of Private Service Connect in the projects let in."""
    estate = facts.estate
    case = Case(facts)
    if asset.kind in {
        "aiplatform.googleapis.com/Endpoint",
        "aiplatform.googleapis.com/IndexEndpoint",
    }:
        network = _network(case, asset)
        if network is not None:
            case.cite(asset, "vpc")
            yield _edge(
                network.id, "CAN_REACH", asset.id, case, _because("network", network=network.name)
            )
        for project in asset.properties.get("consumer_projects") or ():
            case = Case(facts)
            case.cite(asset, "consumer_projects")
            for network in estate.of_label("VirtualNetwork"):
                if network.account == project:
                    yield _edge(
                        network.id,
                        "CAN_REACH",
                        asset.id,
                        case,
                        _because("consumer", project=str(project)),
                    )


# --- what can send


def _machine_sends(case: Case, asset: Asset) -> Answer:
    """A public address or a NAT gateway, and no rule that keeps traffic in."""
    network = _network(case, asset)
    if network is None or asset.properties.get("state") in _OFF:
        return None
    public = case.read(asset, "public_addresses")
    if not public and not _has_nat(case, network):
        return None
    return _because("machine_out") if passes(case, asset, network, "egress") else None


def _has_nat(case: Case, network: Asset) -> bool:
    for router in case.facts.estate.of_label("RouteTable"):
        if router.properties.get("vpc") == network.id and router.properties.get("nat"):
            case.cite(router, "nat")
            return True
    return False


def _managed_sends(case: Case, asset: Asset) -> Answer:
    """Jobs that are not placed in a network run in Google's, and so do agents without an attachment."""
    name = "network_attachment" if asset.kind.endswith("/ReasoningEngine") else "vpc"
    value = case.read(asset, name)
    return None if value and value is not UNKNOWN else _because("managed_out")


def _always(_: Case, __: Asset) -> Answer:
    return _because("managed_out")


_REACHED: dict[str, Question] = {
    "compute.googleapis.com/Instance": _machine,
    "notebooks.googleapis.com/Instance": _flag("proxy_access", "proxy"),
    "run.googleapis.com/Service": _flag("external", "run"),
    "cloudfunctions.googleapis.com/CloudFunction": _flag("external", "run"),
    "cloudfunctions.googleapis.com/Function": _flag("external", "run"),
    "aiplatform.googleapis.com/IndexEndpoint": _flag("public", "index"),
    "sqladmin.googleapis.com/Instance": _database,
    "container.googleapis.com/Cluster": _cluster,
    "compute.googleapis.com/ForwardingRule": _balancer,
    **dict.fromkeys(
        (
            "aiplatform.googleapis.com/Endpoint",
            "aiplatform.googleapis.com/ReasoningEngine",
            "discoveryengine.googleapis.com/Engine",
            "dialogflow.googleapis.com/Agent",
        ),
        _api,
    ),
}
_SENDS: dict[str, Question] = {
    "compute.googleapis.com/Instance": _machine_sends,
    "notebooks.googleapis.com/Instance": _flag("direct_internet_access", "notebook_out"),
    "aiplatform.googleapis.com/NotebookRuntime": _flag("direct_internet_access", "notebook_out"),
    "aiplatform.googleapis.com/CustomJob": _managed_sends,
    "aiplatform.googleapis.com/HyperparameterTuningJob": _managed_sends,
    "aiplatform.googleapis.com/PipelineJob": _managed_sends,
    "aiplatform.googleapis.com/ReasoningEngine": _managed_sends,
    "cloudfunctions.googleapis.com/CloudFunction": _always,
    "cloudfunctions.googleapis.com/Function": _always,
    "run.googleapis.com/Service": _always,
}
