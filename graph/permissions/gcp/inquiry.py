"""Questions that people ask of access in Google Cloud: who can this, and what stops that."""

from collections.abc import Iterator

from graph.content import read_toml
from graph.estate import Estate
from graph.permissions.decision import Decision
from graph.permissions.gcp.answers import problem_of
from graph.permissions.gcp.derive import ACTING
from graph.permissions.gcp.world import World
from graph.permissions.inquiry import Explanation, explained
from graph.permissions.question import Question


class Inquirer:
    """Answers about one estate."""

    def __init__(self, estate: Estate) -> None:
        self.world = World(estate)

    def who_can(self, action: str, resource: str) -> Iterator[tuple[str, Decision]]:
        """Every member that policies name, and everybody; what nobody read is a gap and no holder."""
        _check("allUsers", action, resource)
        for asset in self.world.estate.assets.values():
            if asset.kind in ACTING:
                found = self.world.decide(asset.id, action, resource)
                if not found.unread:
                    yield asset.id, found

    def explain(self, principal: str, action: str, resource: str) -> Explanation:
        """Why a request is allowed or not: every layer by itself."""
        _check(principal, action, resource)
        return explained(
            self.world.decide(principal, action, resource),
            self.world.layers(principal, action, resource),
            read_toml("permissions/gcp_layers.toml"),
            {"principal": principal, "action": action, "resource": resource},
        )


def _check(principal: str, action: str, resource: str) -> None:
    asked = Question(id=None, principal=principal, action=action, resource=resource)
    if problem := problem_of(asked):
        raise ValueError(problem)
