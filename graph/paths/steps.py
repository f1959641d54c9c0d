"""What a way through the states means: its steps, its verdict, its risk."""

from dataclasses import dataclass
from typing import Literal

from graph.asset_graph import VERDICTS, AssetGraph
from graph.model import AttackPath, Step, Verdict
from graph.paths.risk import load_weights, risk
from graph.paths.selection import Selected
from graph.paths.walk import DOWNGRADE, TAKEOVER

Way = tuple[int, ...]  # relationship numbers as walked, moves that stay at an asset between
End = Literal["source", "target"]
Taken = tuple[End, int] | None  # which end of a step must be taken over, and by which move


@dataclass(frozen=True, slots=True)
class Found:
    """One way of one pair, before its steps are written out."""

    entry: Selected
    target: Selected
    way: Way
    verdict: Verdict
    risk: float


def walked(way: Way) -> list[tuple[int, Taken]]:
    """The relationships of a way, each with the end that must be taken over for it.

    A takeover concerns the step after it; the last step, if the way ends with it.
    """
    steps: list[tuple[int, Taken]] = []
    by = DOWNGRADE
    for move in way:
        if move >= 0:
            steps.append((move, None if by == DOWNGRADE else ("source", by)))
            by = DOWNGRADE
        elif move != DOWNGRADE:
            by = move
    if by != DOWNGRADE:
        steps[-1] = (steps[-1][0], ("target", by))
    return steps


class Writer:
    """Rates and writes out ways of one graph; a step that many paths share is made once."""

    def __init__(self, graph: AssetGraph) -> None:
        self.graph = graph
        self.weights = load_weights()
        self._steps: dict[tuple[int, Taken], Step] = {}

    def rate(self, entry: Selected, target: Selected, way: Way) -> Found:
        """The verdict of the weakest step, and the risk."""
        steps = walked(way)
        edges = [edge for edge, _ in steps]
        weakest = VERDICTS[int(self.graph.verdict_code[edges].min())]
        taken = any(end for _, end in steps)
        verdict = Verdict.weakest((weakest, Verdict.UNDECIDED if taken else Verdict.YES))
        value = risk(
            entry_weight=entry.weight,
            target_weight=target.weight,
            effort=sum(self._cost(edge) for edge in edges),
            verdict=verdict,
            weights=self.weights,
        )
        return Found(entry, target, way, verdict, value)

    def path(self, found: Found) -> AttackPath:
        """A found way with its steps written out."""
        return AttackPath(
            entry=found.entry.id,
            target=found.target.id,
            risk=found.risk,
            verdict=found.verdict,
            steps=tuple(self._step(edge, taken) for edge, taken in walked(found.way)),
        )

    def _cost(self, edge: int) -> float:
        kind = self.graph.relationship_kinds[int(self.graph.relationship_code[edge])]
        return self.graph.schema.relationships[kind].cost

    def _step(self, edge: int, taken: Taken) -> Step:
        if (edge, taken) not in self._steps:
            self._steps[edge, taken] = self._made(edge, taken)
        return self._steps[edge, taken]

    def _made(self, edge: int, taken: Taken) -> Step:
        item = self.graph.relationship(edge)
        verdict, missing = item.verdict, item.missing
        if taken:
            verdict = Verdict.weakest((verdict, Verdict.UNDECIDED))
            missing = (*missing, self._doubt(edge, *taken))
        return Step(
            source=item.source,
            kind=item.kind,
            target=item.target,
            verdict=verdict,
            evidence=item.evidence,
            missing=missing,
            properties=item.properties,
        )

    def _doubt(self, edge: int, end: End, by: int) -> str:
        """Why it is not known that the asset at one end can be taken over."""
        ends = self.graph.source if end == "source" else self.graph.target
        label = self.graph.schema.labels[self.graph.label(int(ends[edge]))]
        return label.takeover if by == TAKEOVER else label.steering
