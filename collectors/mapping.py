"""From a snapshot to its estate: what every cloud's records say, put together; nothing is derived here."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from collectors import aws, azure, gcp, register
from graph.coverage import Coverage
from graph.estate import Estate, assemble
from graph.model import CoverageEntry, CoverageState, Snapshot
from graph.schema import load_schema

CLOUDS = (aws.map_records, azure.map_records, gcp.map_records)  # one line a cloud
_ODD = "the answer is not built as the API builds it"


def map_snapshot(snapshot: Snapshot) -> Estate:
    """The estate that a snapshot describes; records of unknown operations stay in the snapshot only."""
    odd: list[str] = []
    records = tuple(snapshot.records)  # once from the disk, where they are there
    pieces = [piece for map_records in CLOUDS for piece in map_records(records, odd)]
    pieces += register.map_records(records, odd, pieces)
    return assemble(
        pieces,
        schema=load_schema(),
        coverage=Coverage(_ledger(snapshot.coverage, set(odd))),
        collected_at=snapshot.collected_at,
    )


def _ledger(entries: Iterable[CoverageEntry], odd: Container[str]) -> Iterator[CoverageEntry]:
    """The ledger, in which an answer that could not be understood counts as not read."""
    for entry in entries:
        if entry.record and entry.record in odd:
            yield replace(entry, state=CoverageState.FAILED, reason=_ODD)
        else:
            yield entry
