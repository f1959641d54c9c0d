"""The start page: open, import, collect, sample, recent snapshots; files can be dropped on it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from ui import icons, text, theme
from ui.session import Session
from ui.settings import Settings
from ui.views.view import View
from ui.widgets import Glyph, card, clear, column, row

WIDTH = 792


class Choice(NamedTuple):
    """One way to begin."""

    icon: str
    title: str
    words: str
    action: Callable[[], object]


class StartView(View):
    """What the window shows first."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        choices: list[Choice],
        open_path: Callable[[Path], object],
    ) -> None:
        super().__init__(session)
        self._settings, self._open = settings, open_path
        self._recent = column(gap=0)
        self._recent_card = card(text.label("Recent snapshots", "heading"), self._recent)
        page = QWidget()
        page.setFixedWidth(WIDTH)
        page.setLayout(column(_head(), _grid(choices), _drop_hint(), self._recent_card, gap=24))
        box = QHBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.addWidget(page, 0, Qt.AlignmentFlag.AlignCenter)
        self.refresh()

    def refresh(self) -> None:
        """Recent files that are still there."""
        clear(self._recent)
        paths = [Path(name) for name in self._settings.recent if Path(name).exists()][:4]
        self._recent_card.setVisible(bool(paths))
        for path in paths:
            self._recent.addWidget(_recent_row(path, self._open))


def _head() -> QWidget:
    made = QWidget()
    words = column(
        text.label("Modelhound", "title"),
        text.label(
            "Which ways lead to your models, data and agents, why, and how to close them.", "muted"
        ),
        gap=4,
    )
    line = row(Glyph("graph-outline", 48, "accent"), words, gap=16)
    line.addStretch()
    made.setLayout(line)
    return made


def _grid(choices: list[Choice]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(16)
    for number, choice in enumerate(choices):
        grid.addWidget(_tile(choice), number // 2, number % 2)
    return made


def _tile(choice: Choice) -> QPushButton:
    tile = QPushButton()
    tile.setObjectName("tile")
    tile.setAccessibleName(choice.title)
    tile.setCursor(Qt.CursorShape.PointingHandCursor)
    tile.setMinimumHeight(104)
    words = column(
        text.label(choice.title, "heading"), text.label(choice.words, "muted", wrap=True), gap=4
    )
    words.addStretch()
    line = row(Glyph(choice.icon, 28, "accent"), words, gap=16, margin=16)
    line.setAlignment(Qt.AlignmentFlag.AlignTop)
    line.setStretch(1, 1)
    tile.setLayout(line)
    for child in tile.findChildren(QWidget):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    tile.clicked.connect(lambda _checked=False: choice.action())
    return tile


def _drop_hint() -> QWidget:
    made = QWidget()
    line = row(
        Glyph("import", 16),
        text.label(
            "Or drop .hound files, exports, folders or zips anywhere on this window.", "muted"
        ),
    )
    line.addStretch()
    line.addWidget(Glyph("lock-outline", 16))
    line.addWidget(text.label("Nothing leaves this machine.", "muted"))
    made.setLayout(line)
    return made


def _recent_row(path: Path, open_path: Callable[[Path], object]) -> QPushButton:
    made = QPushButton(
        text.unmarked(f"{path.name}     {text.elided(path.parent, theme.text_font(), 480)}")
    )
    made.setObjectName("row")
    made.setAccessibleName(f"Open {path.name}")
    made.setIcon(icons.icon("file-document-outline"))
    made.setIconSize(QSize(18, 18))
    made.clicked.connect(lambda _checked=False: open_path(path))
    return made
