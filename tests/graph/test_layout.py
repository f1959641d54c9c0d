"""Layouts: the same input gives the same picture, nothing lies on anything else, and what is connected stands near."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.layout import Placement, beside, by_distance, grouped, layered
from graph.layout.apart import apart
from graph.layout.columns import forward_pairs, in_columns, ranked, untangle
from graph.layout.curves import bows, joined, pieces_of, sampled
from graph.layout.grouped import lattice
from graph.layout.huddle import around, huddle
from graph.layout.placement import COLUMN, ROW, Int32
from graph.layout.stress import MOST
from graph.model import Cancelled
from graph.progress import never

Layout = Callable[..., Placement]
NODES = 60
LAYOUTS: dict[str, Layout] = {
    "layered": lambda edges, **more: layered(NODES, edges, **more),
    "by distance": lambda edges, **more: by_distance(NODES, edges, **more),
    "grouped": lambda edges, **more: grouped(edges, levels(NODES), **more),
}


def some_edges(count: int = 90, seed: int = 3, nodes: int = NODES) -> Int32:
    """Edges with loops, parallel ones and nodes that have none."""
    return np.random.default_rng(seed).integers(0, nodes - 5, (count, 2)).astype(np.int32)


def levels(count: int) -> list[Int32]:
    numbers = np.arange(count, dtype=np.int32)
    return [numbers % 3, numbers % 7]


def edge_array(*edges: tuple[int, int]) -> Int32:
    return np.array(edges, dtype=np.int32).reshape(-1, 2)


def overlaps(points: np.ndarray, box: tuple[float, float] = (COLUMN, ROW)) -> int:
    """Pairs of which one box covers a part of the other."""
    away = np.abs(points[:, None] - points[None])
    close = (away[..., 0] < box[0] * 0.99) & (away[..., 1] < box[1] * 0.99)
    return (int(close.sum()) - len(points)) // 2


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_same_input_gives_the_same_picture(layout: Layout) -> None:
    edges = some_edges()
    one, two = layout(edges), layout(edges.copy())
    assert one.points.tobytes() == two.points.tobytes()
    assert one.curves.pieces.tobytes() == two.curves.pieces.tobytes()
    assert one.circles == two.circles


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_everything_has_a_place_of_its_own_and_every_edge_a_curve(layout: Layout) -> None:
    edges = some_edges()
    made = layout(edges)
    assert made.points.shape == (NODES, 2)
    assert np.isfinite(made.points).all()
    assert np.isfinite(made.curves.pieces).all()
    box = (ROW, ROW) if made.circles else (COLUMN, ROW)  # a name may hang over the rim of a circle
    assert overlaps(made.points, box) == 0
    assert np.unique(made.curves.owner).tolist() == list(range(len(edges)))
    first = np.searchsorted(made.curves.owner, np.arange(len(edges)))
    last = np.searchsorted(made.curves.owner, np.arange(len(edges)), side="right") - 1
    assert np.allclose(made.curves.pieces[first, 0], made.points[edges[:, 0]])
    assert np.allclose(made.curves.pieces[last, 3], made.points[edges[:, 1]])


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_it_can_be_cancelled_and_says_how_far_it_is(layout: Layout) -> None:
    told: list[float] = []
    layout(some_edges(), progress=lambda share, _words: told.append(share))
    assert told == sorted(told)
    assert told[-1] > 0.7
    with pytest.raises(Cancelled):
        layout(some_edges(), cancelled=lambda: True)


@pytest.mark.parametrize("layout", [layered, by_distance], ids=["layered", "by distance"])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_little_is_drawn_as_well(layout: Layout, count: int) -> None:
    edges = edge_array((0, 1)) if count == 2 else edge_array()
    made = layout(count, edges)
    assert made.points.shape == (count, 2)
    assert np.isfinite(made.points).all()


@given(
    count=st.integers(1, 24),
    ends=st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=50),
    shape=st.floats(0.4, 4),
)
@settings(max_examples=60, deadline=None)
def test_no_layered_picture_overlaps(count: int, ends: list[tuple[int, int]], shape: float) -> None:
    edges = edge_array(*((a % count, b % count) for a, b in ends))
    made = layered(count, edges, shape=shape)
    assert np.isfinite(made.points).all()
    assert np.isfinite(made.curves.pieces).all()
    assert overlaps(made.points) == 0


# From left to right


def test_an_edge_leads_to_the_right_but_where_a_cycle_is_closed() -> None:
    edges = edge_array((0, 1), (1, 2), (2, 3), (0, 3), (3, 1))
    x = layered(4, edges).points[:, 0]
    assert x[0] < x[1] < x[2] < x[3]


def test_columns_that_are_given_are_kept() -> None:
    edges = edge_array((1, 0), (0, 2), (2, 3), (1, 4))
    x = layered(5, edges, ranks=[0, -1, 1, 2, -1]).points[:, 0]
    assert x[1] == x[4] < x[0] < x[2] < x[3]


def test_a_tree_is_drawn_without_crossings() -> None:
    edges = edge_array(*((node // 3, node) for node in range(1, 39)))
    shuffled = np.random.default_rng(1).permutation(39)[edges].astype(np.int32)
    pairs = forward_pairs(39, shuffled, None)
    columns = in_columns(39, pairs, ranked(39, pairs))
    untangle(columns, never)
    at = {node: place for row in columns.rows for place, node in enumerate(row)}
    rank = columns.column_of
    lines = [(rank[a], at[a], at[b]) for a in range(39) for b in columns.right[a]]
    crossed = [
        1 for (c, a, b), (d, e, f) in combinations(lines, 2) if c == d and (a - e) * (b - f) < 0
    ]
    assert not crossed


def test_a_crowded_column_is_woven_to_fit_the_shape() -> None:
    edges = edge_array(*((0, node) for node in range(1, 61)))
    high, wide = (layered(61, edges, shape=shape).points for shape in (0.2, 2.0))
    assert np.ptp(high[:, 1]) > np.ptp(wide[:, 1])
    assert np.ptp(high[:, 0]) < np.ptp(wide[:, 0])
    assert overlaps(wide) == 0


def test_a_long_edge_goes_round_what_is_between() -> None:
    edges = edge_array((0, 1), (1, 2), (2, 3), (0, 3))
    made = layered(4, edges)
    lines, owner = sampled(made.curves, 24)
    way = lines[owner == 3].reshape(-1, 2)
    for node in (1, 2):
        assert np.hypot(*(way - made.points[node]).T).min() > ROW / 6


# By distance


def test_near_in_steps_is_near_in_the_picture() -> None:
    ring = edge_array(*((node, (node + 1) % 20) for node in range(20)))
    points = by_distance(20, ring).points
    far = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    steps = np.abs(np.arange(20)[:, None] - np.arange(20)[None])
    steps = np.minimum(steps, 20 - steps)
    assert np.corrcoef(far.ravel(), steps.ravel())[0, 1] > 0.95


def test_too_many_for_distances_is_said() -> None:
    with pytest.raises(ValueError, match="at most"):
        by_distance(MOST + 1, edge_array())


def test_boxes_are_pushed_apart_and_move_little() -> None:
    points = np.random.default_rng(0).normal(0, 150, (40, 2))
    made = apart(points)
    assert overlaps(points) > 0
    assert overlaps(made) == 0
    free = np.array([[0.0, 0.0], [2 * COLUMN, 0.0], [0.0, 2 * ROW]])
    assert np.array_equal(apart(free), free)


# In circles


def test_circles_do_not_overlap_and_hold_their_nodes() -> None:
    codes = levels(200)
    made = grouped(some_edges(300, nodes=200), codes)
    assert {circle.depth for circle in made.circles} == {0, 1}
    for depth in (0, 1):
        circles = [circle for circle in made.circles if circle.depth == depth]
        assert sum(circle.size for circle in circles) == 200
        for one, two in combinations(circles, 2):
            far = np.hypot(one.x - two.x, one.y - two.y)
            assert far > one.radius + two.radius
    for circle in made.circles:
        if circle.depth == 0:
            inside = made.points[codes[0] == circle.code]
            assert (np.hypot(*(inside - [circle.x, circle.y]).T) < circle.radius).all()


def test_hubs_stand_in_the_middle_of_their_circle() -> None:
    star = edge_array(*((17, node) for node in range(40) if node != 17))
    one = np.zeros(40, dtype=np.int32)
    points = grouped(star, [one]).points
    far = np.hypot(*(points - points.mean(axis=0)).T)
    assert far.argsort().tolist().index(17) < 4


def test_connected_groups_stand_side_by_side() -> None:
    codes = np.repeat(np.arange(12), 10).astype(np.int32)
    rng = np.random.default_rng(5)
    tied = np.stack([rng.integers(0, 10, 200), rng.integers(110, 120, 200)], axis=1)
    made = grouped(tied.astype(np.int32), [codes])
    at = {circle.code: np.array([circle.x, circle.y]) for circle in made.circles}
    far = [float(np.hypot(*(at[0] - at[code]))) for code in range(1, 12)]
    assert sorted(far).index(far[10]) <= 2


def test_discs_are_put_close_together() -> None:
    radii = np.array([60.0, 20, 20, 30, 10, 10, 45])
    centres = huddle(radii, gap=8)
    for one, two in combinations(range(len(radii)), 2):
        assert np.hypot(*(centres[one] - centres[two])) >= radii[one] + radii[two] + 7.9
    middle, radius = around(centres, radii)
    assert (np.hypot(*(centres - middle).T) + radii <= radius + 1e-6).all()
    assert (radii**2).sum() / radius**2 > 0.3


@pytest.mark.parametrize("count", [1, 2, 7, 100, 1000])
def test_places_in_rows_are_a_name_apart(count: int) -> None:
    places = lattice(count)
    assert len(np.unique(places, axis=0)) == count
    assert overlaps(places[:200]) == 0
    far = np.hypot(*(places - places.mean(axis=0)).T)
    assert far.max() < 1.4 * np.sqrt(count * COLUMN * ROW / np.pi) + COLUMN


# What is added later, and curves


def test_new_nodes_come_beside_without_moving_or_covering_anything() -> None:
    old = layered(30, some_edges(40, nodes=30)).points
    new = beside(old, 4, [1] * 6 + [-1] * 6 + [0] * 3)
    assert overlaps(np.vstack([old, new])) == 0
    assert new[:6, 0].mean() > old[4, 0] > new[6:12, 0].mean()


def test_edges_of_one_pair_fan_out() -> None:
    points = np.array([[0, 0], [300, 0]], dtype=np.float32)
    curves = bows(points, edge_array((0, 1), (0, 1), (1, 0)))
    middles = curves.pieces[:, 1:3].mean(axis=1)[:, 1]
    assert len(set(np.round(middles).tolist())) == 3


def test_curves_are_taken_apart_and_joined_again() -> None:
    edges = some_edges(12)
    whole = layered(NODES, edges).curves
    odd, even = np.arange(1, 12, 2, dtype=np.int32), np.arange(0, 12, 2, dtype=np.int32)
    numbers = np.arange(12, dtype=np.int32)
    made = joined((pieces_of(whole, odd), numbers), (pieces_of(whole, even), numbers))
    assert made.owner.tolist() == whole.owner.tolist()
    assert made.pieces.tobytes() == whole.pieces.tobytes()
