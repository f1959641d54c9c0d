"""Everything the window can do, as one table: menus, palette, shortcuts and help come from it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from ui import icons


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing to do; `enabled` is asked whenever it is shown."""

    key: str
    menu: str
    title: str
    action: Callable[[], object]
    icon: str = ""
    shortcut: str = ""
    enabled: Callable[[], bool] = lambda: True


class Commands:
    """The table, and the actions made from it."""

    def __init__(self, owner: QWidget, commands: Iterable[Command]) -> None:
        self.table = {command.key: command for command in commands}
        self._actions = {command.key: self._made(owner, command) for command in self}

    def __iter__(self) -> Iterator[Command]:
        return iter(self.table.values())

    def action(self, key: str) -> QAction:
        """The action of a command, for menus and buttons."""
        return self._actions[key]

    def refresh(self) -> None:
        """Enable what can be done now."""
        for key, action in self._actions.items():
            action.setEnabled(self.table[key].enabled())

    def fill(self, into: QMenu) -> None:
        """One submenu for each menu name, in the order of the table."""
        for menu_name in dict.fromkeys(command.menu for command in self):
            menu = into.addMenu(menu_name)
            for command in self:
                if command.menu == menu_name:
                    menu.addAction(self._actions[command.key])

    @staticmethod
    def _made(owner: QWidget, command: Command) -> QAction:
        action = QAction(command.title, owner)
        if command.icon:
            action.setIcon(icons.icon(command.icon))
            action.setIconVisibleInMenu(False)
        if command.shortcut:
            action.setShortcuts([QKeySequence(keys) for keys in command.shortcut.split(" or ")])
        action.triggered.connect(lambda _checked=False: command.action())
        owner.addAction(action)
        return action
