"""Small parts that every view is made of: cards, chips, badges, links, empty states."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from graph.model import Severity
from ui import icons, text, theme

CORNERS = {Severity.CRITICAL: 8, Severity.HIGH: 3, Severity.MEDIUM: 4}  # a low one is round


def column(*items: QWidget | QLayout, gap: int = theme.GRID, margin: int = 0) -> QVBoxLayout:
    """Widgets and layouts below one another."""
    box = QVBoxLayout()
    _fill(box, items, gap, margin)
    return box


def row(*items: QWidget | QLayout, gap: int = theme.GRID, margin: int = 0) -> QHBoxLayout:
    """Widgets and layouts side by side."""
    box = QHBoxLayout()
    _fill(box, items, gap, margin)
    return box


def _fill(box: QBoxLayout, items: tuple[QWidget | QLayout, ...], gap: int, margin: int) -> None:
    box.setContentsMargins(margin, margin, margin, margin)
    box.setSpacing(gap)
    for item in items:
        if isinstance(item, QWidget):
            box.addWidget(item)
        else:
            box.addLayout(item)


def card(*items: QWidget | QLayout, gap: int = theme.GRID, margin: int = 2 * theme.GRID) -> QFrame:
    """A surface with a border."""
    frame = QFrame()
    frame.setObjectName("card")
    frame.setLayout(column(*items, gap=gap, margin=margin))
    return frame


def plain(*items: QWidget | QLayout, gap: int = theme.GRID, margin: int = 0) -> QWidget:
    """A widget that is only a column."""
    made = QWidget()
    made.setLayout(column(*items, gap=gap, margin=margin))
    return made


def scrolled(page: QWidget) -> QScrollArea:
    """A page that scrolls up and down."""
    page.setObjectName("page")
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            clear(inner)
        elif widget is not None:
            widget.hide()
            widget.deleteLater()


def button(
    words: str, action: Callable[[], object], *, icon: str = "", style: str = ""
) -> QPushButton:
    """A push button; `style` is its name in the style sheet."""
    made = QPushButton(text.unmarked(words))
    made.setObjectName(style)
    made.setAccessibleName(text.shown(words))
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if icon:
        made.setIcon(icons.icon(icon, "accent_text" if style == "primary" else "muted"))
    made.clicked.connect(lambda _checked=False: action())
    return made


def link(words: str, action: Callable[[], object]) -> QPushButton:
    """Words that lead somewhere."""
    return button(words, action, style="link")


class Wide(QPushButton):
    """A line that can be pressed; as wide as its place, its words cut in the middle where they do not fit."""

    def __init__(self, words: str, action: Callable[[], object], icon: str = "") -> None:
        super().__init__()
        self._words = ""
        self.setObjectName("row")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if icon:
            self.setIcon(icons.icon(icon))
        self.setIconSize(QSize(16, 16))
        self.clicked.connect(lambda _checked=False: action())
        self.say(words)

    def say(self, words: str, spoken: str = "") -> None:
        """Other words; `spoken` is what a screen reader says of them."""
        self._words = text.unmarked(words)
        self.setAccessibleName(text.shown(spoken or words))
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        room = self.width() - 18 - (0 if self.icon().isNull() else 24)
        self.setText(text.elided(self._words, self.font(), room))


def chip(words: str, action: Callable[[bool], object], *, on: bool = False) -> QPushButton:
    """A filter that is on or off."""
    made = QPushButton(text.unmarked(words))
    made.setObjectName("chip")
    made.setAccessibleName(text.shown(words))
    made.setCheckable(True)
    made.setChecked(on)
    made.toggled.connect(action)
    return made


def flat(icon: str, words: str, action: Callable[[], object]) -> QToolButton:
    """An icon that can be pressed; its words are in the tooltip."""
    made = QToolButton()
    made.setObjectName("flat")
    made.setIcon(icons.icon(icon))
    made.setIconSize(QSize(20, 20))
    made.setAccessibleName(text.shown(words))
    text.tip(made, words)
    made.clicked.connect(lambda _checked=False: action())
    return made


class Pick(QComboBox):
    """A list of choices; its items hold their key as data."""

    def __init__(self, name: str, action: Callable[[], object], least: int = 8) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(least)
        self.setMaxVisibleItems(20)
        self.currentIndexChanged.connect(lambda _index: action())

    def refill(self, items: Mapping[str, str]) -> None:
        """Other choices (key: words); what was chosen stays chosen where it is still there. Nobody is told."""
        before, chosen = self.blockSignals(True), self.currentData()  # noqa: FBT003 - Qt takes it by position
        self.clear()
        for key, words in items.items():
            self.addItem(text.shown(words), key)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        self.blockSignals(before)

    def choose(self, key: str) -> None:
        """Choose by key; a key that is not there chooses the first."""
        self.setCurrentIndex(max(0, self.findData(key)))

    @property
    def chosen(self) -> str:
        """The key that is chosen."""
        return str(self.currentData() or "")

    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        place = QRectF(self.width() - 26, (self.height() - 16) / 2, 16, 16)
        token = "muted" if self.isEnabled() else "line"
        icons.draw_glyph(QPainter(self), place, icons.glyph("chevron-down"), theme.colour(token))


def search_field(hint: str, name: str, action: Callable[[], object]) -> QLineEdit:
    """Where people type what they look for."""
    made = QLineEdit()
    made.setPlaceholderText(hint)
    made.setAccessibleName(name)
    made.addAction(icons.icon("magnify"), QLineEdit.ActionPosition.LeadingPosition)
    wipe = made.addAction(icons.icon("close"), QLineEdit.ActionPosition.TrailingPosition)
    wipe.setVisible(False)
    wipe.triggered.connect(made.clear)
    made.textChanged.connect(lambda words: wipe.setVisible(bool(words)))
    made.textChanged.connect(lambda _words: action())
    return made


def copier(get: Callable[[], str], words: str = "Copy") -> QPushButton:
    """A button that copies text and says so."""
    made = button(words, lambda: QGuiApplication.clipboard().setText(get()), icon="content-copy")
    made.clicked.connect(lambda: made.setText("Copied"))
    made.clicked.connect(lambda: made.setIcon(icons.icon("check", "yes")))
    return made


def rule() -> QFrame:
    """A thin line."""
    made = QFrame()
    made.setObjectName("rule")
    made.setFixedHeight(1)
    return made


def empty(icon: str, title: str, words: str, *actions: QWidget) -> QWidget:
    """What an empty view says: what is missing and what to do."""
    picture = Glyph(icon, 48)
    heading = text.label(title, "heading")
    body = text.label(words, "muted", wrap=True)
    body.setFixedWidth(440)
    for each in (heading, body):
        each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    body.setMinimumHeight(body.heightForWidth(440))  # a centred label does not ask for it
    box = column(picture, heading, body, gap=theme.GRID)
    buttons = row(*actions)
    buttons.insertStretch(0)
    buttons.addStretch()
    box.addSpacing(theme.GRID)
    box.addLayout(buttons)
    box.insertStretch(0)
    box.addStretch()
    for item in (picture, heading, body):
        box.setAlignment(item, Qt.AlignmentFlag.AlignHCenter)
    made = QWidget()
    made.setLayout(box)
    return made


class Glyph(QWidget):
    """One icon, painted in the colour of a token."""

    def __init__(self, icon: str, size: int, token: str = "muted") -> None:
        super().__init__()
        self._glyph, self._token = icons.glyph(icon), token
        self.setFixedSize(size, size)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        painter = QPainter(self)
        icons.draw_glyph(painter, QRectF(self.rect()), self._glyph, theme.colour(self._token))


class Disc(QWidget):
    """What an asset is, at a glance: the icon of its kind on the colour of its category."""

    def __init__(self, kind: str, category: str, size: int = 32) -> None:
        super().__init__()
        self._glyph, self._colour = icons.kind_glyph(kind), icons.category_colour(category)
        self.setFixedSize(size, size)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        draw_disc(QPainter(self), QRectF(self.rect()), self._glyph, self._colour)


def draw_disc(painter: QPainter, rect: QRectF, glyph: str, colour: QColor) -> None:
    """A rounded square in a category's colour with a white icon."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, rect.width() / 4, rect.width() / 4)
    painter.restore()
    inset = rect.width() * 0.19
    icons.draw_glyph(painter, rect.adjusted(inset, inset, -inset, -inset), glyph, QColor("white"))


