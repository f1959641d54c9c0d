"""Questions about AWS, answered from an estate."""

from graph.estate import Estate
from graph.permissions.aws.principals import ANONYMOUS, Principal
from graph.permissions.aws.world import World
from graph.permissions.question import Answer, Answerer, Question, error


def answerer(estate: Estate) -> Answerer:
    """Everything that the estate knows, ready for many questions."""
    world = World(estate)

    def answer(question: Question) -> Answer:
        return _answer(world, question)

    return answer


def _answer(world: World, question: Question) -> Answer:
    caller = Principal(question.principal)
    if not caller.parts and not caller.is_service and question.principal != ANONYMOUS:
        return error(question.id, f"{question.principal}: not the ARN of a principal")
    target = world.target(question.resource)
    decision = world.ask(
        question.principal, question.action, question.resource, target, question.context
    )
    return Answer(
        id=question.id,
        decision=decision.decision,
        layer=decision.layer,
        statement=decision.statement,
        reason=decision.reason,
    )
