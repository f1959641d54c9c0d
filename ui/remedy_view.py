"""How to mend a finding: in words, in the console, on the command line, in Terraform; each can be copied."""

from PySide6.QtWidgets import QTabWidget, QWidget

from graph.rules.model import Remediation
from ui import text
from ui.evidence_view import code_view
from ui.widgets import Glyph, column, copier, plain, row

LINE = 17  # pixels of a line of code
MOST = 16  # lines of code shown without scrolling


class RemedyView(QWidget):
    """The short answer above, the ways to do it as tabs below."""

    def __init__(self, remedy: Remediation) -> None:
        super().__init__()
        box = column(text.label("How to mend it", "heading"), gap=6)
        box.addWidget(text.label(remedy.short, "strong", wrap=True, selectable=True))
        if remedy.long:
            box.addWidget(text.label(remedy.long, wrap=True, selectable=True))
        if remedy.recreate:
            box.addWidget(
                _notice("This cannot be changed in place: the resource must be made anew.")
            )
        if remedy.side_effects:
            box.addWidget(_notice(f"Side effects: {remedy.side_effects}"))
        tabs = QTabWidget()
        tabs.setAccessibleName("Ways to mend it")
        tabs.setDocumentMode(True)
        if remedy.console:
            tabs.addTab(_steps(remedy.console), "Console")
        if remedy.cli:
            tabs.addTab(_code("Command line", remedy.cli), "Command line")
        if remedy.terraform:
            tabs.addTab(_code("Terraform", remedy.terraform), "Terraform")
        if remedy.bicep:
            tabs.addTab(_code("Bicep", remedy.bicep), "Bicep")
        if tabs.count():
            box.addWidget(tabs)
        self.setLayout(box)


def _notice(words: str) -> QWidget:
    line = row(
        Glyph("alert-outline", 16, "high"), text.label(words, wrap=True, selectable=True), gap=8
    )
    line.setStretch(1, 1)
    return plain(line)


def _steps(steps: tuple[str, ...]) -> QWidget:
    lines = [f"{number}.  {step}" for number, step in enumerate(steps, 1)]
    labels = [text.label(line, wrap=True, selectable=True) for line in lines]
    made = plain(*labels, _copy_line("\n".join(lines)), gap=6)
    made.layout().setContentsMargins(0, 8, 0, 0)  # type: ignore[union-attr] # it is there: made above
    made.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
    return made


def _code(name: str, code: str) -> QWidget:
    view = code_view(name)
    view.setPlainText(text.shown(code))
    lines = min(MOST, code.count("\n") + 1)
    view.setFixedHeight(lines * LINE + 32)
    made = plain(view, _copy_line(code), gap=6)
    made.layout().setContentsMargins(0, 8, 0, 0)  # type: ignore[union-attr] # it is there: made above
    made.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
    return made


def _copy_line(words: str) -> QWidget:
    line = row(copier(lambda: words))
    line.addStretch()
    return plain(line)
