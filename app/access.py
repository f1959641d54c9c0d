"""Access questions in batches: against policies given in the file, or against an estate."""

import codecs
import gc
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from app.files import open_atomic
from graph.estate import Estate
from graph.model import UserError
from graph.permissions import aws, azure, gcp
from graph.permissions.question import Answer, Answerer, OpenEstate, Question, error

CLOUDS: Mapping[str, OpenEstate] = {
    "aws": aws.answerer,
    "azure": azure.answerer,
    "gcp": gcp.answerer,
}

MAX_LINE = 64 * 1024 * 1024  # bytes of one line; what is longer is answered with an Error
_ID = re.compile(rb'"id"\s*:\s*("(?:[^"\\]|\\.){0,1000}"|-?\d{1,20})')
_encode = msgspec.json.Encoder().encode
_NEEDED = ("principal", "action", "resource")
Row = Callable[[Mapping[str, Any]], Answer]


def answer_cases(lines: Iterable[bytes]) -> Iterator[Answer]:
    """What-if cases: each line brings the policies that decide it. One answer a line, in order."""
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
        return aws.answer_case(line) if len(line) <= MAX_LINE else _unreadable(line)
    except (msgspec.MsgspecError, RecursionError):
        return _unreadable(line)


def answer_questions(estate: Estate, lines: Iterable[bytes]) -> Iterator[Answer]:
    """Questions that the estate decides. One answer a line, in order."""
    opened: dict[str, Answerer] = {}

    def answer(row: Mapping[str, Any]) -> Answer:
        question = _question(row)
        cloud = cloud_of(question)
        if cloud not in CLOUDS:
            return error(question.id, f"{question.action}: not an action of {', '.join(CLOUDS)}")
        if cloud not in opened:
            opened[cloud] = CLOUDS[cloud](estate)
        return opened[cloud](question)

    yield from _each(lines, answer)


def cloud_of(question: Question) -> str:
    """Clouds spell actions differently: s3:GetObject, Microsoft.Storage/.../read, storage.objects.get.

    Google's deny policies, and a few of its roles, have the service's address in it: storage.googleapis.com/objects.get.
    """
    if ".googleapis.com/" in question.action or question.resource.startswith("//"):
        return "gcp"
    if "/" in question.action:
        return "azure"
    return "aws" if ":" in question.action or question.action == "*" else "gcp"


def run_batch(
    source: Path, target: Path, answers: Callable[[Iterable[bytes]], Iterator[object]]
) -> int:
    """Answer a file of lines into another, whole or not at all; the number of answers."""
    count = 0
    try:
        stream = source.open("rb")
    except OSError as problem:
        raise UserError(
            f"{source}: cannot be read ({problem.strerror}); give a file with one JSON object a line"
        ) from problem
    with stream, open_atomic(target) as out:
        for answer in answers(_lines(stream)):
            out.write(_encode(answer) + b"\n")
            count += 1
    return count


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


def _each(lines: Iterable[bytes], answer: Row) -> Iterator[Answer]:
    for row in each_row(lines):
        if isinstance(row, Answer):
            yield row
            continue
        try:
            yield answer(row)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
            yield error(row.get("id"), _sentence(problem))


def _sentence(problem: Exception) -> str:
    text = " ".join(str(problem).split())[:300]
    return text or f"the line cannot be read ({type(problem).__name__})"


def _decoded(line: bytes) -> Mapping[str, Any] | Answer:
    """The object of a line, or the answer that says why it has none."""
    if len(line) > MAX_LINE:
        return _unreadable(line)
    try:
        row = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return _unreadable(line)
    return row if isinstance(row, dict) else error(None, "the line is not a JSON object")


def _unreadable(line: bytes) -> Answer:
    """Why a line cannot be read, in a sentence."""
    if len(line) > MAX_LINE:
        return error(_salvaged(line[:MAX_LINE]), f"the line is longer than {MAX_LINE} bytes")
    try:
        row = msgspec.json.decode(line)
    except RecursionError:
        return error(_salvaged(line), "the line is nested too deeply")
    except msgspec.MsgspecError as problem:
        return error(_salvaged(line), f"the line is not JSON: {_sentence(problem)}")
    found = row.get("id") if isinstance(row, dict) else None
    return error(found, "the line is not a JSON object of the documented shape")


def _salvaged(line: bytes) -> Any:
    """The id of a line that is broken elsewhere, or None."""
    found = _ID.search(line)
    try:
        return json.loads(found.group(1)) if found else None
    except ValueError:
        return None


def _question(row: Mapping[str, Any]) -> Question:
    for name in _NEEDED:
        if not isinstance(row.get(name), str):
            raise TypeError(f"{name!r} is missing or not a text")
    context = row.get("context") or {}
    if not isinstance(context, dict):
        raise TypeError("'context' is not an object")
    return Question(
        id=row.get("id"),
        principal=row["principal"],
        action=row["action"],
        resource=row["resource"],
        context=context,
    )
