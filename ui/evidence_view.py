"""Evidence as it was read: which record, and the raw answer with the pointed part marked and scrolled to."""

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication, QTextCursor, QTextFormat
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from graph.model import Evidence, Record
from ui import raw, text, theme
from ui.session import Session
from ui.widgets import Pick, chip, flat

_ABOVE = 3  # lines of context over the marked part


class EvidenceView(QWidget):
    """Shows one of several pieces of evidence; the user picks which."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._evidence: tuple[Evidence, ...] = ()
        self._pick = Pick("Evidence", self._show)
        self._whole = chip("Whole", lambda _on: self._show())
        self._source = text.label("", "small", wrap=True, selectable=True)
        self._code = code_view("Raw record")
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self._pick, 1)
        head.addWidget(self._whole)
        head.addWidget(flat("content-copy", "Copy what is shown", self._copy))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.GRID)
        box.addLayout(head)
        box.addWidget(self._source)
        box.addWidget(self._code, 1)
        theme.current().changed.connect(self._show)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code.toPlainText())
        self._session.said.emit("Copied.")

    def show_evidence(self, evidence: Sequence[Evidence]) -> None:
        """Evidence of one statement, the most telling one first: the last fact of a chain decides."""
        self._evidence = tuple(evidence)
        self._pick.blockSignals(True)  # noqa: FBT003 - Qt's own
        self._pick.clear()
        for number, item in enumerate(self._evidence, 1):
            of = f"{number} of {len(self._evidence)}"
            self._pick.addItem(text.shown(f"{of}   {self._title(item)}"))
        self._pick.blockSignals(False)  # noqa: FBT003 - Qt takes it by position
        self._pick.setEnabled(len(self._evidence) > 1)
        self._show()

    def _title(self, item: Evidence) -> str:
        record = self._record(item)
        operation = record.operation if record else item.record
        return f"{operation}  {item.note}".strip()

    def _record(self, item: Evidence) -> Record | None:
        facts = self._session.facts
        return facts.records.get(item.record) if facts else None

    def _show(self) -> None:
        index = self._pick.currentIndex()
        if not 0 <= index < len(self._evidence):
            text.say(self._source, "No record stands behind this: it follows from the estate.")
            self._code.setPlainText("")
            return
        item = self._evidence[index]
        record = self._record(item)
        if record is None:
            text.say(self._source, f"{item.record} {item.pointer}")
            self._code.setPlainText(f"{item.note}\n\nThe record is not in this snapshot.".strip())
            return
        text.say(self._source, source_line(record, item))
        body = record.body if record.error is None else record.error.code
        spelt = raw.spell(body, item.pointer, whole=self._whole.isChecked())
        show_marked(self._code, spelt)


def source_line(record: Record, item: Evidence) -> str:
    """Where a record comes from, in one line."""
    scope = record.scope
    place = " / ".join(part for part in (scope.provider, scope.account, scope.region) if part)
    asked = ", ".join(f"{key} = {value}" for key, value in sorted(record.params.items()))
    parts = (record.operation, asked, place, record.time, record.id, item.pointer or "/")
    return "   ·   ".join(part for part in parts if part)


def code_view(name: str) -> QPlainTextEdit:
    """Text of one width that can be read, selected and copied."""
    made = QPlainTextEdit()
    made.setObjectName("code")
    made.setAccessibleName(name)
    made.setReadOnly(True)
    made.setFont(theme.code_font())
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    made.setTabChangesFocus(True)
    return made


def show_marked(code: QPlainTextEdit, spelt: raw.Spelt) -> None:
    """Put the lines in, lay the mark behind the marked ones and scroll there."""
    code.setPlainText("\n".join(spelt.lines))
    document, marks = code.document(), []
    for number in range(spelt.first, spelt.last):
        selection = QTextEdit.ExtraSelection()
        selection.format.setBackground(theme.colour("mark"))
        selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # noqa: FBT003 - Qt takes it by position
        selection.cursor = QTextCursor(document.findBlockByNumber(number))
        marks.append(selection)
    whole = spelt.last - spelt.first >= len(spelt.lines)
    code.setExtraSelections([] if whole else marks)
    code.setTextCursor(QTextCursor(document.findBlockByNumber(spelt.first)))
    code.verticalScrollBar().setValue(max(0, spelt.first - _ABOVE))
