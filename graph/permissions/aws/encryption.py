"""Reading what a customer's key encrypts asks for decryption too, which the service does with the caller's own rights.

Source: Secrets Manager User Guide, "Secret encryption and decryption". Keys that AWS manages serve whoever the service
serves. Buckets are left out: their default key says nothing of the objects that they hold.
"""

from collections.abc import Iterator

from graph.model import Asset, Verdict
from graph.permissions.aws.decide import Decision
from graph.permissions.aws.world import World, verdict_of
from graph.permissions.question import UNDECIDED

_SERVICES = {"AWS::SecretsManager::Secret": "secretsmanager"}


def decryptions(world: World, caller: str, asset: Asset) -> Iterator[Decision]:
    """What decides whether the caller can decrypt it; nothing where no key of the customer is known."""
    service = _SERVICES.get(asset.kind)
    for key in _keys(world, asset) if service else ():
        via = f"{service}.{key.id.split(':')[3]}.amazonaws.com"
        decision = world.decide(caller, "kms:Decrypt", key.id, key, kms__ViaService=via)
        if verdict_of(decision) is Verdict.NO and "policy" not in key.properties:
            fact = f"the key policy of {key.name}"
            decision = Decision(UNDECIDED, "condition", "", f"it depends on {fact}", (fact,))
        yield decision


def _keys(world: World, asset: Asset) -> Iterator[Asset]:
    for edge in world.estate.outgoing.get(asset.id, ()):
        if edge.kind == "ENCRYPTED_BY" and ":key/" in edge.target:
            key = world.estate.assets[edge.target]
            if key.properties.get("manager") != "AWS":
                yield key
