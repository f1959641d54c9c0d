"""Questions to Azure: each list gives a record, a line of the ledger, and the lists that hang on its items."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from collectors.asking import Answered, Asked, Failure, Ledger
from collectors.azure.calls import ask_resource_graph, fetch
from collectors.azure.ids import clean, is_guid, subscription
from collectors.azure.item import read
from collectors.azure.pipeline import Planes
from collectors.azure.reads import COUNTS, AzureRead, Query, below, followers
from collectors.redaction import counted, redact
from graph.model import CoverageEntry, CoverageState, Record, RecordError, Scope
from graph.progress import CancelCheck, stop_if

_SOURCE = "azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What every question of one run shares."""

    planes: Planes
    subscriptions: tuple[str, ...]
    time: str
    cancelled: CancelCheck


class Question(NamedTuple):
    """One list, of a subscription, of one item of another list ("" without), or one query."""

    what: AzureRead | Query
    subscription: str = ""
    item: str = ""

    @property
    def key(self) -> str:
        """The same for the same question."""
        return f"{self.what.name} {self.subscription} {self.item}".lower()

    @property
    def about(self) -> str:
        """The id of what the list is of, "" for all of a subscription or tenant."""
        part = " " in self.what.name and not self.item
        return f"/subscriptions/{self.subscription}" if part else self.item

    @property
    def place(self) -> str:
        """Azure's clients are few; all questions are asked together."""
        return ""

    @property
    def title(self) -> str:
        """What the user is told while it is asked."""
        if isinstance(self.what, Query):
            return f"Resource Graph {self.what.name}"
        plane, _, name = self.what.operation.partition(":")
        return f"{'Microsoft Graph' if plane == 'graph' else 'Azure'} {name}"


def ask(question: Question, run: Run, cancelled: CancelCheck) -> Asked[Question]:
    """Call, redact, record; the unredacted body never leaves here except to name further questions."""
    stop_if(cancelled)
    if isinstance(question.what, Query):
        return Asked(_Gathered(run).rows(question.what, cancelled), [])
    return _of_list(question, question.what, run, cancelled)


def _of_list(
    question: Question, what: AzureRead, run: Run, cancelled: CancelCheck
) -> Asked[Question]:
    gathered = _Gathered(run)
    answer = fetch(run.planes, what, question.subscription, question.item, cancelled)
    scope = Scope(provider="azure", account=question.subscription)
    params = {"id": question.about} if question.about else {}
    gathered.enter(what, scope, params, answer)
    further = list(gathered.further(question, answer))
    return Asked(gathered.ledger, further)


