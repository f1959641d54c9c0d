"""Google Cloud: allow policies, deny policies, access boundaries, conditions; who can really do what."""

from graph.permissions.gcp.answers import answerer

__all__ = ["answerer"]
