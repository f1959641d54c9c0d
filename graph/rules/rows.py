"""Partial answers to a pattern: a column of assets for every name that is bound so far, and how certain each row is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.asset_graph import Int32
from graph.rules.relations import NO, Codes, Int64, Mask


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of assets; each array is as long as `verdict`."""

    columns: Mapping[str, Int32]
    verdict: Codes

    def __len__(self) -> int:
        return len(self.verdict)

    def take(self, rows: NDArray[np.integer] | Mask) -> "Rows":
        """Some of the rows, in the given order."""
        return Rows(
            {name: column[rows] for name, column in self.columns.items()}, self.verdict[rows]
        )

    def at_most(self, verdict: NDArray[np.integer]) -> "Rows":
        """The same answers, none surer than this; what is known not to be is left out."""
        lower = np.minimum(self.verdict, verdict).astype(np.uint8)
        return Rows(self.columns, lower).take(lower > NO)

    def distinct(self, names: Sequence[str]) -> "Rows":
        """One row for each combination: the surest, and of those the first."""
        columns = [self.columns[name] for name in names]
        others = [column for name, column in self.columns.items() if name not in names]
        order = np.lexsort(np.array([*others, -self.verdict.astype(np.int8), *reversed(columns)]))
        first = np.ones(len(order), dtype=bool)
        first[1:] = False
        for column in columns:
            first[1:] |= column[order][1:] != column[order][:-1]
        return self.take(order[first])


def numbered(columns: Iterable[Int32], rows: int) -> Int64:
    """For each row a number that is the same for the same combination of values."""
    found = np.zeros(rows, dtype=np.int64)
    for column in columns:
        _, found = np.unique(found * (int(column.max(initial=0)) + 1) + column, return_inverse=True)
    return found
