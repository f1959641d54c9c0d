"""Refuse to start on a Qt that would abort the process a few seconds later."""

import sys

from graph.model import UserError


def check_qt() -> None:
    """PySide6 6.12 loses references of None and True on CPython 3.11."""
    import PySide6  # noqa: PLC0415 - only the window needs it

    refuse(PySide6.__version_info__[:2], sys.version_info[:2])


def refuse(qt: tuple[int, ...], python: tuple[int, ...]) -> None:
    """UserError for a pair of versions that is known not to work."""
    if qt >= (6, 12) and python < (3, 12):
        raise UserError(
            "PySide6 {}.{} ends the program on Python {}.{} after a few seconds; install "
            '"PySide6-Essentials<6.12", or use Python 3.12 or newer'.format(*qt, *python)
        )
