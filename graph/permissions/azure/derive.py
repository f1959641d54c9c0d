"""Azure's part of the identity derivation: what every principal can do in subscriptions, and steps inside Entra."""

from collections.abc import Iterator

from graph.estate import Estate
from graph.model import Asset, Relationship
from graph.permissions.azure.entra import Directory
from graph.permissions.azure.techniques import Rights
from graph.permissions.azure.world import World

_PRINCIPALS = "Microsoft.Graph/"
_OTHERS = (
    "Microsoft.Graph/appRoles",
    "Microsoft.Graph/directoryRoles",
    "Microsoft.Graph/organization",
)


def derive_azure_identity(estate: Estate) -> Iterator[Asset | Relationship]:
    """Relationships of every principal that some assignment may reach, then those of the directory."""
    if not any(kind.startswith("Microsoft.") for kind in {a.kind for a in estate.assets.values()}):
        return
    world = World(estate)
    for asset in principals(estate):
        rights = Rights(world, asset.id)
        if asset.properties.get("enabled") is not False:
            yield from rights.edges()
    yield from Directory(estate).edges()


def principals(estate: Estate) -> Iterator[Asset]:
    """Objects of the directory that an assignment may name."""
    for asset in estate.assets.values():
        if asset.kind.startswith(_PRINCIPALS) and asset.kind not in _OTHERS:
            yield asset
