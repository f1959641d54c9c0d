"""A path as an inline SVG: cards from left to right, wrapped into rows that fit a page."""

from collections.abc import Sequence
from html import escape

from graph.asset_graph import AssetGraph
from graph.model import Step
from graph.text import visible

CARD_WIDTH, CARD_HEIGHT, GAP_X, GAP_Y, PER_ROW = 214, 54, 134, 34, 4


def draw(graph: AssetGraph, steps: Sequence[Step]) -> str:
    """The SVG element; empty text for a path without steps."""
    if not steps:
        return ""
    nodes = [steps[0].source, *(step.target for step in steps)]
    rows = -(-len(nodes) // PER_ROW)
    width = PER_ROW * CARD_WIDTH + (PER_ROW - 1) * GAP_X + 4
    height = rows * CARD_HEIGHT + (rows - 1) * GAP_Y + 4
    cards = "".join(_card(graph, node, place) for place, node in enumerate(nodes))
    arrows = "".join(_arrow(graph, step, place) for place, step in enumerate(steps))
    return (
        f'<svg class="drawing" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{len(steps)} steps">{arrows}{cards}</svg>'
    )


def _corner(place: int) -> tuple[int, int]:
    row, column = divmod(place, PER_ROW)
    return 2 + column * (CARD_WIDTH + GAP_X), 2 + row * (CARD_HEIGHT + GAP_Y)


def _card(graph: AssetGraph, asset_id: str, place: int) -> str:
    asset = graph.asset(graph.index_of(asset_id))
    label = graph.schema.label(asset.kind)
    x, y = _corner(place)
    category = label.category.replace(" ", "-")
    return (
        f'<g class="card {category}"><title>{escape(visible(asset.name))}</title><rect x="{x}" y="{y}" width="{CARD_WIDTH}" '
        f'height="{CARD_HEIGHT}" rx="8"/><text x="{x + 12}" y="{y + 22}">{_clip(asset.name, 24)}'
        f'</text><text class="kind" x="{x + 12}" y="{y + 40}">{_clip(label.title, 28)}</text></g>'
    )


def _arrow(graph: AssetGraph, step: Step, place: int) -> str:
    x, y = _corner(place)
    next_x, next_y = _corner(place + 1)
    phrase = _clip(graph.schema.relationships[step.kind].phrase, 20)
    style = "arrow " + step.verdict.value
    middle = y + CARD_HEIGHT // 2
    if next_y == y:
        start, end = x + CARD_WIDTH, next_x
        line = f'<path d="M{start} {middle}H{end - 7}"/><path class="head" d="M{end} {middle}l-8 -4v8z"/>'
        label = f'<text x="{(start + end) // 2}" y="{middle - 6}">{phrase}</text>'
    else:
        start, down = x + CARD_WIDTH // 2, y + CARD_HEIGHT + GAP_Y // 2
        end = next_x + CARD_WIDTH // 2
        line = (
            f'<path d="M{start} {y + CARD_HEIGHT}V{down}H{end}V{next_y - 7}"/>'
            f'<path class="head" d="M{end} {next_y}l-4 -8h8z"/>'
        )
        label = f'<text x="{(start + end) // 2}" y="{down - 4}">{phrase}</text>'
    return f'<g class="{style}">{line}{label}</g>'


def _clip(text: str, length: int) -> str:
    shown = visible(text)
    return escape(shown if len(shown) <= length else shown[: length - 1] + "…")
