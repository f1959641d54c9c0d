"""Very many lines as a haze: how many run over each pixel, and of which class, turned into colour.

Faster than a painter with a thin pen, and it never saturates: what ten thousand lines share still differs from what a thousand do.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from graph.asset_graph import Int32
from graph.layout.curves import pieces_of, sampled
from graph.layout.placement import Floats
from ui import theme
from ui.canvas.scene import CLASSES, Scene
from ui.canvas.view import View, inside

PARTS = 6  # straight lines for a curve
INK = 1.2e7  # pixels of line in a haze; where there are more, a fair sample stands for all
BATCH = 160_000  # points of one slice
SPACING = 1.25  # pixels between points of a line
STRONGEST = 0.62  # how much of the colour the densest places have
ONE = np.int32(1)  # of the type of the counts, with places of the native type: fifteen times faster
CHUNK = 6_000  # edges whose curves are looked at in one slice


def haze(image: QImage, view: View, scene: Scene, edges: Int32) -> Iterator[None]:
    """Draw the edges (the most important first) into the picture; pauses after each slice."""
    wide, high = image.width(), image.height()
    counts = np.zeros((len(CLASSES), wide * high), dtype=np.int32)
    left = INK
    for first in range(0, len(edges), CHUNK):
        begin, end, owner = _lines(scene, view, edges[first : first + CHUNK])
        left -= float(np.hypot(*(end - begin).T).sum())
        yield
        for code, places in _points(begin, end, scene.edge_class[owner], wide, high):
            np.add.at(counts[code], places, ONE)
            yield
        if left < 0:
            break
    yield from _coloured(image, counts)


def _lines(scene: Scene, view: View, edges: Int32) -> tuple[Floats, Floats, Int32]:
    """The parts of curves that can be seen, in pixels of the picture."""
    lines, owner = sampled(pieces_of(scene.curves, edges), PARTS)
    low, high = lines.min(axis=1), lines.max(axis=1)
    seen = inside(view.seen, low, high)
    begin, end = (view.on_screen(lines[seen, side]) * view.ratio for side in (0, 1))
    return begin, end, owner[seen]


def _points(
    begin: Floats, end: Floats, codes: NDArray[np.uint8], wide: int, high: int
) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Places in the picture under the lines of a class, one batch after another."""
    length = np.hypot(*(end - begin).T)
    steps = np.maximum(2, 2 ** np.ceil(np.log2(np.maximum(length / SPACING, 2)))).astype(int)
    for code in np.unique(codes).tolist():
        for step in np.unique(steps[codes == code]).tolist():
            chosen = np.flatnonzero((codes == code) & (steps == step))
            share = (np.arange(step, dtype=np.float32) + 0.5) / step
            rows = max(1, BATCH // step)
            for first in range(0, len(chosen), rows):
                part = chosen[first : first + rows]
                yield code, _places(begin[part], end[part], share, wide, high)


def _places(begin: Floats, end: Floats, share: Floats, wide: int, high: int) -> NDArray[np.intp]:
    along = (end - begin).astype(np.float32)
    from_ = begin.astype(np.float32)
    x = (from_[:, :1] + along[:, :1] * share).astype(np.int32).ravel()
    y = (from_[:, 1:] + along[:, 1:] * share).astype(np.int32).ravel()
    fits = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
    return y[fits].astype(np.intp) * wide + x[fits]


def _coloured(image: QImage, counts: NDArray[np.int32]) -> Iterator[None]:
    """Blend the classes by their share over what is drawn already, the more the denser."""
    total = counts.sum(axis=0)
    touched = np.flatnonzero(total)
    if not len(touched):
        return
    yield
    most = float(np.percentile(total[touched[:: max(1, len(touched) // 50_000)]], 99.5))
    colours = np.array([_rgb(theme.colour(f"edge_{name}")) for name in CLASSES], dtype=np.float32)
    pixels = np.frombuffer(image.bits(), dtype=np.uint8).reshape(image.height(), -1)
    pixels = pixels[:, : image.width() * 4].reshape(-1, 4)
    for first in range(0, len(touched), BATCH // 2):
        part = touched[first : first + BATCH // 2]
        number = total[part].astype(np.float32)
        ink = (counts[:, part].astype(np.float32) / number).T @ colours
        depth = np.log1p(number) / np.log1p(max(most, 6.0))
        share = STRONGEST * np.minimum(0.1 + 0.9 * depth**1.5, 1.0)[:, None]
        ground = pixels[part, :3].astype(np.float32)
        pixels[part, :3] = (ground + (ink - ground) * share).astype(np.uint8)
        yield


def _rgb(colour: QColor) -> tuple[int, int, int]:
    """As the bytes of a 32-bit picture stand on a little-endian machine."""
    return colour.blue(), colour.green(), colour.red()
