"""The live collector: runs what the service modules declare, turns answers and failures into records and coverage.

A failed call never stops a collection: it is a line of the coverage ledger. Two runs over the same answers with the
same clock give the same snapshot.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from collectors.asking import Failure, now, snapshot_of
from collectors.aws.asking import Question, Run, ask_all, at
from collectors.aws.calls import call
from collectors.aws.services import READS
from collectors.aws.session import Clients, home_region, known_regions, open_session
from collectors.reads import Detail, Read
from graph.model import (
    CollectionError,
    Snapshot,
)
from graph.progress import CancelCheck, Progress, never, silent, stop_if

_ATTEMPTS, _ATTEMPTS_AT_TEST_SERVER = 4, 1
_NO_CONNECTION = frozenset(
    {"NoSuchHost", "EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError",
     "ConnectionClosedError", "ProxyConnectionError", "SSLError", "HTTPClientError"}
)  # fmt: skip
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
    timeout: float = 30.0  # seconds without a byte of an answer
    attempts: int = (
        0  # how often a throttled or failing call is made; 0: often, once at a test server
    )


def collect(
    request: CollectRequest, *, progress: Progress = silent, cancelled: CancelCheck = never
) -> Snapshot:
    """Read an account; CollectionError if it cannot even say who it is."""
    session = open_session(request.profile, environment=request.environment)
    _check_regions(session, request.regions)
    clients = _clients(session, request)
    home = home_region(session, next(iter(request.regions), None))
    progress(0.0, "Asking who the credentials belong to")
    account = _account(clients, home)
    stop_if(cancelled)
    regions = list(dict.fromkeys(request.regions)) or _enabled_regions(clients, home)
    run = Run(
        clients=clients,
        account=account,
        home=home,
        time=request.time or now(),
        cancelled=cancelled,
    )
    ledger = ask_all(_first(request.reads, regions), run, progress)
    return snapshot_of(ledger, f"AWS account {account}", run.time)


def _first(reads: Sequence[Read], regions: Sequence[str]) -> Iterator[Question]:
    """The lists, from which all else follows; one region after the other."""
    for region in ("", *regions):
        for read in reads:
            if (read.scope == "region") == bool(region):
                yield Question(read.client, read, region, dict(read.params))


def allowed_operations(reads: Iterable[Read]) -> frozenset[str]:
    """`client:Operation` of everything that a run may call."""
    return frozenset({_IDENTITY, _REGIONS, *(name for read in reads for name in _names(read))})


def _names(call_: Read | Detail, client: str = "") -> Iterator[str]:
    own = call_.client or client
    yield f"{own}:{call_.operation}"
    for detail in call_.details:
        yield from _names(detail, own)


def _check_regions(session: Any, regions: Sequence[str]) -> None:
    """A misspelt region has no servers and would look as if it were empty."""
    unknown = sorted(set(regions) - known_regions(session))
    if unknown:
        raise CollectionError(
            f"there is no AWS region {unknown[0]!r}; name one such as eu-central-1, or leave --region out"
        )


def _clients(session: Any, request: CollectRequest) -> Clients:
    usual = _ATTEMPTS_AT_TEST_SERVER if request.endpoint_url else _ATTEMPTS
    return Clients(
        session,
        allowed_operations(request.reads),
        request.endpoint_url,
        connect_timeout=min(5.0, request.timeout),
        read_timeout=request.timeout,
        retries={"mode": "standard", "total_max_attempts": request.attempts or usual},
    )


def _account(clients: Clients, home: str) -> str:
    answer = call(clients.get("sts", home), "GetCallerIdentity", {})
    if answer.body is None or "Account" not in answer.body:
        raise CollectionError(_no_account(answer.failure))
    return str(answer.body["Account"])


def _no_account(failure: Failure | None) -> str:
    if failure and failure.code in _NO_CONNECTION:
        return f"AWS does not answer ({failure.message}); check the network, the proxy and --endpoint-url"
    why = f"{failure.code}: {failure.message}" if failure else "no account"
    return f"AWS does not accept the credentials ({why}); sign in again or name another profile"


def _enabled_regions(clients: Clients, home: str) -> list[str]:
    answer = call(clients.get("ec2", home), "DescribeRegions", {})
    found = at(answer.body, "/Regions")
    names = [at(item, "/RegionName") for item in (found if isinstance(found, list) else ())]
    names = [name for name in names if isinstance(name, str)]
    if not names:
        raise CollectionError(
            "the enabled regions could not be listed (ec2:DescribeRegions); name them with --region"
        )
    return sorted(names)
