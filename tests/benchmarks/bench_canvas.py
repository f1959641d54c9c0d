"""Frames of the canvas while it pans and zooms, beside what one would pick instead, in one run.

Beside it: pyqtgraph's GraphItem, and a QGraphicsScene with an item for each node and edge (on a tenth: more does not end).
A frame is a change of the view and a repaint that is waited for. The canvas draws a sample of the lines, or its last haze, while
the view moves, and the rest when it stands still; the others draw everything in every frame. That is the point of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from time import perf_counter, process_time

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView, QWidget

from graph.assessment import Assessment
from graph.model import Asset, Snapshot
from graph.progress import never
from tests.benchmarks.synthetic import Numbers, synthetic
from ui import theme
from ui.canvas.arrange import Wish, arranged
from ui.canvas.camera import Camera
from ui.canvas.canvas import Canvas
from ui.canvas.contents import estate
from ui.canvas.scene import Scene
from ui.facts import Facts

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("qapp")]

SIZE = 1600, 1000
FRAMES, FEWER = 60, 12  # the others are slow: fewer frames of them
ACCOUNTS = 14


class Named(Numbers):
    """Assets with a name and an account."""

    def asset(self, i: int) -> Asset:
        return replace(
            super().asset(i), name=f"asset-{i}", account=f"account-{i * 7919 % ACCOUNTS}"
        )


def facts_of(nodes: int, edges: int) -> Facts:
    """A made-up estate of this size."""
    graph = synthetic(nodes, edges)
    details = Named()
    details.graph = graph
    graph._details = details
    return Facts(
        Assessment(
            snapshot=Snapshot(records=(), coverage=()),
            graph=graph,
            findings=(),
            results={},
            attack_paths=(),
            entry_points=(),
            crown_jewels=(),
        )
    )


def drawn(facts: Facts) -> tuple[Scene, float]:
    """The whole estate in circles, and the CPU seconds that it took."""
    content, told = estate(facts), []
    wish = Wish(shown=content.shown, how=content.how)
    before = process_time()
    scene = arranged(facts, wish)(progress=lambda share, _: told.append(share), cancelled=never)
    return scene, process_time() - before


def frames(widget: QWidget, moves: Iterator[Callable[[], object]]) -> np.ndarray:
    """Milliseconds of wall and of CPU time for each move with its repaint."""
    taken = []
    for move in moves:
        wall, cpu = perf_counter(), process_time()
        move()
        widget.repaint()
        taken.append((perf_counter() - wall, process_time() - cpu))
        QApplication.processEvents()
    return np.array(taken) * 1000


def report(name: str, taken: np.ndarray) -> float:
    """The median of CPU time: others may use the machine."""
    wall = taken[:, 0]
    middle, most = np.percentile(wall, (50, 95))
    print(
        f"  {name:42} median {middle:7.1f} ms  95 % {most:7.1f} ms  CPU {np.median(taken[:, 1]):7.1f} ms"
    )
    return float(np.median(taken[:, 1]))


def exposed(widget: QWidget) -> None:
    widget.resize(*SIZE)
    widget.show()
    QApplication.processEvents()


def pans(camera: Camera, move: Callable[[Camera], object]) -> Iterator[Callable[[], object]]:
    for number in range(FRAMES):
        shift = 240 * np.sin(number / 6), 140 * np.cos(number / 5)
        yield partial(move, camera.panned(*map(float, shift)))


def zooms(camera: Camera, move: Callable[[Camera], object]) -> Iterator[Callable[[], object]]:
    at = QPointF(SIZE[0] * 0.55, SIZE[1] * 0.45)
    for number in range(FRAMES):
        camera = camera.zoomed(1.08 if number < FRAMES / 2 else 1 / 1.08, at)
        yield partial(move, camera)


@pytest.mark.parametrize(("nodes", "edges"), [(10_000, 30_000), (100_000, 300_000)])
def test_frames_of_the_canvas(nodes: int, edges: int) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, "dark")
    facts = facts_of(nodes, edges)
    scene, spent = drawn(facts)
    print(f"\n{nodes:,} nodes, {edges:,} edges; arranged and looked up in {spent:.2f} s CPU")
    canvas = Canvas()
    exposed(canvas)
    before = perf_counter()
    on = np.ones(nodes, dtype=bool), np.ones(edges, dtype=bool)
    canvas.show_scene(scene, *on)
    canvas.fit()
    canvas.repaint()
    print(f"  first frame after {1000 * (perf_counter() - before):.0f} ms")
    plain = canvas.grab().toImage()
    slices = finish(canvas)
    print(
        f"  drawn in full in {slices.sum():.0f} ms CPU, slices of {np.median(slices):.1f} ms, the longest {slices.max():.1f} ms"
    )
    assert canvas.grab().toImage() != plain, "something was drawn"
    middles = [
        report(
            "canvas, pan, everything in sight", frames(canvas, pans(canvas.camera, canvas.move_to))
        )
    ]
    whole = canvas.camera
    middles.append(report("canvas, zoom in and out", frames(canvas, zooms(whole, canvas.move_to))))
    for name, factor in (("a quarter", 4), ("a twentieth", 20)):
        canvas.move_to(whole)
        canvas.zoom(factor)
        finish(canvas)
        taken = frames(canvas, pans(canvas.camera, canvas.move_to))
        middles.append(report(f"canvas, pan, {name} in sight", taken))
    hovering(canvas, whole)
    others(scene, whole)
    assert max(middles) <= 33


def finish(canvas: Canvas) -> np.ndarray:
    """Milliseconds of CPU time of each slice of the full picture."""
    canvas.repaint()
    taken = []
    while canvas._timer.isActive():
        canvas._timer.stop()
        before = process_time()
        canvas._refine()
        taken.append(1000 * (process_time() - before))
    canvas.repaint()
    return np.array(taken or [0.0])


def hovering(canvas: Canvas, whole: Camera) -> None:
    """Moves of the pointer: what is under it is found, and drawn."""
    canvas.move_to(whole)
    finish(canvas)
    rng = np.random.default_rng(0)
    places = (rng.random((FRAMES, 2)) * SIZE).tolist()
    found = frames(canvas, (partial(canvas._point, QPointF(*place)) for place in places))
    assert report("canvas, hover", found) <= 5


def others(scene: Scene, whole: Camera) -> None:
    """The same picture and the same moves in what one would pick instead."""
    points, ends = scene.points.astype(float), scene.ends
    view = pg.GraphicsLayoutWidget()
    box = view.addViewBox()
    box.disableAutoRange()
    item = pg.GraphItem()
    item.setData(pos=points, adj=ends, size=4, pxMode=True, pen=pg.mkPen("#566270"), symbolPen=None)
    box.addItem(item)
    exposed(view)

    def look(camera: Camera) -> None:
        seen = camera.seen(*SIZE)
        box.setRange(
            xRange=(seen.left(), seen.right()), yRange=(seen.top(), seen.bottom()), padding=0
        )

    report("pyqtgraph GraphItem, pan", frames(view, islice(pans(whole, look), FEWER)))
    report("pyqtgraph GraphItem, zoom", frames(view, islice(zooms(whole, look), FEWER)))
    view.close()
    if scene.node_count <= 10_000:
        plain_scene(scene, whole)


def plain_scene(scene: Scene, whole: Camera) -> None:
    made, pen = QGraphicsScene(), QPen(theme.colour("edge_identity"), 0)
    for (x, y), (u, v) in zip(
        scene.points[scene.ends[:, 0]].tolist(),
        scene.points[scene.ends[:, 1]].tolist(),
        strict=True,
    ):
        made.addLine(x, y, u, v, pen)
    brush = theme.colour("accent")
    for x, y in scene.points.tolist():
        made.addEllipse(x - 17, y - 17, 34, 34, QPen(), brush)
    view = QGraphicsView(made)
    exposed(view)

    def look(camera: Camera) -> None:
        view.fitInView(camera.seen(*SIZE))

    report("QGraphicsScene, pan", frames(view, islice(pans(whole, look), 3)))
    view.close()