class Shape(QWidget):
    """The shape of a severity: octagon, triangle, square, disc; words stand beside it."""

    def __init__(self, severity: Severity, size: int = 14) -> None:
        super().__init__()
        self.severity = severity
        self.setFixedSize(size, size)
        self.setAccessibleName(severity.value)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        draw_severity(QPainter(self), QRectF(self.rect()), self.severity)


class _SeverityEngine(QIconEngine):
    def __init__(self, severity: Severity) -> None:
        super().__init__()
        self._severity = severity

    def paint(
        self, painter: QPainter, rect: QRect, _mode: QIcon.Mode, _state: QIcon.State, /
    ) -> None:
        draw_severity(painter, QRectF(rect), self._severity)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, /) -> QPixmap:
        pixmap = QPixmap(size)
        if size.isEmpty():
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def severity_icon(severity: Severity) -> QIcon:
    """The shape of a severity as an icon, drawn in the theme that is shown."""
    return QIcon(_SeverityEngine(severity))


def draw_severity(painter: QPainter, rect: QRectF, severity: Severity) -> None:
    """Severity by shape and colour: 8, 3 or 4 corners, or a disc."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("outline"), 1))
    painter.setBrush(theme.severity_colour(severity))
    inside = rect.adjusted(1.5, 1.5, -1.5, -1.5)
    corners = CORNERS.get(severity)
    if corners:
        painter.drawPolygon(_polygon(inside, corners))
    else:
        painter.drawEllipse(inside.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()


def _polygon(rect: QRectF, corners: int) -> QPolygonF:
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    if corners == CORNERS[Severity.HIGH]:
        points = [((left + right) / 2, top), (right, bottom), (left, bottom)]
    elif corners == CORNERS[Severity.MEDIUM]:
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    else:
        cut = rect.width() * 0.29
        points = [
            *((left + cut, top), (right - cut, top), (right, top + cut), (right, bottom - cut)),
            *((right - cut, bottom), (left + cut, bottom), (left, bottom - cut), (left, top + cut)),
        ]
    return QPolygonF([QPointF(x, y) for x, y in points])


def severity_badge(severity: Severity) -> QWidget:
    """Shape and word."""
    made = QWidget()
    made.setLayout(row(Shape(severity), text.label(severity.value.capitalize(), "strong"), gap=6))
    return made
