"""Access questions in batches, decided by an estate."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from app.batch import each_row
from graph.estate import Estate
from graph.permissions.aws import answers as aws
from graph.permissions.azure import answers as azure
from graph.permissions.gcp import answers as gcp
from graph.permissions.question import Answer, Answerer, OpenEstate, Question, error, sentence

CLOUDS: Mapping[str, OpenEstate] = {
    "aws": aws.answerer,
    "azure": azure.answerer,
    "gcp": gcp.answerer,
}

_NEEDED = ("principal", "action", "resource")
Row = Callable[[Mapping[str, Any]], Answer]


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


def _each(lines: Iterable[bytes], answer: Row) -> Iterator[Answer]:
    for row in each_row(lines):
        if isinstance(row, Answer):
            yield row
            continue
        try:
            yield answer(row)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
            yield error(row.get("id"), sentence(problem))


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
