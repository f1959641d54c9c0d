"""Firewall rules of VPCs and of firewall policies in one form, whichever API wrote them."""

from collections.abc import Callable, Mapping
from typing import Any

from collectors.gcp.item import each, read

Rule = dict[str, Any]
_LOWEST = 65_536
_DEFAULT = 1_000  # the priority of a VPC rule that gives none


def _ports(item: Any) -> list[dict[str, Any]]:
    """[{protocol, ports}]; no ports are all ports."""
    return [
        {
            "protocol": str(read(one, "/IPProtocol", "/ipProtocol", "/protocol") or "all").lower(),
            "ports": [str(port) for port in read(one, "/ports") or ()],
        }
        for _, one in each(item, "/*")
    ]


def _rule(value: Any) -> Rule:
    """A VPC firewall rule; source filters of an inbound one are alternatives to one another."""
    allowed = read(value, "/allowed") or read(value, "/allow")
    denied = read(value, "/denied") or read(value, "/deny")
    inbound = str(read(value, "/direction") or "INGRESS") == "INGRESS"
    ranges = read(value, "/sourceRanges") if inbound else read(value, "/destinationRanges")
    sources = (read(value, "/sourceTags"), read(value, "/sourceServiceAccounts"))
    priority = read(value, "/priority")
    return {
        "allow": bool(allowed) or not denied,
        "priority": _DEFAULT if priority is None else priority,
        "layers": _ports(allowed or denied or []),
        "cidrs": list(ranges or ([] if any(sources) else ["0.0.0.0/0"])),
        "source_tags": list(sources[0] or ()),
        "source_service_accounts": list(sources[1] or ()),
        "target_tags": list(read(value, "/targetTags") or ()),
        "target_service_accounts": list(read(value, "/targetServiceAccounts") or ()),
        "disabled": bool(read(value, "/disabled")),
    }


def _single(direction: str) -> Callable[[Any, str], list[Rule]]:
    def rules(value: Any, _: str) -> list[Rule]:
        own = str(read(value, "/direction") or "INGRESS")
        return [_rule(value)] if own == direction else []

    return rules


def _policy_rule(value: Any) -> Rule:
    match = read(value, "/match") or {}
    inbound = str(read(value, "/direction") or "INGRESS") == "INGRESS"
    action = str(read(value, "/action") or "")
    tags = read(match, "/srcSecureTags") or ()
    return {
        "allow": {"allow": True, "deny": False}.get(action),  # None: goto_next and inspection
        "action": action,
        "priority": read(value, "/priority") if read(value, "/priority") is not None else _LOWEST,
        "layers": _ports(read(match, "/layer4Configs") or []),
        "cidrs": list(read(match, "/srcIpRanges" if inbound else "/destIpRanges") or ()),
        "source_tags": [read(tag, "/name") for tag in tags],
        "other_match": sorted(
            str(name)
            for name in (match if isinstance(match, Mapping) else ())
            if "Region" in str(name)
            or "Threat" in str(name)
            or "Fqdn" in str(name)
            or "Group" in str(name)
        ),
        "target_service_accounts": list(read(value, "/targetServiceAccounts") or ()),
        "target_networks": list(read(value, "/targetResources") or ()),
        "target_tags": [read(tag, "/name") for tag in read(value, "/targetSecureTags") or ()],
        "disabled": bool(read(value, "/disabled")),
    }


def _several(direction: str) -> Callable[[Any, str], list[Rule]]:
    def rules(value: Any, _: str) -> list[Rule]:
        found = [
            _policy_rule(rule)
            for _, rule in each(value, "/*")
            if str(read(rule, "/direction") or "INGRESS") == direction
        ]
        return sorted(found, key=lambda rule: rule["priority"])

    return rules


FIREWALL_WORDS: Mapping[str, Callable[[Any, str], Any]] = {
    "rule_in": _single("INGRESS"),
    "rule_out": _single("EGRESS"),
    "rules_in": _several("INGRESS"),
    "rules_out": _several("EGRESS"),
}
