"""A table of rows for any of our models: sorted by a click, walked by keyboard, the chosen row kept through both."""

import numpy as np
from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui.models.table import Ints, Mask, TableModel

HEIGHT = 34
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Table(QTableView):
    """`chosen` tells the row (as the model's columns number it) that the user made current, `opened` the one he entered."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(16, 16))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        down = self.verticalHeader()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(HEIGHT)
        down.hide()
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        across.setMinimumSectionSize(48)
        across.setStretchLastSection(True)
        across.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table: TableModel | None = None
        self.row = -1
        self._quiet = False

    def show_model(self, model: TableModel, sort: int, *, down: bool = False) -> None:
        """Show a model, sorted by a column."""
        self._table, self.row = model, -1
        self.setModel(model)
        for number, column in enumerate(model.columns):
            self.setColumnWidth(number, column.width)
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(sort, order)
        self.setSortingEnabled(True)
        model.modelReset.connect(self._keep)
        self.selectionModel().currentChanged.connect(self._on_current)

    def show_rows(self, mask: Mask) -> None:
        """Filter."""
        if self._table is not None:
            self._table.show_rows(mask)

    @property
    def shown(self) -> Ints:
        """The rows that are shown, in the order in which they are."""
        return self._table.rows if self._table is not None else np.zeros(0, dtype=np.int64)

    def choose(self, row: int) -> bool:
        """Make a row current and bring it into sight; False if it is filtered out. Nobody is told."""
        position = self._table.position(row) if self._table else -1
        self.row = row
        if position < 0 or self._table is None:
            return False
        self._quiet = True
        index = self._table.index(position, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self._quiet = False
        return True

    def _keep(self) -> None:
        if self.row >= 0:
            self.choose(self.row)

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if self._table is None or self._quiet or not index.isValid():
            return
        self.row = int(self._table.rows[index.row()])
        self.chosen.emit(self.row)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._quiet = True  # Qt makes the first row current, which nobody chose
        super().focusInEvent(event)
        self._quiet = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _ENTER and self.currentIndex().isValid():
            self._on_current(self.currentIndex(), self.currentIndex())
            self.opened.emit(self.row)
        else:
            super().keyPressEvent(event)
