"""The graph view: what it shows first, choosing, expanding, hiding, filtering, keys, pictures, and work that is cancelled."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QRadioButton

from graph.layout.placement import COLUMN
from graph.schema import load_schema
from graph.subgraph import FEW
from tests.ui import sample
from tests.ui.conftest import Open, facts_of, place_of
from tests.ui.test_views import words
from ui import theme
from ui.canvas.canvas import Canvas
from ui.canvas.hits import Hits
from ui.canvas.legend import _Line
from ui.canvas.node_layer import NodeLayer
from ui.canvas.picture import write_graph
from ui.canvas.renderer import Renderer
from ui.canvas.scene import CLASSES, ENTRY, JEWEL, Scene
from ui.canvas.shapes import shape
from ui.icons import category_shape
from ui.main_window import MainWindow
from ui.views.graph import GraphView


def scene_of(view: GraphView) -> Scene:
    """What is drawn."""
    assert view.canvas.scene is not None
    return view.canvas.scene


@pytest.fixture
def graph(open_window: Open, done, qtbot):
    """Opens the graph of an estate at a place, and waits until it is drawn."""

    def go(assessment=None, key="light", **place: str) -> tuple[MainWindow, GraphView]:
        window = open_window(assessment or sample.small(), key)
        window.session.go("graph", **place)
        view = window.view("graph")
        assert isinstance(view, GraphView)
        done(window)
        qtbot.waitUntil(lambda: view._wish is None)
        QApplication.processEvents()
        view.canvas.finish()
        return window, view

    return go


def at(canvas: Canvas, node: int) -> QPoint:
    """Where a node is on the screen."""
    assert canvas.scene is not None
    point = QPointF(*canvas.scene.points[node].tolist())
    return canvas.camera.to_screen(point).toPoint()


def colours(image: QImage) -> set[int]:
    """The colours on a coarse grid of a picture."""
    return {
        image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
    }


# What it shows


def test_it_begins_with_the_attack_paths(graph) -> None:
    window, view = graph()
    facts, scene = facts_of(window), scene_of(view)
    steps = {(s.source, s.kind, s.target) for p in facts.assessment.attack_paths for s in p.steps}
    shown = {facts.graph.relationship(edge).key for edge in scene.shown.edges.tolist()}
    assert shown == steps
    assert f"{scene.node_count} assets, {scene.edge_count} relationships" in words(view)
    assert len(colours(view.canvas.grab().toImage())) > 30
    roles = scene.looks.role
    assert {scene.asset(int(n)) for n in np.flatnonzero(roles == ENTRY)} <= facts.entries
    assert {scene.asset(int(n)) for n in np.flatnonzero(roles == JEWEL)} <= facts.jewels


def test_without_attack_paths_it_shows_the_estate(graph) -> None:
    window, view = graph(sample.large(300))
    scene = scene_of(view)
    assert scene.node_count == facts_of(window).graph.node_count
    assert len({c.code for c in scene.circles if c.depth == 0}) == 10
    assert "Whole estate" in words(view)


def test_an_asset_is_shown_with_its_neighbours_and_then_only_chosen(graph, done) -> None:
    window, view = graph(item=sample.KB)
    canvas = view.canvas
    assert view._content.middle == sample.KB
    assert canvas.selected == canvas.number(sample.KB) >= 0
    assert window.inspector.subject == sample.KB
    before = scene_of(view)
    window.session.go("graph", sample.AGENT)
    done(window)
    assert scene_of(view) is before
    assert canvas.selected == canvas.number(sample.AGENT) >= 0


def test_a_path_stands_out_among_all(graph, done) -> None:
    window, view = graph()
    window.session.go("attack_paths", "1#0")
    buttons = window.view("attack_paths").findChildren(QAbstractButton)
    next(each for each in buttons if each.accessibleName() == "Show in the graph").click()
    done(window)
    path, scene = facts_of(window).assessment.attack_paths[1], scene_of(view)
    focus = view.canvas.view().focus
    assert {scene.asset(int(node)) for node in focus.nodes} == {
        path.entry,
        *(step.target for step in path.steps),
    }
    assert len(focus.edges) == len({(s.source, s.kind, s.target) for s in path.steps})
    assert scene.node_count > len(focus.nodes)


def test_a_relationship_is_shown_from_the_inspector(graph, done) -> None:
    window, view = graph(show="estate")
    facts = facts_of(window)
    key = next(edge.key for edge in facts.graph.relationships() if edge.key not in facts.paths_over)
    window.session.inspect(key)
    buttons = window.inspector.findChildren(QAbstractButton)
    next(each for each in buttons if each.accessibleName() == "Show in the graph").click()
    done(window)
    focus, scene = view.canvas.view().focus, scene_of(view)
    shown = [facts.graph.relationship(int(scene.shown.edges[edge])).key for edge in focus.edges]
    assert shown == [key]


def test_a_finding_with_and_without_a_path_is_shown(graph, done) -> None:
    window, view = graph()
    worst = facts_of(window).worst
    for walked in (True, False):
        finding = next(each for each in worst if bool(each.path) is walked)
        window.session.go("graph", finding=finding.id)
        done(window)
        known = [asset for asset in finding.assets if asset in facts_of(window).graph]
        assert all(view.canvas.number(asset) >= 0 for asset in known)
        assert finding.title in view._title.whole


def test_an_empty_estate_says_what_to_do(graph) -> None:
    window, view = graph(sample.nothing())
    assert "Nothing to draw" in words(view)
    window.session.go("graph", show="paths")
    assert "Nothing to draw" in words(view)


def test_show_and_arrange_choices(graph, done) -> None:
    window, view = graph()
    radios = {each.text(): each for each in view.legend.findChildren(QRadioButton)}
    assert radios["Attack paths"].isChecked()
    assert not radios["Around the chosen asset"].isEnabled()
    radios["Whole estate"].click()
    done(window)
    assert place_of(window).filters == {"show": "estate"}
    assert radios["By account"].isChecked()
    assert scene_of(view).circles
    radios["By distance"].click()
    done(window)
    assert not scene_of(view).circles
    view.canvas._choose_and_tell(view.canvas.number(sample.KB))
    radios["Around the chosen asset"].click()
    done(window)
    assert place_of(window).filters == {"around": sample.KB}
    window.session.step(-1)
    done(window)
    assert "Whole estate" in words(view)


def test_marks_change_the_looks_and_move_nothing(graph, done) -> None:
    window, view = graph()
    node = view.canvas.number(sample.KB)
    before = scene_of(view)
    window.session.mark(sample.KB, "target", wanted=False)
    done(window)
    after = scene_of(view)
    assert after is not before
    assert after.points.tobytes() == before.points.tobytes()
    assert before.looks.role[node] == JEWEL != after.looks.role[node]


# Choosing, expanding, hiding


def test_a_click_chooses_and_a_click_beside_lets_go(graph) -> None:
    window, view = graph()
    canvas, node = view.canvas, view.canvas.number(sample.DS_ROLE)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, node))
    assert canvas.selected == node
    assert window.inspector.subject == sample.DS_ROLE
    assert place_of(window).item == sample.DS_ROLE
    assert "DataScienceRole" in canvas.accessibleDescription()
    QApplication.processEvents()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(3, canvas.height() - 3))
    assert canvas.selected == -1


def test_a_click_on_a_line_explains_the_relationship(graph) -> None:
    window, view = graph()
    canvas, scene = view.canvas, scene_of(view)
    hits, among = canvas._hits, canvas.renderer.in_sight
    for edge in range(scene.edge_count):
        piece = scene.curves.pieces[int(np.searchsorted(scene.curves.owner, edge))]
        middle = piece[0] / 8 + piece[1] * 3 / 8 + piece[2] * 3 / 8 + piece[3] / 8
        if (
            hits.node_at(*middle.tolist(), 30) < 0
            and hits.edge_at(*middle.tolist(), 1, among) == edge
        ):
            point = canvas.camera.to_screen(QPointF(*middle.tolist())).toPoint()
            QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
            break
    key = facts_of(window).graph.relationship(int(scene.shown.edges[edge])).key
    assert window.inspector.subject == key


def test_expanding_and_hiding_can_be_taken_back(graph) -> None:
    window, view = graph(around=sample.KB)
    canvas, undo = view.canvas, window.session.undo
    first = scene_of(view)
    few = [node for node in range(first.node_count) if 0 < first.looks.more[node] <= FEW]
    grown_from = max(few, key=lambda node: int(first.looks.more[node]))
    asset = first.asset(grown_from)
    canvas.choose(grown_from)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    second = scene_of(view)
    assert second.node_count > first.node_count
    for node in range(first.node_count):
        moved = second.points[canvas.number(first.asset(node))] - first.points[node]
        assert not moved.any(), "what was there stays where it was"
    assert canvas.selected == canvas.number(asset)
    assert second.looks.more[canvas.selected] == 0
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    third = scene_of(view)
    assert canvas.number(asset) == -1
    assert third.node_count == second.node_count - 1
    assert (third.ends < third.node_count).all()
    assert "Hide" in undo.undoText()
    window.commands.action("undo").trigger()
    assert scene_of(view).shown.same(second.shown)
    window.commands.action("undo").trigger()
    assert scene_of(view).points.tobytes() == first.points.tobytes()
    window.commands.action("redo").trigger()
    assert scene_of(view).shown.same(second.shown)


def test_undo_brings_back_what_was_shown_then_and_goes_there(graph, done) -> None:
    window, view = graph()
    view.hide_node(view.canvas.number(sample.DS_ROLE))
    window.session.go("graph", show="estate")
    done(window)
    window.session.go("findings")
    window.commands.action("undo").trigger()
    assert place_of(window).view == "graph"
    assert view.canvas.number(sample.DS_ROLE) >= 0
    assert "Attack paths" in words(view)
    assert not scene_of(view).circles


def test_what_has_no_more_neighbours_says_so(graph) -> None:
    window, view = graph(show="estate")
    view.expand(0)
    assert "is shown" in words(window.foot)
    assert window.session.undo.count() == 0


def test_the_menu_has_what_every_asset_has_and_what_the_graph_adds(graph) -> None:
    _window, view = graph()
    menu = view.menu_of(scene_of(view), view.canvas.number(sample.DS_ROLE))
    actions = {action.text(): action for action in menu.actions()}
    assert {"Copy id", "Expand neighbours", "Hide", "Paths from this"} <= set(actions)
    actions["Copy id"].trigger()
    assert QApplication.clipboard().text() == sample.DS_ROLE
    actions["Hide"].trigger()
    assert view.canvas.number(sample.DS_ROLE) == -1


def test_everything_can_be_hidden_and_brought_back(graph, done) -> None:
    window, view = graph(around=sample.KB)
    count = scene_of(view).node_count
    for _ in range(count):
        view.hide_node(0)
    assert scene_of(view).node_count == 0
    view.canvas.fit()
    view.canvas.finish()
    view._on_arrange("groups")
    done(window)
    for _ in range(count):
        window.commands.action("undo").trigger()
    assert scene_of(view).node_count == count


def test_lines_are_as_wide_on_a_fine_screen(graph) -> None:
    _window, view = graph(around=sample.DS_ROLE)
    look = replace(view.canvas.view(), focus=None)
    ground = QColor(theme.colour("canvas")).rgb()
    shares = []
    for ratio in (1.0, 2.0):
        renderer = Renderer(
            scene_of(view), view.canvas.renderer.nodes_on, view.canvas.renderer.edges_on
        )
        *_, image = renderer.refine(replace(look, ratio=ratio))
        assert image is not None
        step = int(3 * ratio)
        pixels = [
            image.pixel(x, y) != ground
            for x in range(0, image.width(), step)
            for y in range(0, image.height(), step)
        ]
        shares.append(sum(pixels) / len(pixels))
    assert shares[1] == pytest.approx(shares[0], rel=0.15)


def test_search_lets_what_fits_stand_out_and_enter_walks_it(graph) -> None:
    window, view = graph()
    QTest.keyClicks(view.search, "role")
    found = {scene_of(view).name(int(node)) for node in view.canvas.view().focus.nodes}
    assert {"DataScienceRole"} <= found
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    one = view.canvas.selected
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    assert view.canvas.selected not in {one, -1}
    view.search.clear()
    assert window.inspector.subject == scene_of(view).asset(view.canvas.selected)


def test_a_narrow_view_belongs_to_the_picture(graph) -> None:
    window, view = graph()
    window.resize(960, 640)
    window.show_inspector()
    QApplication.processEvents()
    assert view.width() < 640
    assert not view.legend.isVisible()
    assert view.canvas.width() > 300
    seen = view.canvas.view().seen
    assert seen.contains(scene_of(view).bounds()), "what was all in sight stays so"
    view._toggle_legend()
    assert view.legend.isVisible()
    window.inspector.hide()
    window.resize(1440, 900)
    QApplication.processEvents()
    assert view.legend.isVisible()


# Filters


def test_the_legend_leaves_out_categories_and_classes(graph) -> None:
    _window, view = graph(show="estate")
    canvas, scene = view.canvas, scene_of(view)
    nodes_on, edges_on = canvas.renderer.nodes_on, canvas.renderer.edges_on
    assert nodes_on.all()
    assert not edges_on[scene.edge_class == CLASSES.index("structure")].any()
    lines = {
        line.accessibleName().partition(":")[0]: line for line in view.legend.findChildren(_Line)
    }
    lines["Identity assets"].click()
    identity = scene.looks.category == scene.categories.index("identity")
    assert not canvas.renderer.nodes_on[identity].any()
    assert not canvas.renderer.edges_on[identity[scene.ends].any(axis=1)].any()
    node = int(np.flatnonzero(identity)[0])
    assert canvas._hits.node_at(*scene.points[node].tolist(), 5) == -1
    view.legend._show_all()
    assert canvas.renderer.nodes_on.all()
    assert canvas.renderer.edges_on.all()


@pytest.mark.usefixtures("qapp")
def test_every_category_has_a_shape_of_its_own() -> None:
    categories = {label.category for label in load_schema().labels.values()}
    shapes = {category_shape(category) for category in categories}
    assert len(shapes) == len(categories)
    outlines = {shape(category).toFillPolygon().size() for category in categories}
    assert len(outlines) > 4
    for category in categories:
        box = shape(category).boundingRect()
        assert 0.7 < box.width() < 1.3
        assert 0.7 < box.height() < 1.3


# Keys, wheel, hover


def test_keys_pan_zoom_and_fit(graph) -> None:
    _window, view = graph()
    canvas = view.canvas
    fit = canvas.camera
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.camera.x > fit.x
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.camera.zoom > fit.zoom
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.camera.zoom == pytest.approx(fit.zoom)
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.camera == fit


def test_the_wheel_zooms_where_the_pointer_is(graph) -> None:
    _window, view = graph()
    canvas, point = view.canvas, QPointF(200, 150)
    before = canvas.camera.to_world(point)
    canvas.wheelEvent(
        QWheelEvent(
            point,
            canvas.mapToGlobal(point),
            QPoint(0, 0),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 - Qt takes it by position
        )
    )
    after = canvas.camera.to_world(point)
    assert canvas.camera.zoom > 0
    assert (after - before).manhattanLength() < 1e-6


def test_dragging_pans_and_chooses_nothing(graph) -> None:
    _window, view = graph()
    canvas, start = view.canvas, view.canvas.camera
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(canvas, QPoint(130, 120))
    QTest.mouseMove(canvas, QPoint(160, 140))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(160, 140))
    assert canvas.camera.x - start.x == pytest.approx(60)
    assert canvas.selected == -1


def test_arrows_walk_to_neighbours_and_tab_goes_round_them_and_on(graph) -> None:
    _window, view = graph()
    canvas, scene = view.canvas, scene_of(view)
    role = canvas.number(sample.DS_ROLE)
    canvas.choose(role)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    after = canvas.selected
    assert scene.points[after][0] > scene.points[role][0]
    assert after in scene.ends[scene.edges_of(role)].ravel()
    canvas.choose(role)
    around = canvas._hits.round_about(role)
    canvas.setFocus()
    walked = []
    for _ in around:
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        walked.append(canvas.selected)
    assert walked == around
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert canvas.selected == around[-1], "Tab leaves the canvas after the last neighbour"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selected == -1


def test_hover_says_what_is_under_the_pointer(graph) -> None:
    _window, view = graph()
    canvas = view.canvas
    plain = canvas.grab().toImage()
    node = canvas.number(sample.DS_ROLE)
    QTest.mouseMove(canvas, at(canvas, node))
    canvas._point(QPointF(at(canvas, node)))
    assert canvas.hover == node
    assert canvas.grab().toImage() != plain


def test_hits_find_the_nearest_node_and_edge_within_reach(graph) -> None:
    _window, view = graph()
    scene = scene_of(view)
    hits = Hits(scene, np.ones(scene.node_count, dtype=bool))
    edges = np.arange(scene.edge_count, dtype=np.int32)
    for node, (x, y) in enumerate(scene.points.tolist()):
        assert hits.node_at(x + 3, y - 2, 10) == node
        assert hits.node_at(x, y - COLUMN * 20, 10) == -1
    x, y = (scene.points.min(axis=0) - 500).tolist()
    assert hits.edge_at(x, y, 10, edges) == -1
    begin = scene.curves.pieces[0, 0] / 8 + scene.curves.pieces[0, 1:].T @ [3 / 8, 3 / 8, 1 / 8]
    owner = int(scene.curves.owner[0])
    x, y = begin.tolist()
    assert hits.edge_at(x, y, 2, edges[[owner]]) == owner


# Drawing


@pytest.mark.parametrize("key", theme.NAMES)
def test_it_is_drawn_in_every_theme(graph, key) -> None:
    _window, view = graph(key=key, around=sample.DS_ROLE)
    image = view.canvas.grab().toImage()
    ground = theme.colour("canvas").rgb()
    shown = [
        image.pixel(x, y) for x in range(5, image.width(), 7) for y in range(5, image.height(), 7)
    ]
    assert shown.count(ground) > len(shown) / 3
    assert len(set(shown)) > 30


def test_a_crowd_is_drawn_as_squares_and_refined_in_slices(graph, qtbot) -> None:
    _window, view = graph(sample.large(6000), show="estate")
    canvas, scene = view.canvas, scene_of(view)
    look = canvas.view()
    nodes = canvas.renderer.nodes.visible(look)
    assert len(nodes) == scene.node_count
    assert NodeLayer.tiny(look, nodes)
    assert len(canvas.renderer.edges.visible(look)) > 10_000
    canvas.zoom(1.6)
    canvas.repaint()
    assert canvas._timer.isActive(), "the rest is drawn when the view rests"
    quick = canvas._image.copy()
    qtbot.waitUntil(lambda: not canvas._timer.isActive(), timeout=20_000)
    assert canvas._image != quick
    canvas.zoom(40.0, QPointF(at(canvas, 0)))
    canvas.finish()
    assert not NodeLayer.tiny(canvas.view(), canvas.renderer.nodes.visible(canvas.view()))


def test_pictures_are_written_for_paper(graph, tmp_path: Path, monkeypatch) -> None:
    window, view = graph(key="dark", around=sample.AGENT)
    target = tmp_path / "graph.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), ""))
    view.save_picture()
    image = QImage(str(target))
    assert image.width() > 400
    assert image.pixel(2, 2) == QColor(theme.load("light").colours["canvas"]).rgb()
    assert "written" in words(window.foot)
    assert theme.current().theme.key == "dark"
    drawing = tmp_path / "graph.svg"
    write_graph(view.canvas.renderer, drawing)
    root = ET.parse(drawing).getroot()
    texts = " ".join(part.text or "" for part in root.iter() if part.tag.endswith("text"))
    assert "customer-support-agent" in texts
    assert "materialdesignicons" not in drawing.read_text(encoding="utf-8").lower()


def test_a_picture_that_cannot_be_written_is_said(graph, tmp_path: Path, monkeypatch) -> None:
    window, view = graph()
    gone = str(tmp_path / "gone" / "graph.svg")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (gone, ""))
    view.save_picture()
    assert "cannot write" in words(window.foot)


# Work in the background


def test_arranging_can_be_cancelled_and_begun_again(open_window, done, qtbot) -> None:
    window = open_window(sample.large(6000))
    window.session.go("graph", show="estate")
    view = window.view("graph")
    assert window.operations.busy
    assert "Arranging" in words(view)
    window.operations.cancel()
    qtbot.waitUntil(lambda: "Stopped" in words(view))
    assert view.canvas.scene is None
    view._start()
    done(window)
    assert scene_of(view).node_count == 6000


def test_arranging_waits_for_other_work_and_yields_to_it(open_window, done, qtbot) -> None:
    window = open_window(sample.small())
    window.session.mark(sample.LOOKUP, "target", wanted=True)
    assert window.operations.busy
    window.session.go("graph")
    view = window.view("graph")
    assert view.canvas.scene is None
    done(window)
    assert sample.LOOKUP in facts_of(window).jewels, "the other work was not cut off"
    qtbot.waitUntil(lambda: view._wish is None and view.canvas.scene is not None)
    view._on_arrange("distance")
    window.session.mark(sample.LOOKUP, "target", wanted=False)
    qtbot.waitUntil(lambda: not window.operations.busy and view._wish is None, timeout=10_000)
    assert sample.LOOKUP not in facts_of(window).jewels
    assert scene_of(view).facts is facts_of(window)


def test_another_estate_leaves_nothing_behind(graph, done) -> None:
    window, view = graph()
    window.session.show(sample.large(300))
    done(window)
    window.session.go("graph")
    done(window)
    assert scene_of(view).facts is facts_of(window)
    assert scene_of(view).node_count == 300
