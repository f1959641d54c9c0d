"""Google Cloud: allow policies, deny policies, access boundaries, conditions; who can really do what."""
