"""Azure and Entra: resources by a table, identities and rights by modules of their own; records.py joins them."""

from collectors.azure.records import map_records

__all__ = ["map_records"]
