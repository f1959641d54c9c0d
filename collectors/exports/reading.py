"""Many files to one snapshot: each is recognised by its content; one that cannot be read does not lose the rest."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from collectors.exports import aws_answers, azure, gcp, register, terraform
from collectors.exports.draft import Draft, settled
from collectors.exports.inventory import Reading, is_inventory
from collectors.exports.sources import Source, entries, hidden, is_zip, listed
from collectors.exports.text import parse, plain_bytes
from collectors.redaction import counted, redact
from graph.model import (
    CoverageEntry,
    CoverageState,
    ImportFileError,
    Record,
    RecordError,
    Scope,
    Snapshot,
    SnapshotError,
)
from graph.progress import CancelCheck, Progress, never, silent, stop_if
from graph.snapshot import read_snapshot
from graph.spool import RecordSpool

_EXPORTS = (".json", ".tfstate", ".gz", ".zip", ".hound", ".jsonl", ".csv", ".yaml", ".yml")
_SHOWN = 3
_ERROR_TEXT = 64 << 10
_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Rows:
    """The drafts of a table that is no JSON."""

    drafts: Iterator[Draft]


_JSON_TYPES = {list: "list", str: "string", int: "number", float: "number"}


@dataclass(slots=True)
class _Import:
    """What was found so far."""

    drafts: list[Draft] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)  # label -> sentence
    redactions: Counter[str] = field(default_factory=Counter)
    ignored: int = 0
    spool: RecordSpool | None = None  # records of exports that are too long for memory
    lines: list[CoverageEntry] = field(default_factory=list)  # and what they say of themselves

    def keep(self, record: Record) -> None:
        """A record on disk."""
        self.spool = self.spool or RecordSpool()
        self.spool.add(record)


def read_exports(
    paths: Sequence[Path],
    *,
    progress: Progress = silent,
    cancelled: CancelCheck = never,
    name: str = "",
) -> Snapshot:
    """Files, folders and zips of exports as one snapshot; an ImportFileError if nothing in them was recognised."""
    found = _Import()
    sources = [source for source in listed(paths) if not hidden(source)]
    total, done = sum(source.size for source in sources) or 1, 0
    for source in sources:
        stop_if(cancelled)
        progress(done / total, source.label)
        part = _part(progress, done / total, source.size / total)
        _take(source, found, part, cancelled)
        done += source.size
    if not found.drafts and not found.snapshots and not found.spool:
        raise ImportFileError(_nothing(paths, found))
    progress(1.0, "")
    return _snapshot(found, name or paths[0].resolve().stem)


def _part(progress: Progress, start: float, share: float) -> Progress:
    """Progress within one file, as a part of the whole."""

    def part(fraction: float | None, text: str) -> None:
        progress(None if fraction is None else start + share * fraction, text)

    return part


def _take(source: Source, found: _Import, progress: Progress, cancelled: CancelCheck) -> None:
    """One file; what is wrong with it becomes a problem, and other files go on."""
    stop_if(cancelled)
    content = b""
    try:
        if _take_lines(source, found, progress, cancelled):
            return
        content = source.read()
        if is_zip(content):
            _take_zip(source, content, found, progress, cancelled)
            return
        drafts = list(_drafts(source, plain_bytes(source.label, content)))
    except (ImportFileError, SnapshotError, OSError) as error:
        if _ignorable(source, content):
            found.ignored += 1
            return
        found.problems[source.label] = problem = _told(source, error)
        progress(None, problem)
        return
    for draft in drafts:
        found.drafts.append(_redacted(draft, found.redactions))


def _told(source: Source, error: Exception) -> str:
    """The sentence of an error; a disk that fails while a file is read has none of its own."""
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return f"{source.label}: {reason}; check that you may read it"
    return str(error)


def _take_lines(source: Source, found: _Import, progress: Progress, cancelled: CancelCheck) -> bool:
    """An export that is read line by line, of any length; False if the file is no such thing."""
    with source.open() as raw:
        if not is_inventory(raw.read(_HEAD)):
            return False
        raw.seek(0)

        def seen(line: int) -> None:
            stop_if(cancelled)
            progress(min(raw.tell() / (source.size or 1), 1.0), f"{source.label}: line {line:,}")

        reading = Reading(source.label, found.keep, seen)
        reading.read(raw)
    found.lines += reading.coverage()
    found.redactions.update(reading.redactions)
    if reading.problem:
        found.problems[source.label] = reading.problem
        progress(None, reading.problem)
    return True


def _take_zip(
    source: Source, content: bytes, found: _Import, progress: Progress, cancelled: CancelCheck
) -> None:
    inside = list(entries(source, content))
    if sorted(entry.parts[-1] for entry in inside) == [
        "coverage.jsonl",
        "manifest.json",
        "records.jsonl",
    ]:
        if source.path is None:
            raise ImportFileError(f"{source.label}: a snapshot inside a zip; unpack the zip first")
        found.snapshots.append(read_snapshot(source.path))
        return
    for entry in inside:
        if not hidden(entry):
            _take(entry, found, progress, cancelled)


def _drafts(source: Source, content: bytes) -> Iterator[Draft]:
    label, parts = source.label, source.parts
    try:
        value = _value(source, content)
        if isinstance(value, Draft):
            yield value
        elif isinstance(value, Rows):
            yield from value.drafts
        elif terraform.is_terraform(value):
            yield from terraform.resources(value, label, parts)
        elif (found := _of_a_cloud(value, label, parts)) is not None:
            yield from found
        elif isinstance(value, dict):
            yield aws_answers.answer(value, label, parts)
        else:
            kind = _JSON_TYPES.get(type(value), "constant")
            raise ImportFileError(
                f"{label}: a JSON {kind} and no export that Modelhound knows;"
                " save whole answers, without --query"
            )
    except RecursionError:
        raise ImportFileError(f"{label}: nested too deeply to be an export") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ImportFileError(
            f"{label}: looks like an export but is not built like one ({_fault(error)}); export it again"
        ) from error


def _of_a_cloud(value: Any, label: str, parts: tuple[str, ...]) -> Iterator[Draft] | None:
    """The drafts of the cloud or register whose export it is; AWS answers are told last, by their keys."""
    found = register.drafts(value, parts)
    if found is None:
        found = gcp.drafts(value, label, parts)
    return azure.drafts(value, label, parts) if found is None else found


def _value(source: Source, content: bytes) -> Any:
    """The JSON of a file, the drafts of a CSV, or the draft of an error that was printed into it."""
    try:
        return parse(source.label, content)
    except ImportFileError:
        rows = register.table(content, source.label, source.parts)
        if rows is None:
            rows = azure.table(content, source.label, source.parts)
        if rows is not None:
            return Rows(rows)
        text = content[:_ERROR_TEXT].decode(errors="replace")
        spoken = aws_answers.spoken_error(text, source.label, source.parts)
        if spoken is None:
            raise
        return spoken


def _ignorable(source: Source, content: bytes) -> bool:
    """A file among others that never claimed to be an export, such as a README."""
    inside_folder = len(source.parts) > 1
    named = source.parts[-1].lower().endswith(_EXPORTS)
    return (
        inside_folder and bool(content) and not named and content.lstrip()[:1] not in (b"{", b"[")
    )


def _redacted(draft: Draft, counts: Counter[str]) -> Draft:
    def clean(value: Any) -> Any:
        after, dropped = redact(draft.operation, value)
        counts.update(counted(dropped))
        return after

    counts.update(draft.dropped)
    error = draft.error
    return replace(
        draft,
        body=clean(draft.body),
        params=clean(dict(draft.params)),
        error=RecordError(code=error.code, message=clean(error.message)) if error else None,
        reason=redact("", draft.reason)[0],  # repeats what was counted above
    )


def _snapshot(found: _Import, name: str) -> Snapshot:
    records, coverage = settled(found.drafts)
    redactions = Counter(found.redactions)
    for snapshot in found.snapshots:
        records |= {record.id: record for record in snapshot.records}
        coverage += snapshot.coverage
        redactions.update(snapshot.redactions)
    coverage += found.lines
    coverage += [_unread(label, sentence) for label, sentence in sorted(found.problems.items())]
    return Snapshot(
        records=_records(records, found.spool),
        coverage=tuple(coverage),
        name=name,
        collected_at=max((snapshot.collected_at for snapshot in found.snapshots), default=""),
        redactions={reason: count for reason, count in sorted(redactions.items()) if count},
    )


def _records(records: Mapping[str, Record], spool: RecordSpool | None) -> Sequence[Record]:
    """In memory, or all on disk where some are."""
    if spool is None:
        return tuple(records[record_id] for record_id in sorted(records))
    for record in records.values():
        spool.add(record)
    return spool


def _unread(label: str, sentence: str) -> CoverageEntry:
    """The ledger's line for a file; without the folders above it, which are the user's own affair."""
    name = Path(label).name
    return CoverageEntry(
        operation="file:read",
        scope=Scope(provider="file"),
        params={"file": name},
        state=CoverageState.FAILED,
        reason=sentence.replace(label, name),
    )


def _nothing(paths: Sequence[Path], found: _Import) -> str:
    """The sentence for an import that found nothing."""
    if len(found.problems) == 1 and not found.ignored:
        return next(iter(found.problems.values()))
    place = ", ".join(str(path) for path in paths[:_SHOWN])
    if not found.problems:
        return f"{place}: no exports in it; choose a folder with JSON that a cloud's tool wrote"
    first = next(iter(found.problems.values()))
    return f"{place}: none of {len(found.problems)} files could be imported; the first: {first}"


def _fault(error: Exception) -> str:
    """What a mapping stumbled over, in the words of JSON."""
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    return "a value is of another type than belongs there"
