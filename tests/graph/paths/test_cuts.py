"""What to fix first: greedy, by the risk that is left."""

from itertools import pairwise

from graph.model import AttackPath, Step, Verdict
from graph.paths.cuts import fix_first


def path(risk: float, *assets: str) -> AttackPath:
    steps = tuple(
        Step(source=a, kind="CAN_READ", target=b, verdict=Verdict.YES) for a, b in pairwise(assets)
    )
    return AttackPath(
        entry=assets[0], target=assets[-1], risk=risk, verdict=Verdict.YES, steps=steps
    )


PATHS = (path(50, "a", "hub", "x"), path(40, "b", "hub", "x"), path(30, "c", "y"))


def cuts(count: int, paths=PATHS) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(cut.step.source, cut.step.target, cut.breaks) for cut in fix_first(paths, count)]


def test_the_shared_step_comes_first_and_each_path_counts_once() -> None:
    assert cuts(5) == [("hub", "x", (0, 1)), ("c", "y", (2,))]


def test_one_heavy_path_outweighs_two_light_ones() -> None:
    heavy = path(95, "c", "y")
    assert cuts(1, (*PATHS[:2], heavy)) == [("c", "y", (2,))]


def test_no_paths_nothing_to_fix() -> None:
    assert cuts(3, ()) == []
    assert cuts(0) == []
