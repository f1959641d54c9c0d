"""Every command with its keys, from the one table of commands."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from ui import text
from ui.commands import Commands
from ui.widgets import button, scrolled

OTHER = (
    ("Left, Right", "Step before, next step of an attack path"),
    ("Tab, Shift+Tab", "Next and previous part of the window"),
    ("+, -, 0", "Zoom the graph in and out, show all of it"),
    ("Space", "Show the neighbours of what is chosen in the graph"),
)


class HelpDialog(QDialog):
    """A table of keys."""

    def __init__(self, parent: QWidget, commands: Commands) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(520, 640)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(24)
        rows = [(c.shortcut, c.title) for c in commands if c.shortcut] + list(OTHER)
        for number, (keys, title) in enumerate(rows):
            grid.addWidget(text.label(keys, "strong"), number, 0)
            grid.addWidget(text.label(title), number, 1)
        grid.setColumnStretch(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.addWidget(scrolled(page))
        box.addWidget(button("Close", self.accept), alignment=Qt.AlignmentFlag.AlignRight)
