"""What no cloud answers: how scanners and people classify data, and evidence of governance, joined to what clouds describe."""

from collectors.register.records import map_records

__all__ = ["map_records"]
