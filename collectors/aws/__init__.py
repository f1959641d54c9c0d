"""AWS: one module a service says what to read and how to map it; services.py joins them."""

from collectors.aws.records import map_records
from collectors.aws.services import MAPPERS, READS

__all__ = ["MAPPERS", "READS", "map_records"]
