"""What stands in the place of the graph while there is none."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.session import Session
from ui.widgets import button, empty


def waiting() -> QWidget:
    """It is being arranged."""
    return empty(
        "graph-outline", "Arranging …", "Progress and Cancel are at the foot of the window."
    )


def stopped(again: Callable[[], object]) -> QWidget:
    """The user cancelled."""
    words = "The picture was not finished."
    return empty("graph-outline", "Stopped", words, button("Arrange again", again, style="primary"))


def no_assets(session: Session) -> QWidget:
    """There is nothing to draw."""
    return empty(
        "graph-outline",
        "Nothing to draw",
        "There is no asset here: no attack path was found, or the snapshot holds nothing that Modelhound knows.",
        button(
            "Show the whole estate", lambda: session.go("graph", show="estate"), style="primary"
        ),
        button("Show coverage", lambda: session.go("coverage")),
    )
