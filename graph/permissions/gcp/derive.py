"""Google's part of the identity derivation: what every member can do along the hierarchy."""

from collections.abc import Iterator

from graph.estate import Estate
from graph.model import Asset, Relationship, Verdict
from graph.permissions.gcp.keys import key_edges
from graph.permissions.gcp.members import EVERYBODY
from graph.permissions.gcp.rights import Rights
from graph.permissions.gcp.targets import Targets
from graph.permissions.gcp.world import World

ACTING = frozenset(
    {
        "cloudidentity.googleapis.com/User",
        "cloudidentity.googleapis.com/Group",
        "cloudidentity.googleapis.com/Domain",
        "iam.googleapis.com/ServiceAccount",
        "iam.googleapis.com/ServiceAgent",
        "iam.googleapis.com/Principal",
        "iam.googleapis.com/PrincipalSet",
        "iam.googleapis.com/AllUsers",
        "iam.googleapis.com/AllAuthenticatedUsers",
    }
)
_BUCKET = "storage.googleapis.com/Bucket"
_GROUP = "cloudidentity.googleapis.com/Group"
_MEMBERS = ("cloudidentity.googleapis.com/User", "iam.googleapis.com/ServiceAccount")
_HUB = "hub:groups-that-were-not-read"


def derive_gcp_identity(estate: Estate) -> Iterator[Asset | Relationship]:
    """Relationships of every member that some policy may name, and of API keys."""
    yield from key_edges(estate)
    if not any(asset.kind in ACTING for asset in estate.assets.values()):
        return
    world = World(estate)
    targets = Targets(world)
    for asset in estate.assets.values():
        if asset.kind in ACTING:
            yield from Rights(world, targets, asset).edges()
    yield from _unread_groups(world)
    yield from _public_lists(world)


def _unread_groups(world: World) -> Iterator[Asset | Relationship]:
    """Anybody may be in a group whose members nobody read: through one hub, so that edges grow with people plus groups."""
    groups = [
        (asset, gap)
        for asset in world.estate.of_label("Group")
        if asset.kind == _GROUP
        and world.book.is_named(asset.id)
        and (gap := world.members.gap(asset.id))
    ]
    if not groups:
        return
    yield Asset(id=_HUB, kind="Modelhound::IdentityHub", name=f"any of {len(groups)} groups")
    for group, gap in groups:
        yield _maybe(_HUB, group.id, (gap,))
    for asset in world.estate.assets.values():
        if asset.kind in _MEMBERS:
            yield _maybe(asset.id, _HUB, ("whether it is in a group whose members were not read",))


def _maybe(source: str, target: str, missing: tuple[str, ...]) -> Relationship:
    return Relationship(
        source=source,
        kind="CAN_ACT_AS",
        target=target,
        verdict=Verdict.UNDECIDED,
        missing=missing,
    )


def _public_lists(world: World) -> Iterator[Asset | Relationship]:
    """Buckets whose access control list names everybody, where lists count and nothing prevents public access."""
    for bucket in world.estate.of_label("Bucket"):
        told = bucket.properties.get("acl_public") is True and bucket.kind == _BUCKET
        if not told or bucket.properties.get("uniform_access") is True:
            continue
        if world.constraints.refuse_everybody(world.places.line(bucket.id)):
            continue
        proof = bucket.evidence_for("acl_public")
        yield Asset(id=EVERYBODY, kind="iam.googleapis.com/AllUsers", name=EVERYBODY)
        yield Relationship(
            source=EVERYBODY,
            kind="CAN_READ",
            target=bucket.id,
            evidence=(proof,) if proof else (),
            properties={"actions": ["storage.objects.get"]},
        )
