"""Network security groups: which ports they let in from anywhere, or out to it.

Rules are read by priority, and the first that speaks of some traffic decides it; what none speaks of falls to the default
rules, which let nothing in from the Internet and everything out to it. Where an interface and its subnet have a group,
both must let pass. Source: Azure Virtual Network, "How network security groups filter network traffic".
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.model import Asset
from graph.reachability.addresses import ANYWHERE, is_wide, network
from graph.reachability.facts import UNKNOWN, Case
from graph.reachability.ports import EVERY, LAST_PORT, Ports, common, without

_HERE = ANYWHERE | {"virtualnetwork"}
_PROTOCOLS = {"*": ("tcp", "udp"), "tcp": ("tcp",), "udp": ("udp",)}

Rule = Mapping[str, Any]


def ingress(case: Case, groups: Sequence[Asset], addresses: Sequence[str]) -> list[Ports]:
    """What all the groups let in from anywhere to one of these private addresses; an unread one counts as open."""
    ports = list(EVERY)
    for group in groups:
        rules = case.read(group, "ingress")
        if rules is not UNKNOWN:
            ports = common(ports, _let_in(case, group, rules or (), addresses))
    return ports


def egress(case: Case, groups: Sequence[Asset]) -> list[Ports]:
    """What all the groups let out to anywhere."""
    ports = list(EVERY)
    for group in groups:
        rules = case.read(group, "egress")
        if rules is not UNKNOWN:
            ports = common(ports, _let_out(rules or ()))
    return ports


def _let_in(
    case: Case, group: Asset, rules: Iterable[Rule], addresses: Sequence[str]
) -> list[Ports]:
    left, found = list(EVERY), []
    for rule in _ordered(rules):
        is_allow = str(rule.get("access")).lower() == "allow"
        if not _from_anywhere(rule, is_allow=is_allow):
            continue
        here = _is_here(rule, addresses)
        if here is None and (touched := common(left, _spans(rule))):
            case.lacks(f"{group.name}: whether {rule.get('name')} speaks of this machine")
            found += touched if is_allow else []
        if here:
            found += common(left, _spans(rule)) if is_allow else []
            left = without(left, _spans(rule))
    return found


def _let_out(rules: Iterable[Rule]) -> list[Ports]:
    left, found = list(EVERY), []
    for rule in _ordered(rules):
        if {str(text).lower() for text in rule.get("destinationAddressPrefix") or ()} & ANYWHERE:
            if str(rule.get("access")).lower() == "allow":
                found += common(left, _spans(rule))
            left = without(left, _spans(rule))
    return found + left


def _ordered(rules: Iterable[Rule]) -> list[Rule]:
    """By priority; the default rules are known and need not stand in the answer."""
    return sorted(rules, key=lambda rule: rule.get("priority") or 0)


def _from_anywhere(rule: Rule, *, is_allow: bool) -> bool:
    sources = [str(text).lower() for text in rule.get("sourceAddressPrefix") or ()]
    return bool(ANYWHERE & set(sources)) or (is_allow and is_wide(sources))


def _is_here(rule: Rule, addresses: Sequence[str]) -> bool | None:
    """Whether a rule speaks of one of the addresses; None where it names a group of machines, or they are not known."""
    named = [str(text).lower() for text in rule.get("destinationAddressPrefix") or ()]
    if set(named) & _HERE:
        return True
    ranges = [found for text in named if (found := network(text))]
    if not ranges or not addresses:
        return None
    return any(ipaddress.ip_address(one) in each for one in addresses for each in ranges)


def _spans(rule: Rule) -> list[Ports]:
    """Protocols and ports of a rule; a ping is no service."""
    return [
        (protocol, *_span(str(text)))
        for protocol in _PROTOCOLS.get(str(rule.get("protocol")).lower(), ())
        for text in rule.get("destinationPortRange") or ()
    ]


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if not first.isdigit():
        return 0, LAST_PORT
    return int(first), int(last) if last.isdigit() else int(first)
