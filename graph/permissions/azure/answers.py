"""Questions about Azure, answered from an estate."""

from collections.abc import Mapping
from typing import Any

from graph.estate import Estate
from graph.permissions.azure.world import World
from graph.permissions.decision import Decision
from graph.permissions.question import Answer, Answerer, Question, error

_PLANE = "isdataaction"


def answerer(estate: Estate) -> Answerer:
    """Everything that the estate knows, ready for many questions."""
    world = World(estate)

    def answer(question: Question) -> Answer:
        if problem := problem_of(question):
            return error(question.id, problem)
        context, data = _plane(question.context)
        return _answer(
            question,
            world.decide(
                question.principal, question.action, question.resource, context, data=data
            ),
        )

    return answer


def problem_of(question: Question) -> str:
    """Why a question cannot be asked; "" if it can."""
    if not question.action.strip() or "/" not in question.action:
        return f"{question.action!r} is no operation of Azure, such as Microsoft.X/y/read"
    if "*" in question.action:
        return f"{question.action!r}: ask for one operation, without wildcards"
    if not question.resource.startswith("/"):
        return f"{question.resource!r} is no Azure resource id; it begins with a slash"
    return ""


def _plane(context: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool | None]:
    """The context without the flag that names the plane, and the flag."""
    rest = {name: value for name, value in context.items() if name.lower() != _PLANE}
    found = next((value for name, value in context.items() if name.lower() == _PLANE), None)
    if found is None or isinstance(found, bool):
        return rest, found
    text = str(found).lower()
    if text not in {"true", "false"}:
        raise ValueError("isDataAction is true or false")
    return rest, text == "true"


def _answer(question: Question, decision: Decision) -> Answer:
    return Answer(
        id=question.id,
        decision=decision.word,
        layer=decision.layer,
        statement=decision.statement,
        reason=decision.reason,
    )
