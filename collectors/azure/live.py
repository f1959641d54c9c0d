"""The live collector: asks Azure and Entra what the table of reads says, and turns answers and failures into a snapshot.

A failed call never stops a collection: it is a line of the coverage ledger. Two runs over the same answers with the
same clock give the same snapshot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from collectors.asking import Asked, Failure, ask_all, now, snapshot_of
from collectors.azure.asking import Question, Run, ask
from collectors.azure.calls import fetch
from collectors.azure.crosscheck import crosschecked
from collectors.azure.item import read
from collectors.azure.pipeline import OneToken, Planes, is_here
from collectors.azure.reads import AzureRead, all_reads, queries
from collectors.azure.session import Login, cloud_named, open_credential, subscription_id
from graph.model import CollectionError, Snapshot
from graph.progress import CancelCheck, Progress, never, silent, stop_if

_ATTEMPTS, _ATTEMPTS_AT_TEST_SERVER = 4, 1
_SUBSCRIPTIONS = AzureRead(name="arm:Microsoft.Resources/subscriptions", plane="arm", path="/subscriptions", api="2022-12-01")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectRequest:
    """What the user asked for; without subscriptions, every one that the credentials see."""

    login: Login = field(default_factory=Login)
    subscriptions: Sequence[str] = ()
    cloud: str = "public"
    endpoint_url: str | None = None
    time: str = ""  # the run's clock, ISO 8601 UTC; read once where it is not given
    timeout: float = 30.0  # seconds without a byte of an answer
    attempts: int = (
        0  # how often a throttled or failing call is made; 0: often, once at a test server
    )


def collect(
    request: CollectRequest, *, progress: Progress = silent, cancelled: CancelCheck = never
) -> Snapshot:
    """Read subscriptions and their tenant; CollectionError if the credentials do not even show a subscription."""
    named = [subscription_id(text) for text in request.subscriptions]
    planes = _planes(request, cancelled)
    progress(0.0, "Asking which subscriptions the credentials show")
    found = _subscriptions(planes, cancelled)
    chosen = _chosen(named, found)
    stop_if(cancelled)
    run = Run(planes=planes, subscriptions=chosen, time=request.time or now(), cancelled=cancelled)
    ledger = ask_all(_first(run), partial(_ask, run), progress=progress, cancelled=cancelled)
    return snapshot_of(crosschecked(ledger), _name(chosen, found), run.time)


def _ask(run: Run, question: Question, cancelled: CancelCheck) -> Asked[Question]:
    return ask(question, run, cancelled)


def _planes(request: CollectRequest, cancelled: CancelCheck) -> Planes:
    url = request.endpoint_url
    if url and urlsplit(url).scheme != "https" and not is_here(url):
        raise CollectionError(
            f"{url}: a token would go there in the clear; use https, or an address of this machine"
        )
    cloud = cloud_named(request.cloud)
    usual = _ATTEMPTS_AT_TEST_SERVER if url else _ATTEMPTS
    return Planes(
        cloud,
        OneToken(open_credential(request.login, cloud)),
        all_reads().values(),
        endpoint_url=url.rstrip("/") if url else None,
        attempts=request.attempts or usual,
        timeout=request.timeout,
        cancelled=cancelled,
    )


def _first(run: Run) -> Iterator[Question]:
    """The lists and queries from which all else follows."""
    for query in queries().values():
        yield Question(query)
    for what in all_reads().values():
        if not what.each:
            for subscription in run.subscriptions if what.of_subscription else ("",):
                yield Question(what, subscription)


def _subscriptions(planes: Planes, cancelled: CancelCheck) -> dict[str, Any]:
    """What the credentials show: id -> subscription."""
    answer = fetch(planes, _SUBSCRIPTIONS, "", "", cancelled)
    if answer.failure:
        raise CollectionError(_no_subscriptions(answer.failure))
    items = (answer.body or {}).get("value", [])
    return {str(read(item, "/subscriptionId")).lower(): item for item in items}


def _no_subscriptions(failure: Failure) -> str:
    if failure.code in {"ServiceRequestError", "ServiceResponseError", "NoSuchHost"} or (
        failure.code.endswith("TimeoutError")
    ):
        return f"Azure does not answer ({failure.message}); check the network, the proxy and --endpoint-url"
    return (
        f"Azure does not accept the credentials ({failure.code}: {failure.message}); sign in again "
        "(az login) or name others"
    )


def _chosen(named: Sequence[str], found: dict[str, Any]) -> tuple[str, ...]:
    unseen = [name for name in named if name not in found]
    if unseen:
        known = ", ".join(sorted(found)) or "none"
        raise CollectionError(
            f"the credentials do not show the subscription {unseen[0]}; they show: {known}"
        )
    if not found:
        raise CollectionError(
            "the credentials show no subscription; give them the role that `modelhound policy azure` prints"
        )
    usable = [key for key, item in found.items() if str(read(item, "/state")).lower() != "disabled"]
    return tuple(sorted(dict.fromkeys(named or usable or found)))


def _name(chosen: Sequence[str], found: dict[str, Any]) -> str:
    if len(chosen) == 1:
        return f"Azure subscription {chosen[0]}"
    tenants = {str(read(found[key], "/tenantId") or "") for key in chosen} - {""}
    return f"Azure tenant {tenants.pop()}" if len(tenants) == 1 else "Azure subscriptions"
