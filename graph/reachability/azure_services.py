"""The firewalls of Azure's services: does the Internet pass, which subnets, networks and trusted services do.

In order: a network security perimeter that is enforced decides alone (in transition, what it does not allow falls to
the service's own rules); then the flag of public network access; then default action and address rules. What is null
has the default that the service documents: public access on, every address let in.
Source: the firewall page of each service; "Transition to a network security perimeter in Azure".
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from graph.content import read_toml
from graph.model import Asset, Relationship
from graph.reachability.addresses import is_wide
from graph.reachability.facts import UNKNOWN, Case, Facts

_PERIMETER = "Microsoft.Network/networkSecurityPerimeters"
_RULES = "Microsoft.Network/networkSecurityPerimeters/profiles/accessRules"


@cache
def table() -> Mapping[str, Any]:
    """resources/analysis/azure_networks.toml."""
    return read_toml("analysis/azure_networks.toml")


def text(name: str, **values: str) -> str:
    """Why a step is believed."""
    found: str = table()[name]
    return found.format(**values)


class Services:
    """The services of an estate that have a firewall, and who passes it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.estate = facts.estate
        self._of_profile: dict[str, list[Asset]] = {}
        for rule in self.estate.of_label("Firewall"):
            if rule.kind == _RULES:
                profile = rule.id.rpartition("/accessRules/")[0].lower()
                self._of_profile.setdefault(profile, []).append(rule)

    def why_open(self, case: Case, asset: Asset) -> str | None:
        """Why the Internet reaches a service, as the name of a text; None if it does not."""
        edge, mode = self._perimeter(asset)
        if edge is not None and self._perimeter_allows(case, edge):
            return "perimeter"
        own = None if mode == "enforced" else self._own_rules(case, asset, secured=edge is not None)
        gap = self._unread_rules(edge) if edge is not None and own is None else None
        if gap:
            case.lacks(gap)
            return "perimeter"
        return own

    def _own_rules(self, case: Case, asset: Asset, *, secured: bool) -> str | None:
        flag = case.read(asset, "public_network_access")
        if flag is not UNKNOWN and str(flag or "Enabled").lower() != "enabled":
            is_left = str(flag).lower() == "securedbyperimeter" and not secured
            return self._unread_perimeter(case, asset) if is_left else None
        row = table()["service"][asset.kind]
        if row.get("open"):
            return "unread" if case.missing else "anyone"
        return self._by_rules(case, asset, row)

    def _by_rules(self, case: Case, asset: Asset, row: Mapping[str, Any]) -> str | None:
        if row.get("closes"):
            rules = case.read(asset, "ip_rules")
            denies = rules is not UNKNOWN and bool(rules)
        else:
            action = case.read(asset, "network_default_action")
            denies = action is not UNKNOWN and str(action or "Allow").lower() == "deny"
        if denies:
            rules = case.read(asset, "ip_rules")
            return None if rules is not UNKNOWN and not is_wide(rules or ()) else "wide"
        return "unread" if case.missing else "anyone"

    # --- perimeters

    def _perimeter(self, asset: Asset) -> tuple[Relationship | None, str]:
        for edge in self.estate.outgoing.get(asset.id, ()):
            if edge.kind == "GUARDED_BY" and self.estate.assets[edge.target].kind == _PERIMETER:
                return edge, str(edge.properties.get("mode") or "").lower()
        return None, ""

    def _perimeter_allows(self, case: Case, edge: Relationship) -> bool:
        """Whether a rule of the profile of an association lets every address in."""
        case.evidence.extend(item for item in edge.evidence if item not in case.evidence)
        for rule in self._of_profile.get(str(edge.properties.get("profile") or "").lower(), ()):
            direction = str(rule.properties.get("direction") or "inbound").lower()
            if direction == "inbound" and is_wide(rule.properties.get("ranges") or ()):
                case.cite(rule, "ranges")
                return True
        return False

    def _unread_rules(self, edge: Relationship) -> str | None:
        perimeter = self.estate.assets[edge.target]
        gap = self.facts.list_gap(f"arm:{_RULES}", perimeter)
        is_read = str(edge.properties.get("profile") or "").lower() in self._of_profile
        return f"{perimeter.name}: rules of the perimeter ({gap})" if gap and not is_read else None

    def _unread_perimeter(self, case: Case, asset: Asset) -> str | None:
        """Secured by a perimeter that nothing names: without one, nobody gets in."""
        gap = self.facts.list_gap(f"arm:{_PERIMETER}", asset)
        if gap is None:
            return None
        case.lacks(f"{asset.name}: the perimeter that secures it ({gap})")
        return "perimeter"

    # --- who else passes

    def admitted(self, case: Case, asset: Asset) -> Iterator[tuple[Asset, str]]:
        """Subnets and trusted services that the network rules of a service let in."""
        if not self._has_rules(case, asset):
            return
        for named in asset.properties.get("subnets") or ():
            subnet = self.estate.assets.get(named)
            if subnet is not None and self._has_endpoint(subnet, asset):
                case.cite(asset, "subnets")
                yield subnet, "subnet"
        if "azureservices" in str(asset.properties.get("network_bypass") or "").lower():
            for service in self._trusted(asset):
                case.cite(asset, "network_bypass")
                yield service, "trusted"

    def _has_rules(self, case: Case, asset: Asset) -> bool:
        if self._perimeter(asset)[1] == "enforced":
            return False
        return (
            "public_network_access" in asset.properties
            and self.why_open(Case(case.facts), asset) is None
        )

    def _has_endpoint(self, subnet: Asset, asset: Asset) -> bool:
        """A rule for a subnet works through a service endpoint; one that was not read is not held against it."""
        endpoint = table()["service"][asset.kind].get("endpoint", "")
        known = subnet.properties.get("service_endpoints")
        if not endpoint or known is None:
            return bool(endpoint)
        return any(str(one).lower().startswith(endpoint.lower()) for one in known)

    def _trusted(self, asset: Asset) -> Iterator[Asset]:
        kinds: Sequence[str] = table()["service"][asset.kind].get("trusted", ())
        for other in self._with_identity.get(asset.account, ()):
            if other.kind in kinds and other.id != asset.id:
                yield other

    @cached_property
    def _with_identity(self) -> Mapping[str, list[Asset]]:
        """Services that run as an identity, by subscription."""
        found: dict[str, list[Asset]] = {}
        for other in self.estate.of_label(
            "AIAccount", "VectorStore", "AIWorkspace", "ModelRegistry"
        ):
            if any(edge.kind == "RUNS_AS" for edge in self.estate.outgoing.get(other.id, ())):
                found.setdefault(other.account, []).append(other)
        return found
