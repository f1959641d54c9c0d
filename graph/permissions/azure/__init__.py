"""Azure: role assignments, deny assignments, conditions, Entra; who can really do what, as answers and relationships."""
