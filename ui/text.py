"""What comes from a snapshot is text: the only makers of labels and tooltips in the window.

Qt guesses markup in labels, tooltips and message boxes, and opens files that markup names; a test keeps the rest of
ui/ from calling those directly.
"""

import re
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from graph.text import visible

LONG = 24  # characters of a word that may break
_LONG_WORD = re.compile(rf"\S{{{LONG},}}")
_SEPARATOR = re.compile(r"([/:_.@=-]|\w{20})(?=.)")
_STILL = Qt.TextInteractionFlag.LinksAccessibleByMouse  # what a label that is not selectable has
MUCH = 20_000  # characters that a label shows at most


def shown(text: object) -> str:
    """Text line by line with the characters that act spelt out; line breaks stay."""
    return "\n".join(visible(line) for line in str(text)[:MUCH].splitlines())


def unmarked(text: object) -> str:
    """Text for a button or a menu, where & would name a key."""
    return visible(str(text)).replace("&", "&&")


def label(
    text: object = "", style: str = "", *, wrap: bool = False, selectable: bool = False
) -> QLabel:
    """A label that shows markup as it stands; `style` is its name in the style sheet."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(style)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    say(made, text)
    return made


class Line(QLabel):
    """One line as wide as its place, cut at its end where it does not fit; the whole of it is in the tooltip."""

    def __init__(self, style: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(style)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.whole = ""

    def say(self, words: object) -> None:
        """Other words."""
        self.whole = shown(words)
        self.setAccessibleName(self.whole)
        self._cut()

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        fitting = cut(self.whole, self.font(), self.width())
        self.setText(fitting)
        tip(self, "" if fitting == self.whole else self.whole)


def say(target: QLabel, text: object) -> None:
    """Change the text of a label that was made here."""
    if isinstance(target, Line):
        target.say(text)
        return
    breaks = target.wordWrap() and target.textInteractionFlags() == _STILL
    target.setText(_breakable(shown(text)) if breaks else shown(text))


def has_long_word(text: object) -> bool:
    """Is there a word that a narrow label could not break?"""
    return any(len(word) > LONG for word in str(text).split())


def _breakable(text: str) -> str:
    """Long names may break after their separators; only where nobody can copy the added characters."""
    return _LONG_WORD.sub(lambda found: _SEPARATOR.sub("\\1\u200b", found[0]), text)


def tip(target: QWidget | QAction, text: object) -> None:
    """A tooltip that shows markup as it stands."""
    target.setToolTip(tip_text(text) if str(text) else "")


def tip_text(text: object) -> str:
    """For models that answer Qt's tooltip role."""
    return f"<span>{escape(shown(text))}</span>"


def elided(text: object, font: QFont, width: int) -> str:
    """Text cut in the middle to fit, measured with the font that paints it."""
    line = " ".join(shown(text).splitlines())
    return QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideMiddle, width)


def cut(text: object, font: QFont, width: int) -> str:
    """Prose cut at its end to fit."""
    line = " ".join(shown(text).splitlines())
    return QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideRight, width)


def wrapped(text: object, font: QFont, width: int, most: int) -> list[str]:
    """Prose in at most so many lines, the last one cut at its end."""
    metrics, lines = QFontMetrics(font), [""]
    words = " ".join(shown(text).splitlines()).split(" ")
    for number, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and metrics.horizontalAdvance(longer) > width:
            if len(lines) == most:
                lines[-1] = " ".join((lines[-1], *words[number:]))
                break
            lines.append(word)
        else:
            lines[-1] = longer
    return [cut(line, font, width) for line in lines]


def count(number: int, one: str, many: str = "") -> str:
    """`1 path`, `2 paths`, `1,204 assets`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def moment(time: str) -> str:
    """ISO 8601 in UTC as people read it, to the minute: `2026-11-20 09:30 UTC`; anything else as it stands."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\S*Z", time)
    return f"{found[1]} {found[2]} UTC" if found else time
