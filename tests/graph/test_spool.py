"""Records on disk are the records that were put there."""

from graph.lines import encoded, parse_record, record_line
from graph.model import Record, RecordError, Scope
from graph.spool import RecordSpool

SCOPE = Scope(provider="gcp", account="shop", region="")


def _record(number: int, **more: object) -> Record:
    return Record(
        source="test", operation="gcp:x/Y", scope=SCOPE, body={"items": [number, "ü\n", 1.5]}, **more  # type: ignore[arg-type] # fields of a record
    )  # fmt: skip


FAILED = Record(
    source="t",
    operation="gcp:x/Y",
    scope=SCOPE,
    params={"a": 'q"'},
    error=RecordError(code="403", message="no ü"),
)


def test_the_line_that_is_written_at_once_is_the_line_of_the_record() -> None:
    for record in (_record(1), _record(2, time="2026-01-01T00:00:00Z"), FAILED):
        record_id, line = encoded(record)
        assert record_id == record.id
        assert line == record_line(record, record.id)
        assert parse_record(line) == (record.id, record)


def test_a_spool_is_a_sequence_in_order_of_id_that_holds_each_record_once() -> None:
    records = [_record(n) for n in range(20)] + [
        FAILED,
        _record(3),
        _record(4, time="2026-01-01T00:00:00Z"),
    ]
    spool = RecordSpool(records)
    assert len(spool) == 21
    assert [r.id for r in spool] == sorted({r.id for r in records})
    assert spool[0] == next(iter(spool))
    assert list(spool[2:4]) == [spool[2], spool[3]]
    assert {r.time for r in spool} == {""}  # the first by time stays


def test_what_comes_later_and_is_earlier_takes_the_place() -> None:
    spool = RecordSpool(
        [_record(1, time="2026-01-02T00:00:00Z"), _record(1, time="2026-01-01T00:00:00Z")]
    )
    assert [r.time for r in spool] == ["2026-01-01T00:00:00Z"]
