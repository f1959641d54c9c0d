"""What-if cases: each line brings the policies that decide it, and no snapshot is needed."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from app.batch import MAX_LINE, unreadable
from graph.permissions.aws.whatif import answer_case
from graph.permissions.question import Answer


def answer_cases(lines: Iterable[bytes]) -> Iterator[Answer]:
    """One answer a line, in order."""
    with _rare_collection():
        for line in lines:
            yield _case(line)


@contextmanager
def _rare_collection() -> Iterator[None]:
    """Let the garbage collector run seldom: compiled policies hold no cycles, and walking them is half of the work."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _case(line: bytes) -> Answer:
    try:
        return answer_case(line) if len(line) <= MAX_LINE else unreadable(line)
    except (msgspec.MsgspecError, RecursionError):
        return unreadable(line)
