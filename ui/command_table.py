"""What the main window can do, declared once."""

from collections.abc import Iterator
from typing import Protocol

from ui.commands import Command
from ui.operations import Operations
from ui.session import Session
from ui.shell import TABS


class Deck(Protocol):
    """What the commands steer: the main window, seen from here."""

    session: Session
    operations: Operations

    def choose_snapshot(self) -> None: ...
    def choose_exports(self) -> None: ...
    def choose_folder(self) -> None: ...
    def collect(self) -> None: ...
    def open_sample(self) -> None: ...
    def export(self) -> None: ...
    def close(self) -> bool: ...
    def search(self) -> None: ...
    def toggle_inspector(self) -> None: ...
    def next_theme(self) -> None: ...
    def show_help(self) -> None: ...
    def show_menu(self) -> None: ...


def command_table(deck: Deck) -> Iterator[Command]:
    """Every command, in the order of menus and palette."""
    yield from _file(deck)
    yield from _go(deck)
    yield from _tabs(deck.session)
    yield from _edit(deck)
    yield from _view(deck)


def _file(deck: Deck) -> Iterator[Command]:
    yield Command(
        key="open",
        menu="File",
        title="Open a snapshot…",
        action=deck.choose_snapshot,
        icon="folder-open-outline",
        shortcut="Ctrl+O",
    )
    yield Command(
        key="import",
        menu="File",
        title="Import exports…",
        action=deck.choose_exports,
        icon="import",
        shortcut="Ctrl+I",
    )
    yield Command(
        key="import_folder",
        menu="File",
        title="Import a folder of exports…",
        action=deck.choose_folder,
        icon="import",
    )
    yield Command(
        key="collect",
        menu="File",
        title="Collect from a cloud…",
        action=deck.collect,
        icon="cloud-download-outline",
    )
    yield Command(
        key="sample",
        menu="File",
        title="Open the sample estate",
        action=deck.open_sample,
        icon="flask-outline",
    )
    yield Command(
        key="export",
        menu="File",
        title="Export a report…",
        action=deck.export,
        icon="export",
        shortcut="Ctrl+E",
        enabled=lambda: deck.session.facts is not None,
    )
    yield Command(
        key="cancel",
        menu="File",
        title="Cancel what runs",
        action=deck.operations.cancel,
        icon="close",
        shortcut="Ctrl+.",
        enabled=lambda: deck.operations.busy,
    )
    yield Command(
        key="quit", menu="File", title="Quit", action=deck.close, icon="close", shortcut="Ctrl+Q"
    )


def _go(deck: Deck) -> Iterator[Command]:
    session = deck.session
    yield Command(
        key="back",
        menu="Go",
        title="Back",
        action=lambda: session.step(-1),
        icon="arrow-left",
        shortcut="Alt+Left",
        enabled=lambda: session.can_step(-1),
    )
    yield Command(
        key="forward",
        menu="Go",
        title="Forward",
        action=lambda: session.step(1),
        icon="arrow-right",
        shortcut="Alt+Right",
        enabled=lambda: session.can_step(1),
    )


def _tabs(session: Session) -> Iterator[Command]:
    for number, tab in enumerate(TABS, 1):
        yield Command(
            key=f"go_{tab.key}",
            menu="Go",
            title=tab.title,
            action=lambda key=tab.key: session.go(key),  # type: ignore[misc] # the default binds the loop variable
            icon=tab.icon,
            shortcut=f"Ctrl+{number}" if number < 10 else "",  # noqa: PLR2004 - there is no key 10
            enabled=lambda key=tab.key: key == "start" or session.facts is not None,  # type: ignore[misc] # the default binds the loop variable
        )


def _edit(deck: Deck) -> Iterator[Command]:
    undo = deck.session.undo
    yield Command(
        key="undo",
        menu="Edit",
        title="Undo",
        action=undo.undo,
        icon="undo",
        shortcut="Ctrl+Z",
        enabled=undo.canUndo,
    )
    yield Command(
        key="redo",
        menu="Edit",
        title="Redo",
        action=undo.redo,
        icon="redo",
        shortcut="Ctrl+Shift+Z or Ctrl+Y",
        enabled=undo.canRedo,
    )
    yield Command(
        key="search",
        menu="Edit",
        title="Search",
        action=deck.search,
        icon="magnify",
        shortcut="Ctrl+K",
    )


def _view(deck: Deck) -> Iterator[Command]:
    yield Command(
        key="inspector",
        menu="View",
        title="Inspector",
        action=deck.toggle_inspector,
        icon="dock-right",
        shortcut="F4",
    )
    yield Command(
        key="theme",
        menu="View",
        title="Next theme",
        action=deck.next_theme,
        icon="theme-light-dark",
        shortcut="Ctrl+T",
    )
    yield Command(
        key="menu",
        menu="View",
        title="Menu",
        action=deck.show_menu,
        icon="menu",
        shortcut="F10",
    )
    yield Command(
        key="help",
        menu="Help",
        title="Keyboard shortcuts",
        action=deck.show_help,
        icon="keyboard-outline",
        shortcut="F1",
    )