class _Gathered:
    """The records and lines that one question gives."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.ledger = Ledger()

    def enter(
        self, what: AzureRead, scope: Scope, params: Mapping[str, Any], answer: Answered
    ) -> None:
        """A record, and its line; an error that means "there is none" is no gap."""
        record = self._record(what.operation, scope, params, answer)
        failure = answer.failure
        if failure and failure.code in what.absent:
            failure = None
        self._line(what.operation, scope, record.params, failure, record.id)

    def rows(self, query: Query, cancelled: CancelCheck) -> Ledger:
        """The answer of a query, sorted into the lists that it stands for: each type in each subscription."""
        answer = ask_resource_graph(self.run.planes, query, list(self.run.subscriptions), cancelled)
        found = (answer.body or {}).get("data", [])
        for operation, account, rows in _sorted(query, self.run.subscriptions, found):
            body = None if answer.body is None else {"value": rows}
            scope = Scope(provider="azure", account=account)
            record = self._record(operation, scope, {}, answer._replace(body=body))
            self._line(operation, scope, {}, answer.failure, record.id)
        return self.ledger

    def further(self, question: Question, answer: Answered) -> Iterator[Question]:
        """What to ask for each item of a list; where there is no item, nothing of it can be lacking."""
        what = question.what
        next_, items = followers(what.name), _items(answer.body)
        if next_ and not items and _whole(what, answer):
            scope = Scope(provider="azure", account=question.subscription)
            for follower in below(what.name):
                if not _counts_elsewhere(follower, what):
                    self._line(follower.operation, scope, {}, None, "")
        for item in items if next_ else ():
            yield from self._of_item(question, next_, item)

    def _of_item(
        self, question: Question, next_: Sequence[AzureRead], item: Mapping[str, Any]
    ) -> Iterator[Question]:
        item_id = item.get("id")
        scope = Scope(provider="azure", account=question.subscription)
        for follower in next_:
            if not isinstance(item_id, str) or not _names(question.what, item_id):
                text = "the list does not name what to ask for"
                failure = Failure(CoverageState.PARTIAL, "MissingField", text)
                self._line(follower.operation, scope, {}, failure, "")
            elif follower.applies(item):
                yield Question(follower, question.subscription, clean(item_id))
            else:
                self._cannot_have(follower, scope, clean(item_id))

    def _cannot_have(self, follower: AzureRead, scope: Scope, item_id: str) -> None:
        """An item of a sort that has no such list, and nothing that hangs on one."""
        failure = Failure(CoverageState.NOT_OFFERED, "Absent", "there are none of it")
        for each in (follower, *below(follower.name)):
            self._line(each.operation, scope, {"id": item_id}, failure, "")

    def _record(
        self, operation: str, scope: Scope, params: Mapping[str, Any], answer: Answered
    ) -> Record:
        body = error = None
        if answer.body is not None:
            body = self._shown(answer.body, operation)
        elif answer.failure:
            message = self._shown(answer.failure.message)
            error = RecordError(code=answer.failure.code, message=message)
        record = Record(
            source=_SOURCE,
            operation=operation,
            scope=scope,
            params=self._shown(params),
            body=body,
            error=error,
            time=self.run.time,
        )
        self.ledger.records.append(record)
        return record

    def _line(
        self,
        operation: str,
        scope: Scope,
        params: Mapping[str, Any],
        failure: Failure | None,
        record: str,
    ) -> None:
        entry = CoverageEntry(
            operation=operation,
            scope=scope,
            params=self._shown(params),
            state=failure.state if failure else CoverageState.COMPLETE,
            reason=self._shown(f"{failure.code}: {failure.message}") if failure else "",
            record=record,
        )
        self.ledger.coverage.append(entry)

    def _shown(self, value: Any, operation: str = "") -> Any:
        """Without secrets: ids and messages come from answers too."""
        shown, dropped = redact(operation, value)
        self.ledger.redactions += counted(dropped)
        return shown


def _items(body: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    found = (body or {}).get("value")
    return found if isinstance(found, list) else []


def _whole(what: AzureRead | Query, answer: Answered) -> bool:
    """Whether an answer tells all there is, be it that there is nothing."""
    failure = answer.failure
    absent = what.absent if isinstance(what, AzureRead) else frozenset()
    return failure is None or failure.state is CoverageState.NOT_OFFERED or failure.code in absent


def _counts_elsewhere(follower: AzureRead, what: AzureRead | Query) -> bool:
    """Whether an operation is asked for other lists too, so that one empty list says nothing of all."""
    return len(follower.each) > 1 or " " in follower.name or follower.operation == what.name


def _names(what: AzureRead | Query, item_id: str) -> bool:
    """Whether an id is one of the list's own sort, so that an address can be made of it."""
    if isinstance(what, Query):
        return False
    if what.plane == "graph":
        return is_guid(item_id)
    return re.fullmatch(what.item_pattern(), clean(item_id), re.IGNORECASE) is not None


def _sorted(
    query: Query, subscriptions: Sequence[str], found: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """(operation, subscription, rows) of every list that a query stands for, empty ones too."""
    lists: dict[tuple[str, str], list[dict[str, Any]]] = {
        (name.lower(), account): []
        for account in subscriptions
        for name in (query.types or (COUNTS,))
    }
    for row in found:
        kind = COUNTS if query.count else str(read(row, "/type")).lower()
        account = str(read(row, "/subscriptionId") or subscription(str(read(row, "/id"))))
        place = (kind.lower(), account.lower())
        if place in lists:
            lists[place].append(row)
    spelled = {name.lower(): f"arm:{name}" for name in query.types} | {COUNTS.lower(): COUNTS}
    for (kind, account), rows in lists.items():
        yield spelled[kind], account, rows
