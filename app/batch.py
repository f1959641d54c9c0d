"""Files with one JSON object a line: questions in, one answer a line out, in the same order."""

import codecs
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from app.files import open_atomic
from graph.model import UserError
from graph.permissions.question import Answer, error, sentence

MAX_LINE = 64 * 1024 * 1024  # bytes of one line; what is longer is answered with an Error
_ID = re.compile(rb'"id"\s*:\s*("(?:[^"\\]|\\.){0,1000}"|-?\d{1,20})')
_STANDARD = Path("-")
_encode = msgspec.json.Encoder().encode


def run_batch(
    source: Path, target: Path, answers: Callable[[Iterable[bytes]], Iterator[object]]
) -> int:
    """Answer a file of lines into another, whole or not at all; the number of answers. "-" is stdin or stdout."""
    count = 0
    with _read(source) as stream, _written(target) as out:
        for answer in answers(_lines(stream)):
            out.write(_encode(answer) + b"\n")
            count += 1
    return count


@contextmanager
def _read(source: Path) -> Iterator[BinaryIO]:
    if source == _STANDARD:
        yield sys.stdin.buffer
        return
    try:
        stream = source.open("rb")
    except OSError as problem:
        raise UserError(
            f"{source}: cannot be read ({problem.strerror}); give a file with one JSON object a line"
        ) from problem
    with stream:
        yield stream


@contextmanager
def _written(target: Path) -> Iterator[BinaryIO]:
    if target == _STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with open_atomic(target) as out:
        yield out


def _lines(stream: Any) -> Iterator[bytes]:
    """Lines that are not empty; of one that is too long only the beginning is kept."""
    start = codecs.BOM_UTF8
    while line := stream.readline(MAX_LINE + 1):
        line, start = line.removeprefix(start), b""
        end = line
        while len(end) > MAX_LINE and not end.endswith(b"\n"):
            end = stream.readline(MAX_LINE + 1)
        if line.strip():
            yield line


def each_row(lines: Iterable[bytes]) -> Iterator[Mapping[str, Any] | Answer]:
    """The object of each line, or the answer that says why it has none."""
    for line in lines:
        yield _decoded(line)


def _decoded(line: bytes) -> Mapping[str, Any] | Answer:
    """The object of a line, or the answer that says why it has none."""
    if len(line) > MAX_LINE:
        return unreadable(line)
    try:
        row = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return unreadable(line)
    return row if isinstance(row, dict) else error(None, "the line is not a JSON object")


def unreadable(line: bytes) -> Answer:
    """Why a line cannot be read, in a sentence."""
    if len(line) > MAX_LINE:
        return error(_salvaged(line[:MAX_LINE]), f"the line is longer than {MAX_LINE} bytes")
    try:
        row = msgspec.json.decode(line)
    except RecursionError:
        return error(_salvaged(line), "the line is nested too deeply")
    except msgspec.MsgspecError as problem:
        return error(_salvaged(line), f"the line is not JSON: {sentence(problem)}")
    found = row.get("id") if isinstance(row, dict) else None
    return error(found, "the line is not a JSON object of the documented shape")


def _salvaged(line: bytes) -> Any:
    """The id of a line that is broken elsewhere, or None."""
    found = _ID.search(line)
    try:
        value = json.loads(found.group(1)) if found else None
        _encode(value)  # half a surrogate pair is no text that an answer could hold
    except ValueError:
        return None
    return value
