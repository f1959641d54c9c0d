"""Attack paths: a risk-sorted list, the path from left to right, and the chosen step: why, how, how to break it."""

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from graph.model import AttackPath, Verdict
from graph.paths.what_if import pair
from ui import text
from ui.ends import EndPickers
from ui.entry_list import EntryList
from ui.facts import Facts, path_assets, spelt
from ui.path_view import PathView
from ui.path_words import path_about, path_entry, path_title, steps_key
from ui.session import Place, Session
from ui.step_panel import StepPanel
from ui.views.view import View
from ui.what_if_bar import WhatIfBar
from ui.widgets import button, chip, column, empty, flat, link, plain, row, search_field


class AttackPathsView(View):
    """The heart of the window."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._filters: dict[str, str] = {}
        self._paths: Mapping[str, AttackPath] = {}  # as they were found, by the key of their entry
        self._searched: tuple[Facts | None, str, str] = (None, "", "")
        self._state = "found"
        self._path: AttackPath | None = None
        session.operations.ended.connect(self._on_ended)
        session.tried.connect(self._on_tried)
        self.path_view = PathView()
        self.path_view.step_chosen.connect(self._on_step)
        self.path_view.asset_chosen.connect(session.inspect)
        self.panel = StepPanel(session)
        self.panel.walk.connect(lambda by: self.path_view.choose(self.path_view.step + by))
        self._title = text.Line("title")
        self._about = text.label("", "muted", wrap=True, selectable=True)
        self._graph = flat("graph-outline", "Show in the graph", self._show_in_graph)
        head = row(self._title, self._graph, gap=8)
        head.setStretch(0, 1)
        right = plain(column(head, self._about, gap=4), self.path_view, self.panel, gap=12)
        right.layout().setStretch(2, 1)  # type: ignore[union-attr] # it is there: made above
        self._none = _NoWay(session, self._again)
        self._right = QStackedWidget()
        self._right.addWidget(right)
        self._right.addWidget(self._none)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setObjectName("attack_paths")
        self.split.setHandleWidth(16)
        self.split.addWidget(self._list_side())
        self.split.addWidget(self._right)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([320, 900])
        self.split.setChildrenCollapsible(False)
        self.what_if = WhatIfBar(session, lambda _on: self._again())
        box = column(self.what_if, self.split, gap=12, margin=16)
        box.setStretch(1, 1)
        self.setLayout(box)

    def _list_side(self) -> QWidget:
        self.ends = EndPickers(self.session, self._on_ends)
        self._search = search_field("Filter by name or id", "Filter attack paths", self._fill)
        self._proved = chip("Proved only", lambda _on: self._fill())
        self._count = text.label("", "small")
        self._scope = text.label("", "small", wrap=True)
        self._all = link("Show all", lambda: self.session.go("attack_paths"))
        self.list = EntryList("Attack paths, worst first", tall=True)
        self.list.chosen.connect(self._on_path)
        side = QWidget()
        side.setMinimumWidth(280)
        chips = row(self._proved, self._all, gap=8)
        chips.addStretch()
        chips.addWidget(self._count)
        side.setLayout(column(self.ends, self._search, chips, self._scope, self.list))
        return side

    def refresh(self) -> None:
        self._show_tried()
        self._again()

    def visit(self, place: Place) -> None:
        self._filters = dict(place.filters)
        self._choose_paths()
        key, _, step = place.item.partition("#")
        if key and not self.list.choose(key) and self.what_if.broken.isEnabled():
            self.what_if.broken.toggle()  # it is among the others
            self.list.choose(key)
        if step.isdigit():
            self.path_view.choose(int(step))
        self.list.setFocus()

    # Which paths

    def _on_ends(self, entry: str, target: str) -> None:
        ends = {"entry": entry, "target": target}
        self.session.go("attack_paths", **{key: end for key, end in ends.items() if end})

    def _choose_paths(self) -> None:
        facts = self.session.facts
        if facts is None:
            return
        entry, target = self._filters.get("entry", ""), self._filters.get("target", "")
        self.ends.show_ends(entry, target)
        scope = self._narrowed(facts)
        text.say(self._scope, scope)
        self._scope.setVisible(bool(scope))
        self._all.setVisible(bool(self._filters))
        if self._searched == (facts, entry, target):
            self._fill()
            return
        self._searched = (facts, entry, target)
        known = entry in facts.entries | {""} and target in facts.jewels | {""}
        self.what_if.broken.setVisible(known and not (entry and target))
        if known and not (entry and target):
            self._show(
                {
                    key: path
                    for key, path in self._known(facts)
                    if entry in ("", path.entry) and target in ("", path.target)
                }
            )
        else:
            self._paths, self._state = {}, "searching"
            self.session.find_paths(entry, target, self._on_found)
            self._fill()

    def _known(self, facts: Facts) -> Iterator[tuple[str, AttackPath]]:
        """The paths of the assessment, as they are if steps are broken; each keeps its number as its key."""
        tried, paths = self.session.what_if, facts.assessment.attack_paths
        if tried is None:
            yield from ((str(number), path) for number, path in enumerate(paths))
            return
        numbers = {pair(path): str(number) for number, path in enumerate(paths)}
        for path in tried.broken if self.what_if.broken.isChecked() else tried.remaining:
            yield numbers[pair(path)], path

    def _on_found(self, paths: tuple[AttackPath, ...]) -> None:
        self._show({str(number): path for number, path in enumerate(paths)})

    def _show(self, paths: Mapping[str, AttackPath]) -> None:
        self._paths, self._state = paths, "found"
        self._fill()

    def _on_tried(self) -> None:
        self._show_tried()
        if self.session.what_if is not None or not self.session.cuts:
            self._again()

    def _show_tried(self) -> None:
        tried = self.session.what_if
        if not self.session.cuts or (tried is not None and not tried.broken):
            self.what_if.broken.setChecked(False)
        self.what_if.refresh()

    def _narrowed(self, facts: Facts) -> str:
        """Which asset or step all paths that are shown lead over, in words."""
        through, over = self._filters.get("through", ""), self._filters.get("over", "")
        if through:
            return f"Through {facts.name(through)}"
        step = next((key for key in facts.paths_over if spelt(key) == over), None)
        return f"Over the step: {facts.words(step)}" if step else ""

    def _on_ended(self) -> None:
        if self._state == "searching":  # no result yet: it comes now, or never
            self._state = "stopped"
            self._fill()

    def _again(self) -> None:
        self._searched = (None, "", "")
        self._choose_paths()

    def _fill(self) -> None:
        facts = self.session.facts
        if facts is None:
            return
        entries = [
            path_entry(facts, key, path, self._before(path))
            for key, path in self._paths.items()
            if self._fits(facts, path)
        ]
        text.say(self._count, f"{len(entries):,} of {len(self._paths):,}")
        self._path = None
        self.list.show_entries(entries, self.list.current)
        self._right.setCurrentIndex(0 if entries else 1)
        if not entries:
            state = "filtered" if self._paths else self._state
            self._none.explain(facts, self._filters, state)

    def _before(self, path: AttackPath) -> AttackPath | None:
        """The way that a path took before a step was broken, if that is another one."""
        tried = self.session.what_if
        return tried.before.get(pair(path)) if tried else None

    def _fits(self, facts: Facts, path: AttackPath) -> bool:
        if self._proved.isChecked() and path.verdict is not Verdict.YES:
            return False
        assets = list(path_assets(path))
        if self._filters.get("through", path.entry) not in assets:
            return False
        over = self._filters.get("over")
        if over and over not in map(spelt, (step.key for step in path.steps)):
            return False
        words = self._search.text().casefold()
        return not words or any(
            words in asset.casefold() or words in facts.name(asset).casefold() for asset in assets
        )

    # Which step

    def _on_path(self, key: str) -> None:
        facts = self.session.facts
        if facts is None:
            return
        self._path = path = self._paths[key]
        text.say(self._title, path_title(facts, path))
        text.say(self._about, path_about(facts, path))
        self.path_view.show_steps(facts, path.steps, self.session.cuts)
        over = self._filters.get("over")
        steps = [spelt(step.key) for step in path.steps]
        self.path_view.choose(steps.index(over) if over in steps else 0)

    def _show_in_graph(self) -> None:
        if self._path is not None:
            self.session.go("graph", steps=steps_key(self._path.steps))

    def _on_step(self, number: int) -> None:
        if self._path is not None:
            self.panel.show_step(self._path.steps, number)
            item = f"{self.list.current}#{number}"
            self.session.note(Place(view="attack_paths", item=item, filters=self._filters))


class _NoWay(QStackedWidget):
    """What is said where there is no path: of the estate, of a choice, or while it is searched."""

    def __init__(self, session: Session, again: Callable[[], object]) -> None:
        super().__init__()
        self._session, self._again = session, again

    def explain(self, facts: Facts, filters: Mapping[str, str], state: str) -> None:
        """Say why there is nothing."""
        page = self._page(facts, filters, state)
        for old in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            self.removeWidget(old)
            old.deleteLater()
        self.addWidget(page)
        self.setCurrentWidget(page)

    def _page(self, facts: Facts, filters: Mapping[str, str], state: str) -> QWidget:
        go = self._session.go
        if state != "found":
            return self._waiting(state)
        if filters:
            ends = (filters.get("entry", ""), filters.get("target", ""))
            names = [facts.name(end) if end else "" for end in ends]
            words = f"from {names[0] or 'any entry point'} to {names[1] or 'any crown jewel'}"
            return empty(
                "map-marker-off-outline",
                "No way there",
                f"No way was found {words}, as far as the estate was read. Coverage tells what was not.",
                button("Show all paths", lambda: go("attack_paths"), style="primary"),
                button("Show coverage", lambda: go("coverage")),
            )
        return empty(
            "map-marker-path",
            "No attack path in the assessed scope",
            "No way was found from an entry point to a crown jewel. That is not a promise: look at the coverage "
            "for what was not read, and mark entry points and crown jewels of your own in the inventory.",
            button("Open inventory", lambda: go("inventory"), style="primary"),
            button("Show coverage", lambda: go("coverage")),
        )

    def _waiting(self, state: str) -> QWidget:
        if state == "searching":
            words = "Progress and Cancel are at the foot of the window."
            return empty("magnify", "Searching …", words)
        if state == "stopped":
            again = button("Search again", self._again, style="primary")
            return empty(
                "magnify-close", "Stopped", "The search did not end: nothing is known yet.", again
            )
        words = "Clear what is typed, or show undecided paths as well."
        return empty("filter-off-outline", "No path fits", words)
