"""How long work tells what it does and learns that it is no longer wanted."""

from typing import Protocol

from graph.model import Cancelled


class Progress(Protocol):
    """Told now and then; fraction is 0-1, or None where the end is not known."""

    def __call__(self, fraction: float | None, text: str, /) -> None: ...


class CancelCheck(Protocol):
    """True once the user has cancelled."""

    def __call__(self) -> bool: ...


def silent(fraction: float | None, text: str) -> None:
    """Progress that nobody watches."""


def never() -> bool:
    """Work that nobody cancels."""
    return False


def stop_if(cancelled: CancelCheck) -> None:
    """Raise Cancelled if the user no longer wants the work."""
    if cancelled():
        raise Cancelled
