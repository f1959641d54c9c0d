"""A table model of our own: an array of row numbers is sorted and filtered, the rows themselves never move.

QSortFilterProxyModel asks Python for every cell it compares, which takes seconds at 100,000 rows; here a column is ranked
once, and sorting and filtering are numpy on those ranks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon

from ui import text

Index = QModelIndex | QPersistentModelIndex
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `words` of a row for people, `keys` in whose order rows are sorted (any array, or texts)."""

    title: str
    words: Callable[[int], str]
    keys: Callable[[], NDArray[Any]]
    width: int = 120
    icon: Callable[[int], QIcon | None] = lambda _row: None
    numeric: bool = False

    @cached_property
    def ranks(self) -> Ints:
        """For each row its place in order; equal rows have equal ranks. Made when first sorted by."""
        return np.unique(self.keys(), return_inverse=True)[1].reshape(-1)


def text_column(title: str, values: Sequence[str], **more: Any) -> Column:
    """Texts, sorted without regard to case."""

    def keys() -> NDArray[Any]:
        return np.array([value.casefold() for value in values], dtype=object)

    return Column(title=title, words=values.__getitem__, keys=keys, **more)


def code_column(
    title: str,
    codes: NDArray[Any],
    names: Sequence[str],
    *,
    sorted_by_code: bool = False,
    **more: Any,
) -> Column:
    """Texts of which there are few: a code in each row."""
    by_name = np.unique(
        np.array([name.casefold() for name in names], dtype=object), return_inverse=True
    )[1]

    def keys() -> NDArray[Any]:
        return codes if sorted_by_code else by_name.reshape(-1)[codes]

    return Column(title=title, words=lambda row: names[codes[row]], keys=keys, **more)


def number_column(title: str, numbers: NDArray[Any], **more: Any) -> Column:
    """Whole numbers; 0 is left blank."""

    def words(row: int) -> str:
        return f"{numbers[row]:,}" if numbers[row] else ""

    return Column(title=title, words=words, keys=lambda: numbers, numeric=True, **more)


class TableModel(QAbstractTableModel):
    """Rows of columns, in some order, some of them hidden."""

    def __init__(self, columns: Sequence[Column], count: int) -> None:
        super().__init__()
        self.columns, self.count = columns, count
        self._mask: Mask = np.ones(count, dtype=bool)
        self._order: Ints = np.arange(count)
        self.rows = self._order

    def show_rows(self, mask: Mask) -> None:
        """Show the rows that are true in the mask."""
        self.beginResetModel()
        self._mask = mask
        self.rows = self._order[mask[self._order]]
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder, /) -> None:
        if not 0 <= column < len(self.columns):
            return
        ranks = self.columns[column].ranks
        self.beginResetModel()
        down = order == Qt.SortOrder.DescendingOrder
        self._order = np.argsort(-ranks if down else ranks, kind="stable")
        self.rows = self._order[self._mask[self._order]]
        self.endResetModel()

    def position(self, row: int) -> int:
        """Where a row is shown, -1 if it is not."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else -1

    def rowCount(self, parent: Index | None = None, /) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None, /) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], int(self.rows[index.row()])
        answer = _ANSWERS.get(role)
        return answer(column, row) if answer else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
        /,
    ) -> object:
        if orientation == Qt.Orientation.Vertical or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].numeric else _LEFT
        return self.columns[section].title if role == Qt.ItemDataRole.DisplayRole else None


def _one_line(words: str) -> str:
    return " ".join(text.shown(words).split("\n"))


_ANSWERS: Mapping[int, Callable[[Column, int], object]] = {
    Qt.ItemDataRole.DisplayRole: lambda column, row: _one_line(column.words(row)),
    Qt.ItemDataRole.ToolTipRole: lambda column, row: text.tip_text(column.words(row)),
    Qt.ItemDataRole.DecorationRole: lambda column, row: column.icon(row),
    Qt.ItemDataRole.TextAlignmentRole: lambda column, _row: _RIGHT if column.numeric else _LEFT,
}
