"""Azure: role assignments, deny assignments, conditions, Entra; who can really do what, as answers and relationships."""

from graph.permissions.azure.answers import answerer
from graph.permissions.azure.derive import derive_azure_identity

__all__ = ["answerer", "derive_azure_identity"]
