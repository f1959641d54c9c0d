"""Ask which account to read, of which cloud, and with which named credentials; nothing is guessed."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui import text
from ui.collect_forms import FORMS, CollectForm, add_row, field
from ui.widgets import Pick, button

_PROMISE = "Reads only. Credentials stay in a process of their own and are never stored; what was denied is listed as coverage."


class CollectDialog(QDialog):
    """The task that collects, and its arguments."""

    def __init__(self, parent: QWidget, folder: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("Collect from a cloud")
        self.setMinimumWidth(520)
        self.forms = [form() for form in FORMS]
        self.cloud = Pick("Cloud", self._turned)
        self._stack = QStackedWidget()
        for form in self.forms:
            self._stack.addWidget(form)
            form.changed.connect(self._check)
        self.endpoint = field("Endpoint URL", "only for test servers")
        self.out = QLineEdit(str(folder / "estate.hound"))
        self.out.setAccessibleName("Save as")
        self.out.textChanged.connect(self._check)
        self._buttons = _buttons(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(16)
        box.addWidget(text.label(_PROMISE, "muted", wrap=True))
        box.addLayout(_rows(("&Cloud", self.cloud)))
        box.addWidget(self._stack)
        box.addLayout(_rows(("&Endpoint URL", self.endpoint), ("Save as", self._out_row())))
        box.addWidget(self._buttons)
        self.cloud.refill({form.task: form.cloud for form in self.forms})
        self._turned()

    @property
    def form(self) -> CollectForm:
        """The form of the cloud that is chosen."""
        return self.forms[self._stack.currentIndex()]

    @property
    def task(self) -> str:
        """What the collecting process does."""
        return self.form.task

    def arguments(self) -> dict[str, Any]:
        """What the collecting process is told."""
        return {
            **self.form.arguments(),
            "endpoint_url": self.endpoint.text().strip() or None,
            "out": self.out.text().strip(),
        }

    def _turned(self) -> None:
        self._stack.setCurrentIndex(max(0, self.cloud.currentIndex()))
        self._check()

    def _out_row(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(self.out, 1)
        line.addWidget(button("Choose…", self._choose))
        return line

    def _choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save snapshot as", self.out.text(), "Modelhound snapshots (*.hound)"
        )
        if name:
            self.out.setText(name)

    def _check(self, *_changed: object) -> None:
        ready = self.form.ready() and bool(self.out.text().strip())
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)


def _rows(*rows: tuple[str, QWidget | QHBoxLayout]) -> QFormLayout:
    form = QFormLayout()
    form.setSpacing(12)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    for label, content in rows:
        add_row(form, label, content)
    return form


def _buttons(dialog: QDialog) -> QDialogButtonBox:
    kinds = QDialogButtonBox.StandardButton
    box = QDialogButtonBox(kinds.Ok | kinds.Cancel)
    box.button(kinds.Ok).setText("Collect")
    box.button(kinds.Ok).setObjectName("primary")
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
