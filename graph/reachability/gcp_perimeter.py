"""VPC Service Controls: which services of a project a perimeter closes to callers from outside.

Source: Google Cloud, service perimeter details and configuration; ingress and egress rules.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from graph.estate import Estate
from graph.model import Asset


class Access(Enum):
    """Whether callers from outside pass."""

    OPEN = "open"
    CONDITIONAL = "conditional"
    CLOSED = "closed"


def access(estate: Estate, asset: Asset, service: str) -> tuple[Access, Asset | None]:
    """The way through the perimeter in force around the project of an asset, and that perimeter."""
    for perimeter in _perimeters(estate, asset):
        document: Mapping[str, Any] = perimeter.properties.get("document") or {}
        if perimeter.properties.get("perimeter_type") == "PERIMETER_TYPE_BRIDGE":
            continue
        if service not in (document.get("restrictedServices") or ()):
            continue
        rules = [*(document.get("accessLevels") or ()), *(document.get("ingressPolicies") or ())]
        return (Access.CONDITIONAL if rules else Access.CLOSED), perimeter
    return Access.OPEN, None


def _perimeters(estate: Estate, asset: Asset) -> Iterator[Asset]:
    for inside in estate.incoming.get(asset.id, ()):
        if inside.kind != "CONTAINS":
            continue
        for edge in estate.outgoing.get(inside.source, ()):
            found = estate.assets[edge.target]
            enforced = edge.properties.get("mode", "enforced") == "enforced"
            if edge.kind == "GUARDED_BY" and found.kind.endswith("/ServicePerimeter") and enforced:
                yield found
