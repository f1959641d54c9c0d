"""Pictures of the window's own views, for the command line and the documentation; no window need be shown."""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from graph.assessment import Assessment
from graph.model import UserError
from ui import theme
from ui.facts import Facts
from ui.guard import check_qt
from ui.path_view import PathView

WIDTH = 1440


def draw_worst_path(assessment: Assessment, target: Path) -> None:
    """Draw the attack path of the highest risk to a PNG; UserError if there is none or it cannot be written."""
    if not assessment.attack_paths:
        raise UserError(f"{target}: there is no attack path to draw in this assessment")
    check_qt()
    application = QApplication.instance() or QApplication(["modelhound"])
    if not isinstance(application, QApplication):
        raise UserError("another kind of Qt application runs in this process already")
    theme.apply(application, "light")
    view = PathView()
    view.resize(WIDTH, view.height())
    view.show_steps(Facts(assessment), assessment.attack_paths[0].steps)
    view.choose(0)
    if not view.grab().save(str(target), "PNG"):
        raise UserError(f"{target}: cannot be written; name a file in a folder that you may write")
