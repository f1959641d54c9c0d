"""Pictures of the window's own views, for the command line and the documentation; no window need be shown."""

import os
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app import display
from app.files import write_atomic
from graph.assessment import Assessment
from graph.model import AttackPath, UserError
from ui import text, theme
from ui.facts import Facts
from ui.guard import check_qt
from ui.operations import Operations
from ui.path_view import PathView
from ui.path_words import path_about, path_title
from ui.session import Session
from ui.step_panel import StepPanel
from ui.widgets import column, plain

WIDTH, HEIGHT = 1440, 900


def draw_worst_path(assessment: Assessment, target: Path) -> None:
    """Draw the attack path of the highest risk, with the proof of its last proved step, to a PNG; UserError if there is none."""
    if not assessment.attack_paths:
        raise UserError(f"{target}: there is no attack path to draw in this assessment")
    application = start_qt()
    theme.apply(application, "light")
    session = Session(Operations())
    session.facts = Facts(assessment)
    page = _path_page(session, session.facts, assessment.attack_paths[0])
    write_picture(page.grab(), target)


def start_qt() -> QApplication:
    """The application, on the offscreen platform where there is no display."""
    check_qt()
    if not display.available():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication(["modelhound"])
    if not isinstance(application, QApplication):
        raise UserError("another kind of Qt application runs in this process already")
    return application


def write_picture(picture: QPixmap, target: Path) -> None:
    """Write a PNG whole or not at all."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    write_atomic(target, bytes(buffer.data().data()))


def _path_page(session: Session, facts: Facts, path: AttackPath) -> QWidget:
    """The attack-path view as the window shows it, without the list of the others."""
    view, panel = PathView(), StepPanel(session)
    view.step_chosen.connect(lambda number: panel.show_step(path.steps, number))
    head = column(
        text.label(path_title(facts, path), "title"),
        text.label(path_about(facts, path), "muted", wrap=True),
        gap=4,
    )
    page = plain(head, view, gap=12, margin=16)
    box = page.layout()
    if isinstance(box, QVBoxLayout):
        box.addWidget(panel, 1)
    page.resize(WIDTH, HEIGHT)
    view.show_steps(facts, path.steps)
    view.choose(_telling(path))
    return page


def _telling(path: AttackPath) -> int:
    """The last step that shows a record, or else the last one."""
    shown = [number for number, step in enumerate(path.steps) if step.evidence]
    return max(shown, default=len(path.steps) - 1)
