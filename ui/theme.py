"""Colours, fonts and spacing: themes are data in resources/themes, one is current at a time."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette, Qt
from PySide6.QtWidgets import QApplication

from graph.content import read_text, read_toml
from graph.model import Severity

NAMES = ("light", "dark", "contrast")
GRID = 8  # every gap is a multiple or half of it
_ROLE = QPalette.ColorRole
_ROLES = {
    _ROLE.Window: "window",
    _ROLE.WindowText: "text",
    _ROLE.Base: "surface",
    _ROLE.AlternateBase: "raised",
    _ROLE.Text: "text",
    _ROLE.Button: "surface",
    _ROLE.ButtonText: "text",
    _ROLE.BrightText: "text",
    _ROLE.Highlight: "accent",
    _ROLE.HighlightedText: "accent_text",
    _ROLE.ToolTipBase: "surface",
    _ROLE.ToolTipText: "text",
    _ROLE.PlaceholderText: "muted",
    _ROLE.Link: "accent",
    _ROLE.Light: "raised",
    _ROLE.Midlight: "raised",
    _ROLE.Mid: "line",
    _ROLE.Dark: "line",
    _ROLE.Shadow: "line",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One set of design tokens."""

    key: str
    name: str
    colours: Mapping[str, str]


class _Current(QObject):
    """Which theme is shown; `changed` is told to everything that paints itself."""

    changed = Signal()
    theme: Theme


@cache
def load(key: str) -> Theme:
    """A shipped theme."""
    content = read_toml(f"themes/{key}.toml")
    return Theme(key=key, name=content["name"], colours=content["colours"])


@cache
def current() -> _Current:
    """The one place that knows the theme."""
    state = _Current()
    state.theme = load(system_choice())
    return state


def system_choice() -> str:
    """What the desktop asks for, where it says so."""
    application = QGuiApplication.instance()
    if not isinstance(application, QGuiApplication):
        return "light"
    scheme = application.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def colour(token: str) -> QColor:
    """The colour of a token in the current theme."""
    return QColor(current().theme.colours[token])


@contextmanager
def shown_as(key: str) -> Iterator[None]:
    """Draw something in another theme; the window keeps its own."""
    state = current()
    before, state.theme = state.theme, load(key)
    try:
        yield
    finally:
        state.theme = before


def severity_colour(severity: Severity) -> QColor:
    """The fill of a severity's shape."""
    return colour(severity.value)


def apply(application: QApplication, key: str) -> None:
    """Show a theme: Fusion, an explicit palette, a small style sheet."""
    theme = load(key if key in NAMES else "light")
    current().theme = theme
    application.setStyle("Fusion")
    application.setFont(text_font())
    application.setPalette(_palette(theme))
    sheet = read_text("themes/window.qss")
    application.setStyleSheet(re.sub(r"@(\w+)", lambda found: theme.colours[found[1]], sheet))
    current().changed.emit()


def text_font(size: int = 13, *, bold: bool = False) -> QFont:
    """The system's own font in pixels."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if QFontInfo(font).family().startswith("DejaVu Sans"):
        font = QFont("DejaVu Sans")
        font.setStretch(QFont.Stretch.SemiCondensed)
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def code_font(size: int = 12) -> QFont:
    """A font of one width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(size)
    return font


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, QColor(theme.colours[token]))
    disabled = QPalette.ColorGroup.Disabled
    for role in (_ROLE.Text, _ROLE.WindowText, _ROLE.ButtonText):
        palette.setColor(disabled, role, QColor(theme.colours["muted"]))
    return palette
