"""Ways in: cloud APIs and exported files become records. The only importer of cloud SDKs."""
