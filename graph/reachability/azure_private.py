"""Private endpoints: networks from which a service is reached although the Internet may not."""

from collections.abc import Iterator
from functools import cached_property

from graph.model import Asset, Evidence, Relationship
from graph.reachability.azure_services import table, text
from graph.reachability.facts import Facts

_ENDPOINT = "Microsoft.Network/privateEndpoints"
_ZONE = "Microsoft.Network/privateDnsZones"
_LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"


class PrivateNetworks:
    """Approved private endpoints of an estate, the networks they stand in, and who is peered with those."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.estate = facts.estate

    def edges(self) -> Iterator[Relationship]:
        """VirtualNetwork -CAN_REACH-> service, of the endpoint's own network and of those peered with it."""
        for endpoint in self.estate.assets.values():
            if endpoint.kind != _ENDPOINT:
                continue
            edges = self.estate.outgoing.get(endpoint.id, ())
            for network, proof in self._networks(edges):
                for edge in edges:
                    target = self.estate.assets[edge.target]
                    if edge.kind == "ROUTES_TO" and target.kind in table()["service"]:
                        yield from self._reach(network, target, edge.evidence + proof)

    def _networks(
        self, edges: tuple[Relationship, ...]
    ) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
        for edge in edges:
            network = edge.target.partition("/subnets/")[0]
            if edge.kind == "IN_NETWORK" and network in self.estate.assets:
                yield network, edge.evidence

    def _reach(
        self, network: str, target: Asset, proof: tuple[Evidence, ...]
    ) -> Iterator[Relationship]:
        yield self._edge(network, target, "private", proof)
        for edge in self.estate.incoming.get(network, ()):
            if edge.kind == "PEERED_WITH" and edge.source in self.estate.assets:
                yield self._edge(edge.source, target, "peer", proof + edge.evidence)

    def _edge(
        self, network: str, target: Asset, why: str, proof: tuple[Evidence, ...]
    ) -> Relationship:
        resolves = self._resolves(network, target)
        dns = "" if resolves is None else text("dns_yes" if resolves else "dns_no")
        properties = {"because": text(why, dns=dns)}
        if resolves is not None:
            properties["dns"] = "private" if resolves else "public"
        return Relationship(
            source=network,
            kind="CAN_REACH",
            target=target.id,
            evidence=tuple(item for i, item in enumerate(proof) if item not in proof[:i]),
            properties=properties,
        )

    def _resolves(self, network: str, target: Asset) -> bool | None:
        """Whether a private zone of the service is linked to the network; None if zones were not read whole."""
        zones = set(table()["service"][target.kind].get("zones", ()))
        if zones & self._linked.get(network.lower(), set()):
            return True
        gap = self.facts.list_gap(f"arm:{_LINK}", target)
        return None if gap or not zones else False

    @cached_property
    def _linked(self) -> dict[str, set[str]]:
        """Network -> names of the private zones that are linked to it."""
        found: dict[str, set[str]] = {}
        for link in self.estate.assets.values():
            if link.kind == _LINK and (network := link.properties.get("network")):
                zone = link.id.rpartition("/virtualNetworkLinks/")[0].rpartition("/")[2]
                found.setdefault(str(network).lower(), set()).add(zone.lower())
        return found
