"""Questions about Google Cloud, answered from an estate."""

import re

from graph.estate import Estate
from graph.permissions.gcp.world import World
from graph.permissions.question import Answer, Answerer, Question, error

_PERMISSION = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*/?[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+")
_MEMBER = re.compile(
    r"(user|group|serviceAccount|domain|deleted|projectOwner|projectEditor|projectViewer):.+"
    r"|principal(Set)?://.+|//iam\.googleapis\.com/projects/[^/]+/serviceAccounts/.+|allUsers|allAuthenticatedUsers",
    re.DOTALL,
)


def answerer(estate: Estate) -> Answerer:
    """Everything that the estate knows, ready for many questions."""
    world = World(estate)

    def answer(question: Question) -> Answer:
        if problem := problem_of(question):
            return error(question.id, problem)
        found = world.decide(
            question.principal, question.action, question.resource, question.context
        )
        return Answer(
            id=question.id,
            decision=found.word,
            layer=found.layer,
            statement=found.statement,
            reason=found.reason,
        )

    return answer


def problem_of(question: Question) -> str:
    """Why a question cannot be asked; "" if it can."""
    if "*" in question.action:
        return f"{question.action!r}: ask for one permission, without wildcards"
    if not _PERMISSION.fullmatch(question.action):
        return f"{question.action!r} is no permission of Google Cloud, such as storage.objects.get"
    if not _MEMBER.fullmatch(question.principal):
        return f"{question.principal!r} is no member, such as user:ann@example.com or principal://…"
    if not question.resource.startswith("//"):
        return f"{question.resource!r} is no full resource name; it begins with two slashes"
    return ""
