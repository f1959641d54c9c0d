"""The live collector: asks Google Cloud what the table of reads says, and turns answers and failures into a snapshot.

Asset Inventory is asked first, in bulk; it tells the projects and the regions in which the APIs that it does not cover are asked.
A failed call never stops a collection: it is a line of the coverage ledger.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from collectors.asking import Asked, ask_all, now, snapshot_of
from collectors.gcp.asking import Question, Run, ask
from collectors.gcp.calls import Caller
from collectors.gcp.clients import Clients, is_here
from collectors.gcp.reads import inventories
from collectors.gcp.session import Login, open_credentials
from graph.model import CollectionError, Record, Snapshot
from graph.progress import CancelCheck, Progress, never, silent, stop_if

_ATTEMPTS, _ATTEMPTS_AT_TEST_SERVER = 4, 1
_PROJECT = re.compile(r"(?:[a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|\d+")
_REGION = re.compile(r"[a-z]+(?:-[a-z]+)+\d+|global")
_UNHEARD = {"Unauthenticated", "Unauthorized", "Credentials", "UNAUTHENTICATED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectRequest:
    """What the user asked for: at least one project, folder or organisation."""

    login: Login = field(default_factory=Login)
    projects: Sequence[str] = ()
    folders: Sequence[str] = ()
    organizations: Sequence[str] = ()
    regions: Sequence[str] = ()  # asked for Vertex AI beside those that hold something
    endpoint_url: str | None = None  # REST, for test servers
    grpc_target: str | None = None  # gRPC, likewise: host:port
    time: str = ""  # the run's clock, ISO 8601 UTC; read once where it is not given
    timeout: float = 60.0  # seconds for one page
    attempts: int = (
        0  # how often a throttled or failing call is made; 0: often, once at a test server
    )


def collect(
    request: CollectRequest, *, progress: Progress = silent, cancelled: CancelCheck = never
) -> Snapshot:
    """Read scopes of Google Cloud; CollectionError if the credentials are not accepted at all."""
    scopes = _scopes(request)
    _check_addresses(request)
    clients = Clients(
        open_credentials(request.login),
        endpoint_url=request.endpoint_url,
        grpc_target=request.grpc_target,
    )
    here = request.endpoint_url or request.grpc_target
    attempts = request.attempts or (_ATTEMPTS_AT_TEST_SERVER if here else _ATTEMPTS)
    caller = Caller(clients, attempts=attempts, timeout=request.timeout)
    run = Run(caller=caller, time=request.time or now(), regions=tuple(request.regions))
    progress(0.0, "Asking Asset Inventory")
    stop_if(cancelled)
    try:
        ledger = ask_all(
            _first(scopes),
            partial(_ask, run),
            progress=progress,
            cancelled=cancelled,
            done_with=clients.close,
        )
    finally:
        clients.close_all()
    _check_heard(ledger.records)
    return snapshot_of(ledger, _name(scopes), run.time)


def _ask(run: Run, question: Question, cancelled: CancelCheck) -> Asked[Question]:
    return ask(question, run, cancelled)


def _first(scopes: Sequence[str]) -> Iterator[Question]:
    """The contents of Asset Inventory, from which all else follows."""
    for scope in scopes:
        for content in inventories():
            if scope.partition("/")[0] in content.scopes:
                project = scope.removeprefix("projects/") if scope.startswith("projects/") else ""
                yield Question(content, scope, project)


def _scopes(request: CollectRequest) -> list[str]:
    named = [
        *(f"organizations/{name}" for name in request.organizations),
        *(f"folders/{name}" for name in request.folders),
        *(f"projects/{name}" for name in request.projects),
    ]
    for scope in named:
        sort, _, name = scope.partition("/")
        if not (_PROJECT.fullmatch(name) if sort == "projects" else name.isdigit()):
            raise CollectionError(
                f"{name!r} is no {sort[:-1]}: projects have ids such as my-project-123, folders and organisations numbers"
            )
    if not named:
        raise CollectionError("name what to read: --project, --folder or --organization")
    for region in request.regions:
        if not _REGION.fullmatch(region):
            raise CollectionError(f"{region!r} is no region; name one such as europe-west4")
    return list(dict.fromkeys(named))


def _check_addresses(request: CollectRequest) -> None:
    url = request.endpoint_url
    if url and urlsplit(url).scheme != "https" and not is_here(url):
        raise CollectionError(
            f"{url}: a token would go there in the clear; use https, or an address of this machine"
        )
    if bool(url) != bool(request.grpc_target):
        raise CollectionError(
            "a test server needs both --endpoint-url and --grpc-target: one alone would leave the other calls to Google"
        )
    if request.grpc_target and not is_here(request.grpc_target):
        raise CollectionError(f"{request.grpc_target}: no address of this machine")


def _check_heard(records: Sequence[Record]) -> None:
    """Credentials that no call accepted are no gap but the wrong ones."""
    if records and all(record.error and record.error.code in _UNHEARD for record in records):
        error = records[0].error
        raise CollectionError(
            f"Google Cloud does not accept the credentials ({error.code if error else ''}: "
            f"{error.message if error else ''}); sign in again or name others"
        )


def _name(scopes: Sequence[str]) -> str:
    if len(scopes) == 1:
        sort, _, name = scopes[0].partition("/")
        return f"Google Cloud {sort[:-1]} {name}"
    return "Google Cloud"
