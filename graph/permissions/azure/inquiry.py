"""Questions that people ask of access in Azure: who can this, and what stops that."""

from collections.abc import Iterator

from graph.content import read_toml
from graph.estate import Estate
from graph.permissions.azure.answers import problem_of
from graph.permissions.azure.derive import principals
from graph.permissions.azure.world import World
from graph.permissions.decision import Decision
from graph.permissions.inquiry import Explanation, explained
from graph.permissions.question import Question


class Inquirer:
    """Answers about one estate."""

    def __init__(self, estate: Estate) -> None:
        self.world = World(estate)

    def who_can(self, action: str, resource: str) -> Iterator[tuple[str, Decision]]:
        """Every object of the directory that an assignment may name; what nobody read is a gap and no holder."""
        _check(action, resource)
        for asset in principals(self.world.estate):
            found = self.world.decide(asset.id, action, resource)
            if not found.unread:
                yield asset.id, found

    def explain(self, principal: str, action: str, resource: str) -> Explanation:
        """Why a request is allowed or not: every layer by itself."""
        _check(action, resource)
        return explained(
            self.world.decide(principal, action, resource),
            self.world.layers(principal, action, resource),
            read_toml("permissions/azure_layers.toml"),
            {"principal": principal, "action": action, "resource": resource},
        )


def _check(action: str, resource: str) -> None:
    if problem := problem_of(Question(id=None, principal="", action=action, resource=resource)):
        raise ValueError(problem)
