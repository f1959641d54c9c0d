"""What to fix first: the steps whose removal breaks the most attack paths, one after the other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.model import AttackPath, Key, Step


class Cut(NamedTuple):
    """A step to break; `breaks` are the paths that walk over it, by number, and over no cut before it."""

    step: Step
    breaks: tuple[int, ...]


def fix_first(paths: Sequence[AttackPath], count: int) -> Iterator[Cut]:
    """At most `count` cuts, each the one that takes away the most remaining risk (greedy set cover).

    A path is the best way of its pair: where there is another way, breaking it makes the attack dearer, not impossible;
    `what_if` tells which.
    """
    over: dict[Key, set[int]] = defaultdict(set)
    steps: dict[Key, Step] = {}
    for number, path in enumerate(paths):
        for step in path.steps:
            over[step.key].add(number)
            steps.setdefault(step.key, step)
    left = set(range(len(paths)))
    for _ in range(count):
        worth = {key: sum(paths[i].risk for i in hit & left) for key, hit in over.items()}
        best = min(worth, key=lambda key: (-worth[key], key), default=None)
        if best is None or not worth[best]:
            return
        yield Cut(steps[best], tuple(sorted(over[best] & left)))
        left -= over[best]
