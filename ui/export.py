"""Write the open assessment to a file that the user names."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

if TYPE_CHECKING:
    from graph.progress import CancelCheck, Progress
    from ui.session import Session

KINDS = "Report (*.html);;JSON (*.json);;Findings (*.csv);;Graph (*.graphml)"


def export(parent: QWidget, session: "Session") -> None:
    """Ask where to, then write in the background."""
    if session.facts is None:
        return
    assessment = session.facts.assessment
    name, _ = QFileDialog.getSaveFileName(parent, "Export the assessment", "report.html", KINDS)
    if not name:
        return
    target = Path(name)

    def work(*, progress: "Progress", cancelled: "CancelCheck") -> Path:  # noqa: ARG001 - the signature of background work
        from app.export import write_export  # noqa: PLC0415 - only when it is asked for

        progress(None, target.name)
        write_export(assessment, target)
        return target

    session.operations.run("Exporting", work, lambda done: session.said.emit(f"{done}: written"))
