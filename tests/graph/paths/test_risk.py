"""The risk formula, and the page that explains it."""

import re
from pathlib import Path

import pytest

from graph.content import read_toml
from graph.model import Verdict
from graph.paths.risk import load_weights, risk

PAGE = Path(__file__).resolve().parents[3] / "docs" / "attack-paths.md"


def rated(entry: int = 5, target: int = 5, effort: float = 1.0, verdict=Verdict.YES) -> float:
    return risk(
        entry_weight=entry,
        target_weight=target,
        effort=effort,
        verdict=verdict,
        weights=load_weights(),
    )


def test_the_worst_path_is_one_proved_step_from_the_heaviest_entry_to_the_heaviest_target() -> None:
    assert rated() == 100


@pytest.mark.parametrize(
    "milder",
    [{"entry": 4}, {"target": 4}, {"effort": 2.0}, {"verdict": Verdict.UNDECIDED}],
    ids=lambda change: next(iter(change)),
)
def test_each_part_of_the_formula_lowers_it(milder) -> None:
    assert 0 < rated(**milder) < rated()


def test_a_long_way_keeps_its_floor_and_no_way_has_no_risk() -> None:
    assert rated(effort=1000) == rated(effort=2000) == 100 * load_weights().floor
    assert rated(verdict=Verdict.NO) == 0


def test_the_page_names_the_figures_in_use() -> None:
    figures = read_toml("analysis/risk.toml")
    text = PAGE.read_text(encoding="utf-8")
    named = {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)", text)}
    for table in figures.values():
        assert {float(value) for value in table.values()} <= named
