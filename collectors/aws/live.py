"""The live collector: runs what the service modules declare, turns answers and failures into records and coverage.

A failed call never stops a collection: it is a line of the coverage ledger. Two runs over the same answers with the
same clock give the same snapshot.
"""

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from collectors.aws.calls import Answered, Failure, call
from collectors.aws.services import READS
from collectors.aws.session import Clients, open_session
from collectors.reads import Detail, Read
from collectors.redaction import counted, redact
from graph.model import (
    CollectionError,
    CoverageEntry,
    CoverageState,
    Record,
    RecordError,
    Scope,
    Snapshot,
    canonical_json,
)
from graph.progress import CancelCheck, Progress, never, silent, stop_if

HOME = "us-east-1"  # where global services answer
_WORKERS = 8
_IDENTITY, _REGIONS = "sts:GetCallerIdentity", "ec2:DescribeRegions"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectRequest:
    """What the user asked for; without regions, every region that is enabled."""

    profile: str | None = None
    environment: bool = False
    regions: Sequence[str] = ()
    endpoint_url: str | None = None
    reads: Sequence[Read] = READS
    time: str = ""  # the run's clock, ISO 8601 UTC; read once where it is not given


@dataclass(slots=True)
class _Ledger:
    """What a run has gathered so far."""

    time: str
    records: list[Record] = field(default_factory=list)
    coverage: list[CoverageEntry] = field(default_factory=list)
    redactions: Counter[str] = field(default_factory=Counter)


def collect(
    request: CollectRequest, *, progress: Progress = silent, cancelled: CancelCheck = never
) -> Snapshot:
    """Read an account; CollectionError if it cannot even say who it is."""
    session = open_session(request.profile, environment=request.environment)
    clients = Clients(session, allowed_operations(request.reads), request.endpoint_url)
    ledger = _Ledger(request.time or now())
    progress(0.0, "Asking who the credentials belong to")
    account = _account(clients)
    regions = list(request.regions) or _enabled_regions(clients)
    jobs = [
        (read, region)
        for read in request.reads
        for region in ([""] if read.scope != "region" else regions)
    ]
    _run(jobs, clients, account, ledger, progress, cancelled)
    return Snapshot(
        records=tuple(sorted(ledger.records, key=_order)),
        coverage=tuple(sorted(ledger.coverage, key=_order)),
        name=f"AWS account {account}",
        collected_at=ledger.time,
        redactions=dict(sorted(ledger.redactions.items())),
    )


def allowed_operations(reads: Sequence[Read]) -> frozenset[str]:
    """`client:Operation` of everything that a run may call."""
    return frozenset({_IDENTITY, _REGIONS, *(name for read in reads for name in _names(read))})


def _names(call_: Read | Detail, client: str = "") -> Iterator[str]:
    own = call_.client or client
    yield f"{own}:{call_.operation}"
    for detail in call_.details:
        yield from _names(detail, own)


