"""An answer on its way to a record: redacted at once, its place settled when all its neighbours are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collectors.exports.places import Place, only
from graph.model import CoverageEntry, CoverageState, Record, RecordError, Scope

_GUESSED = "aws"  # answers that often name no account


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A line for the ledger beside the answer's own."""

    operation: str
    state: CoverageState
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record without its place. `named` is what path and file name say, `told` what the answer says."""

    source: str
    operation: str
    provider: str
    regional: bool
    folder: tuple[str, ...]
    named: Place
    told: Place
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    error: RecordError | None = None
    state: CoverageState = CoverageState.COMPLETE
    reason: str = ""
    gaps: tuple[Gap, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)  # reason -> values dropped already
    of_type: bool = False  # one line for all records of the operation, not one for each

    @property
    def account(self) -> str:
        """The account that the answer or its path names; a global answer's path may be that of another."""
        return self.named.account or self.told.account

    @property
    def region(self) -> str:
        """The region that the path or the answer names."""
        return (self.named.region or self.told.region) if self.regional else ""


def settled(drafts: Sequence[Draft]) -> tuple[dict[str, Record], list[CoverageEntry]]:
    """Records by id, and their lines; what names no place takes that of its neighbours, if they agree on one."""
    records: dict[str, Record] = {}
    lines: dict[tuple[object, ...], CoverageEntry] = {}
    neighbours = _Neighbours(drafts)
    for draft in drafts:
        record = _record(draft, neighbours.scope(draft))
        record_id = record.id  # a hash of the whole answer: computed once
        records.setdefault(record_id, record)
        for entry in _entries(draft, record.scope, record_id):
            key = (entry.operation, entry.scope, repr(sorted(entry.params.items())), entry.state)
            lines.setdefault(key, entry)
    return records, list(lines.values())


class _Neighbours:
    """What files of one folder, else of the whole import, agree on."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.accounts: dict[tuple[str, ...] | None, set[str]] = {}
        self.regions: dict[tuple[str, ...] | None, set[str]] = {}
        for draft in drafts:
            if draft.provider != _GUESSED:
                continue
            for folder in (draft.folder, None):
                self.accounts.setdefault(folder, set()).add(draft.account)
                self.regions.setdefault(folder, set()).add(draft.region)

    def scope(self, draft: Draft) -> Scope:
        """Where a draft belongs; other clouds' ids name their account themselves, and a tenant is of none."""
        if draft.provider != _GUESSED:
            return Scope(provider=draft.provider, account=draft.account, region=draft.region)
        account = draft.account or self._agreed(self.accounts, draft.folder)
        region = draft.region
        if draft.regional and not region:
            region = self._agreed(self.regions, draft.folder)
        return Scope(provider=draft.provider, account=account, region=region)

    @staticmethod
    def _agreed(found: Mapping[tuple[str, ...] | None, set[str]], folder: tuple[str, ...]) -> str:
        return only(found.get(folder, ())) or only(found.get(None, ()))


def _record(draft: Draft, scope: Scope) -> Record:
    return Record(
        source=draft.source,
        operation=draft.operation,
        scope=scope,
        params=draft.params,
        body=draft.body,
        error=draft.error,
    )


def _entries(draft: Draft, scope: Scope, record_id: str) -> list[CoverageEntry]:
    own = CoverageEntry(
        operation=draft.operation,
        scope=scope,
        params={} if draft.of_type else draft.params,
        state=draft.state,
        reason=draft.reason,
        record="" if draft.of_type else record_id,
    )
    return [own] + [
        CoverageEntry(
            operation=gap.operation,
            scope=scope,
            params=gap.params,
            state=gap.state,
            reason=gap.reason,
            record=record_id,
        )
        for gap in draft.gaps
    ]
