"""A tenant of a thousand service principals is collected from a server on loopback, beside a bare loop over the same addresses.

The server runs in the same process, so its seconds are in both; the loop asks through a plain azure-core pipeline, as
many at a time, and only parses what comes.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from azure.core import PipelineClient
from azure.core.pipeline.policies import HeadersPolicy
from azure.core.rest import HttpRequest

from collectors.asking import WORKERS
from collectors.azure.live import CollectRequest, collect
from tests.beds.azure_bed import TOKEN, World, everything, running

PRINCIPALS = 1_000
RUNS = 3
pytestmark = pytest.mark.benchmark


def _tenant() -> World:
    world = everything()
    roles = [{"id": f"70000000-0000-0000-0000-{i:012d}", "value": f"Role.{i}"} for i in range(5)]
    world.graph["serviceprincipals"] = [
        {"id": f"40000000-0000-0000-0000-{i:012d}", "displayName": f"sp{i}", "appId": f"50000000-0000-0000-0000-{i:012d}", "appRoles": roles}
        for i in range(PRINCIPALS)
    ]  # fmt: skip
    world.graph["users"] = [
        {"id": f"60000000-0000-0000-0000-{i:012d}", "userPrincipalName": f"u{i}@acme.example"}
        for i in range(10 * PRINCIPALS)
    ]
    return world


def _bare(world: World, targets: list[str]) -> float:
    policies = [HeadersPolicy({"Authorization": f"Bearer {TOKEN}"})]
    client: PipelineClient[Any, Any] = PipelineClient(world.url, policies=policies)
    start = time.process_time()
    with ThreadPoolExecutor(WORKERS) as pool:
        for answer in pool.map(lambda t: client.send_request(HttpRequest("GET", world.url + t)).json(), targets):  # fmt: skip
            assert answer
    return time.process_time() - start


def _collected(world: World) -> tuple[float, int, list[str]]:
    """Seconds of CPU, records, and what was asked."""
    world.sent.clear()
    start = time.process_time()
    found = collect(CollectRequest(endpoint_url=world.url, time="2026-01-01T00:00:00Z"))
    seconds = time.process_time() - start
    targets = [target for method, target in world.sent if method == "GET"]
    return seconds, len(found.records), targets


def test_collecting_beside_a_bare_loop() -> None:
    import resource  # noqa: PLC0415 - POSIX only

    world = _tenant()
    with running(world):
        runs = [_collected(world) for _ in range(RUNS)]
        bare = min(_bare(world, runs[0][2]) for _ in range(RUNS))
    seconds, records, targets = min(runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 10)
    print(
        f"\n{len(targets)} lists, {records} records: {seconds:.2f} s of CPU, a bare loop {bare:.2f} s "
        f"({seconds / bare:.1f} times as long); peak of the process {peak:.0f} MiB"
    )
    assert seconds / bare < 3
