"""The legend: what shapes, colours and arrow heads mean, how many there are; each line can be switched off."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import icons, text, theme
from ui.canvas.edge_layer import DASH
from ui.canvas.scene import CLASSES, ENTRY, JEWEL, Bools, Scene
from ui.canvas.shapes import draw_head, draw_icon, draw_role, draw_shape
from ui.widgets import clear, column, link, plain, row, scrolled

WIDTH = 204
MEANINGS = {
    "identity": "Identity: who can act",
    "network": "Network: who can reach",
    "influence": "Influence: whose content is obeyed",
    "data": "Data",
    "lineage": "Lineage: what is made of what",
    "structure": "Structure: what belongs where",
}
Draw = Callable[[QPainter, QRectF], None]


class _Line(QAbstractButton):
    """A sign, a word and a number; pressed down it is shown."""

    def __init__(self, words: str, what: str, number: int, draw: Draw, *, on: bool) -> None:
        super().__init__()
        self._words, self._number, self._draw = words, number, draw
        self.setCheckable(True)
        self.setChecked(on)
        self.setAccessibleName(f"{words} {what}: {number:,}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 32, 26)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.colour("accent")) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(box, 5, 5)
        painter.setOpacity(1.0 if self.isChecked() else 0.4)
        self._draw(painter, QRectF(6, 3, 30, 20))
        font = theme.text_font(12)
        painter.setFont(font)
        painter.setPen(theme.colour("muted"))
        number = f"{self._number:,}"
        wide = painter.fontMetrics().horizontalAdvance(number)
        painter.drawText(QPointF(self.width() - wide - 6, 17), number)
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        painter.drawText(QPointF(44, 17), text.elided(self._words, font, self.width() - wide - 58))


class Choices(QWidget):
    """One of several, below a heading."""

    chosen = Signal(str)

    def __init__(self, title: str, choices: Mapping[str, str]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._keys = list(choices)
        box = column(text.label(title, "eyebrow"), gap=2)
        for number, (key, words) in enumerate(choices.items()):
            made = QRadioButton(words)
            made.setAccessibleName(words)
            made.clicked.connect(lambda _on=False, key=key: self.chosen.emit(key))
            self._group.addButton(made, number)
            box.addWidget(made)
        self.setLayout(box)

    def show_choice(self, key: str, possible: Sequence[str]) -> None:
        """Mark one, or none; only some can be chosen."""
        self._group.setExclusive(False)
        for number, each in enumerate(self._keys):
            self._group.button(number).setChecked(each == key)
            self._group.button(number).setEnabled(each in possible)
        self._group.setExclusive(True)


class Legend(QFrame):
    """Choices, and lines for the categories and classes that a scene has."""

    changed = Signal()

    def __init__(self, *choices: Choices) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(WIDTH)
        self._scene: Scene | None = None
        self.categories_off: set[str] = set()
        self.classes_off: set[str] = set()
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        page = plain(*choices, self._body, gap=14)
        page.layout().addStretch()  # type: ignore[union-attr] # it is there: made above
        self._all = link("Show everything", self._show_all)
        self.setLayout(column(scrolled(page), self._all, gap=4, margin=8))

    def show_scene(self, scene: Scene) -> None:
        """Lines for what this scene has."""
        self._scene = scene
        clear(self._body)
        self._body.addWidget(text.label("ASSETS", "eyebrow"))
        number = np.bincount(scene.looks.category, minlength=len(scene.categories))
        for code in np.argsort(-number, kind="stable").tolist():
            if number[code]:
                self._add_category(scene.categories[code], int(number[code]))
        self._add_signs(scene)
        self._body.addSpacing(12)
        self._body.addWidget(text.label("RELATIONSHIPS", "eyebrow"))
        for code, count in enumerate(
            np.bincount(scene.edge_class, minlength=len(CLASSES)).tolist()
        ):
            if count:
                self._add_class(CLASSES[code], count)
        if (scene.load > 0).any():
            self._body.addWidget(_note(_draw_heavy, "thick: on many paths"))
        if scene.undecided.any():
            self._body.addWidget(_note(_draw_undecided, "dashed: undecided"))
        self._all.setVisible(bool(self.categories_off or self.classes_off))

    def masks(self, scene: Scene) -> tuple[Bools, Bools]:
        """Which nodes and which edges are shown."""
        nodes = _wanted(scene.categories, self.categories_off)[scene.looks.category]
        edges = _wanted(CLASSES, self.classes_off)[scene.edge_class]
        return nodes, edges & nodes[scene.ends].all(axis=1)

    def set_off(self, categories: set[str], classes: set[str]) -> None:
        """Leave these out; nobody is told."""
        self.categories_off, self.classes_off = set(categories), set(classes)

    def _add_category(self, name: str, number: int) -> None:
        def draw(painter: QPainter, box: QRectF) -> None:
            draw_shape(painter, box.center(), 19, name)
            draw_icon(painter, box.center(), 19, icons.category_glyph(name))

        self._add(name, "assets", number, draw, self.categories_off)

    def _add_class(self, name: str, number: int) -> None:
        def draw(painter: QPainter, box: QRectF) -> None:
            painter.setPen(QPen(theme.colour(f"edge_{name}"), 2))
            right = QPointF(box.right() - 2, box.center().y())
            painter.drawLine(QPointF(box.left(), box.center().y()), right - QPointF(6, 0))
            draw_head(painter, right, 0, name)

        line = self._add(name, "relationships", number, draw, self.classes_off)
        text.tip(line, MEANINGS[name])

    def _add(self, key: str, what: str, number: int, draw: Draw, off: set[str]) -> _Line:
        line = _Line(key.capitalize(), what, number, draw, on=key not in off)

        def toggle(on: bool) -> None:  # noqa: FBT001 - a slot of Qt
            (off.discard if on else off.add)(key)
            self._all.setVisible(bool(self.categories_off or self.classes_off))
            self.changed.emit()

        line.toggled.connect(toggle)
        self._body.addWidget(line)
        return line

    def _add_signs(self, scene: Scene) -> None:
        for role, words in ((ENTRY, "Entry point"), (JEWEL, "Crown jewel")):
            if (scene.looks.role == role).any():
                self._body.addWidget(
                    _note(lambda p, b, role=role: draw_role(p, b.center(), 15, role), words)  # type: ignore[misc] # the default binds the loop variable
                )

    def _show_all(self) -> None:
        self.set_off(set(), set())
        if self._scene is not None:
            self.show_scene(self._scene)
        self.changed.emit()


class _Sign(QWidget):
    """A sign that is only looked at."""

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw
        self.setFixedSize(42, 24)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter, QRectF(6, 2, 30, 20))


def _note(draw: Draw, words: str) -> QWidget:
    line = row(_Sign(draw), text.label(words, "small"), gap=2)
    line.addStretch()
    return plain(line)


def _draw_undecided(painter: QPainter, box: QRectF) -> None:
    pen = QPen(theme.colour("muted"), 1.6)
    pen.setDashPattern(DASH)
    painter.setPen(pen)
    middle = box.center().y()
    painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))


def _draw_heavy(painter: QPainter, box: QRectF) -> None:
    painter.setPen(QPen(theme.colour("muted"), 3))
    middle = box.center().y()
    painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))


def _wanted(names: Sequence[str], off: set[str]) -> Bools:
    return np.array([name not in off for name in names] or [True], dtype=bool)
