"""Attack paths: a risk-sorted list, the path from left to right, and the chosen step: why, how, how to break it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QStackedWidget, QWidget

from graph.model import AttackPath, Verdict
from ui import text
from ui.entry_list import EntryList
from ui.facts import Facts, path_assets
from ui.path_view import PathView
from ui.path_words import path_entry
from ui.session import Place, Session
from ui.step_panel import StepPanel
from ui.views.view import View
from ui.widgets import button, chip, clear, column, empty, link, plain, row


class AttackPathsView(View):
    """The heart of the window."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._filters: dict[str, str] = {}
        self._wanted = ""
        self._path: AttackPath | None = None
        self.path_view = PathView()
        self.path_view.step_chosen.connect(self._on_step)
        self.path_view.asset_chosen.connect(session.inspect)
        self.panel = StepPanel(session)
        self.panel.walk.connect(lambda by: self.path_view.choose(self.path_view.step + by))
        self._title = text.label("", "title")
        self._about = text.label("", "muted", wrap=True, selectable=True)
        right = plain(column(self._title, self._about, gap=4), self.path_view, self.panel, gap=12)
        right.layout().setStretch(2, 1)  # type: ignore[union-attr] # it is there: made above
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(16)
        self._split.addWidget(self._list_side())
        self._split.addWidget(right)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([304, 900])
        self._split.setChildrenCollapsible(False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._split)
        self._stack.addWidget(self._nothing())
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.addWidget(self._stack)

    def _list_side(self) -> QWidget:
        self._search = QLineEdit()
        self._search.setPlaceholderText("Filter by name or id")
        self._search.setAccessibleName("Filter attack paths")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._fill)
        self._proved = chip("Proved only", lambda _on: self._fill())
        self._count = text.label("", "small")
        self._scope = row(gap=8)
        self.list = EntryList("Attack paths, worst first")
        self.list.chosen.connect(self._on_path)
        side = QWidget()
        side.setMinimumWidth(264)
        chips = row(self._proved, gap=8)
        chips.addStretch()
        chips.addWidget(self._count)
        side.setLayout(column(self._search, chips, self._scope, self.list))
        return side

    def _nothing(self) -> QWidget:
        return empty(
            "map-marker-path",
            "No attack path in the assessed scope",
            "No way was found from an entry point to a crown jewel. That is not a promise: look at the coverage "
            "for what was not read, and mark entry points and crown jewels of your own in the inventory.",
            button("Show coverage", lambda: self.session.go("coverage")),
            button("Open inventory", lambda: self.session.go("inventory")),
        )

    def refresh(self) -> None:
        facts = self.session.facts
        self._stack.setCurrentIndex(0 if facts and facts.assessment.attack_paths else 1)
        self._fill()

    def visit(self, place: Place) -> None:
        self._filters = dict(place.filters)
        self._show_scope()
        self._wanted = place.item.partition("#")[0] or self.list.current
        step = place.item.partition("#")[2]
        self._fill()
        if step.isdigit():
            self.path_view.choose(int(step))
        self.list.setFocus()

    def _show_scope(self) -> None:
        clear(self._scope)
        facts = self.session.facts
        for key, asset_id in self._filters.items():
            words = {"through": "through", "target": "to", "entry": "from"}[key]
            name = facts.name(asset_id) if facts else asset_id
            self._scope.addWidget(
                text.label(f"Paths {words} {text.elided(name, self.font(), 140)}")
            )
            self._scope.addWidget(link("Show all", lambda: self.session.go("attack_paths")))
            self._scope.addStretch()

    def _fill(self) -> None:
        facts = self.session.facts
        if facts is None:
            return
        paths = facts.assessment.attack_paths
        entries = [
            path_entry(facts, number, path)
            for number, path in enumerate(paths)
            if self._fits(facts, path)
        ]
        text.say(self._count, f"{len(entries):,} of {len(paths):,}")
        self.list.show_entries(entries, self._wanted or self.list.current)

    def _fits(self, facts: Facts, path: AttackPath) -> bool:
        if self._proved.isChecked() and path.verdict is not Verdict.YES:
            return False
        ends = {"entry": path.entry, "target": path.target}
        for key, wanted in self._filters.items():
            if wanted not in (list(path_assets(path)) if key == "through" else [ends[key]]):
                return False
        words = self._search.text().casefold()
        assets = path_assets(path)
        return not words or any(
            words in asset.casefold() or words in facts.name(asset).casefold() for asset in assets
        )

    def _on_path(self, key: str) -> None:
        facts = self.session.facts
        if facts is None:
            return
        self._path = path = facts.assessment.attack_paths[int(key)]
        text.say(self._title, f"{facts.name(path.entry)}  →  {facts.name(path.target)}")
        text.say(self._about, _about(facts, path))
        self.path_view.show_steps(facts, path.steps)
        self.path_view.choose(0)

    def _on_step(self, number: int) -> None:
        if self._path is not None:
            self.panel.show_step(self._path.steps, number)
            item = f"{self.list.current}#{number}"
            self.session.note(Place(view="attack_paths", item=item, filters=self._filters))


def _about(facts: Facts, path: AttackPath) -> str:
    undecided = sum(step.verdict is not Verdict.YES for step in path.steps)
    sure = "every step is proved"
    if undecided:
        sure = f"{text.count(undecided, 'step')} undecided"
    begin, end = facts.reason(path.entry, "entry"), facts.reason(path.target, "target")
    ends = [f"{words}: {why}." for words, why in (("Entry", begin), ("Target", end)) if why]
    return "  ".join([f"Risk {path.risk:.0f} of 100, {sure}.", *ends])
