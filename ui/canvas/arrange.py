"""From a subgraph to a scene: which layout it gets, and what its circles are called. Runs in the background."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph import layout
from graph.layout.curves import bows, flows, joined, pieces_of
from graph.layout.placement import Int32, Placement
from graph.layout.stress import MOST
from graph.progress import CancelCheck, Progress
from graph.subgraph import Subgraph, hops
from ui.canvas.scene import Scene, local_ends, make_scene
from ui.facts import Facts

ARRANGEMENTS = {"flow": "Left to right", "distance": "By distance", "groups": "By account"}
MOST_OF = {"flow": 420, "distance": MOST}  # assets that an arrangement can take
FLAT = np.zeros((0, 2), dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be drawn, and how."""

    shown: Subgraph
    how: str
    middle: str = ""  # the asset that stands in the middle of a flow
    shape: float = 1.5  # width by height of the screen


def fitting(how: str, count: int) -> str:
    """The arrangement that was asked for, or the one that can take so many assets."""
    return how if count <= MOST_OF.get(how, count) else "groups"


def arranged(
    facts: Facts, wish: Wish
) -> Callable[..., Scene]:  # fmt: skip
    """The work that makes the scene."""

    def work(*, progress: Progress, cancelled: CancelCheck) -> Scene:
        placement, titles = _placed(facts, wish, progress, cancelled)
        progress(0.95, "picture")
        scene = make_scene(facts, wish.shown, placement, titles)
        scene.prepare()
        return scene

    return work


def _placed(
    facts: Facts, wish: Wish, progress: Progress, cancelled: CancelCheck
) -> tuple[Placement, Sequence[Mapping[int, str]]]:
    shown, graph = wish.shown, facts.graph
    ends, count = local_ends(facts, shown), len(shown.nodes)
    how = fitting(wish.how, count)
    if how == "flow":
        middle = graph.index_of(wish.middle) if wish.middle in graph else -1
        ranks = hops(graph, shown, middle) if middle in shown else None
        made = layout.layered(
            count, ends, ranks=ranks, shape=wish.shape, progress=progress, cancelled=cancelled
        )
        return made, ()
    if how == "distance":
        return layout.by_distance(count, ends, progress=progress, cancelled=cancelled), ()
    levels, titles = _levels(facts, shown)
    return layout.grouped(
        ends, levels, shape=wish.shape, progress=progress, cancelled=cancelled
    ), titles


def _levels(facts: Facts, shown: Subgraph) -> tuple[list[Int32], list[Mapping[int, str]]]:
    """Accounts, then categories; large categories by type as well."""
    graph, schema = facts.graph, facts.graph.schema
    accounts, names = _accounts(facts)
    categories = sorted({schema.category(kind) for kind in graph.kinds})
    of_kind = np.array([categories.index(schema.category(kind)) for kind in graph.kinds] or [0])
    levels = [accounts[shown.nodes], of_kind[graph.kind_code[shown.nodes]].astype(np.int32)]
    titles = [names, {code: name.capitalize() for code, name in enumerate(categories)}]
    return levels, titles


def _accounts(facts: Facts) -> tuple[Int32, Mapping[int, str]]:
    """The account of every asset as a code, and what each is called."""
    assets = list(facts.graph.assets())
    found = sorted({asset.account for asset in assets})
    code = {account: number for number, account in enumerate(found)}
    names = {number: account or "No account" for number, account in enumerate(found)}
    label = facts.graph.schema.label
    for asset in assets:
        if label(asset.kind).name == "Account" and asset.name:
            names[code[asset.account]] = asset.name
    return np.array([code[asset.account] for asset in assets], dtype=np.int32), names


def expanded(scene: Scene, grown: Subgraph, parent: int) -> Scene:
    """The scene with more around one of its nodes, everything else where it was."""
    facts, before = scene.facts, scene.shown
    new = [each for each in grown.nodes.tolist() if each not in before]
    asset = int(before.nodes[parent])
    targets = set(facts.graph.target[facts.graph.out_edges(asset)].tolist())
    sources = set(facts.graph.source[facts.graph.in_edges(asset)].tolist())
    sides = [1 if each in targets else -1 if each in sources else 0 for each in new]
    places = layout.beside(scene.points, parent, sides)
    at = dict(zip(before.nodes.tolist(), scene.points, strict=True))
    at.update(zip(new, places, strict=True))
    return replaced(scene, grown, np.array([at[each] for each in grown.nodes.tolist()]))


def reduced(scene: Scene, left: Subgraph) -> Scene:
    """The scene without some of its nodes, everything else where it was."""
    return replaced(scene, left, scene.points[np.isin(scene.shown.nodes, left.nodes)])


def replaced(scene: Scene, shown: Subgraph, points: np.ndarray) -> Scene:
    """Another subgraph with its places; edges that stay keep their way."""
    points = points.reshape(-1, 2).astype(np.float32)
    ends = local_ends(scene.facts, shown)
    before = np.searchsorted(scene.shown.edges, shown.edges)
    before = np.minimum(before, max(scene.edge_count - 1, 0))
    stays = (
        scene.shown.edges[before] == shown.edges
        if scene.edge_count
        else np.zeros(len(ends), dtype=bool)
    )
    new = np.flatnonzero(~stays).astype(np.int32)
    if scene.flowing:
        drawn = flows(points, ends[new], [FLAT] * len(new))
    else:
        drawn = bows(points, ends[new])
    numbers = np.zeros(max(scene.edge_count, 1), dtype=np.int32)
    numbers[before[stays]] = np.flatnonzero(stays)
    kept = pieces_of(scene.curves, before[stays].astype(np.int32))
    placement = Placement(
        points=points,
        curves=joined((kept, numbers), (drawn, new)),
        circles=scene.circles,
        flowing=scene.flowing,
    )
    return make_scene(scene.facts, shown, placement, scene.titles)


def looked_at_again(scene: Scene, facts: Facts) -> Scene:
    """The same picture with other facts about the same graph: other marks, other paths."""
    placement = Placement(
        points=scene.points, curves=scene.curves, circles=scene.circles, flowing=scene.flowing
    )
    return make_scene(facts, scene.shown, placement, scene.titles)
