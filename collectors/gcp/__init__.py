"""Google Cloud: resources by a table, identities and policies by modules of their own; records.py joins them."""

from collectors.gcp.records import map_records

__all__ = ["map_records"]
