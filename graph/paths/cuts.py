"""What to fix first: the steps whose removal breaks the most attack paths, one after the other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.model import AttackPath, Step


class Cut(NamedTuple):
    """A step to break; `breaks` are the paths, by number, that no cut before it has broken."""

    step: Step
    breaks: tuple[int, ...]


def fix_first(paths: Sequence[AttackPath], count: int) -> Iterator[Cut]:
    """At most `count` cuts, each the one that takes away the most remaining risk (greedy set cover).

    A path is the best way of its pair: where there is another way, breaking it makes the attack dearer, not impossible.
    """
    over: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    steps: dict[tuple[str, str, str], Step] = {}
    for number, path in enumerate(paths):
        for step in path.steps:
            key = (step.source, step.kind, step.target)
            over[key].add(number)
            steps.setdefault(key, step)
    left = set(range(len(paths)))
    for _ in range(count):
        worth = {key: sum(paths[i].risk for i in hit & left) for key, hit in over.items()}
        best = min(worth, key=lambda key: (-worth[key], key), default=None)
        if best is None or not worth[best]:
            return
        yield Cut(steps[best], tuple(sorted(over[best] & left)))
        left -= over[best]