def now() -> str:
    """The clock, or SOURCE_DATE_EPOCH where a reproducible run is wanted."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    moment = dt.datetime.fromtimestamp(int(fixed), dt.UTC) if fixed else dt.datetime.now(dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _account(clients: Clients) -> str:
    answer = call(clients.get("sts", HOME), "GetCallerIdentity", {})
    if answer.body is None or "Account" not in answer.body:
        why = f"{answer.failure.code}: {answer.failure.message}" if answer.failure else "no account"
        raise CollectionError(
            f"AWS does not accept the credentials ({why}); sign in again or name another profile"
        )
    return str(answer.body["Account"])


def _enabled_regions(clients: Clients) -> list[str]:
    answer = call(clients.get("ec2", HOME), "DescribeRegions", {})
    names = [item["RegionName"] for item in (answer.body or {}).get("Regions", ())]
    if not names:
        raise CollectionError(
            "the enabled regions could not be listed (ec2:DescribeRegions); name them with --region"
        )
    return sorted(names)


def _run(  # noqa: PLR0917 - the parts of one run, used once
    jobs: Sequence[tuple[Read, str]],
    clients: Clients,
    account: str,
    ledger: _Ledger,
    progress: Progress,
    cancelled: CancelCheck,
) -> None:
    lock = Lock()
    making = Lock()

    def work(read: Read, region: str) -> None:
        part = _Ledger(ledger.time)
        with making:  # boto3 sessions are not safe to make clients from in parallel
            clients.get(read.client, region or HOME)
        _Job(clients, account, region, part, cancelled, making).list_(read)
        with lock:
            ledger.records += part.records
            ledger.coverage += part.coverage
            ledger.redactions += part.redactions

    with ThreadPoolExecutor(_WORKERS) as pool:
        waiting = {pool.submit(work, read, region): (read, region) for read, region in jobs}
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                future.result()
                read, region = waiting[future]
                place = f" in {region}" if region else ""
                progress(done / len(jobs), f"{read.client} {read.operation}{place}")
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


class _Job:
    """One list call in one region, and the details of its items."""

    def __init__(  # noqa: PLR0917 - the parts of one run
        self,
        clients: Clients,
        account: str,
        region: str,
        ledger: _Ledger,
        cancelled: CancelCheck,
        making: Lock,
    ) -> None:
        self._clients = clients
        self._scope = Scope(provider="aws", account=account, region=region)
        self._ledger = ledger
        self._cancelled = cancelled
        self._making = making

    def list_(self, read: Read) -> None:
        """The list, then its details."""
        body = self._ask(read.client, read.operation, dict(read.params), read.absent)
        self._details(read.client, body, read.items, read.details, dict(read.params))

    def _details(
        self,
        client: str,
        body: Mapping[str, Any] | None,
        items: str,
        details: Sequence[Detail],
        parent: Mapping[str, Any],
    ) -> None:
        for item in _at(body, items) or () if details else ():
            for detail in details:
                params = _params(detail, item, parent)
                if params is None:
                    continue
                own = detail.client or client
                found = self._ask(own, detail.operation, params, detail.absent)
                self._details(own, found, detail.items, detail.details, params)

    def _ask(
        self, client: str, operation: str, params: dict[str, Any], absent: Sequence[str]
    ) -> Mapping[str, Any] | None:
        """Call, redact, record; the unredacted body never leaves here except to name further calls."""
        stop_if(self._cancelled)
        with self._making:
            made = self._clients.get(client, self._scope.region or HOME)
        answer = call(made, operation, params)
        name = f"{client}:{operation}"
        record = self._record(name, params, answer)
        self._ledger.records.append(record)
        self._ledger.coverage.append(self._entry(record, answer.failure, absent))
        return answer.body

    def _record(self, name: str, params: Mapping[str, Any], answer: Answered) -> Record:
        body = None
        if answer.body is not None:
            body, dropped = redact(name, answer.body)
            self._ledger.redactions += counted(dropped)
        failure = answer.failure if answer.body is None else None
        return Record(
            source="aws",
            operation=name,
            scope=self._scope,
            params=params,
            body=body,
            error=RecordError(code=failure.code, message=failure.message) if failure else None,
            time=self._ledger.time,
        )

    def _entry(
        self, record: Record, failure: Failure | None, absent: Sequence[str]
    ) -> CoverageEntry:
        state, reason = CoverageState.COMPLETE, ""
        if failure and failure.code not in absent:
            state, reason = failure.state, f"{failure.code}: {failure.message}"
        return CoverageEntry(
            operation=record.operation,
            scope=record.scope,
            params=record.params,
            state=state,
            reason=reason,
            record=record.id,
        )


def _params(detail: Detail, item: Any, parent: Mapping[str, Any]) -> dict[str, Any] | None:
    """The parameters of a detail; None if the item does not name one of them."""
    params: dict[str, Any] = dict(detail.fixed)
    for name, pointer in detail.params.items():
        source = parent if pointer.startswith("^") else item
        value = _at(source, pointer.removeprefix("^"))
        if value is None:
            return None
        params[name] = value
    return params


def _at(value: Any, pointer: str) -> Any:
    """What a JSON pointer names, or None."""
    for part in pointer.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            return None
    return value


def _order(item: Record | CoverageEntry) -> tuple[str, Scope, str]:
    return item.operation, item.scope, canonical_json(dict(item.params))
