"""Window state between runs: geometry, theme, recent files. Nothing of a snapshot's content."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QSplitter, QWidget

from app import folders
from ui import theme

RECENT = 8


class Settings:
    """An ini file in the user's settings folder."""

    def __init__(self, file: Path | None = None) -> None:
        path = file or folders.settings() / "window.ini"
        self.store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """The theme chosen last, else what the desktop asks for."""
        return str(self.store.value("theme", theme.system_choice()))

    @theme.setter
    def theme(self, key: str) -> None:
        self.store.setValue("theme", key)

    @property
    def recent(self) -> list[str]:
        """Snapshots opened before, the last one first."""
        value = self.store.value("recent", [])
        paths = [value] if isinstance(value, str) else value
        return [str(path) for path in paths] if isinstance(paths, list) else []

    def opened(self, path: Path) -> None:
        """Put a snapshot first among the recent ones."""
        name = str(path.resolve())
        others = [each for each in self.recent if each != name]
        self.store.setValue("recent", [name, *others][:RECENT])

    def keep_splits(self, parent: QWidget) -> None:
        """Remember how wide the parts of the views were left."""
        for split in parent.findChildren(QSplitter):
            if split.objectName():
                self.store.setValue(f"splits/{split.objectName()}", split.saveState())

    def restore_splits(self, parent: QWidget) -> None:
        """Give the parts the widths they had."""
        for split in parent.findChildren(QSplitter):
            state = self.store.value(f"splits/{split.objectName()}")
            if split.objectName() and isinstance(state, QByteArray):
                split.restoreState(state)

    def forget(self, name: str) -> None:
        """A recent file that is gone."""
        self.store.setValue("recent", [each for each in self.recent if each != name])
