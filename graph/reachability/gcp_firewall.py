"""Firewalls of Google Cloud: which ports they let in from anywhere to a machine, or out of it to anywhere.

In order: hierarchical policies from the organisation downwards, then the network's policies and rules (or the other way
round, as the network says), each by priority, deny before allow; what none decides is let out and not let in. Source: Google Cloud, VPC
firewall rules; Cloud NGFW, policy and rule evaluation order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graph.model import Asset
from graph.reachability.addresses import ANYWHERE, is_wide
from graph.reachability.facts import UNKNOWN, Case
from graph.reachability.ports import EVERY, LAST_PORT, Ports, common, without

RULE = "compute.googleapis.com/Firewall"
NETWORK_POLICY = "compute.googleapis.com/NetworkFirewallPolicy"
POLICY = "compute.googleapis.com/FirewallPolicy"
_PROTOCOLS = {
    "all": ("tcp", "udp"),
    "tcp": ("tcp",),
    "udp": ("udp",),
    "6": ("tcp",),
    "17": ("udp",),
}

Rule = Mapping[str, Any]


def passes(case: Case, machine: Asset, network: Asset, side: str) -> list[Ports]:
    """Ports that are open to (`ingress`) or from (`egress`) anywhere; firewalls that nobody read count as open."""
    left: list[Ports] = list(EVERY)
    found: list[Ports] = []
    for group in _stages(case, network, side):
        for rule, source in sorted(group, key=_order):
            spans = common(left, _spans(rule)) if _concerns(rule, side) else []
            here = _is_here(rule, machine) if spans else False
            if here is None:
                case.lacks(f"{source.name}: whether a rule speaks of {machine.name}")
            if here is False or rule.get("action") == "goto_next":
                continue
            allow = rule.get("allow")
            if allow is None:
                case.lacks(f"{source.name}: what the inspection of a rule lets pass")
            if allow is not False:
                case.cite(source, side)
                found += spans
            if here:
                left = without(left, spans)
    return found if side == "ingress" else [*found, *left]


def _order(pair: tuple[Rule, Asset]) -> tuple[int, bool]:
    """By priority; at the same one a deny comes first."""
    return int(pair[0].get("priority") or 0), pair[0].get("allow") is not False


def _stages(case: Case, network: Asset, side: str) -> Iterator[list[tuple[Rule, Asset]]]:
    """Groups of rules in the order in which they decide."""
    for scope in _above(case, network):
        yield _rules(case, scope, POLICY, side)
    stages = [RULE, NETWORK_POLICY]
    if network.properties.get("firewall_order") == "BEFORE_CLASSIC_FIREWALL":
        stages.reverse()
    for kind in stages:
        yield _rules(case, network, kind, side)
    gap = case.facts.list_gap(f"gcp:{RULE}", network)
    if gap:
        case.lacks(f"the firewall rules of {network.name} ({gap})")
        yield [({"allow": True, "priority": 0, "layers": [{"protocol": "all"}], "cidrs": ["0.0.0.0/0"]}, network)]  # fmt: skip


def _above(case: Case, network: Asset) -> list[Asset]:
    """Organisation, folders and project of a network, outermost first."""
    estate, node = case.facts.estate, network.id
    found: list[Asset] = []
    while True:
        above = [edge.source for edge in estate.incoming.get(node, ()) if edge.kind == "CONTAINS"]
        if not above or estate.assets[above[0]] in found:
            return found[::-1]
        node = above[0]
        found.append(estate.assets[node])


def _rules(case: Case, guarded: Asset, kind: str, side: str) -> list[tuple[Rule, Asset]]:
    estate = case.facts.estate
    found: list[tuple[Rule, Asset]] = []
    for edge in estate.outgoing.get(guarded.id, ()):
        firewall = estate.assets[edge.target]
        if edge.kind == "GUARDED_BY" and firewall.kind == kind:
            rules = case.read(firewall, side)
            if rules is not UNKNOWN:
                found += [(rule, firewall) for rule in rules or () if not rule.get("disabled")]
    return found


def _concerns(rule: Rule, side: str) -> bool:
    """Whether a rule speaks of traffic from or to anywhere; an allow is enough for a large part of it."""
    ranges = [str(text) for text in rule.get("cidrs") or ()]
    if not ranges:
        named = [*(rule.get("source_tags") or ()), *(rule.get("source_service_accounts") or ())]
        return side == "egress" or not named
    return bool(ANYWHERE & set(ranges)) or (rule.get("allow") is not False and is_wide(ranges))


def _is_here(rule: Rule, machine: Asset) -> bool | None:
    """Whether a rule speaks of a machine; None where secure tags or accounts that were not read decide."""
    tags = set(rule.get("target_tags") or ())
    accounts = set(rule.get("target_service_accounts") or ())
    if not tags and not accounts:
        return True
    if tags and "network_tags" not in machine.properties:
        return None
    if tags & set(machine.properties.get("network_tags") or ()):
        return True
    if any(str(tag).startswith("tagValues/") for tag in tags):
        return None
    return None if accounts else False


def _spans(rule: Rule) -> list[Ports]:
    layers: Sequence[Mapping[str, Any]] = rule.get("layers") or ()
    return [
        (protocol, *span)
        for layer in layers
        for protocol in _PROTOCOLS.get(str(layer.get("protocol") or "all").lower(), ())
        for span in _numbers(layer.get("ports") or ())
    ]


def _numbers(ports: Iterable[object]) -> Iterator[tuple[int, int]]:
    named = [str(port) for port in ports]
    if not named:
        yield 0, LAST_PORT
    for text in named:
        first, _, last = text.partition("-")
        if first.isdigit():
            yield int(first), int(last) if last.isdigit() else int(first)
