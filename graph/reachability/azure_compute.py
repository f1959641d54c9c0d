"""Azure's compute: what of it the Internet reaches, and what of it can send there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from graph.estate import Estate
from graph.model import Asset
from graph.reachability import azure_groups as groups
from graph.reachability.addresses import is_wide
from graph.reachability.azure_services import Services, text
from graph.reachability.facts import UNKNOWN, Case
from graph.reachability.ports import EVERY, Ports, common, spell

Answer = Mapping[str, Any] | None  # the properties of the relationship; None = no
Question = Callable[[Case, Services, Asset], Answer]

_OFF = {"stopped", "deallocated", "deallocating", "stopping"}
_SSH: tuple[Ports, ...] = (("tcp", 22, 22),)


def because(name: str, **values: str) -> Mapping[str, Any]:
    """An answer that rests on one text."""
    return {"because": text(name, **values)}


def asset_of(estate: Estate, named: object) -> Asset | None:
    """An asset that an answer described."""
    found = estate.assets.get(str(named)) if named else None
    return found if found is not None and found.properties.get("described") is not False else None


# --- what is reached


def machine(case: Case, services: Services, asset: Asset) -> Answer:
    """A public address or a load balancer before one of its interfaces, and groups that let in."""
    if str(asset.properties.get("state") or "").lower() in _OFF:
        return None
    interfaces = case.read(asset, "interfaces")
    if interfaces is UNKNOWN:
        return because("unread")
    attempts = [_by_interface(case, services.estate, named) for named in interfaces or ()]
    found = [answer for answer in attempts if answer]
    sure = [(attempt, answer) for attempt, answer in found if not attempt.missing]
    for attempt, answer in sure[:1] or found:
        case.evidence.extend(item for item in attempt.evidence if item not in case.evidence)
        for gap in attempt.missing:
            case.lacks(gap)
        return answer
    return None


def _by_interface(case: Case, estate: Estate, named: str) -> tuple[Case, Answer] | None:
    attempt = Case(case.facts)
    card = asset_of(estate, named)
    if card is None:
        attempt.lacks(f"{named.rpartition('/')[2]}: the interface was not read")
        return attempt, because("unread")
    public = attempt.read(card, "public_addresses")
    before = attempt.read(card, "load_balancers") if public in ([], None) else None
    if not public and not before:
        return None
    ports = _ports(attempt, estate, card)
    if not ports:
        return None
    if not public:
        attempt.lacks(f"{card.name}: what the load balancer before it passes on was not read")
    spelled = spell(ports)
    told = because("machine" if public else "balanced", ports=", ".join(spelled))
    return attempt, {**told, "ports": spelled}


def _ports(case: Case, estate: Estate, card: Asset) -> Sequence[Ports]:
    """What the groups of an interface and of its subnet let in; without any, the tier of the address decides."""
    guards = list(_guards(case, estate, card))
    if not guards and not case.missing:
        return EVERY if _is_basic(case, estate, card) else ()
    address = card.properties.get("private_ip")
    return groups.ingress(case, guards, [str(address)] if address else [])


def _guards(case: Case, estate: Estate, card: Asset) -> Iterator[Asset]:
    subnet = asset_of(estate, card.properties.get("subnet"))
    if subnet is None:
        case.lacks(f"{card.name}: its subnet was not read")
    for holder in (card, subnet):
        named = case.read(holder, "security_group") if holder else None
        guard = asset_of(estate, named) if named not in (None, UNKNOWN) else None
        if guard is not None:
            yield guard
        elif named not in (None, UNKNOWN):
            case.lacks(f"{str(named).rpartition('/')[2]}: its rules were not read")


def _is_basic(case: Case, estate: Estate, card: Asset) -> bool:
    """Standard addresses are closed until a group opens them; Basic ones are open."""
    for named in card.properties.get("public_addresses") or ():
        address = asset_of(estate, named)
        tier = case.read(address, "sku") if address else UNKNOWN
        if address is None:
            case.lacks(f"{str(named).rpartition('/')[2]}: the tier of the address was not read")
        if tier is UNKNOWN or str(tier or "Basic").lower() == "basic":
            return True
    return False


def ml_compute(case: Case, services: Services, asset: Asset) -> Answer:
    """Public SSH, or, for a compute instance, the public address of its workspace."""
    attempt = Case(case.facts)
    if _has_ssh(attempt, services.estate, asset) and not attempt.missing:
        case.evidence.extend(attempt.evidence)
        return {**because("ssh"), "ports": ["tcp/22"]}
    workspace = services.estate.assets.get(asset.id.rpartition("/computes/")[0])
    is_shown = asset.kind.endswith("/ComputeInstance") and workspace is not None
    if is_shown and workspace and services.why_open(case, workspace):
        return because("workspace")
    if attempt.missing:
        for gap in attempt.missing:
            case.lacks(gap)
        return because("ssh")
    return None


def _has_ssh(case: Case, estate: Estate, asset: Asset) -> bool:
    """On, keys accepted, a public address, and a group of the subnet that lets it in."""
    name = "ssh_public_access" if asset.kind.endswith("Instance") else "remote_login_access"
    value = case.read(asset, name)
    is_placed = bool(asset.properties.get("subnet"))
    opened = {"enabled"} if is_placed else {"enabled", "notspecified"}
    if value is not UNKNOWN and str(value).lower() not in opened:
        return False
    if asset.properties.get("disable_local_auth") or asset.properties.get("no_public_ip"):
        return False
    if not is_placed:
        return True
    subnet = asset_of(estate, asset.properties["subnet"])
    guard = asset_of(estate, subnet.properties.get("security_group")) if subnet else None
    if subnet is None or (subnet.properties.get("security_group") and guard is None):
        case.lacks(f"{asset.name}: the security group of its subnet was not read")
        return True
    return bool(common(groups.ingress(case, [guard] if guard else [], []), _SSH))


def site(case: Case, _: Services, asset: Asset) -> Answer:
    """Public access is on unless it is said otherwise; address restrictions may close it."""
    if str(asset.properties.get("state") or "").lower() == "stopped":
        return None
    flag = case.read(asset, "public_network_access")
    if flag is not UNKNOWN and str(flag or "Enabled").lower() == "disabled":
        return None
    if flag is None and asset.properties.get("private_endpoints"):
        return None  # with a private endpoint the default turns round
    ranges = case.read(asset, "ip_rules")
    if ranges is not UNKNOWN and ranges and not is_wide(ranges):
        return None
    return because("site")


def container_app(case: Case, _: Services, asset: Asset) -> Answer:
    """External ingress; an internal environment keeps it inside its network all the same."""
    external = case.read(asset, "external")
    if external is not UNKNOWN and not external:
        return None
    case.lacks(f"{asset.name}: whether its environment is internal was not read")
    return because("ingress")


def container_group(case: Case, _: Services, asset: Asset) -> Answer:
    """A group of containers with a public address."""
    kind = case.read(asset, "address_type")
    return because("group") if kind is UNKNOWN or str(kind).lower() == "public" else None


def cluster(case: Case, _: Services, asset: Asset) -> Answer:
    """The API server of a Kubernetes cluster."""
    if case.read(asset, "private_cluster") is True:
        return None
    ranges = case.read(asset, "ip_rules")
    closed = ranges is not UNKNOWN and ranges and not is_wide(ranges)
    return None if closed else because("server")


# --- what sends


def routed(case: Case, services: Services, asset: Asset) -> Answer:
    """Routes out and a group that lets out; a subnet without default outbound access needs a gateway or an address."""
    named = asset.properties.get("subnet") or next(
        iter(asset.properties.get("subnets") or ()), None
    )
    subnet = asset_of(services.estate, named)
    if named and subnet is None:
        case.lacks(f"{asset.name}: its subnet was not read")
    if subnet is None:
        return because("out")
    if subnet.properties.get("default_outbound") is False and not subnet.properties.get(
        "nat_gateway"
    ):
        return None
    guard = asset_of(services.estate, subnet.properties.get("security_group"))
    if guard and not groups.egress(case, [guard]):
        return None
    return because("out_routed") if _leads_out(case, services.estate, subnet) else None


def _leads_out(case: Case, estate: Estate, subnet: Asset) -> bool:
    """Without a table Azure's own route leads out; what a firewall of the route lets through is not known."""
    table = asset_of(estate, subnet.properties.get("route_table"))
    if table is None:
        if subnet.properties.get("route_table"):
            case.lacks(f"{subnet.name}: its route table was not read")
        return True
    for route in case.read(table, "routes") or ():
        inner = route.get("properties") or route
        if inner.get("addressPrefix") == "0.0.0.0/0":
            hop = str(inner.get("nextHopType")).lower()
            if hop == "virtualappliance":
                case.lacks(f"{subnet.name}: what the firewall on its route lets through")
            return hop != "none"
    return True


