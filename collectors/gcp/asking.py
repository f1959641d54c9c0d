"""Questions to Google Cloud: each list gives records, lines of the ledger, and the lists that hang on its items."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from collectors.asking import Answered, Asked, Failure, Ledger
from collectors.gcp import names
from collectors.gcp.calls import Caller
from collectors.gcp.item import each, read, text
from collectors.gcp.reads import (
    DENY_LIST,
    ONLY_BY_VERTEX,
    Inventory,
    RestRead,
    VertexRead,
    inventory_types,
    rest_reads,
    vertex_reads,
)
from collectors.redaction import counted, redact
from graph.model import CoverageEntry, CoverageState, Record, RecordError, Scope
from graph.progress import CancelCheck, stop_if

CHUNK = 500  # items of one record
_SOURCE = "gcp"
_NO_API = ("has not been used in project", "it is disabled", "SERVICE_DISABLED")
_PROJECT, _GROUP = (
    "cloudresourcemanager.googleapis.com/Project",
    "cloudidentity.googleapis.com/Group",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What every question of one run shares."""

    caller: Caller
    time: str
    regions: tuple[str, ...]  # those that the user named; none: those that hold something


class Question(NamedTuple):
    """One list: of a scope, of a project in a region, or of one item of another list."""

    what: Inventory | VertexRead | RestRead
    parent: str  # projects/P, organizations/1, the name of an item, a group's address
    project: str = ""
    region: str = ""
    group: str = ""  # the address of the group whose list it is

    @property
    def key(self) -> str:
        """The same for the same question."""
        return f"{self.operation} {self.parent} {self.region}"

    @property
    def operation(self) -> str:
        """What the user knows it as."""
        what = self.what
        return f"inventory {what.content}" if isinstance(what, Inventory) else what.kind

    @property
    def place(self) -> str:
        """The region whose questions are asked together."""
        return self.region

    @property
    def title(self) -> str:
        """What the user is told while it is asked."""
        where = f" in {self.region}" if self.region else ""
        return f"Google Cloud {self.operation}{where} of {self.parent}"


def ask(question: Question, run: Run, cancelled: CancelCheck) -> Asked[Question]:
    """Call, redact, record; the unredacted body never leaves here except to name further questions."""
    stop_if(cancelled)
    gathered = _Gathered(run, question)
    what = question.what
    if isinstance(what, Inventory):
        types = list(inventory_types())
        answer = run.caller.assets(what, question.parent, types, cancelled)
        gathered.assets(what, answer)
        if what.content == "RESOURCE":
            gathered.elsewhere()
    elif isinstance(what, VertexRead):
        answer = run.caller.vertex(what, question.parent, question.region, cancelled)
        gathered.listed(what.kind, answer)
    else:
        answer = _absent(what, run.caller.rest(what, question.parent, cancelled))
        if what.kind != DENY_LIST or answer.failure:
            gathered.listed(what.kind.replace("DenyPolicies", "DenyPolicy"), answer)
        elif not (answer.body or {}).get("items"):
            gathered.listed("iam.googleapis.com/DenyPolicy", answer)
    return Asked(gathered.ledger, list(further(question, run, answer)))


def _absent(what: RestRead, answer: Answered) -> Answered:
    """An API that a project never switched on holds nothing there; an object that is not found is none."""
    failure = answer.failure
    if failure and not what.items and failure.code == "NOT_FOUND":
        return Answered({"items": []})
    if failure and answer.body is None and any(sign in failure.message for sign in _NO_API):
        text_ = "the API is not switched on in the project"
        return Answered(None, Failure(CoverageState.NOT_OFFERED, failure.code, text_))
    return answer


def further(question: Question, run: Run, answer: Answered) -> Iterator[Question]:
    """What to ask because of an answer."""
    what = question.what
    items: Sequence[dict[str, Any]] = (answer.body or {}).get("items", [])
    if isinstance(what, Inventory):
        if what.content == "RESOURCE":
            yield from _of_scope(question, run, items)
        if what.content == "IAM_POLICY":
            for group in sorted(_groups(items)):
                yield Question(rest_reads()[_GROUP], group, group=group)
        return
    below = [read_ for read_ in vertex_reads().values() if read_.below == what.kind]
    follow = [rest for rest in rest_reads().values() if rest.of == what.kind]
    for name in filter(None, (text(item, "/name") for item in items)):
        yield from (Question(one, name, question.project, question.region) for one in below)
        yield from (Question(one, name, question.project, group=question.group) for one in follow)


def _groups(items: Sequence[Mapping[str, Any]]) -> set[str]:
    return {
        str(member).partition(":")[2]
        for item in items
        for _, member in each(item, "/iamPolicy/bindings/*/members/*")
        if str(member).startswith("group:")
    }


