"""Ask who accepts a finding, why, and until when; without all three nothing is accepted."""

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCheckBox, QDateEdit, QDialog, QDialogButtonBox, QWidget

from graph.model import AcceptedRisk, Finding
from ui import text
from ui.collect_forms import field
from ui.widgets import column

DAYS = 90  # until a risk is looked at again, unless somebody says otherwise
_PROMISE = (
    "It stays in every list and export, marked as accepted, and comes back after its last day."
)


class AcceptDialog(QDialog):
    """The risk that somebody wants to answer for."""

    def __init__(self, parent: QWidget, finding: Finding) -> None:
        super().__init__(parent)
        self.setWindowTitle("Accept this risk")
        self.setMinimumWidth(440)
        self._finding = finding
        self.owner = field("Owner", "who answers for it")
        self.reason = field("Reason", "why it is accepted")
        self.until = QDateEdit(QDate.currentDate().addDays(DAYS))
        self.until.setAccessibleName("Until")
        self.until.setCalendarPopup(True)
        self.until.setMinimumDate(QDate.currentDate())
        self.every = QCheckBox(f"Every finding of {finding.rule}, not only this one")
        kinds = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self._buttons.button(kinds.Ok).setText("Accept")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        for line in (self.owner, self.reason):
            line.textChanged.connect(self._check)
        rows = (("Owner", self.owner), ("Reason", self.reason), ("Until", self.until))
        parts = [part for words, widget in rows for part in (text.label(words, "strong"), widget)]
        promise = text.label(_PROMISE, "muted", wrap=True)
        title = text.label(finding.title, "heading", wrap=True)
        self.setLayout(column(title, *parts, self.every, promise, self._buttons, margin=16))
        self._check()

    def risk(self) -> AcceptedRisk:
        """What was filled in."""
        return AcceptedRisk(
            owner=self.owner.text().strip(),
            reason=self.reason.text().strip(),
            until=self.until.date().toString(Qt.DateFormat.ISODate),
            finding="" if self.every.isChecked() else self._finding.id,
            rule=self._finding.rule if self.every.isChecked() else "",
        )

    def _check(self, *_changed: object) -> None:
        filled = all(line.text().strip() for line in (self.owner, self.reason))
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(filled)
