"""From a snapshot to its estate: what every cloud's records say, put together; nothing is derived here."""

from collectors import aws
from graph.coverage import Coverage
from graph.estate import Estate, assemble
from graph.model import Snapshot
from graph.schema import load_schema


def map_snapshot(snapshot: Snapshot) -> Estate:
    """The estate that a snapshot describes; records of unknown operations stay in the snapshot only."""
    return assemble(
        aws.map_records(snapshot.records),
        schema=load_schema(),
        coverage=Coverage(snapshot.coverage),
        collected_at=snapshot.collected_at,
    )
