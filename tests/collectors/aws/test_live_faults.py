"""Every call of the AWS collector meets every fault: each is one line of the ledger with its reason, and nothing else is lost."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from collectors.aws import asking, calls, live
from collectors.aws.live import CollectRequest, allowed_operations, collect
from collectors.aws.services import READS
from collectors.aws.session import Clients, open_session
from collectors.mapping import map_snapshot
from collectors.reads import Detail, Read
from graph.model import (
    CollectionError,
    CoverageEntry,
    CoverageState,
    Scope,
    Snapshot,
    canonical_json,
)
from tests.beds.aws_world import ACCOUNT, FAULTS, Operation, World, can_have, three_pages
from tests.beds.serving import served

REGION = "eu-central-1"
LIMIT, SHORT = 20.0, 1.5  # seconds without an answer; the bed hangs for longer than the short one
KEEPS_FIRST_PAGE = {"loop", "endless", "dropped", "second"}
NOT_WHOLE = {CoverageState.FAILED, CoverageState.PARTIAL}
# Its answer is the bare text of the document: any text is an answer, and the mapping says if it is no policy.
BARE_TEXT = ("s3", "GetBucketPolicy")


class Bed(NamedTuple):
    """The made-up AWS, where it listens, and what it says when nothing is wrong."""

    world: World
    url: str
    healthy: dict[int, Snapshot]  # by the place of the read in READS


class Place(NamedTuple):
    """One call of the collector: how deep below its list, and the calls above it."""

    operation: Operation
    number: int  # among its siblings
    above: tuple[Operation, ...]
    call: Read | Detail


def _places(
    call: Read | Detail, client: str, index: int, above: tuple[Operation, ...]
) -> Iterator[Place]:
    own = call.client or client
    operation = (own, call.operation)
    yield Place(operation, index, above, call)
    for number, detail in enumerate(call.details):
        yield from _places(detail, own, number, (*above, operation))


PLACES = [place for read in READS for place in _places(read, "", 0, ())]
CLIENTS = sorted({place.operation[0] for place in PLACES})
MAY_BE_EMPTY = {place.operation for place in PLACES if place.call.may_be_empty}
# Lists first, then the details of healthy lists, every other one at a time: its siblings must not be touched.
ROUNDS = [{(0, 0)}, {(1, 0)}, {(1, 1)}, {(2, 0)}, {(2, 1)}]
ROUNDS_OF_HANG = [{(0, 0)}, {(1, 0), (1, 1)}, {(2, 0)}, {(2, 1)}]  # each takes its time


@pytest.fixture(scope="module")
def bed() -> Iterator[Bed]:
    world = World(CLIENTS)
    world.prepare({place.operation for place in PLACES})
    with served(world) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setattr(calls, "_PAGES", 5)
        request = _request(url)
        session = open_session(None, environment=True)
        shared = {  # making clients takes longer than all their calls
            limit: live._clients(session, replace(request, timeout=limit))
            for limit in (LIMIT, SHORT)
        }
        patch.setattr(live, "_clients", lambda _, asked: shared[asked.timeout])
        patch.setattr(Clients, "forget", lambda *_: None)
        patch.setattr(live, "open_session", lambda *_, **__: session)
        healthy = {n: collect(replace(request, reads=(read,))) for n, read in enumerate(READS)}
        yield Bed(world, url, healthy)


def _request(url: str, *, timeout: float = LIMIT, **more: Any) -> CollectRequest:
    return CollectRequest(
        environment=True,
        regions=(REGION,),
        endpoint_url=url,
        time="2026-01-01T00:00:00Z",
        timeout=timeout,
        **more,
    )


def _chosen(fault: str, levels: set[tuple[int, int]]) -> set[Operation]:
    """The operations of one round."""
    return {
        place.operation
        for place in PLACES
        if (min(len(place.above), 2), place.number % 2) in levels
        and can_have(fault, place.operation)
        and place.operation != ("sts", "GetCallerIdentity")
        and not (fault in {"empty", "nothing", "other"} and place.operation in MAY_BE_EMPTY)
        and not (fault in {"garbled", "other", "empty"} and place.operation == BARE_TEXT)
    }


def _run(bed: Bed, faults: dict[Operation, str], **more: Any) -> Snapshot:
    """Collect with faults."""
    bed.world.faults = faults
    bed.world.asked.clear()
    try:
        return collect(_request(bed.url, **more))
    finally:
        bed.world.faults = {}


def _told(bed: Bed, faults: dict[Operation, str], **more: Any) -> list[str]:
    """What a run of everything that the faults touch does not say as it must."""
    touched = [n for n, read in enumerate(READS) if faults.keys() & _operations(read)]
    found = _run(bed, faults, reads=[READS[n] for n in touched], **more)
    return differences([bed.healthy[n] for n in touched], found, faults)


def _operations(read: Read) -> set[Operation]:
    return {place.operation for place in _places(read, "", 0, ())}


def _by_question(
    entries: Iterable[CoverageEntry],
) -> dict[tuple[str, Scope, str], list[CoverageEntry]]:
    lines: dict[tuple[str, Scope, str], list[CoverageEntry]] = {}
    for entry in entries:
        key = (entry.operation, entry.scope, canonical_json(dict(entry.params)))
        lines.setdefault(key, []).append(entry)
    return lines


def differences(
    healthy: list[Snapshot], found: Snapshot, faults: dict[Operation, str]
) -> list[str]:
    """What a run with faults does not say as it must."""
    lost = {op for op, fault in faults.items() if fault not in KEEPS_FIRST_PAGE}
    may_lack = {place.operation for place in PLACES if lost & set(place.above)}
    before = _by_question(entry for part in healthy for entry in part.coverage)
    after = _by_question(found.coverage)
    told = [f"asked for no reason: {key}" for key in after if key not in before]
    for key, (expected, *_) in before.items():
        client, _, name = key[0].partition(":")
        lines, fault = after.get(key, []), faults.get((client, name), "")
        if not lines and (client, name) not in may_lack:
            told.append(f"lost without a line: {key}")
        if len(lines) > 1:
            told.append(f"more than one line: {key}")
        for line in lines:
            if not fault and line != expected:
                told.append(f"changed by the fault of another: {line}")
            if fault and not _names(line, fault):
                told.append(f"{fault} is told as {line.state}, {line.reason!r}: {key}")
    records = {record.id for record in found.records}
    told += [f"no record: {e}" for e in found.coverage if e.record and e.record not in records]
    return told


def _names(line: CoverageEntry, fault: str) -> bool:
    allowed = {CoverageState.DENIED} if fault == "denied" else NOT_WHOLE
    if fault in {"loop", "endless", "dropped", "second"}:
        allowed = {CoverageState.PARTIAL}
    return line.state in allowed and len(line.reason) > len("x: y")


def test_the_healthy_world_is_read_whole(bed):
    entries = [entry for part in bed.healthy.values() for entry in part.coverage]
    assert {entry.state for entry in entries} == {CoverageState.COMPLETE}
    asked = {tuple(entry.operation.split(":")) for entry in entries}
    assert asked == {place.operation for place in PLACES}
    assert {entry.scope.account for entry in entries} == {ACCOUNT}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_each_call_is_one_line(bed, fault, monkeypatch):
    hangs = fault == "hang"
    monkeypatch.setattr(asking, "WORKERS", 32 if hangs else asking.WORKERS)
    met: set[Operation] = set()
    expected: set[Operation] = set()
    for levels in ROUNDS_OF_HANG if hangs else ROUNDS:
        faults = dict.fromkeys(_chosen(fault, levels), fault)
        expected |= faults.keys()
        if faults:
            assert _told(bed, faults, timeout=SHORT if hangs else LIMIT) == []
            met |= {operation for operation in faults if bed.world.asked.get(operation)}
    assert met == expected
    assert met


def test_every_page_of_every_list_is_read(bed, monkeypatch):
    monkeypatch.setitem(FAULTS, "three", three_pages)
    paged = {place.operation for place in PLACES if can_have("endless", place.operation)}
    found = _run(bed, dict.fromkeys(paged, "three"))
    assert {entry.state for entry in found.coverage} == {CoverageState.COMPLETE}
    seen: set[Operation] = set()
    for record in found.records:
        client, _, name = record.operation.partition(":")
        if (client, name) in paged:
            seen.add((client, name))
            lists = [value for value in record.body.values() if isinstance(value, list)]
            assert {len(value) for value in lists} == {3}, record.operation
    assert seen == paged
    assert len(paged) > 40


def test_a_text_that_is_no_policy_counts_as_not_read(bed):
    found = _run(bed, {BARE_TEXT: "other"})
    scope = Scope(provider="aws", account=ACCOUNT, region="")
    assert map_snapshot(found).coverage.gap("s3:GetBucketPolicy", scope)


def test_an_item_that_does_not_say_what_to_ask_is_a_line(bed, monkeypatch):
    def nameless(world: World, operation: Operation, _: int) -> Any:
        return world.answer(operation, Functions=[{"Description": "no name, no ARN"}])

    monkeypatch.setitem(FAULTS, "nameless", nameless)
    found = _run(bed, {("lambda", "ListFunctions"): "nameless"})
    lines = {e.operation: e for e in found.coverage if e.operation.startswith("lambda:")}
    assert lines["lambda:ListFunctions"].state is CoverageState.COMPLETE
    for name in ("GetPolicy", "GetFunctionUrlConfig", "ListTags"):
        line = lines[f"lambda:{name}"]
        assert (line.state, line.record) == (CoverageState.PARTIAL, "")
        assert line.reason.startswith("MissingField: the list does not name")


def test_an_error_that_means_not_set_is_no_gap(bed, monkeypatch):
    def absent(_: World, operation: Operation, __: int) -> Any:
        from tests.beds.aws_world import error  # noqa: PLC0415 - as the faults of the bed do

        return error(operation, 404, "NoSuchBucketPolicy", "none")

    monkeypatch.setitem(FAULTS, "absent", absent)
    found = _run(bed, {BARE_TEXT: "absent"})
    (line,) = [e for e in found.coverage if e.operation == "s3:GetBucketPolicy"]
    assert (line.state, line.reason) == (CoverageState.COMPLETE, "")
    (record,) = [r for r in found.records if r.id == line.record]
    assert record.error
    assert record.error.code == "NoSuchBucketPolicy"


def test_a_throttled_call_is_made_again(bed, monkeypatch):
    def once(world: World, operation: Operation, _: int) -> Any:
        first = world.asked[operation] == 1
        return FAULTS["throttled" if first else ""](world, operation, 1)

    monkeypatch.setitem(FAULTS, "once", once)
    monkeypatch.setitem(FAULTS, "", lambda world, operation, _: world.answer(operation))
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    patient = Clients(
        open_session(None, environment=True),
        allowed_operations(READS),
        bed.url,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    monkeypatch.setattr(live, "_clients", lambda *_: patient)
    operation = ("secretsmanager", "ListSecrets")
    reads = [read for read in READS if read.operation == "ListSecrets"]
    found = _run(bed, {operation: "once"}, reads=reads)
    assert {entry.state for entry in found.coverage} == {CoverageState.COMPLETE}
    assert bed.world.asked[operation] == 2


def test_credentials_that_are_not_accepted_are_one_sentence(bed):
    with pytest.raises(CollectionError, match=r"does not accept the credentials \(ExpiredToken"):
        _run(bed, {("sts", "GetCallerIdentity"): "expired"})


@pytest.mark.parametrize("fault", ["hang", "reset"])
def test_a_server_that_does_not_answer_is_one_sentence(bed, fault):
    with pytest.raises(CollectionError, match=r"AWS does not answer \(.*\); check the network"):
        _run(bed, {("sts", "GetCallerIdentity"): fault}, timeout=SHORT)


def test_regions_that_cannot_be_listed_are_one_sentence(bed):
    everywhere = replace(_request(bed.url), regions=())
    bed.world.faults = {("ec2", "DescribeRegions"): "denied"}
    try:
        with pytest.raises(CollectionError, match="name them with --region"):
            collect(everywhere)
    finally:
        bed.world.faults = {}


# --- red controls: an engine that is broken on purpose must be caught


def _forgets(self: Any, name: str, params: Any, failure: Any, record: str) -> None:
    if failure is None:
        _enter(self, name, params, failure, record)


def _one_detail(self: Any, body: Any) -> Iterator[Any]:
    yield from list(_further(self, body))[:1]


_enter, _further = asking._Call._enter, asking._Call._further
BROKEN: dict[str, tuple[object, str, Any]] = {
    "takes every failure for an empty answer": (
        asking,
        "call",
        lambda *given, **more: calls.call(*given, **more)._replace(failure=None),
    ),
    "forgets the line": (asking._Call, "_enter", _forgets),
    "asks only the first detail": (asking._Call, "_further", _one_detail),
    "believes that all pages came": (calls, "_MORE", ()),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_engine_is_caught(bed, monkeypatch, name):
    fault, depth = ("dropped", 0) if "pages" in name else ("denied", 1)
    faults = dict.fromkeys(_chosen(fault, {(depth, 0)}), fault)
    assert _told(bed, faults) == []
    monkeypatch.setattr(*BROKEN[name])
    assert _told(bed, faults)
