"""Questions to a cloud, many at a time: each gives records, lines of the ledger, and the questions that follow from it."""

import datetime as dt
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from graph.model import CoverageEntry, CoverageState, Record, Scope, Snapshot, canonical_json
from graph.progress import CancelCheck, Progress, stop_if

WORKERS = 16
_GLANCE = 0.2  # seconds between two looks whether the user has cancelled


class Question(Protocol):
    """One call that is still to be made."""

    @property
    def key(self) -> str:
        """The same for the same question."""

    @property
    def place(self) -> str:
        """The region or the like whose questions are asked together, "" for what is of none."""

    @property
    def title(self) -> str:
        """What the user is told while it is asked."""


Q = TypeVar("Q", bound=Question)


class Failure(NamedTuple):
    """Why an answer is missing or not whole."""

    state: CoverageState
    code: str
    message: str


class Answered(NamedTuple):
    """What came back: the merged body, and what is wrong with it, if anything."""

    body: dict[str, Any] | None
    failure: Failure | None = None


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


@dataclass(frozen=True, slots=True)
class Asked(Generic[Q]):
    """What a question gave, and what to ask because of it."""

    ledger: Ledger
    further: list[Q]


Ask = Callable[[Q, CancelCheck], Asked[Q]]


def ask_all(
    questions: Iterable[Q],
    ask: Ask[Q],
    *,
    progress: Progress,
    cancelled: CancelCheck,
    workers: int = WORKERS,
    done_with: Callable[[str], None] = lambda _: None,
) -> Ledger:
    """Every question and what follows from it, several at a time; Cancelled soon after the user wishes it.

    A call that hangs is left behind then: its thread ends with its time limit, and what it brings is not used.
    `done_with` is told each place that has no question left.
    """
    ledger, halt = Ledger(), Event()
    pool = ThreadPoolExecutor(workers)

    def asked(question: Q) -> Asked[Q]:
        return ask(question, lambda: halt.is_set() or cancelled())

    asking = _Asking(pool, asked, workers, done_with)
    try:
        asking.add(questions)
        for question, answer in asking.answers(cancelled):
            ledger.add(answer.ledger)
            asking.add(answer.further)
            progress(asking.fraction, question.title)
    finally:
        halt.set()
        pool.shutdown(wait=not asking.left, cancel_futures=True)
    return ledger


class _Asking(Generic[Q]):
    """The questions of a run that are under way, one place after the other; none is asked twice.

    A list that changes between two of its pages may name an item twice. Clients take megabytes, so those of a place
    go when it has no question left.
    """

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        ask: Callable[[Q], Asked[Q]],
        workers: int,
        done_with: Callable[[str], None],
    ) -> None:
        self._pool, self._ask, self._workers, self._done_with = pool, ask, workers, done_with
        self._known: set[str] = set()
        self._waiting: dict[str, deque[Q]] = {}  # by place
        self._open: Counter[str] = Counter()  # place -> questions without an answer
        self._asked: dict[Future[Asked[Q]], Q] = {}
        self._done: SimpleQueue[Future[Asked[Q]]] = SimpleQueue()
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

    def add(self, questions: Iterable[Q]) -> None:
        """Ask what was not asked before."""
        for question in questions:
            if question.key not in self._known:
                self._known.add(question.key)
                self._open[question.place] += 1
                self._waiting.setdefault(question.place, deque()).append(question)

    def answers(self, cancelled: CancelCheck) -> Iterator[tuple[Q, Asked[Q]]]:
        """Each answer as it comes, also to questions that are added meanwhile."""
        self._submit()
        while self._asked:
            stop_if(cancelled)
            try:
                future = self._done.get(timeout=_GLANCE)
            except Empty:
                continue
            question = self._asked.pop(future)
            self._open[question.place] -= 1
            yield question, future.result()
            self._submit()
            if not self._open[question.place]:
                self._done_with(question.place)

    def _submit(self) -> None:
        """Keep the workers busy, with the first place that has questions."""
        for place in list(self._waiting):
            waiting = self._waiting[place]
            while waiting and len(self._asked) < 2 * self._workers:
                question = waiting.popleft()
                future = self._pool.submit(self._ask, question)
                self._asked[future] = question
                future.add_done_callback(self._done.put)
            if not waiting:
                del self._waiting[place]


def snapshot_of(ledger: Ledger, name: str, time: str) -> Snapshot:
    """The ledger in an order that does not depend on who answered first; the same line never twice."""
    records = {record.id: record for record in ledger.records}
    coverage = {_order(entry): entry for entry in ledger.coverage}
    return Snapshot(
        records=tuple(sorted(records.values(), key=_order)),
        coverage=tuple(coverage[key] for key in sorted(coverage)),
        name=name,
        collected_at=time,
        redactions=dict(sorted(ledger.redactions.items())),
    )


def _order(item: Record | CoverageEntry) -> tuple[str, Scope, str, str]:
    said = item.id if isinstance(item, Record) else f"{item.state} {item.reason} {item.record}"
    return item.operation, item.scope, canonical_json(dict(item.params)), said


def now() -> str:
    """The clock as ISO 8601 UTC, or SOURCE_DATE_EPOCH where a reproducible run is wanted."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    moment = dt.datetime.fromtimestamp(int(fixed), dt.UTC) if fixed else dt.datetime.now(dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
