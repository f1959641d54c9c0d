"""Every call of the Google collector meets every fault: each is a line of the ledger with its reason, and nothing else is lost."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from unittest import mock

import grpc
import pytest

from collectors.gcp import asking, calls
from collectors.gcp.live import CollectRequest, collect
from collectors.gcp.reads import inventories, rest_reads, vertex_reads
from graph.model import CoverageState, Snapshot
from tests.beds import gcp_bed
from tests.beds import gcp_world as world
from tests.beds.gcp_bed import Google, open_google
from tests.beds.serving import Reply

ABOVE = {
    "ListRagCorpora": "ListRagFiles",
    "pools": "providers",
    "engines": "assistants",
    "lookup": "memberships",
    "deny list": "deny",
}
VERTEX = {
    read.rpc.rpartition("/")[2]: kind
    for kind, read in vertex_reads().items()
    if kind != "aiplatform.googleapis.com/FeatureView"
}
INVENTORY = {
    f"ListAssets {read.content}": kind
    for read in inventories()
    for kind in read.members.values() or ["storage.googleapis.com/Bucket"]
}
REST = {
    "pools": "iam.googleapis.com/WorkloadIdentityPool",
    "providers": "iam.googleapis.com/WorkloadIdentityPoolProvider",
    "deny list": "iam.googleapis.com/DenyPolicy",
    "deny": "iam.googleapis.com/DenyPolicy",
    "boundaries": "iam.googleapis.com/PrincipalAccessBoundaryPolicy",
    "bindings": "iam.googleapis.com/PolicyBinding",
    "engines": "discoveryengine.googleapis.com/Engine",
    "data stores": "discoveryengine.googleapis.com/DataStore",
    "assistants": "discoveryengine.googleapis.com/Assistant",
    "instances": "notebooks.googleapis.com/Instance",
    "floor": "modelarmor.googleapis.com/FloorSetting",
    "lookup": "cloudidentity.googleapis.com/Group",
    "memberships": "cloudidentity.googleapis.com/Membership",
}  # fmt: skip
CALLS = {**VERTEX, **INVENTORY, **REST}
OBJECTS = {"deny", "floor", "lookup"}
# What nothing hangs on, what other calls hang on, and Asset Inventory, on which all hang: what stands above must not be touched.
ROUNDS = [
    {name for name in (*VERTEX, *REST) if name not in ABOVE},
    set(ABOVE),
    *({name} for name in INVENTORY),
]
STATES = {
    "denied": {CoverageState.DENIED},
    "throttled": {CoverageState.FAILED},
    "broken": {CoverageState.FAILED},
    "no such region": {CoverageState.NOT_OFFERED},
    "endless": {CoverageState.PARTIAL},
    "cut": {CoverageState.FAILED},
    "web page": {CoverageState.FAILED},
    "redirect": {CoverageState.FAILED},
    "strange": {CoverageState.PARTIAL, CoverageState.FAILED},
    "unreachable": {CoverageState.PARTIAL},
}
CANARY = "pw1234canarycanary"


@pytest.fixture(scope="module")
def google() -> Iterator[Google]:
    with open_google(Google()) as made, mock.patch.object(calls, "_PAGES", 3):
        yield made


@pytest.fixture(scope="module")
def whole(google: Google) -> Snapshot:
    return _run(google, {})


def _run(
    google: Google, faults: dict[str, str], *, attempts: int = 1, timeout: float = 20.0
) -> Snapshot:
    google.faults = dict(faults)
    google.asked.clear()
    request = CollectRequest(
        organizations=[world.ORG], endpoint_url=google.url, grpc_target=google.target,
        time="2026-01-01T00:00:00Z", attempts=attempts, timeout=timeout,
    )  # fmt: skip
    try:
        return collect(request)
    finally:
        google.faults = {}


def _states(found: Snapshot) -> dict[str, set[CoverageState]]:
    states: dict[str, set[CoverageState]] = defaultdict(set)
    for line in found.coverage:
        if not line.reason.startswith("Regions"):
            states[line.operation.removeprefix("gcp:")].add(line.state)
    return states


def _items(found: Snapshot) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for record in found.records:
        if record.body is not None:
            counts[record.operation.removeprefix("gcp:")] += len(record.body["items"])
    return counts


def _untold(found: Snapshot, whole: Snapshot, faulty: set[str]) -> set[str]:
    """Kinds of which something is lost and no line says so; what hangs on a faulty list is told by that list."""
    states, mine = _states(found), _items(found)
    lost = {kind for kind, items in _items(whole).items() if mine.get(kind, 0) < items}
    told = {kind for kind, states_ in states.items() if states_ - {CoverageState.COMPLETE}}
    below = {CALLS[ABOVE[name]] for name in faulty & set(ABOVE)}
    if any(name.startswith("ListAssets") for name in faulty):
        below |= set(VERTEX.values()) | set(REST.values())
    return lost - told - below


def _can_have(fault: str, name: str) -> bool:
    grpc_call = name.startswith("List")
    return (
        fault in (gcp_bed._GRPC_FAULTS if grpc_call else gcp_bed._REST_FAULTS)
        and not (fault in {"endless", "unreachable"} and name in OBJECTS)
        and not (
            fault == "strange"
            and name not in {"pools", "engines", "instances", "data stores", "deny list", *OBJECTS}
        )
    )


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (number, fault)
        for number, names in enumerate(ROUNDS)
        for fault in STATES
        if any(_can_have(fault, name) for name in names)
    ],
)
def test_every_call_meets_every_fault(
    google: Google, whole: Snapshot, number: int, fault: str
) -> None:
    faulty = {name for name in ROUNDS[number] if _can_have(fault, name)}
    found = _run(google, dict.fromkeys(faulty, fault))
    states = _states(found)
    for name in sorted(faulty):
        assert google.asked[name], f"{name} was not asked"
        assert states[CALLS[name]] & STATES[fault], f"{name}: {states[CALLS[name]]}"
    assert not _untold(found, whole, faulty)


def test_every_read_of_the_table_is_in_the_matrix() -> None:
    kinds = {CALLS[name] for names in ROUNDS for name in names}
    table = {*vertex_reads(), *rest_reads()} - {
        "iam.googleapis.com/DenyPolicies",
        "aiplatform.googleapis.com/FeatureView",
    }
    assert table <= kinds


@pytest.mark.parametrize("name", ["ListModels", "ListAssets RESOURCE", "engines", "memberships"])
def test_who_is_throttled_once_is_asked_again(google: Google, whole: Snapshot, name: str) -> None:
    found = _run(google, {name: "throttled once"}, attempts=3)
    assert _items(found) == _items(whole)
    assert _states(found) == _states(whole)


def test_who_asks_to_wait_for_an_hour_is_not_waited_for(google: Google) -> None:
    found = _run(google, {"engines": "throttled"}, attempts=3)
    reasons = {line.reason for line in found.coverage if line.operation.endswith("/Engine")}
    assert any("3600 seconds, which is too long" in reason for reason in reasons)


@pytest.mark.parametrize("name", ["ListReasoningEngines", "engines"])
def test_a_region_that_does_not_answer_is_a_gap_and_the_rest_goes_on(
    google: Google, whole: Snapshot, name: str
) -> None:
    found = _run(google, {name: "hangs"}, timeout=1.0)
    assert _states(found)[CALLS[name]] & {CoverageState.FAILED}
    assert not _untold(found, whole, {name})


def test_what_came_before_a_page_that_is_refused_is_kept() -> None:
    with open_google(Google(page_size=1)) as google, mock.patch.object(calls, "_PAGES", 1000):
        found = _run(google, {"ListReasoningEngines": "second page"})
    kind = "aiplatform.googleapis.com/ReasoningEngine"
    assert _states(found)[kind] == {CoverageState.PARTIAL}
    assert _items(found)[kind] == 1


def test_an_api_that_is_not_switched_on_holds_nothing(google: Google) -> None:
    assert _states(_run(google, {"engines": "no api"}))[REST["engines"]] == {
        CoverageState.NOT_OFFERED
    }


def _leaks(google: Google) -> set[str]:
    """The kinds of calls whose refusal left a canary in what a run keeps; every call of a round is refused with it."""
    found: set[str] = set()

    def refused(_: int) -> Reply:
        return gcp_bed.refused(403, "PERMISSION_DENIED", f"token: {CANARY}")

    abort = gcp_bed._abort(grpc.StatusCode.PERMISSION_DENIED, f"password={CANARY}")
    rest, rpc = {"canary": refused}, {"canary": abort}
    with mock.patch.dict(gcp_bed._REST_FAULTS, rest), mock.patch.dict(gcp_bed._GRPC_FAULTS, rpc):
        for names in ROUNDS:
            snapshot = _run(google, dict.fromkeys(names, "canary"))
            kept: list[Any] = [*snapshot.records, *snapshot.coverage]
            found |= {item.operation for item in kept if CANARY in _text(item)}
    return found


def _text(item: Any) -> str:
    error = getattr(item, "error", None)
    return json.dumps(
        [
            getattr(item, "body", None),
            getattr(item, "reason", ""),
            dict(item.params),
            error and error.message,
        ]
    )


def test_no_error_message_of_any_call_carries_a_secret_into_the_snapshot(google: Google) -> None:
    assert _leaks(google) == set()


def test_the_canary_test_catches_a_collector_that_does_not_redact(google: Google) -> None:
    with mock.patch.object(asking, "redact", lambda _, value: (value, [])):
        leaks = _leaks(google)
    assert {f"gcp:{kind}" for kind in CALLS.values()} <= leaks


def test_the_fault_matrix_catches_a_collector_that_says_nothing(
    google: Google, whole: Snapshot
) -> None:
    with mock.patch.object(asking._Gathered, "_line"):
        found = _run(google, {"ListModels": "denied", "engines": "denied"})
    assert _untold(found, whole, set()) >= {"discoveryengine.googleapis.com/Engine"}
