"""A folder of 1,000 saved AWS answers becomes a snapshot: time and memory, beside a bare loop that only parses them."""

import json
import multiprocessing
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from tests.collectors.aws.recorded import ACCOUNT, FIXTURES

FILES = 1_000
pytestmark = pytest.mark.benchmark


def _folder(root: Path) -> int:
    """1,000 files from the recorded answers, one account after the other; how many bytes they hold."""
    rows = json.loads((FIXTURES / "aws" / "live.json").read_text(encoding="utf-8"))
    rows = [row for row in rows if row.get("body")]
    size = 0
    for number in range(FILES):
        row = rows[number % len(rows)]
        account = str(100_000_000_000 + number // len(rows))
        client, _, name = row["operation"].partition(":")
        dashed = "".join(f"-{c.lower()}" if c.isupper() else c for c in name).strip("-")
        text = json.dumps(row["body"]).replace(ACCOUNT, account)
        folder = root / account / row.get("region", "us-east-1")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{client}_{dashed}_{number}.json").write_text(text, encoding="utf-8")
        size += len(text)
    return size


def _dumps(root: Path) -> int:
    """1,000 accounts, each with the dump of its principals, about 100 kB."""
    text = (FIXTURES / "identity" / "iam_vulnerable_gaad.json").read_text(encoding="utf-8")
    for number in range(FILES):
        account = str(100_000_000_000 + number)
        dump = text.replace(ACCOUNT, account)
        (root / f"{account}.json").write_text(dump, encoding="utf-8")
    return len(text) * FILES


def _measured(work: str, folder: str, answer: Any) -> None:
    """In a process of its own, so that the peak is its own: seconds and MiB."""
    before = _peak()
    start = perf_counter()
    count = WORK[work](Path(folder))
    answer.send((perf_counter() - start, before, _peak(), count))


def _peak() -> float:
    import resource  # noqa: PLC0415 - POSIX only

    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _bare(folder: Path) -> int:
    return len([json.loads(path.read_bytes()) for path in sorted(folder.rglob("*.json"))])


def _import(folder: Path) -> int:
    from collectors.exports import read_exports  # noqa: PLC0415 - in the child alone
    from graph.snapshot import write_snapshot  # noqa: PLC0415 - likewise

    snapshot = read_exports([folder])
    write_snapshot(snapshot, folder / "estate.hound")
    return len(snapshot.records)


WORK = {"bare json loop": _bare, "import to .hound": _import}


@pytest.mark.parametrize("make", [_folder, _dumps], ids=["single answers", "account dumps"])
def test_a_folder_of_a_thousand_files(tmp_path, make):
    size = make(tmp_path)
    print(f"\n{FILES:,} files, {size / 1e6:.1f} MB")
    context = multiprocessing.get_context("spawn")
    counts = {}
    for name in WORK:
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=_measured, args=(name, str(tmp_path), sender))
        child.start()
        seconds, before, peak, counts[name] = receiver.recv()
        child.join()
        print(
            f"  {name:16} {seconds:6.2f} s, {peak:5.0f} MiB at most ({before:.0f} before), {counts[name]:,} records"
        )
    assert counts["bare json loop"] == FILES
    assert counts["import to .hound"] > 0.9 * FILES
