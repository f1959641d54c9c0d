"""The risk of an attack path, 0-100: one formula, its figures in resources/analysis/risk.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from graph.content import read_toml
from graph.model import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The figures of the formula, and the costs that the search adds."""

    undecided_cost: float
    takeover_cost: float
    entry: Mapping[int, float]
    target: Mapping[int, float]
    decay: float
    floor: float
    certainty: Mapping[Verdict, float]


@cache
def load_weights() -> Weights:
    """The shipped figures, read once."""
    content = read_toml("analysis/risk.toml")
    return Weights(
        undecided_cost=content["cost"]["undecided"],
        takeover_cost=content["cost"]["takeover"],
        entry={int(weight): share for weight, share in content["entry"].items()},
        target={int(weight): share for weight, share in content["target"].items()},
        decay=content["path"]["decay"],
        floor=content["path"]["floor"],
        certainty={Verdict(name): share for name, share in content["verdict"].items()},
    )


def risk(
    *, entry_weight: int, target_weight: int, effort: float, verdict: Verdict, weights: Weights
) -> float:
    """100 * likelihood of the entry * loss of the target * ease of the way * certainty."""
    ease: float = max(weights.floor, weights.decay ** max(0.0, effort - 1.0))
    share: float = weights.entry[entry_weight] * weights.target[target_weight]
    value: float = 100 * share * ease * weights.certainty.get(verdict, 0.0)
    return round(value, 1)
