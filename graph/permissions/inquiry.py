"""Answers to questions that people ask of access, in the shape that every cloud shares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from graph.estate import Estate
from graph.model import Evidence
from graph.permissions.decision import Decision
from graph.permissions.edges import proofs_of
from graph.permissions.question import ALLOWED, EXPLICIT, IMPLICIT, UNDECIDED


class Decided(Protocol):
    """A decision of any cloud, as far as people are told of it."""

    @property
    def decision(self) -> str:
        """One of the words of graph.permissions.question."""

    @property
    def layer(self) -> str:
        """Which kind of policy decided."""

    @property
    def statement(self) -> str:
        """The statement that did."""

    @property
    def reason(self) -> str:
        """One sentence."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What would decide an open one."""


class Obstacle(NamedTuple):
    """One thing that stops a request, and what would have to change."""

    layer: str
    title: str
    decision: str
    statement: str
    reason: str
    change: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The decision, every obstacle in the order in which they show, and the decision without them."""

    decision: Decided
    evidence: tuple[Evidence, ...]
    obstacles: tuple[Obstacle, ...]
    without: Decided


class Inquirer(Protocol):
    """What a cloud answers about one estate."""

    def who_can(self, action: str, resource: str) -> Iterator[tuple[str, Decided]]:
        """Every principal that may matter, with its decision."""

    def explain(self, principal: str, action: str, resource: str) -> Explanation:
        """Why a request is allowed or not. ValueError or TypeError for what cannot be asked."""


class OpenInquirer(Protocol):
    """Compiles an estate's policies once."""

    def __call__(self, estate: Estate) -> Inquirer:
        """The inquirer of an estate."""


def explained(
    decision: Decision,
    parts: Sequence[Decision],
    layers: Mapping[str, Mapping[str, str]],
    names: Mapping[str, Any],
) -> Explanation:
    """The explanation where every layer decides by itself. `parts`: what each says; `layers`: texts by layer.

    Texts may use the keys of `names` and {policy}.
    """
    stops = [part for part in parts if part.word in {EXPLICIT, IMPLICIT}]
    open_ = [part for part in parts if part.word == UNDECIDED]
    return Explanation(
        decision=decision,
        evidence=proofs_of([decision]),
        obstacles=tuple(_obstacle(part, layers[part.layer], names) for part in stops),
        without=open_[0] if open_ else Decision(word=ALLOWED, layer=decision.layer),
    )


def _obstacle(part: Decision, texts: Mapping[str, str], names: Mapping[str, Any]) -> Obstacle:
    change = texts["change"].format(policy=part.statement or "the policy", **names)
    return Obstacle(
        layer=part.layer,
        title=texts["title"],
        decision=part.word,
        statement=part.statement,
        reason=part.reason,
        change=change,
        evidence=part.proofs,
    )
