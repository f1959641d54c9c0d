"""Questions to AWS, many at a time: each call gives a record, a line of the ledger, and the calls that follow from it."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, NamedTuple

from collectors.aws.calls import Answered, Failure, call
from collectors.aws.session import Clients
from collectors.reads import Detail, Read
from collectors.redaction import counted, redact
from graph.model import (
    CoverageEntry,
    CoverageState,
    Record,
    RecordError,
    Scope,
    canonical_json,
)
from graph.progress import CancelCheck, Progress, stop_if

WORKERS = 16
_GLANCE = 0.2  # seconds between two looks whether the user has cancelled


@dataclass(slots=True)
class Ledger:
    """What was gathered."""

    records: list[Record] = field(default_factory=list)
    coverage: list[CoverageEntry] = field(default_factory=list)
    redactions: Counter[str] = field(default_factory=Counter)

    def add(self, part: "Ledger") -> None:
        """What one question gave."""
        self.records += part.records
        self.coverage += part.coverage
        self.redactions += part.redactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What every question of one run shares."""

    clients: Clients
    account: str
    home: str  # the region where global services answer
    time: str
    cancelled: CancelCheck


class Question(NamedTuple):
    """One call; `region` is "" for a global service."""

    client: str
    what: Read | Detail
    region: str
    params: dict[str, Any]

    @property
    def operation(self) -> str:
        """As a record names it."""
        return f"{self.client}:{self.what.operation}"

    @property
    def key(self) -> str:
        """The same for the same question."""
        return f"{self.operation} {self.region} {canonical_json(self.params)}"


class _Asked(NamedTuple):
    ledger: Ledger
    further: list[Question]


def ask_all(questions: Iterable[Question], run: Run, progress: Progress) -> Ledger:
    """Every question and what follows from it, several at a time; Cancelled soon after the user wishes it.

    A call that hangs is left behind then: its thread ends with its time limit, and what it brings is not used.
    """
    ledger, halt = Ledger(), Event()
    pool = ThreadPoolExecutor(WORKERS)
    asking = _Asking(pool, run, halt)
    try:
        asking.add(questions)
        for question, asked in asking.answers():
            ledger.add(asked.ledger)
            asking.add(asked.further)
            place = f" in {question.region}" if question.region else ""
            progress(asking.fraction, f"{question.client} {question.what.operation}{place}")
    finally:
        halt.set()
        pool.shutdown(wait=not asking.left, cancel_futures=True)
    return ledger


class _Asking:
    """The questions of a run that are under way, one region after the other; none is asked twice.

    A list that changes between two of its pages may name an item twice. Clients take megabytes, so those of a region
    go when it has no question left.
    """

    def __init__(self, pool: ThreadPoolExecutor, run: Run, halt: Event) -> None:
        self._pool, self._run, self._halt = pool, run, halt
        self._known: set[str] = set()
        self._waiting: dict[str, deque[Question]] = {}  # by region
        self._open: Counter[str] = Counter()  # region -> questions without an answer
        self._asked: dict[Future[_Asked], Question] = {}
        self._done: SimpleQueue[Future[_Asked]] = SimpleQueue()
        self._furthest = 0.0

    @property
    def left(self) -> int:
        """How many have no answer yet."""
        return self._open.total()

    @property
    def fraction(self) -> float:
        """How much is done, 0-1, of what is known to be asked; never less than before."""
        self._furthest = max(self._furthest, 1 - self.left / len(self._known))
        return self._furthest

    def add(self, questions: Iterable[Question]) -> None:
        """Ask what was not asked before."""
        for question in questions:
            if question.key not in self._known:
                self._known.add(question.key)
                self._open[question.region] += 1
                self._waiting.setdefault(question.region, deque()).append(question)

    def answers(self) -> Iterator[tuple[Question, _Asked]]:
        """Each answer as it comes, also to questions that are added meanwhile."""
        self._submit()
        while self._asked:
            stop_if(self._run.cancelled)
            try:
                future = self._done.get(timeout=_GLANCE)
            except Empty:
                continue
            question = self._asked.pop(future)
            self._open[question.region] -= 1
            yield question, future.result()
            self._submit()
            if not self._open[question.region]:
                self._run.clients.forget(question.region)

    def _submit(self) -> None:
        """Keep the workers busy, with the first region that has questions."""
        for region in list(self._waiting):
            waiting = self._waiting[region]
            while waiting and len(self._asked) < 2 * WORKERS:
                question = waiting.popleft()
                future = self._pool.submit(self._ask, question)
                self._asked[future] = question
                future.add_done_callback(self._done.put)
            if not waiting:
                del self._waiting[region]

    def _ask(self, question: Question) -> _Asked:
        return _Call(question, self._run, self._cancelled).made()

    def _cancelled(self) -> bool:
        return self._halt.is_set() or self._run.cancelled()


