"""What the shell expects of a view."""

from PySide6.QtWidgets import QWidget

from ui.session import Place, Session


class View(QWidget):
    """A page of the window; it reads the session and tells it where to go."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def refresh(self) -> None:
        """Another assessment is open: show it."""

    def complete(self) -> None:
        """Paint at once what is otherwise painted bit by bit; for pictures."""

    def visit(self, place: Place) -> None:
        """The user came here: choose what the place names."""
