"""Every call of the Azure collector meets every fault: each is one line of the ledger with its reason, and nothing else is lost."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from collectors import asking as engine
from collectors.azure import asking, calls, reads
from collectors.azure.live import CollectRequest, collect
from collectors.azure.reads import COUNTS, all_reads, below, queries
from graph.model import CollectionError, CoverageEntry, CoverageState, Snapshot, canonical_json
from tests.beds.azure_bed import FAULTS, Call, World, answered, everything, refused, running

LIMIT, SHORT = 20.0, 1.0  # seconds without an answer; the bed hangs for longer than the short one
KEEPS_FIRST_PAGE = {"loop", "endless", "second", "foreign", "astray"}
NOT_WHOLE = {CoverageState.FAILED, CoverageState.PARTIAL}
PAGES = KEEPS_FIRST_PAGE | {"dropped"}
OBJECTS = {name for name, read in all_reads().items() if read.one}
LISTS = set(all_reads()) - OBJECTS
QUERIES = {"workloads": "resource graph resources", "containers": "resource graph resourcecontainers", "counts": "resource graph counts"}  # fmt: skip


def _depth(name: str) -> int:
    each = all_reads()[name].each
    return 1 + max(map(_depth, each)) if each else 0


# What nothing hangs on, then what stands in the middle, then the roots: what stands above must not be touched.
LEAVES = {name for name in all_reads() if not reads.followers(name)} | set(QUERIES.values())
ROOTS = {name for name in all_reads() if not _depth(name)} - LEAVES
ROUNDS = [LEAVES, set(all_reads()) - LEAVES - ROOTS, ROOTS]


@pytest.fixture(scope="module")
def bed() -> Iterator[tuple[World, Snapshot]]:
    world = everything()
    with running(world), pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls, "_PAGES", 3)
        yield world, _run(world, {})


def _run(
    world: World, faults: Mapping[str, str], *, timeout: float = LIMIT, attempts: int = 0
) -> Snapshot:
    world.faults = dict(faults)
    world.asked.clear()
    world.sent.clear()
    moment = "2026-01-01T00:00:00Z"
    try:
        return collect(
            CollectRequest(endpoint_url=world.url, time=moment, timeout=timeout, attempts=attempts)
        )
    finally:
        world.faults = {}


def _can_have(fault: str, name: str) -> bool:
    if fault in {"foreign", "astray"}:  # where the next page is named by an address
        return name in LISTS and "agents" not in name
    return fault not in KEEPS_FIRST_PAGE or name not in OBJECTS


def _operations(name: str) -> set[str]:
    """The operations that a read or a query stands for."""
    if name in all_reads():
        return {all_reads()[name].operation}
    query = queries()[next(key for key, value in QUERIES.items() if value == name)]
    return {f"arm:{kind}" for kind in query.types} or {COUNTS}


def _by_question(snapshot: Snapshot) -> dict[tuple[str, str, str], list[CoverageEntry]]:
    lines: dict[tuple[str, str, str], list[CoverageEntry]] = defaultdict(list)
    for entry in snapshot.coverage:
        key = (entry.operation, entry.scope.account, canonical_json(dict(entry.params)))
        lines[key].append(entry)
    return lines


def differences(healthy: Snapshot, found: Snapshot, faults: Mapping[str, str]) -> list[str]:
    """What a run with faults does not say as it must."""
    lost = {name for name, fault in faults.items() if fault not in PAGES and name in all_reads()}
    may_lack = {each.operation for name in lost for each in below(name)}
    told = [f"lost without a line: {key}" for key in _lost(healthy, found, may_lack)]
    hit = {op: fault for name, fault in faults.items() for op in _operations(name)}
    before = _by_question(healthy)
    for key, lines in _by_question(found).items():
        states = {line.state for line in before.get(key, ())}
        for line in lines:
            fault = hit.get(key[0], "")
            if key not in before:
                told.append(f"asked for no reason: {line}")
            elif not fault and {line.state} != states and not line.reason.startswith("Unseen"):
                told.append(f"changed by the fault of another: {line}")
    told += [
        f"fault told of nowhere: {op}" for op, fault in hit.items() if not _named(found, op, fault)
    ]
    records = {record.id for record in found.records}
    return told + [
        f"no record: {e}" for e in found.coverage if e.record and e.record not in records
    ]


def _lost(healthy: Snapshot, found: Snapshot, may_lack: set[str]) -> Iterator[tuple[str, str, str]]:
    after = _by_question(found)
    for key in _by_question(healthy):
        if not after.get(key) and key[0] not in may_lack:
            yield key


def _named(found: Snapshot, operation: str, fault: str) -> bool:
    """Whether a line tells of the fault as it must; an operation may also have lines of other calls."""
    allowed = {CoverageState.DENIED} if fault == "denied" else NOT_WHOLE
    if fault in PAGES:
        allowed = {CoverageState.PARTIAL}
    lines = [e for e in found.coverage if e.operation == operation]
    return any(e.state in allowed and len(e.reason) > len("x: y") for e in lines)


def test_the_healthy_world_is_read_whole(bed):
    world, healthy = bed
    _run(world, {})
    assert {entry.state for entry in healthy.coverage} == {CoverageState.COMPLETE}
    assert set(world.asked) == set(all_reads()) | set(QUERIES.values()) | {"subscriptions"}
    assert set().union(*ROUNDS) == set(world.asked) - {"subscriptions"}
    assert len(healthy.records) == len({record.id for record in healthy.records}) > 80


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_each_call_is_one_line(bed, fault, monkeypatch):
    world, healthy = bed
    hangs = fault == "hang"
    monkeypatch.setattr(engine, "WORKERS", 48 if hangs else engine.WORKERS)
    met: set[str] = set()
    for names in ROUNDS:
        faults = {name: fault for name in names if _can_have(fault, name)}
        found = _run(world, faults, timeout=SHORT if hangs else LIMIT)
        assert differences(healthy, found, faults) == []
        met |= {name for name in faults if world.asked[name]}
    assert met == {name for name in set().union(*ROUNDS) if _can_have(fault, name)}


def test_a_list_that_silently_lost_an_item_is_found_out_by_counting(bed, monkeypatch):
    def dropped(_: World, call: Call) -> Any:
        return answered({**call.body, call.key: call.body[call.key][:-1]})

    monkeypatch.setitem(FAULTS, "dropped", dropped)
    world, healthy = bed
    names = {n for n, read in all_reads().items() if read.of_subscription and " " not in n}
    names = {
        n
        for n in names
        if not n.startswith(("arm:Microsoft.Authorization", "arm:Microsoft.Resources"))
    }
    found = _run(world, dict.fromkeys(names, "dropped"))
    assert len(names) > 12
    for name in names:
        (line,) = [e for e in found.coverage if e.operation == name]
        assert (line.state, line.reason) == (
            CoverageState.PARTIAL,
            "Fewer: Resource Graph counts 1, the list gave 0",
        )
    told = next(e for e in healthy.coverage if e.operation in names)
    assert told.state is CoverageState.COMPLETE


@pytest.mark.parametrize("rights", [[], ["Microsoft.Compute/*/read"], None])
def test_what_the_reader_may_not_see_is_not_taken_for_nothing(bed, monkeypatch, rights):
    def limited(_: World, __: Call) -> Any:
        if rights is None:
            return refused(403, "AuthorizationFailed")
        return answered({"value": [{"actions": rights, "notActions": []}]})

    monkeypatch.setitem(FAULTS, "limited", limited)
    found = _run(bed[0], {"arm:Microsoft.Authorization/permissions": "limited"})
    states = {e.operation.removeprefix("arm:"): e.state for e in found.coverage if not e.params}
    machines, sites = states["Microsoft.Compute/virtualMachines"], states["Microsoft.Web/sites"]
    assert sites is CoverageState.PARTIAL
    assert machines is (CoverageState.COMPLETE if rights else CoverageState.PARTIAL)
    assert (
        states["Microsoft.KeyVault/vaults"] is CoverageState.COMPLETE
    )  # ARM refuses, it does not leave out


def test_every_page_of_every_list_is_read(monkeypatch):
    monkeypatch.setattr(calls, "_PAGES", 1000)
    world = everything()
    for item in [i for i in world.arm if i["id"].endswith("/x")]:
        for name in ("y", "z"):
            world.arm.append({**item, "id": item["id"][:-1] + name, "name": name})
    world = World(world.arm, world.graph, world.agents, world.search, page_size=1)
    graph = {
        path: [{**items[0], "id": items[0]["id"][:-1] + str(n)} for n in range(3)]
        for path, items in world.graph.items()
    }
    world.graph = graph
    world.agents = {
        p: [{**a[0], "id": f"a{n}", "name": f"a{n}"} for n in range(3)]
        for p, a in world.agents.items()
    }
    with running(world):
        found = _run(world, {})
    assert {entry.state for entry in found.coverage} == {CoverageState.COMPLETE}
    sizes: dict[str, int] = defaultdict(int)
    for record in found.records:
        listed = [value for value in record.body.values() if isinstance(value, list)]
        sizes[record.operation] = max([sizes[record.operation], *map(len, listed)])
    paged = {read.operation for read in all_reads().values() if not read.one}
    paged -= {"arm:Microsoft.Management/managementGroups", "arm:Microsoft.Resources/resourceGroups"}
    assert {sizes[name] for name in paged if not _depth_of(name)} == {3}
    assert sizes["arm:Microsoft.CognitiveServices/accounts/projects/agents"] == 3
    assert sizes["arm:Microsoft.Compute/virtualMachines"] == 3


def _depth_of(operation: str) -> int:
    return min(_depth(name) for name, read in all_reads().items() if read.operation == operation)


def test_a_licence_that_a_tenant_lacks_and_a_provider_that_it_does_not_use_are_no_gaps(
    bed, monkeypatch
):
    codes = {
        "graph:roleEligibilityScheduleInstances": (400, "AadPremiumLicenseRequired"),
        "arm:Microsoft.Authorization/roleEligibilityScheduleInstances": (400, "AadPremiumLicenseRequired"),
        "arm:Microsoft.MachineLearningServices/workspaces": (409, "MissingSubscriptionRegistration"),
        "arm:Microsoft.Storage/storageAccounts/blobServices/containers": (409, "FeatureNotSupportedForAccount"),
        "graph:userRegistrationDetails": (403, "AadPremiumLicenseRequired"),
    }  # fmt: skip
    for name, (status, code) in codes.items():
        monkeypatch.setitem(FAULTS, name, lambda *_, s=status, c=code: refused(s, c))
    found = _run(bed[0], {name: name for name in codes})
    lines = {e.operation: e for e in found.coverage}
    states = {name: lines[name].state for name in codes}
    assert (
        states.pop("graph:userRegistrationDetails") is CoverageState.DENIED
    )  # a factor may be there all the same
    assert (
        states.pop("arm:Microsoft.Storage/storageAccounts/blobServices/containers")
        is CoverageState.COMPLETE
    )
    assert set(states.values()) == {CoverageState.NOT_OFFERED}
    jobs = lines["arm:Microsoft.MachineLearningServices/workspaces/jobs"]
    assert (jobs.state, dict(jobs.params)) == (
        CoverageState.COMPLETE,
        {},
    )  # no workspace, so no job


def test_an_account_that_cannot_have_projects_is_not_asked_for_them():
    world = everything()
    for item in world.arm:
        if item["type" if "type" in item else "id"] == "Microsoft.CognitiveServices/accounts":
            item["kind"] = "OpenAI"
    with running(world):
        found = _run(world, {})
    lines = [e for e in found.coverage if "/accounts/projects" in e.operation]
    assert len(lines) == 4
    assert {line.state for line in lines} == {CoverageState.NOT_OFFERED}
    assert not [name for name in world.asked if "/accounts/projects" in name]


def test_an_item_that_does_not_say_what_to_ask_is_a_line(bed, monkeypatch):
    ids = [None, "../../x", "/subscriptions/1/providers/Microsoft.Search/searchServices/x"]
    items = [{"id": wrong, "kind": "AIServices"} for wrong in ids]
    monkeypatch.setitem(FAULTS, "nameless", lambda *_: answered({"value": items}))
    found = _run(
        bed[0], {"arm:Microsoft.CognitiveServices/accounts": "nameless", "graph:groups": "nameless"}
    )
    for operation in (
        "arm:Microsoft.CognitiveServices/accounts/deployments",
        "graph:groups/members",
    ):
        (line,) = [e for e in found.coverage if e.operation == operation]
        assert line.state is CoverageState.PARTIAL
        assert line.reason == "MissingField: the list does not name what to ask for"


def test_a_name_that_would_lead_elsewhere_is_a_line_and_no_stop(bed, monkeypatch):
    """The service's name is part of the address that its contents are asked at."""
    base = next(i for i in bed[0].arm if i.get("type") == "Microsoft.Search/searchServices")
    odd = [{**base, "id": base["id"][:-1] + name} for name in ("x.evil.example", "x:1@evil", "..")]
    monkeypatch.setitem(FAULTS, "odd", lambda *_: answered({"value": odd}))
    found = _run(bed[0], {"arm:Microsoft.Search/searchServices": "odd"})
    operation = "arm:Microsoft.Search/searchServices/indexes"
    lines = {
        str(e.params.get("id", ""))[-6:]: e for e in found.coverage if e.operation == operation
    }
    assert {line.state for line in lines.values()} <= NOT_WHOLE
    assert (
        lines[":1@evil"[-6:]].reason
        == "Refused: 'x:1@evil' is no name of an account; it was not asked"
    )
    assert not [target for _, target in bed[0].sent if "evil" in target and "/search/" in target]


