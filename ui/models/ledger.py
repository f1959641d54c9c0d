"""The coverage ledger as columns: one row a line."""

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np

from graph.model import CoverageEntry, CoverageState
from ui import icons
from ui.models.table import Mask, TableModel, code_column, text_column
from ui.states import STATES

_ORDER = (
    CoverageState.DENIED,
    CoverageState.FAILED,
    CoverageState.PARTIAL,
    CoverageState.NOT_OFFERED,
    CoverageState.COMPLETE,
)  # what matters first
_GAPS = {CoverageState.DENIED, CoverageState.FAILED, CoverageState.PARTIAL}


class Ledger:
    """Columns and filters over the lines of the ledger."""

    def __init__(self, entries: Sequence[CoverageEntry]) -> None:
        self.entries = entries
        self._counts = Counter(entry.state for entry in entries)
        self._asked = [params(entry) for entry in entries]

    def number(self, state: CoverageState) -> int:
        """How many lines are in a state."""
        return self._counts[state]

    def first_gap(self) -> int:
        """The line that matters most."""
        lines = range(len(self.entries))
        return min(lines, key=lambda row: (_ORDER.index(self.entries[row].state), row), default=-1)

    def model(self) -> TableModel:
        """A table of all lines."""
        entries = self.entries
        codes = np.array([_ORDER.index(entry.state) for entry in entries], dtype=np.int64)
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
            text_column("Asked", [entry.operation for entry in entries], width=270),
            text_column("About", self._asked, width=200),
            text_column("Account", [entry.scope.account for entry in entries], width=116),
            text_column("Region", [entry.scope.region for entry in entries], width=100),
            text_column("Reason", [entry.reason for entry in entries], width=420),
        )
        return TableModel(columns, len(entries))

    def mask(self, words: str, state: str) -> Mask:
        """Lines that hold every word and are in a state; "gaps" stands for all that are not whole."""
        wanted = words.casefold().split()
        fits = [
            (not state or entry.state == state or (state == "gaps" and entry.state in _GAPS))
            and all(word in self._line(row) for word in wanted)
            for row, entry in enumerate(self.entries)
        ]
        return np.array(fits, dtype=bool)

    def _line(self, row: int) -> str:
        entry = self.entries[row]
        parts = (
            entry.operation,
            self._asked[row],
            entry.scope.account,
            entry.scope.region,
            entry.reason,
        )
        return " ".join(parts).casefold()


def params(entry: CoverageEntry) -> str:
    """What a line was asked about, in one line."""
    return ", ".join(
        f"{key} = {value if isinstance(value, str) else json.dumps(value, default=str)}"
        for key, value in sorted(entry.params.items())
    )
