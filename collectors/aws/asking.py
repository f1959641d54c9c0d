"""Questions to AWS, many at a time: each call gives a record, a line of the ledger, and the calls that follow from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from collectors import asking
from collectors.asking import Answered, Asked, Failure, Ledger
from collectors.aws.calls import call
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

WORKERS = asking.WORKERS


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

    @property
    def place(self) -> str:
        """Its region."""
        return self.region

    @property
    def title(self) -> str:
        """What the user is told while it is asked."""
        place = f" in {self.region}" if self.region else ""
        return f"{self.client} {self.what.operation}{place}"


def ask_all(questions: Iterable[Question], run: Run, progress: Progress) -> Ledger:
    """Every question and what follows from it, several at a time; Cancelled soon after the user wishes it."""

    def ask(question: Question, cancelled: CancelCheck) -> Asked[Question]:
        return _Call(question, run, cancelled).made()

    return asking.ask_all(
        questions,
        ask,
        progress=progress,
        cancelled=run.cancelled,
        workers=WORKERS,
        done_with=run.clients.forget,
    )


class _Call:
    """One question on its way to a record."""

    def __init__(self, question: Question, run: Run, cancelled: CancelCheck) -> None:
        self._question, self._run, self._cancelled = question, run, cancelled
        self._scope = Scope(provider="aws", account=run.account, region=question.region)
        self._ledger = Ledger()

    def made(self) -> Asked[Question]:
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
        return Asked(self._ledger, list(self._further(answer.body)))

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
