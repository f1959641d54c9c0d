"""The inventory as columns: one row an asset, numbered as in the graph."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graph.model import Severity
from ui import icons
from ui.facts import Facts
from ui.models.table import Column, Mask, TableModel, code_column, number_column, text_column
from ui.widgets import severity_icon

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

LEVELS = ("", *(level.value for level in sorted(Severity, key=lambda level: level.rank)))
ROLES = ("", "Entry point", "Crown jewel", "Both")


class Assets:
    """Columns and filters over all assets of an assessment."""

    def __init__(self, facts: Facts) -> None:
        graph = facts.graph
        self.facts = facts
        self.names: list[str] = []
        places: list[tuple[str, str]] = []
        for asset in graph.assets():
            self.names.append(asset.name or asset.id)
            places.append((asset.account, asset.region))
        self.accounts, self.account_codes = _coded([place[0] for place in places])
        self.regions, self.region_codes = _coded([place[1] for place in places])
        self.findings = self._counts(
            {asset: len(found) for asset, found in facts.findings_of.items()}
        )
        self.paths = self._counts(
            {asset: len(found) for asset, found in facts.paths_through.items()}
        )
        worst = {asset: facts.severity(asset) for asset in facts.findings_of}
        self.severity = self._counts({a: level.rank for a, level in worst.items() if level})
        self.roles = self._counts(dict.fromkeys(facts.entries, 1)) + 2 * self._counts(
            dict.fromkeys(facts.jewels, 1)
        )

    @property
    def count(self) -> int:
        """How many assets there are."""
        return len(self.names)

    def model(self) -> TableModel:
        """A table of all assets."""
        return TableModel(list(self._columns()), self.count)

    def _columns(self) -> Sequence[Column]:
        graph = self.facts.graph
        kinds = [graph.schema.kinds[kind].title for kind in graph.kinds]
        pictures = [icons.icon(icons.kind_icon_name(kind)) for kind in graph.kinds]
        levels: list[QIcon | None] = [
            None,
            *(severity_icon(Severity(level)) for level in LEVELS[1:]),
        ]
        return (
            text_column(
                "Name", self.names, width=260, icon=lambda row: pictures[graph.kind_code[row]]
            ),
            code_column("Type", graph.kind_code, kinds, width=180),
            code_column("Account", self.account_codes, self.accounts, width=116),
            code_column("Region", self.region_codes, self.regions, width=100),
            code_column("Role", self.roles, ROLES, width=100),
            code_column(
                "Worst finding",
                self.severity,
                [level.capitalize() for level in LEVELS],
                sorted_by_code=True,
                width=116,
                icon=lambda row: levels[self.severity[row]],
            ),
            number_column("Findings", self.findings, width=84),
            number_column("Paths", self.paths, width=72),
            Column(
                title="Id",
                words=graph.ids.__getitem__,
                keys=lambda: np.arange(self.count),
                width=420,
            ),
        )

    def mask(self, words: str, filters: Mapping[str, str]) -> Mask:
        """Rows whose name or id holds every word, and that pass the filters category, kind, account, role, severity."""
        shown = np.ones(self.count, dtype=bool)
        for key, wanted in filters.items():
            if wanted:
                shown &= self._filter(key, wanted)
        for word in words.casefold().split():
            fits = (word in each for each in self.facts.folded)
            shown &= np.fromiter(fits, bool, self.count)
        return shown

    def _filter(self, key: str, wanted: str) -> Mask:
        graph = self.facts.graph
        if key == "category":
            fits = [graph.schema.category(kind) == wanted for kind in graph.kinds]
            return np.array(fits, dtype=bool)[graph.kind_code]
        if key == "kind":
            return np.array([kind == wanted for kind in graph.kinds], dtype=bool)[graph.kind_code]
        if key == "account":
            return np.array([name == wanted for name in self.accounts])[self.account_codes]
        if key == "role":
            return (self.roles & {"entry": 1, "target": 2}[wanted]) > 0
        if key == "severity":
            return np.asarray(self.severity >= LEVELS.index(wanted))
        raise KeyError(key)

    def _counts(self, numbers: Mapping[str, int]) -> NDArray[np.int64]:
        made = np.zeros(self.count, dtype=np.int64)
        for asset, number in numbers.items():
            if asset in self.facts.graph:
                made[self.facts.graph.index_of(asset)] = number
        return made


def _coded(values: list[str]) -> tuple[list[str], NDArray[np.int64]]:
    names = sorted(set(values))
    code = {name: number for number, name in enumerate(names)}
    return names, np.array([code[value] for value in values], dtype=np.int64)
