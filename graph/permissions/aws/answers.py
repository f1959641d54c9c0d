"""Questions about AWS, answered from an estate."""

from graph.estate import Estate
from graph.permissions.aws.whatif import action_of, answer_of, caller_of, resource_of
from graph.permissions.aws.world import World
from graph.permissions.question import Answer, Answerer, Question, error


def answerer(estate: Estate) -> Answerer:
    """Everything that the estate knows, ready for many questions."""
    world = World(estate)

    def answer(question: Question) -> Answer:
        try:
            caller = caller_of(question.principal)
            resource = resource_of(question.resource)
            action = action_of(question.action)
            target = world.target(resource)
            decision = world.ask(caller.arn, action, resource, target, question.context)
        except (ValueError, TypeError) as problem:
            return error(question.id, str(problem))
        return answer_of(question.id, decision)

    return answer
