"""The coverage ledger as columns: one row a line, and one for each list that nobody asked for."""

import json
from collections import Counter
from typing import NamedTuple

import numpy as np

from graph.model import CoverageEntry, CoverageState
from ui import icons
from ui.facts import Facts
from ui.models.table import Mask, TableModel, code_column, text_column
from ui.states import NEVER, STATES

_ORDER: tuple[str, ...] = (
    CoverageState.DENIED,
    CoverageState.FAILED,
    CoverageState.PARTIAL,
    NEVER,
    CoverageState.NOT_OFFERED,
    CoverageState.COMPLETE,
)  # what matters first
_GAPS = {CoverageState.DENIED, CoverageState.FAILED, CoverageState.PARTIAL}


class Line(NamedTuple):
    """One list or detail: what was asked, about what, where, and what came of it."""

    operation: str
    about: str
    place: tuple[str, str, str]  # provider, account, region
    state: str
    reason: str


class Ledger:
    """Columns and filters over the lines of the ledger."""

    def __init__(self, facts: Facts) -> None:
        self.lines = [
            *(_line(entry) for entry in facts.assessment.snapshot.coverage),
            *(
                Line(operation, ", ".join(titles), ("", "", ""), NEVER, "")
                for operation, titles in facts.never_asked.items()
            ),
        ]
        self.counts = Counter(line.state for line in self.lines)

    @property
    def whole(self) -> int:
        """How many lines are known whole."""
        return self.counts[CoverageState.COMPLETE] + self.counts[CoverageState.NOT_OFFERED]

    @property
    def gaps(self) -> int:
        """How many were asked for and not read whole."""
        return sum(self.counts[state] for state in _GAPS)

    def states(self) -> list[str]:
        """The states that occur, the best one first."""
        return [state for state in reversed(_ORDER) if self.counts[state]]

    def first_gap(self) -> int:
        """The line that matters most."""
        lines = range(len(self.lines))
        return min(lines, key=lambda row: (_ORDER.index(self.lines[row].state), row), default=-1)

    def model(self) -> TableModel:
        """A table of all lines."""
        lines = self.lines
        codes = np.array([_ORDER.index(line.state) for line in lines], dtype=np.int64)
        pictures = [icons.icon(STATES[state].icon, STATES[state].token) for state in _ORDER]
        columns = (
            code_column(
                "State",
                codes,
                [STATES[state].title for state in _ORDER],
                sorted_by_code=True,
                width=148,
                icon=lambda row: pictures[codes[row]],
            ),
            text_column("List", [line.operation for line in lines], width=270),
            text_column("About", [line.about for line in lines], width=200),
            text_column("Account", [line.place[1] for line in lines], width=116),
            text_column("Region", [line.place[2] for line in lines], width=100),
            text_column("Reason", [line.reason for line in lines], width=420),
        )
        return TableModel(columns, len(lines))

    def mask(self, words: str, state: str) -> Mask:
        """Lines that hold every word and are in a state; "gaps" stands for all that were asked for in vain."""
        wanted = words.casefold().split()
        fits = [
            (not state or line.state == state or (state == "gaps" and line.state in _GAPS))
            and all(word in _folded(line) for word in wanted)
            for line in self.lines
        ]
        return np.array(fits, dtype=bool)


def _line(entry: CoverageEntry) -> Line:
    scope = entry.scope
    about = ", ".join(
        f"{key} = {value if isinstance(value, str) else json.dumps(value, default=str)}"
        for key, value in sorted(entry.params.items())
    )
    place = (scope.provider, scope.account, scope.region)
    return Line(entry.operation, about, place, entry.state.value, entry.reason)


def _folded(line: Line) -> str:
    return " ".join((line.operation, line.about, *line.place, line.reason)).casefold()
