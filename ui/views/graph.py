"""Graph: any part of the estate as a picture; chosen, expanded, hidden, searched, and taken back step by step."""

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QUndoCommand
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from graph import subgraph
from graph.subgraph import Subgraph
from ui import icons, text
from ui.asset_menu import fill_menu
from ui.canvas import pages
from ui.canvas.arrange import (
    ARRANGEMENTS,
    MOST_OF,
    Wish,
    arranged,
    expanded,
    fitting,
    looked_at_again,
    reduced,
)
from ui.canvas.canvas import STEP, Canvas
from ui.canvas.contents import CONTENTS, Content, content_of
from ui.canvas.legend import Choices, Legend
from ui.canvas.scene import Scene
from ui.session import Place, Session
from ui.views.view import View
from ui.widgets import column, flat, plain, row, search_field

NARROW = 640  # pixels of the view below which the legend hides


class GraphView(View):
    """The canvas with its legend; the layout runs in the background."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._content: Content | None = None
        self._filters: dict[str, str] = {}
        self._how = "flow"
        self._wish: Wish | None = None  # what is being arranged, or waits for it
        self._running = False
        self._to_choose = ""
        self._narrow = False
        self.canvas = Canvas()
        self._show = Choices("SHOW", CONTENTS)
        self._arrange = Choices("ARRANGE", ARRANGEMENTS)
        self.legend = Legend(self._show, self._arrange)
        self._title, self._count = text.Line("heading"), text.label("", "small")
        self.search = search_field("Find in this picture", "Find in this picture", self._find)
        self.search.setMinimumWidth(96)
        self.search.returnPressed.connect(self._next_found)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.activated.connect(lambda: self.search.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self._found: list[int] = []
        self._stack, self._words = QStackedWidget(), QWidget()
        self._lay_out()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._look_again)
        self._connect()

    def _lay_out(self) -> None:
        head = row(self._title, self._count, self.search, gap=12)
        head.setStretch(0, 3)
        head.setStretch(2, 2)
        for icon, words, action in (
            ("format-list-bulleted", "Show or hide the legend", self._toggle_legend),
            ("plus", "Expand the chosen asset (Enter)", lambda: self.expand(self.canvas.selected)),
            ("eye-off-outline", "Hide the chosen asset (H)", lambda: self.hide_node(self.canvas.selected)),
            ("image-outline", "Save as a picture…", self.save_picture),
        ):  # fmt: skip
            head.addWidget(flat(icon, words, action))
        frame = QFrame()
        frame.setObjectName("card")
        frame.setLayout(column(self.canvas, margin=1))
        self._buttons(self.canvas)
        self._stack.addWidget(frame)
        self._stack.addWidget(self._words)
        line = row(self.legend, plain(head, self._stack, gap=8), gap=16)
        line.setStretch(1, 1)
        line.setContentsMargins(16, 16, 16, 16)
        self.setLayout(line)

    def _toggle_legend(self) -> None:
        self.legend.setVisible(not self.legend.isVisible())

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """A narrow view belongs to the picture; the legend comes when it is asked for."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self.legend.setVisible(not narrow)
            self._count.setVisible(not narrow)

    def _buttons(self, canvas: Canvas) -> None:
        """Zoom, in a corner of the canvas."""
        bar = plain(
            flat("plus", "Nearer (+)", lambda: canvas.zoom(STEP)),
            flat("minus", "Farther (-)", lambda: canvas.zoom(1 / STEP)),
            flat("fit-to-page-outline", "Show everything (0)", canvas.fit),
            gap=0,
        )
        box = QVBoxLayout(canvas)
        box.setContentsMargins(8, 8, 8, 8)
        box.addStretch()
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(bar)
        box.addLayout(line)

    def _connect(self) -> None:
        canvas = self.canvas
        self._show.chosen.connect(self._on_show)
        self._arrange.chosen.connect(self._on_arrange)
        self.legend.changed.connect(self._filter)
        self.session.operations.ended.connect(lambda: self._later.start(0))
        canvas.chosen.connect(self._on_chosen)
        canvas.edge_chosen.connect(self._on_edge)
        canvas.opened.connect(self.expand)
        canvas.hidden.connect(self.hide_node)
        canvas.menu_wanted.connect(self._menu)

    # Where to

    def refresh(self) -> None:
        facts, scene = self.session.facts, self.canvas.scene
        if facts is not None and scene is not None and scene.facts.graph is facts.graph:
            self._put(looked_at_again(scene, facts))  # other marks, the same assets
            return
        self._content, self._wish, self._filters = None, None, {}
        self.canvas.forget()

    def complete(self) -> None:
        self.canvas.finish()

    def visit(self, place: Place) -> None:
        facts = self.session.facts
        if facts is None:
            return
        item, filters = place.item, dict(place.filters)
        if item and not filters and self.canvas.number(item) < 0:
            filters = {"around": item}
        if self._content is None or (filters and filters != self._filters):
            self._filters, self._to_choose = filters, item
            self._begin(content_of(facts, filters))
        elif item:
            self.canvas.choose(self.canvas.number(item), centre=True)
            self.session.inspect(item)
        self.canvas.setFocus()

    def _on_show(self, key: str) -> None:
        if key == "around":
            asset = self._chosen() or (self._content.middle if self._content else "")
            self.session.go("graph", around=asset)
        else:
            self.session.go("graph", show=key)

    def _begin(self, content: Content) -> None:
        self._content = content
        self.legend.set_off(set(), set(content.classes_off))
        self._arrange_anew(content.shown, content.how)

    # Arranging

    def _on_arrange(self, how: str) -> None:
        scene = self.canvas.scene
        if scene is not None:
            self._to_choose = self._chosen()
            self._arrange_anew(scene.shown, how)

    def _arrange_anew(self, shown: Subgraph, how: str) -> None:
        content = self._content
        self._how = fitting(how, len(shown.nodes))
        self._tell()
        if content is None or not len(shown.nodes):
            self._wish = None
            self._page(pages.no_assets(self.session))
            return
        shape = max(self.canvas.width(), 1) / max(self.canvas.height(), 1)
        self._wish = Wish(shown=shown, how=self._how, middle=content.middle, shape=shape)
        self._running = False
        if not self.session.operations.computing:
            self._start()

    def _start(self) -> None:
        facts, wish = self.session.facts, self._wish
        if facts is None or wish is None:
            return
        self._running = True
        if self.canvas.scene is None:
            self._page(pages.waiting())
        self.session.operations.run("Arranging the graph", arranged(facts, wish), self._on_arranged)

    def _look_again(self) -> None:
        """Something ended: our work without a result, or what it waited for."""
        if self._wish is None:
            return
        if self.session.operations.computing:
            self._running = False  # something else took its place; it begins again after that
        elif self._running:
            self._running = False
            self._page(pages.stopped(self._start))
        else:
            self._start()

    def _on_arranged(self, scene: Scene) -> None:
        self._wish, self._running = None, False
        facts = self.session.facts
        if facts is None or scene.facts.graph is not facts.graph:
            return
        self._put(scene)
        content = self._content
        if content is not None and len(content.marked.nodes):
            self.canvas.emphasise(*scene.part(content.marked))
        self.canvas.fit_later()
        if self.isVisible() and not self.search.hasFocus():
            self.canvas.setFocus()
        wanted, self._to_choose = self._to_choose, ""
        if wanted:
            self.canvas.choose(self.canvas.number(wanted))
            self.session.inspect(wanted)

    @property
    def content(self) -> tuple[Content | None, Mapping[str, str]]:
        """What is shown, and the place that names it."""
        return self._content, self._filters

    def put(self, scene: Scene, content: Content | None, filters: Mapping[str, str]) -> None:
        """Show a scene made before, of what was shown then; for undo."""
        facts = self.session.facts
        if facts is None or scene.facts.graph is not facts.graph:
            return
        if content is not self._content and content is not None:
            self.legend.set_off(set(), set(content.classes_off))
        self._content, self._filters, self._wish = content, dict(filters), None
        self._put(scene if scene.facts is facts else looked_at_again(scene, facts))
        if self.session.place is None or self.session.place.view != "graph":
            self.session.go("graph")

    def _put(self, scene: Scene) -> None:
        self._stack.setCurrentIndex(0)
        self.legend.show_scene(scene)
        self.canvas.show_scene(scene, *self.legend.masks(scene))
        self._tell()

    def _page(self, page: QWidget) -> None:
        old, self._words = self._words, page
        self._stack.removeWidget(old)
        old.deleteLater()
        self._stack.addWidget(page)
        self._stack.setCurrentIndex(1)

    def _tell(self) -> None:
        """Title, counts, and which choices there are."""
        scene, content, facts = self.canvas.scene, self._content, self.session.facts
        shown = self._wish.shown if self._wish else scene.shown if scene else None
        number = len(shown.nodes) if shown else 0
        text.say(self._title, content.title if content else "Graph")
        edges = len(shown.edges) if shown else 0
        text.say(self._count, f"{text.count(number, 'asset')}, {text.count(edges, 'relationship')}")
        possible = ["estate"]
        if facts is not None and facts.assessment.attack_paths:
            possible.append("paths")
        if self._chosen() or (content and content.middle):
            possible.append("around")
        self._show.show_choice(content.key if content else "", possible)
        can = [how for how in ARRANGEMENTS if number <= MOST_OF.get(how, number)]
        self._arrange.show_choice(self._how, can)

    # What the user does

    def _chosen(self) -> str:
        canvas = self.canvas
        return canvas.scene.asset(canvas.selected) if canvas.scene and canvas.selected >= 0 else ""

    def _on_chosen(self, _node: int) -> None:
        asset = self._chosen()
        self.session.note(Place(view="graph", item=asset, filters=self._filters))
        if asset:
            self.session.inspect(asset)
        self._tell()

    def _on_edge(self, edge: int) -> None:
        scene = self.canvas.scene
        if scene is not None:
            number = int(scene.shown.edges[edge])
            self.session.inspect(scene.facts.graph.relationship(number).key)

    def expand(self, node: int) -> None:
        """Show the next neighbours of a node."""
        scene = self.canvas.scene
        if scene is None or node < 0:
            return
        graph, asset = scene.facts.graph, int(scene.shown.nodes[node])
        more = subgraph.grown(graph, scene.shown, asset)
        if more.same(scene.shown):
            self.session.said.emit(f"Every neighbour of {scene.name(node)} is shown.")
            return
        self._change(f"Expand {scene.name(node)}", expanded(scene, more, node))
        self.canvas.choose(self.canvas.number(graph.ids[asset]))

    def hide_node(self, node: int) -> None:
        """Take a node out of the picture."""
        scene = self.canvas.scene
        if scene is None or node < 0:
            return
        left = subgraph.without(scene.facts.graph, scene.shown, [int(scene.shown.nodes[node])])
        self._change(f"Hide {scene.name(node)}", reduced(scene, left))
        self.canvas.choose(-1)

    def _change(self, words: str, after: Scene) -> None:
        before = self.canvas.scene
        if before is not None:
            self.session.undo.push(_Change(words, self, before, after))

    def _filter(self) -> None:
        if self.canvas.scene is not None:
            self.canvas.filter(*self.legend.masks(self.canvas.scene))

    def _menu(self, node: int, at: QPoint) -> None:
        if self.canvas.scene is not None:
            self.menu_of(self.canvas.scene, node).popup(at)

    def menu_of(self, scene: Scene, node: int) -> QMenu:
        """What can be done with a node, or with the picture (-1)."""
        menu = QMenu(self)
        if node >= 0:
            asset = scene.asset(node)
            _add(menu, "plus", "Expand neighbours", lambda: self.expand(node))
            _add(menu, "eye-off-outline", "Hide", lambda: self.hide_node(node))
            around = lambda: self.session.go("graph", around=asset)  # noqa: E731 - one of a row of actions
            _add(menu, "circle-multiple-outline", "Only this and its neighbours", around)
            menu.addSeparator()
            fill_menu(menu, self.session, asset)
        else:
            _add(menu, "fit-to-page-outline", "Show everything", self.canvas.fit)
            _add(menu, "refresh", "Arrange anew", lambda: self._on_arrange(self._how))
            _add(menu, "image-outline", "Save as a picture…", self.save_picture)
        return menu

    def _find(self) -> None:
        """Let what holds every typed word stand out."""
        scene, words = self.canvas.scene, self.search.text().casefold().split()
        if scene is None:
            return
        folded = scene.facts.folded
        self._found = [
            node
            for node, asset in enumerate(scene.shown.nodes.tolist())
            if words and all(word in folded[asset] for word in words)
        ]
        if words:
            self.canvas.choose(-1)
        self.canvas.emphasise(np.array(self._found, dtype=np.int32), np.zeros(0, dtype=np.int32))
        self._tell()
        if words:
            text.say(self._count, f"{len(self._found):,} found")

    def _next_found(self) -> None:
        if not self._found:
            return
        at = (
            self._found.index(self.canvas.selected) + 1
            if self.canvas.selected in self._found
            else 0
        )
        node = self._found[at % len(self._found)]
        self.canvas.choose(node, centre=True)
        self._on_chosen(node)

    def save_picture(self) -> None:
        """Ask for a file and draw the picture into it."""
        from ui.canvas.picture import save_picture  # noqa: PLC0415 - only when it is asked for

        if self.canvas.scene is not None:
            save_picture(self, self.session, self.canvas)


class _Change(QUndoCommand):
    """Another scene, that can be taken back."""

    def __init__(self, words: str, view: GraphView, before: Scene, after: Scene) -> None:
        super().__init__(words)
        self._view, self._before, self._after = view, before, after
        self._of = view.content

    def redo(self) -> None:
        self._view.put(self._after, *self._of)

    def undo(self) -> None:
        self._view.put(self._before, *self._of)


def _add(menu: QMenu, icon: str, words: str, action: Callable[[], object]) -> None:
    menu.addAction(icons.icon(icon), words).triggered.connect(lambda _on=False: action())