def machine_sends(case: Case, services: Services, asset: Asset) -> Answer:
    """By its first interface; a public address is a way out of its own."""
    interfaces = asset.properties.get("interfaces") or ()
    card = asset_of(services.estate, next(iter(interfaces), None))
    if card is None:
        case.lacks(f"{asset.name}: its interfaces were not read")
        return because("out")
    if not card.properties.get("public_addresses"):
        return routed(case, services, card)
    guards = list(_guards(case, services.estate, card))
    return because("out_routed") if groups.egress(case, guards) else None


def ml_sends(case: Case, services: Services, asset: Asset) -> Answer:
    """Compute of a workspace with a managed network is in it; otherwise its subnet decides."""
    workspace = services.estate.assets.get(asset.id.split("/computes/")[0])
    mode = case.read(workspace, "isolation_mode") if workspace else None
    if str(mode) == "AllowOnlyApprovedOutbound":
        return None
    if str(mode) == "AllowInternetOutbound":
        return because("out_managed")
    return routed(case, services, asset)


def flagged(name: str, closed: object) -> Question:
    """What sends anywhere unless one property has one value."""

    def question(case: Case, _: Services, asset: Asset) -> Answer:
        value = case.read(asset, name)
        return None if value == closed else because("out")

    return question


def agent_sends(case: Case, services: Services, asset: Asset) -> Answer:
    """A Foundry agent sends from Microsoft's network, unless its account injects it into one of one's own."""
    account = services.estate.assets.get(asset.id.partition("/projects/")[0])
    if account is None:
        return None
    placed = case.read(account, "agent_subnets")
    if placed is UNKNOWN or not placed:
        return because("out")
    return routed(
        case, services, Asset(id="", kind="", name=asset.name, properties={"subnets": placed})
    )