class _Call:
    """One question on its way to a record."""

    def __init__(self, question: Question, run: Run, cancelled: CancelCheck) -> None:
        self._question, self._run, self._cancelled = question, run, cancelled
        self._scope = Scope(provider="aws", account=run.account, region=question.region)
        self._ledger = Ledger()

    def made(self) -> _Asked:
        """Call, redact, record; the unredacted body never leaves here except to name further calls."""
        stop_if(self._cancelled)
        question = self._question
        answer = self._judged(
            call(
                self._run.clients.get(question.client, question.region or self._run.home),
                question.what.operation,
                question.params,
                may_be_empty=question.what.may_be_empty,
                cancelled=self._cancelled,
            )
        )
        record = self._record(answer)
        self._ledger.records.append(record)
        failure = answer.failure
        if failure and failure.code in question.what.absent:
            failure = None
        self._enter(record.operation, record.params, failure, record.id)
        return _Asked(self._ledger, list(self._further(answer.body)))

    def _further(self, body: Mapping[str, Any] | None) -> Iterator[Question]:
        """The details of every item of the answer."""
        details, items = self._question.what.details, at(body, self._question.what.items)
        for item in items if details and isinstance(items, list) else ():
            for detail in details:
                client = detail.client or self._question.client
                params, lacking = _params(detail, item, self._question.params)
                if lacking:
                    self._unasked(f"{client}:{detail.operation}", params, lacking)
                else:
                    yield Question(client, detail, self._question.region, params)

    def _judged(self, answer: Answered) -> Answered:
        """What only the place of a call tells: that a host may be missing, and that a list must be there."""
        failure, what = answer.failure, self._question.what
        if failure and failure.code == "NoSuchHost" and not self._may_be_missing():
            failure = failure._replace(
                state=CoverageState.FAILED, message="the service cannot be found"
            )
        elif not failure and what.details and not isinstance(at(answer.body, what.items), list):
            text = f"the answer holds no list {what.items.removeprefix('/')}"
            failure = Failure(CoverageState.PARTIAL, "IncompleteAnswer", text)
        return answer._replace(failure=failure)

    def _may_be_missing(self) -> bool:
        client, region = self._question.client, self._question.region
        return bool(region) and self._run.clients.may_be_missing(client, region)

    def _record(self, answer: Answered) -> Record:
        body = error = None
        if answer.body is not None:
            body = self._shown(answer.body, self._question.operation)
        elif answer.failure:
            message = self._shown(answer.failure.message)
            error = RecordError(code=answer.failure.code, message=message)
        return Record(
            source="aws",
            operation=self._question.operation,
            scope=self._scope,
            params=self._shown(self._question.params),
            body=body,
            error=error,
            time=self._run.time,
        )

    def _shown(self, value: Any, operation: str = "") -> Any:
        """Without secrets: parameters and messages come from answers too."""
        shown, dropped = redact(operation, value)
        self._ledger.redactions += counted(dropped)
        return shown

    def _unasked(self, name: str, params: Mapping[str, Any], lacking: Sequence[str]) -> None:
        """A detail that was not asked for, because its item does not say what to ask."""
        text = f"the list does not name {', '.join(lacking)}"
        failure = Failure(CoverageState.PARTIAL, "MissingField", text)
        self._enter(name, self._shown(params), failure, "")

    def _enter(
        self, name: str, params: Mapping[str, Any], failure: Failure | None, record: str
    ) -> None:
        entry = CoverageEntry(
            operation=name,
            scope=self._scope,
            params=params,
            state=failure.state if failure else CoverageState.COMPLETE,
            reason=self._shown(f"{failure.code}: {failure.message}") if failure else "",
            record=record,
        )
        self._ledger.coverage.append(entry)


def _params(
    detail: Detail, item: Any, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The parameters of a detail, and those of them that the item does not name."""
    params: dict[str, Any] = dict(detail.fixed)
    for name, pointer in detail.params.items():
        value = at(given if pointer.startswith("^") else item, pointer.removeprefix("^"))
        if value is not None:
            params[name] = value
    return params, [name for name in detail.params if name not in params]


def at(value: Any, pointer: str) -> Any:
    """What a JSON pointer names, or None."""
    for part in pointer.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            return None
    return value
