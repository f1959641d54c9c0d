"""A question before something is lost."""

from PySide6.QtWidgets import QDialog, QWidget

from ui import text
from ui.widgets import button, column, row


class Confirm(QDialog):
    """What would be lost, and two buttons; the one that loses nothing has the focus."""

    def __init__(self, parent: QWidget, question: str, about: str, go_on: str, stay: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Modelhound")
        words = text.label(about, wrap=True)
        words.setMinimumWidth(360)
        self.stay = button(stay, self.reject, style="primary")
        self.go_on = button(go_on, self.accept)
        line = row(self.go_on, self.stay, gap=8)
        line.insertStretch(0)
        self.setLayout(
            column(text.label(question, "heading", wrap=True), words, line, gap=16, margin=24)
        )
        self.stay.setDefault(True)
        self.stay.setFocus()
