"""Which subnets lead to the Internet, and what security groups and network ACLs let through."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.estate import Estate
from graph.model import Asset
from graph.reachability.facts import UNKNOWN, Case, Unknown
from graph.reachability.ports import LAST_PORT, Ports

ANYWHERE = {"0.0.0.0/0", "::/0"}
PROTOCOLS = {"6": "tcp", "17": "udp", "tcp": "tcp", "udp": "udp", "-1": "-1", "all": "-1"}

Rule = Mapping[str, Any]


class Network:
    """Subnets with their route tables and network ACLs."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._tables: dict[str, Asset] = {}
        self._main: dict[str, Asset] = {}
        for table in estate.of_label("RouteTable"):
            for subnet in table.properties.get("subnets") or ():
                self._tables[subnet] = table
            if table.properties.get("main"):
                self._main[table.properties.get("vpc") or ""] = table

    def default_route(self, case: Case, subnet: Asset) -> str | Unknown | None:
        """Where the subnet sends what is for anywhere: "internet-gateway", another kind, None, or UNKNOWN."""
        table = self._tables.get(subnet.id) or self._main_table(case, subnet)
        if table is None:
            return UNKNOWN
        if "subnets" in table.properties:
            case.cite(table, "subnets")
        routes = case.read(table, "routes")
        if isinstance(routes, Unknown):
            return routes
        found: set[str] = {_target_kind(route) for route in routes or () if _leads_anywhere(route)}
        return next((kind for kind in ("internet-gateway", *sorted(found)) if kind in found), None)

    def ingress(self, case: Case, groups: Iterable[str] | Unknown) -> list[Ports] | Unknown:
        """What the security groups let in from anywhere; UNKNOWN if that hangs on an unread one."""
        return self._open(case, groups, "ingress")

    def egress(self, case: Case, groups: Iterable[str] | Unknown) -> list[Ports] | Unknown:
        """What the security groups let out to anywhere."""
        return self._open(case, groups, "egress")

    def through_acl(self, case: Case, subnet: Asset, ports: list[Ports]) -> list[Ports]:
        """The ports that the network ACL of the subnet lets in, too."""
        acl = self._acl(subnet)
        if acl is None:
            gap = case.facts.list_gap("ec2:DescribeNetworkAcls", subnet)
            if gap:
                case.lacks(gap)
            return ports
        rules = case.read(acl, "ingress")
        if rules is UNKNOWN:
            return ports
        ordered = sorted(rules or (), key=lambda rule: rule.get("number") or 0)
        return [each for each in ports if _acl_allows(ordered, each)]

    def asset(self, asset_id: str) -> Asset | None:
        """An asset of the estate."""
        return self.estate.assets.get(asset_id)

    def _main_table(self, case: Case, subnet: Asset) -> Asset | None:
        """The main table counts only if no other table can be the subnet's."""
        gap = case.facts.list_gap("ec2:DescribeRouteTables", subnet)
        vpc = case.read(subnet, "vpc")
        table = None if vpc is UNKNOWN else self._main.get(vpc or "")
        if gap:
            case.lacks(gap)
        elif table is None and vpc is not UNKNOWN:
            case.lacks(f"{subnet.name}: no route table of its network was read")
        return table

    def _open(
        self, case: Case, groups: Iterable[str] | Unknown, direction: str
    ) -> list[Ports] | Unknown:
        """Rules of several groups add up, so one open group decides, whatever the others say."""
        attempt = Case(case.facts)
        found: list[Ports] = []
        if isinstance(groups, Unknown):
            return groups
        for group_id in groups:
            group = self.asset(group_id)
            if group is None:
                attempt.lacks(f"{group_id}: its rules were not read")
                continue
            rules = attempt.read(group, direction)
            if rules is UNKNOWN:
                continue
            ports = [each for rule in rules or () for each in _open_ports(rule)]
            if ports:
                case.cite(group, direction)
            found.extend(each for each in ports if each not in found)
        if not found and attempt.missing:
            for gap in attempt.missing:
                case.lacks(gap)
            return UNKNOWN
        return sorted(found)

    def _acl(self, subnet: Asset) -> Asset | None:
        for edge in self.estate.outgoing.get(subnet.id, ()):
            guard = self.estate.assets[edge.target]
            if edge.kind == "GUARDED_BY" and guard.kind == "AWS::EC2::NetworkAcl":
                return guard
        return None


def _leads_anywhere(route: Rule) -> bool:
    return route.get("destination") in ANYWHERE and route.get("state", "active") == "active"


def _target_kind(route: Rule) -> str:
    """`internet-gateway` of `arn:aws:ec2:...:internet-gateway/igw-1`."""
    return str(route.get("target") or "").rpartition(":")[2].partition("/")[0]


def _open_ports(rule: Rule) -> Iterable[Ports]:
    """What a rule opens to anywhere; a ping is no service."""
    protocol = PROTOCOLS.get(str(rule.get("protocol")))
    if protocol and ANYWHERE & set(rule.get("cidrs") or ()):
        yield (protocol, *_range(rule, protocol))


def _range(rule: Rule, protocol: str) -> tuple[int, int]:
    first, last = rule.get("from_port"), rule.get("to_port")
    if protocol == "-1" or first is None or last is None or first < 0:
        return 0, LAST_PORT
    return int(first), int(last)


def _same(one: str, other: str) -> bool:
    return "-1" in (one, other) or one == other


def _acl_allows(rules: Iterable[Rule], ports: Ports) -> bool:
    """The first rule that speaks of some of the ports decides; a deny must speak of all of them."""
    protocol, first, last = ports
    for rule in rules:
        spoken = PROTOCOLS.get(str(rule.get("protocol")))
        if not spoken or not ANYWHERE & set(rule.get("cidrs") or ()):
            continue
        low, high = _range(rule, spoken)
        if high < first or low > last or not _same(spoken, protocol):
            continue
        if rule.get("allow"):
            return True
        if low <= first and last <= high and spoken in ("-1", protocol):
            return False
    return False
