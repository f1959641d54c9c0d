"""Azure: role assignments, deny assignments, conditions, Entra; who can really do what, as answers and relationships."""

from graph.permissions.azure.answers import answerer

__all__ = ["answerer"]