def _of_scope(question: Question, run: Run, items: Sequence[dict[str, Any]]) -> Iterator[Question]:
    """What Asset Inventory lacks: of each container and project, and of Vertex AI where it knows something."""
    numbers = {
        str(read(item, "/resource/data/projectNumber") or ""): text(
            item, "/resource/data/projectId"
        )
        for item in items
        if read(item, "/assetType") == _PROJECT
    }
    projects = set(numbers.values()) - {""}
    if question.parent.startswith("projects/"):
        projects.add(question.parent.removeprefix("projects/"))
    for container in sorted(
        _upper(items) | {question.parent} | {f"projects/{p}" for p in projects}
    ):
        yield from _of_container(container)
    only = next(iter(projects)) if question.parent.startswith("projects/") else ""
    held = _regions(items, numbers, only)
    for project in sorted(projects):
        for region in sorted(held[project] | set(run.regions)):
            parent = f"projects/{project}/locations/{region}"
            for vertex in vertex_reads().values():
                if not vertex.below:
                    yield Question(vertex, parent, project, region)


def _of_container(container: str) -> Iterator[Question]:
    sort, _, name = container.partition("/")
    project = name if sort == "projects" else ""
    for rest in rest_reads().values():
        if rest.of == "container":
            yield Question(rest, container, project)
        elif rest.of == sort.removesuffix("s"):
            yield Question(rest, name, project)


def _upper(items: Sequence[Mapping[str, Any]]) -> set[str]:
    """The folders and organisations that lie within the scope."""
    kinds = {f"cloudresourcemanager.googleapis.com/{name}" for name in ("Folder", "Organization")}
    found = (text(item, "/name") for item in items if read(item, "/assetType") in kinds)
    return {name.removeprefix(names.RESOURCE_MANAGER) for name in found}


def _regions(
    items: Sequence[Mapping[str, Any]], numbers: Mapping[str, str], only: str
) -> Mapping[str, set[str]]:
    """The regions in which each project, or the only one, has something of Vertex AI or a notebook."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in items:
        kind, name = text(item, "/assetType"), text(item, "/name")
        if kind.startswith(("aiplatform.", "notebooks.")) and (region := names.region(name)):
            project = names.project(name)
            found[only or numbers.get(project, project)].add(region)
    return found


class _Gathered:
    """The records and lines that one question gives."""

    def __init__(self, run: Run, question: Question) -> None:
        self.run, self.question = run, question
        self.ledger = Ledger()

    def listed(self, kind: str, answer: Answered) -> None:
        """A list of one kind, in a project or region or of one item."""
        question = self.question
        scope = Scope(provider="gcp", account=question.project, region=question.region)
        params = self._params()
        record = self._record(kind, scope, params, answer.body, answer.failure)
        self._line(kind, scope, params, answer.failure, record)

    def _params(self) -> dict[str, str]:
        what = self.question.what
        if self.question.group:
            return {"group": self.question.group}
        below = isinstance(what, VertexRead) and what.below
        item = isinstance(what, RestRead) and what.of not in {"project", "organization"}
        return {"parent": self.question.parent} if below or item else {}

    def assets(self, what: Inventory, answer: Answered) -> None:
        """Assets by their types, each list in records of some hundred; types of which there are none, too."""
        parent = self.question.parent
        account = parent.removeprefix("projects/") if parent.startswith("projects/") else ""
        scope = Scope(provider="gcp", account=account)
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in (answer.body or {}).get("items", []):
            held = [kind for name, kind in what.members.items() if name in item]
            for kind in held if what.members else [text(item, "/assetType")]:
                groups[kind].append(item)
        kinds = sorted({*groups, *(what.members.values() or inventory_types())})
        for kind in kinds:
            items = groups.get(kind, [])
            for start in range(0, len(items), CHUNK):
                self._record(kind, scope, {}, {"items": items[start : start + CHUNK]}, None)
            self._line(kind, scope, {}, answer.failure, "")

    def elsewhere(self) -> None:
        """What Asset Inventory does not list is asked in some regions alone; of the others nothing is known."""
        parent = self.question.parent
        account = parent.removeprefix("projects/") if parent.startswith("projects/") else ""
        reason = (
            "asked only in regions where Asset Inventory knows something; name others with --region"
        )
        failure = Failure(CoverageState.PARTIAL, "Regions", reason)
        for kind in sorted(ONLY_BY_VERTEX):
            self._line(kind, Scope(provider="gcp", account=account), {}, failure, "")

    def _record(
        self,
        kind: str,
        scope: Scope,
        params: Mapping[str, Any],
        body: dict[str, Any] | None,
        failure: Failure | None,
    ) -> str:
        error = None
        operation = f"gcp:{kind}"
        if body is not None:
            body = self._shown(body, operation)
        elif failure:
            error = RecordError(code=failure.code, message=self._shown(failure.message))
        record = Record(
            source=_SOURCE,
            operation=operation,
            scope=scope,
            params=self._shown(dict(params)),
            body=body,
            error=error,
            time=self.run.time,
        )
        self.ledger.records.append(record)
        return record.id

    def _line(
        self,
        kind: str,
        scope: Scope,
        params: Mapping[str, Any],
        failure: Failure | None,
        record: str,
    ) -> None:
        self.ledger.coverage.append(
            CoverageEntry(
                operation=f"gcp:{kind}",
                scope=scope,
                params=self._shown(dict(params)),
                state=failure.state if failure else CoverageState.COMPLETE,
                reason=self._shown(f"{failure.code}: {failure.message}") if failure else "",
                record=record,
            )
        )

    def _shown(self, value: Any, operation: str = "") -> Any:
        """Without secrets: names and messages come from answers too."""
        shown, dropped = redact(operation, value)
        self.ledger.redactions += counted(dropped)
        return shown
