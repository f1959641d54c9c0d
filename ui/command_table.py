"""What the main window can do, declared once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ui.commands import Command
from ui.shell import TABS

if TYPE_CHECKING:
    from ui.main_window import MainWindow


def command_table(window: "MainWindow") -> Iterator[Command]:
    """Every command, in the order of menus and palette."""
    yield from _file(window)
    yield from _go(window)
    yield from _view(window)


def _file(window: "MainWindow") -> Iterator[Command]:
    def make(key: str, title: str, action: str, icon: str, shortcut: str = "") -> Command:
        return Command(
            key=key,
            menu="File",
            title=title,
            action=getattr(window, action),
            icon=icon,
            shortcut=shortcut,
        )

    yield make("open", "Open a snapshot…", "choose_snapshot", "folder-open-outline", "Ctrl+O")
    yield make("import", "Import exports…", "choose_exports", "import", "Ctrl+I")
    yield make("import_folder", "Import a folder of exports…", "choose_folder", "import")
    yield make("collect", "Collect from AWS…", "collect", "cloud-download-outline")
    yield make("sample", "Open the sample estate", "open_sample", "flask-outline")
    yield Command(
        key="export",
        menu="File",
        title="Export a report…",
        action=window.export,
        icon="export",
        shortcut="Ctrl+E",
        enabled=lambda: window.session.facts is not None,
    )
    yield Command(
        key="cancel",
        menu="File",
        title="Cancel what runs",
        action=window.operations.cancel,
        icon="close",
        shortcut="Ctrl+.",
        enabled=lambda: window.operations.busy,
    )
    yield make("quit", "Quit", "close", "close", "Ctrl+Q")


def _go(window: "MainWindow") -> Iterator[Command]:
    session = window.session
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
    for number, tab in enumerate(TABS, 1):
        yield Command(
            key=f"go_{tab.key}",
            menu="Go",
            title=tab.title,
            action=lambda key=tab.key: session.go(key),  # type: ignore[misc] # the default binds the loop variable
            icon=tab.icon,
            shortcut=f"Ctrl+{number}",
            enabled=lambda key=tab.key: key == "start" or session.facts is not None,  # type: ignore[misc] # the default binds the loop variable
        )


def _view(window: "MainWindow") -> Iterator[Command]:
    def make(  # noqa: PLR0917 - a row of the table below
        key: str, menu: str, title: str, action: str, icon: str, shortcut: str
    ) -> Command:
        return Command(
            key=key,
            menu=menu,
            title=title,
            action=getattr(window, action),
            icon=icon,
            shortcut=shortcut,
        )

    undo = window.session.undo
    yield Command(
        key="undo",
        menu="Edit",
        title="Undo the last mark",
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
    yield make("search", "Edit", "Search", "search", "magnify", "Ctrl+K")
    yield make("inspector", "View", "Inspector", "toggle_inspector", "dock-right", "F4")
    yield make("theme", "View", "Next theme", "next_theme", "theme-light-dark", "Ctrl+T")
    yield make("help", "Help", "Keyboard shortcuts", "show_help", "keyboard-outline", "F1")
