"""Effective permissions of every identity, as relationships."""

from collections.abc import Iterator

from graph.estate import Estate
from graph.model import Asset, Relationship, Verdict
from graph.permissions.aws.access import access_edges, is_administrator, read_administrator
from graph.permissions.aws.asker import Asker
from graph.permissions.aws.edges import edge
from graph.permissions.aws.escalation import escalation_edges
from graph.permissions.aws.principals import ANONYMOUS, Principal
from graph.permissions.aws.services import may_administer
from graph.permissions.aws.world import World

_ADMINISTRATION = "iam:AttachUserPolicy"


def derive_identity(estate: Estate) -> Iterator[Asset | Relationship]:
    """Who can act as whom and do what; outsiders named by policies become assets."""
    world = World(estate)
    asker = Asker(world)
    administrators = frozenset(
        asset.id
        for asset in asker.callers
        if asker.may(asset, read_administrator()) and is_administrator(world, asset)
    )
    yield from _administration(world, administrators)
    for item in (
        *escalation_edges(asker, administrators),
        *access_edges(world, administrators),
    ):
        if isinstance(item, Relationship) and item.source not in estate.assets:
            outsider = _outsider(item.source)
            if outsider:
                yield outsider
        yield item


def _administration(world: World, administrators: frozenset[str]) -> Iterator[Asset | Relationship]:
    for asset in world.principals:
        properties = {"admin": asset.id in administrators}
        yield Asset(id=asset.id, kind=asset.kind, name=asset.name, properties=properties)
        if asset.id not in administrators:
            yield from _perhaps(world, asset)
    for identity in sorted(administrators):
        account = world.estate.assets[identity].account
        anything = f"arn:aws:iam::{account}:user/anybody"
        decision = world.decide(identity, _ADMINISTRATION, anything)
        found = edge(
            identity, "CAN_ADMIN", f"arn:aws:iam::{account}:root", [decision], actions=["*"]
        )
        if found:
            yield found


def _perhaps(world: World, identity: Asset) -> Iterator[Relationship]:
    """A policy that the identity has and that nobody read may make it administrator."""
    attached = [item for item in world.unread_policies(identity.id) if may_administer(item.source)]
    if attached:
        names = [world.estate.assets[item.source].name for item in attached]
        yield Relationship(
            source=identity.id,
            kind="CAN_ADMIN",
            target=f"arn:aws:iam::{identity.account}:root",
            verdict=Verdict.UNDECIDED,
            evidence=tuple(proof for item in attached for proof in item.evidence),
            missing=tuple(f"the document of policy {name}" for name in names),
            properties={"actions": ["*"]},
        )


def _outsider(identity: str) -> Asset | None:
    """A node for somebody outside the estate."""
    if identity == ANONYMOUS:
        return Asset(id=ANONYMOUS, kind="Modelhound::Anonymous", name="Anyone, without credentials")
    principal = Principal(identity)
    if not principal.account:
        return None
    name = f"account {principal.account}" if principal.is_root else identity.rpartition("/")[2]
    return Asset(
        id=identity,
        kind="Modelhound::ExternalAccount",
        name=name,
        account=principal.account,
    )
