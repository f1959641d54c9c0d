"""No secret that an AWS answer may hold, to any call of the collector, reaches a byte of the snapshot."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.aws import asking
from collectors.aws.live import CollectRequest, allowed_operations, collect
from collectors.aws.services import READS
from collectors.reads import Detail, Read
from graph.model import Snapshot
from graph.snapshot import write_snapshot
from tests.beds.aws_world import FAULTS, Operation, World, error, said
from tests.beds.canaries import Canaries, bytes_of, leaked
from tests.beds.serving import Reply, served

NAMES = sorted(allowed_operations(READS))
OPERATIONS = [(client, name) for client, _, name in (each.partition(":") for each in NAMES)]
CLIENTS = sorted({client for client, _ in OPERATIONS})
# Where the API keeps what is secret by its place: written down here anew, not taken from the redaction's own table.
PLACES = re.compile(
    r"/(Environment(/Variables)?|environmentVariables|HyperParameters|hyperParameters)/[^/]+$"
    r"|/Environment/Error/Message$|/(instruction|basePromptTemplate|collaborationInstruction)$"
)
TAG = re.compile(r"/(Tags|TagSet|tags)(/0)?(/name|/Key|/key|/TagKey)$")
TAG_VALUE = re.compile(r"/(Tags|TagSet|tags)(/0/(Value|value|TagValue)|/db_password)$")


def _needed(call: Read | Detail, client: str = "") -> Iterator[tuple[Operation, str]]:
    """The texts that name what to ask next: they must stay usable, and are tried on their own below."""
    own = call.client or client
    for detail in call.details:
        for pointer in detail.params.values():
            if not pointer.startswith("^"):
                yield (own, call.operation), f"{call.items}/0{pointer}"
        yield from _needed(detail, own)


NEEDED = {place for read in READS for place in _needed(read)} | {
    (("sts", "GetCallerIdentity"), "/Account"),
    (("ec2", "DescribeRegions"), "/Regions/0/RegionName"),
}


class Planted:
    """The texts of a world in which everything may be a secret."""

    def __init__(self) -> None:
        self.canaries = Canaries()
        self.places: set[str] = set()

    def text(self, operation: Operation, pointer: str) -> str:
        """What stands at a place of an answer."""
        if TAG.search(pointer):
            return "db_password"
        if (operation, pointer) in NEEDED or pointer.endswith("/name"):
            return said(operation, pointer)
        if PLACES.search(pointer) or TAG_VALUE.search(pointer):
            self.places.add(f"{operation[0]}:{operation[1]}")
            return self.canaries.plain()
        return self.canaries.look()


def _collected(url: str) -> Snapshot:
    return collect(
        CollectRequest(
            environment=True,
            regions=("eu-central-1",),
            endpoint_url=url,
            time="2026-01-01T00:00:00Z",
        )
    )


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def _written(snapshot: Snapshot, folder: Path) -> bytes:
    out = folder / "estate.hound"
    write_snapshot(snapshot, out)
    return bytes_of(out)


@pytest.mark.parametrize("variant", [0, 1, 2, 3])
def test_no_canary_of_any_answer_reaches_the_snapshot(tmp_path, monkeypatch, variant):
    planted = Planted()
    world = World(CLIENTS, planted.text, variant)
    world.prepare(OPERATIONS)
    with served(world) as url:
        found = _collected(url)
        asked = {f"{client}:{name}" for client, name in world.asked}
        assert asked == set(NAMES) - {"ec2:DescribeRegions"}
        assert {entry.state.value for entry in found.coverage} == {"complete"}
        secrets = planted.canaries.secrets
        assert len(secrets) > 1000
        assert len(planted.places) > 20
        assert leaked(secrets, _written(found, tmp_path)) == []
        if variant == 0:
            # The red control: without redaction they are there, so the search can find them.
            monkeypatch.setattr(asking, "redact", lambda _, value: (value, []))
            unguarded = _written(_collected(url), tmp_path)
            assert len(leaked(secrets, unguarded)) > 0.9 * len(secrets)


def test_secrets_in_names_and_messages_do_not_pass_either(tmp_path, monkeypatch):
    """Names become parameters of further calls, messages of errors become reasons of gaps."""
    canaries = Canaries()

    def text(operation: Operation, pointer: str) -> str:
        named = operation in {("lambda", "ListFunctions"), ("dynamodb", "ListTables")}
        return canaries.look() if named else said(operation, pointer)

    def refused(_: World, operation: Operation, __: int) -> Reply:
        return error(operation, 403, "AccessDenied", canaries.look().replace("<", ""))

    monkeypatch.setitem(FAULTS, "refused", refused)
    world = World(CLIENTS, text)
    world.faults = {
        (read.client, read.operation): "refused"
        for read in READS
        if read.client not in {"lambda", "dynamodb", "sts"}
    }
    with served(world) as url:
        found = _collected(url)
    denied = [entry for entry in found.coverage if entry.state.value == "denied"]
    assert len(denied) > 40
    assert any(entry.operation == "lambda:GetPolicy" for entry in found.coverage)
    assert len(canaries.secrets) > 60
    assert leaked(canaries.secrets, _written(found, tmp_path)) == []
    told = "\n".join(entry.reason for entry in found.coverage).encode()
    assert leaked(canaries.secrets, told) == []
