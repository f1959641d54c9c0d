"""Records and coverage as canonical lines: what a `.hound` file consists of, and what long imports keep on disk."""

import hashlib
import re
from dataclasses import asdict
from typing import Any

import msgspec

from graph.model import (
    CoverageEntry,
    CoverageState,
    Record,
    RecordError,
    Scope,
    canonical_json,
)

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class _ErrorLine(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    message: str


class _RecordLine(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    source: str
    operation: str
    scope: tuple[str, str, str]
    params: dict[str, Any]
    body: Any
    error: _ErrorLine | None
    time: str


class _CoverageLine(msgspec.Struct, forbid_unknown_fields=True):
    operation: str
    scope: tuple[str, str, str]
    params: dict[str, Any]
    state: CoverageState
    reason: str
    record: str


_decode_record = msgspec.json.Decoder(_RecordLine).decode
_decode_coverage = msgspec.json.Decoder(_CoverageLine).decode


def record_line(record: Record, record_id: str) -> bytes:
    """One record as a line; a ValueError if it has both or neither of body and error."""
    if (record.error is None) == (record.body is None):
        raise ValueError(f"{record.operation}: exactly one of body and error must be set")
    return canonical_json(
        {
            "id": record_id,
            "source": record.source,
            "operation": record.operation,
            "scope": _scope_line(record.scope),
            "params": dict(record.params),
            "body": record.body,
            "error": asdict(record.error) if record.error else None,
            "time": record.time,
        }
    ).encode()


def encoded(record: Record) -> tuple[str, bytes]:
    """The id of a record and its line, for which its body, which may be long, is written once."""
    if (record.error is None) == (record.body is None):
        raise ValueError(f"{record.operation}: exactly one of body and error must be set")
    body, params = canonical_json(record.body), canonical_json(dict(record.params))
    operation = canonical_json(record.operation)
    scope = canonical_json(_scope_line(record.scope))
    error = record.error
    said = canonical_json([error.code, error.message] if error else None)
    identity = f"[{operation},{scope},{params},{body},{said}]"
    record_id = "r-" + hashlib.sha256(identity.encode()).hexdigest()[:20]
    told = canonical_json(asdict(error) if error else None)
    line = (
        f'{{"body":{body},"error":{told},"id":"{record_id}","operation":{operation},"params":{params},'
        f'"scope":{scope},"source":{canonical_json(record.source)},"time":{canonical_json(record.time)}}}'
    )
    return record_id, line.encode()


def decoded(line: bytes) -> Record:
    """The record of a line that was written here; foreign ones are parsed and checked."""
    row = _decode_record(line)
    return Record(
        source=row.source,
        operation=row.operation,
        scope=_scope(row.scope),
        params=row.params,
        body=row.body,
        error=RecordError(code=row.error.code, message=row.error.message) if row.error else None,
        time=row.time,
    )


def parse_record(line: bytes) -> tuple[str, Record]:
    """A record and its id; a ValueError if it is not spelled as `record_line` does."""
    record = decoded(line)
    record_id = record.id
    _check_spelling(line, record_line(record, record_id))
    return record_id, record


def coverage_line(entry: CoverageEntry) -> bytes:
    """One line of the ledger."""
    return canonical_json(
        {
            "operation": entry.operation,
            "scope": _scope_line(entry.scope),
            "params": dict(entry.params),
            "state": entry.state.value,
            "reason": entry.reason,
            "record": entry.record,
        }
    ).encode()


def parse_coverage(line: bytes) -> tuple[str, CoverageEntry]:
    """The line itself, by which the ledger is ordered, and what it says."""
    row = _decode_coverage(line)
    entry = CoverageEntry(
        operation=row.operation,
        scope=_scope(row.scope),
        params=row.params,
        state=row.state,
        reason=row.reason,
        record=row.record,
    )
    _check_spelling(line, coverage_line(entry))
    return line.decode(), entry


def _check_spelling(line: bytes, canonical: bytes) -> None:
    """One spelling for one value: this also refuses doubled keys, and an id that is not the content's."""
    if line != canonical:
        raise ValueError("not in canonical form, or its id is not that of its content")
    if b"\\u0000" in line and _NUL.search(line):
        raise ValueError("it holds a NUL character")


def _scope_line(scope: Scope) -> list[str]:
    return [scope.provider, scope.account, scope.region]


def _scope(line: tuple[str, str, str]) -> Scope:
    provider, account, region = line
    return Scope(provider=provider, account=account, region=region)
