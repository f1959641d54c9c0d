"""Inventory: every asset in one table, filtered by what people type and by category, type, account, role and findings."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout

from ui import text
from ui.asset_menu import fill_menu
from ui.flow import Flow
from ui.models.assets import LEVELS, Assets
from ui.session import Place, Session
from ui.table import Table
from ui.views.view import View
from ui.widgets import Pick, button, empty, link, plain, search_field

_ROLES = {"": "Any role", "entry": "Entry points", "target": "Crown jewels"}


class InventoryView(View):
    """The table and its filters; a chosen row is shown in the inspector."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.assets: Assets | None = None
        self.table = Table("Assets")
        self.table.chosen.connect(self._on_row)
        self.table.opened.connect(self._on_row)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self._search = search_field("Filter by name or id", "Filter assets", self._filter)
        self._picks: dict[str, Pick] = {
            key: Pick(words, self._filter)
            for key, words in (
                ("category", "Category"),
                ("kind", "Type"),
                ("account", "Account"),
                ("role", "Role"),
                ("severity", "Findings"),
            )
        }
        self._count = text.label("", "small")
        self._clear = link("Clear filters", self._forget)
        bar = Flow(self._search, *self._picks.values(), self._clear, self._count)
        self._none = empty(
            "filter-off-outline",
            "No asset fits these filters",
            "Nothing of this name, category or account was read. Clear the filters, or look at the coverage for "
            "what was not read.",
            button("Clear filters", self._forget, style="primary"),
            button("Show coverage", lambda: session.go("coverage")),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._none)
        self._stack.addWidget(
            empty(
                "format-list-bulleted-square",
                "This snapshot holds no assets",
                "Its answers describe nothing that Modelhound knows. The coverage tells what was asked for.",
                button("Show coverage", lambda: session.go("coverage"), style="primary"),
            )
        )
        page = plain(bar, self._stack, gap=12)
        page.layout().setStretch(1, 1)  # type: ignore[union-attr] # it is there: made above
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.addWidget(page)

    def refresh(self) -> None:
        facts = self.session.facts
        if facts is None:
            return
        chosen = self._chosen()
        self.assets = assets = Assets(facts)
        self._fill_picks(assets)
        self.table.show_model(assets.model(), 5, down=True)
        self._filter()
        if chosen in facts.graph:
            self.table.choose(facts.graph.index_of(chosen))

    def visit(self, place: Place) -> None:
        facts = self.session.facts
        if facts is None:
            return
        if place.filters or place.item:
            self._forget()
        for key, value in place.filters.items():
            self._picks[key].choose(value)
        if place.item in facts.graph:
            self.table.choose(facts.graph.index_of(place.item))
            self.session.inspect(place.item)
        self.table.setFocus()

    def _fill_picks(self, assets: Assets) -> None:
        graph = assets.facts.graph
        kinds = {kind: graph.schema.kinds[kind].title for kind in graph.kinds}
        categories = sorted({graph.schema.category(kind) for kind in graph.kinds})
        choices = {
            "category": {"": "Any category"} | {name: name.capitalize() for name in categories},
            "kind": {"": "Any type"} | dict(sorted(kinds.items(), key=lambda item: item[1])),
            "account": {"": "Any account"} | {name: name for name in assets.accounts if name},
            "role": _ROLES,
            "severity": {"": "Any finding"}
            | {level: f"{level.capitalize()} or worse" for level in reversed(LEVELS[1:])},
        }
        for key, items in choices.items():
            self._picks[key].refill(items)

    def _filters(self) -> dict[str, str]:
        return {key: box.chosen for key, box in self._picks.items()}

    def _filter(self) -> None:
        if self.assets is None:
            return
        filters = self._filters()
        mask = self.assets.mask(self._search.text(), filters)
        self.table.show_rows(mask)
        number = int(mask.sum())
        text.say(self._count, f"{number:,} of {text.count(self.assets.count, 'asset')}")
        self._stack.setCurrentIndex(0 if number else 1 if self.assets.count else 2)
        self._clear.setVisible(bool(self._search.text()) or any(filters.values()))

    def _forget(self) -> None:
        for each in (self._search, *self._picks.values()):
            each.blockSignals(True)  # noqa: FBT003 - Qt takes it by position
        self._search.clear()
        for box in self._picks.values():
            box.setCurrentIndex(0)
        for each in (self._search, *self._picks.values()):
            each.blockSignals(False)  # noqa: FBT003 - Qt takes it by position
        self._filter()

    def _chosen(self) -> str:
        if self.assets is None or self.table.row < 0:
            return ""
        return self.assets.facts.graph.ids[self.table.row]

    def _on_row(self, _row: int) -> None:
        asset = self._chosen()
        self.session.note(Place(view="inventory", item=asset))
        self.session.inspect(asset)

    def _menu(self, point: QPoint) -> None:
        if self._chosen():
            menu = QMenu(self)
            fill_menu(menu, self.session, self._chosen())
            menu.exec(self.table.viewport().mapToGlobal(point))
