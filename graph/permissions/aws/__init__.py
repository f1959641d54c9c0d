"""AWS: policies of every kind, conditions, trust, keys; who can really do what, as answers and relationships."""
