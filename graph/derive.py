"""The list of derivations, in order: each adds what an attacker can do to what is configured."""

from collections.abc import Sequence
from itertools import chain

from graph.classification import derive_classification
from graph.estate import Derivation, Estate, assemble
from graph.influence import derive_influence
from graph.permissions.aws.derive import derive_identity
from graph.permissions.azure.derive import derive_azure_identity
from graph.permissions.federation import derive_federation
from graph.permissions.gcp.derive import derive_gcp_identity
from graph.permissions.stored import derive_stored_credentials
from graph.reachability.aws import derive_reachability
from graph.reachability.azure import derive_azure_reachability
from graph.reachability.gcp import derive_gcp_reachability

DERIVATIONS: tuple[Derivation, ...] = (
    derive_classification,
    derive_identity,
    derive_azure_identity,
    derive_gcp_identity,
    derive_federation,
    derive_stored_credentials,
    derive_reachability,
    derive_azure_reachability,
    derive_gcp_reachability,
    derive_influence,
)


def derive(estate: Estate, derivations: Sequence[Derivation] = DERIVATIONS) -> Estate:
    """Run each derivation on the estate that the ones before it have made."""
    for derivation in derivations:
        found = list(derivation(estate))
        if found:
            estate = assemble(
                chain(estate.assets.values(), estate.relationships, found),
                schema=estate.schema,
                coverage=estate.coverage,
                collected_at=estate.collected_at,
            )
    return estate
