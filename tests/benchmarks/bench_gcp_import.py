"""An Asset Inventory export of a million lines becomes a snapshot: time and memory, beside a bare loop that only parses it.

The loop uses orjson where it is installed (it is no dependency), else msgspec, with which the importer reads.
"""

import importlib
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import msgspec
import pytest

from tests.beds import gcp_world as world

LINES = int(os.environ.get("MODELHOUND_LINES", "1000000"))
PROJECTS = 200
pytestmark = pytest.mark.benchmark


def _assets() -> Iterator[dict[str, Any]]:
    """The shop over and over, each time as another project with other names, and an allow policy for each fourth."""
    resources = [item for item in world.resource_assets() if "/projects/" in item["name"]]
    policies = list(world.policy_assets())
    number = 0
    while True:
        for item in resources:
            number += 1
            yield {**item, "name": f"{item['name']}-{number}"}
            if number % 4 == 0:
                yield {**policies[number % len(policies)], "name": f"{item['name']}-{number}"}


def _export(path: Path) -> int:
    """The file of so many lines; how many bytes it holds."""
    size = 0
    with path.open("wb") as out:
        for number, item in zip(range(LINES), _assets(), strict=False):
            text = json.dumps(item).replace(world.ML, f"shop-ml-{number % PROJECTS}")
            size += out.write(text.encode() + b"\n")
    return size


def _peak() -> float:
    import resource  # noqa: PLC0415 - POSIX only

    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _bare(path: Path, _: list[float]) -> int:
    try:
        loads = importlib.import_module("orjson").loads
    except ImportError:
        loads = msgspec.json.decode  # what the importer uses
    count = 0
    with path.open("rb") as file:
        for line in file:
            count += bool(loads(line))
    return count


def _import(path: Path, told: list[float]) -> int:
    from collectors.exports import read_exports  # noqa: PLC0415 - in the child alone
    from graph.snapshot import write_snapshot  # noqa: PLC0415 - likewise

    snapshot = read_exports([path], progress=lambda fraction, _: told.append(fraction or 0.0))
    print(f"    read after {process_time():.0f} s of processor time, {_peak():.0f} MiB at most")
    write_snapshot(snapshot, path.with_suffix(".hound"))
    return len(snapshot.records)


WORK = {"bare loop": _bare, "import to .hound": _import}


def _measured(work: str, path: str, answer: Any) -> None:
    """In a process of its own, so that the peak is its own: seconds, processor seconds and MiB."""
    told: list[float] = []
    start = perf_counter()
    before = _peak()
    count = WORK[work](Path(path), told)
    answer.send((perf_counter() - start, process_time(), before, _peak(), count, len(told)))


def test_a_million_lines(tmp_path: Path) -> None:
    path = tmp_path / "resource.jsonl"
    size = _export(path)
    print(f"\n{LINES:,} lines, {size / 1e6:.0f} MB")
    context = multiprocessing.get_context("spawn")
    counts, peaks = {}, {}
    for name in WORK:
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=_measured, args=(name, str(path), sender))
        child.start()
        wall, seconds, before, peaks[name], counts[name], told = receiver.recv()
        child.join()
        print(
            f"  {name:16} {seconds:6.1f} s of processor time ({wall:.1f} s), {peaks[name]:5.0f} MiB at most "
            f"({before:.0f} before), {counts[name]:,} lines or records, progress told {told:,} times"
        )
    assert counts["bare loop"] == LINES
    assert counts["import to .hound"] >= LINES / 500
    assert peaks["import to .hound"] < peaks["bare loop"] + 400  # whatever the length of the file