def test_a_throttled_call_waits_as_it_is_told_and_is_made_again(bed, monkeypatch):
    def once(world: World, call: Call) -> Any:
        first = world.asked[call.name] == 1
        return (
            refused(429, "TooManyRequests", **{"Retry-After": "7"})
            if first
            else answered(call.body)
        )

    monkeypatch.setitem(FAULTS, "once", once)
    waited: list[float] = []
    monkeypatch.setattr(
        "collectors.azure.pipeline.PatientRetry.wait", lambda _, seconds: waited.append(seconds)
    )
    names = ["arm:Microsoft.Search/searchServices", "graph:users", QUERIES["workloads"], "arm:Microsoft.CognitiveServices/accounts/projects/agents"]  # fmt: skip
    found = _run(bed[0], dict.fromkeys(names, "once"), attempts=3)
    assert {entry.state for entry in found.coverage} == {CoverageState.COMPLETE}
    assert waited == [7.0] * 4
    assert [bed[0].asked[name] for name in names] == [2] * 4


def test_who_asks_to_wait_for_an_hour_is_not_waited_for(bed, monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr(
        "collectors.azure.pipeline.PatientRetry.wait", lambda _, seconds: waited.append(seconds)
    )
    found = _run(bed[0], {"graph:users": "throttled for long"}, attempts=4)
    (line,) = [e for e in found.coverage if e.operation == "graph:users"]
    assert (
        line.reason
        == "TooManyRequests: not for you (it asked to wait 3600 seconds, which is too long)"
    )
    assert waited == []


@pytest.mark.parametrize("fault", ["expired", "hang", "reset", "web page"])
def test_a_start_that_fails_is_one_sentence(bed, fault):
    unanswered = fault in {"hang", "reset"}
    said = (
        r"Azure does not answer \(.*\); check the network"
        if unanswered
        else "does not accept the credentials"
    )
    with pytest.raises(CollectionError, match=said):
        _run(bed[0], {"subscriptions": fault}, timeout=SHORT)


# --- red controls: an engine that is broken on purpose must be caught


def _forgets(self: Any, *line: Any) -> None:
    *_, failure, _record = line
    if failure is None:
        _line(self, *line)


def _trusting(*given: Any) -> Any:
    return calls.fetch(*given)._replace(failure=None)


_line, _followers = asking._Gathered._line, reads.followers
BROKEN: dict[str, tuple[object, str, Any, str]] = {
    "takes every failure for an empty answer": (asking, "fetch", _trusting, "throttled"),
    "forgets the line": (asking._Gathered, "_line", _forgets, "denied"),
    "asks only for the first follower": (asking, "followers", lambda name: _followers(name)[:1], "reset"),
    "believes that all pages came": (calls, "_turned", lambda get, url, _: iter([get(url)]), "second"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_engine_is_caught(bed, monkeypatch, name):
    world, healthy = bed
    *broken, fault = BROKEN[name]
    faults = {each: fault for each in LEAVES - set(QUERIES.values()) if _can_have(fault, each)}
    assert differences(healthy, _run(world, faults), faults) == []
    monkeypatch.setattr(*broken)
    assert differences(healthy, _run(world, faults), faults)
