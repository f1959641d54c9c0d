"""A window for each test, in a home of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from graph.assessment import Assessment
from ui import theme
from ui.facts import Facts
from ui.main_window import MainWindow
from ui.session import Place
from ui.settings import Settings

PATIENCE = 30_000  # milliseconds

Open = Callable[..., MainWindow]


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """Icons come from a font that only an application can load; asked for before, they stay broken in the process."""


@pytest.fixture
def open_window(qtbot: QtBot, own_folders: Path) -> Open:  # noqa: ARG001 - settings lie in the home of the test
    """Opens a window, with an assessment if one is given."""

    def make(assessment: Assessment | None = None, key: str = "light") -> MainWindow:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if application.styleSheet() == "" or theme.current().theme.key != key:
            theme.apply(application, key)
        window = MainWindow(Settings())
        qtbot.addWidget(window)
        window.show()
        if assessment is not None:
            window.session.show(assessment)
            settle(qtbot, window)
        return window

    return make


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait for the work in the background."""
    qtbot.waitUntil(lambda: not window.operations.busy, timeout=PATIENCE)


@pytest.fixture
def done(qtbot: QtBot) -> Callable[[MainWindow], None]:
    """Waits for the work in the background of a window."""
    return lambda window: settle(qtbot, window)


def facts_of(window: MainWindow) -> Facts:
    """What the window has open."""
    assert window.session.facts is not None
    return window.session.facts


def place_of(window: MainWindow) -> Place:
    """Where the window is."""
    assert window.session.place is not None
    return window.session.place
