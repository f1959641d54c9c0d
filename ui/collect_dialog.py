"""Ask which AWS account to read, and with which named credentials; nothing is guessed."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ui import text
from ui.widgets import button


class CollectDialog(QDialog):
    """Arguments of the task `collect-aws`."""

    def __init__(self, parent: QWidget, folder: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("Collect from AWS")
        self.setMinimumWidth(520)
        self.profile = _field("Profile", "audit")
        self.environment = QCheckBox("Use the AWS_* environment variables instead")
        self.environment.toggled.connect(self.profile.setDisabled)
        self.regions = _field("Regions", "all enabled regions; or eu-west-1, us-east-1")
        self.endpoint = _field("Endpoint URL", "only for test servers")
        self.out = QLineEdit(str(folder / "estate.hound"))
        self.out.setAccessibleName("Save as")
        form = QFormLayout()
        form.setSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("&Profile", self.profile)
        form.addRow("", self.environment)
        form.addRow("&Regions", self.regions)
        form.addRow("&Endpoint URL", self.endpoint)
        form.addRow("Save as", self._out_row())
        self._buttons = _buttons(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(16)
        box.addWidget(
            text.label(
                "Reads only. Credentials stay in a process of their own and are never stored; what was denied "
                "is listed as coverage.",
                "muted",
                wrap=True,
            )
        )
        box.addLayout(form)
        box.addWidget(self._buttons)
        for changed in (self.profile.textChanged, self.environment.toggled, self.out.textChanged):
            changed.connect(self._check)
        self._check()

    def arguments(self) -> dict[str, Any]:
        """What the collecting process is told."""
        environment = self.environment.isChecked()
        return {
            "profile": None if environment else self.profile.text().strip(),
            "environment": environment,
            "regions": self.regions.text().replace(",", " ").split(),
            "endpoint_url": self.endpoint.text().strip() or None,
            "out": self.out.text().strip(),
        }

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
        named = self.environment.isChecked() or bool(self.profile.text().strip())
        ready = named and bool(self.out.text().strip())
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)


def _field(name: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(hint)
    return made


def _buttons(dialog: QDialog) -> QDialogButtonBox:
    kinds = QDialogButtonBox.StandardButton
    box = QDialogButtonBox(kinds.Ok | kinds.Cancel)
    box.button(kinds.Ok).setText("Collect")
    box.button(kinds.Ok).setObjectName("primary")
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
