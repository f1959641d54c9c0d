"""What one answer tells of another: lists that lost items on the way, and lists that a reader could not see whole.

No list says that a page of it was lost; Resource Graph counts what there is. And Resource Graph leaves out, without a
word, what the reader may not see; his permissions in the subscription tell what that may be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from collectors.asking import Ledger
from collectors.azure.item import read
from collectors.azure.reads import COUNTS, all_reads, queries
from graph.model import CoverageEntry, CoverageState, Record, Scope
from graph.permissions.azure.patterns import named

_PERMISSIONS = "arm:Microsoft.Authorization/permissions"
_UNSEEN = "Unseen: Resource Graph shows what the reader may see, and"


def crosschecked(ledger: Ledger) -> Ledger:
    """The ledger, with lines that other answers contradict no longer complete."""
    facts = _facts(ledger)
    coverage = [_checked(entry, facts) for entry in ledger.coverage]
    return Ledger(ledger.records, coverage, ledger.redactions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What tells of other lists."""

    given: Mapping[str, int]  # record -> how many items it holds
    counted: Mapping[tuple[Scope, str], int]  # by resource type in lower case
    rights: Mapping[Scope, Sequence[Any]]  # the reader's permission blocks, where they were read


def _facts(ledger: Ledger) -> _Facts:
    records = {record.id: record for record in ledger.records if isinstance(record.body, Mapping)}
    return _Facts(
        given={name: len(_rows(record)) for name, record in records.items()},
        counted=_counted(records.values()),
        rights={
            entry.scope: _rows(records[entry.record])
            for entry in ledger.coverage
            if (entry.operation, entry.state) == (_PERMISSIONS, CoverageState.COMPLETE)
            and entry.record in records
        },
    )


def _rows(record: Record) -> Sequence[Any]:
    return record.body.get("value") or ()


def _counted(records: Iterable[Record]) -> Mapping[tuple[Scope, str], int]:
    return {
        (record.scope, str(read(row, "/type")).lower()): number
        for record in records
        if record.operation == COUNTS
        for row in _rows(record)
        if isinstance(number := read(row, "/count_"), int)
    }


def _checked(entry: CoverageEntry, facts: _Facts) -> CoverageEntry:
    if entry.state is not CoverageState.COMPLETE or entry.params:
        return entry
    doubt = _fewer(entry, facts) or _unseen(entry, facts)
    return replace(entry, state=CoverageState.PARTIAL, reason=doubt) if doubt else entry


def _fewer(entry: CoverageEntry, facts: _Facts) -> str:
    """Why a list has lost items; "" if it has not, or nobody counted."""
    given = facts.given.get(entry.record)
    told = facts.counted.get((entry.scope, entry.operation.removeprefix("arm:").lower()), 0)
    if given is None or told <= given:
        return ""
    return f"Fewer: Resource Graph counts {told}, the list gave {given}"


def _unseen(entry: CoverageEntry, facts: _Facts) -> str:
    """Why a list of Resource Graph may not be whole."""
    if entry.operation not in _of_queries():
        return ""
    blocks = facts.rights.get(entry.scope)
    if blocks is None:
        return f"{_UNSEEN} what that is was not read"
    action = f"{entry.operation.removeprefix('arm:')}/read"
    if any(_allows(block, action) for block in blocks):
        return ""
    return f"{_UNSEEN} the role in the subscription does not give {action}"


@cache
def _of_queries() -> frozenset[str]:
    """Lists that Resource Graph alone tells."""
    names = {f"arm:{kind}" for query in queries().values() for kind in query.types}
    return frozenset(names - {read_.operation for read_ in all_reads().values()})


def _allows(block: Any, action: str) -> bool:
    allowed, left_out = read(block, "/actions") or [], read(block, "/notActions") or []
    return named(allowed, action) and not named(left_out, action)
