"""The meaning of a pattern, spelt out: every assignment of assets to names is tried. Slow, and as plain as can be."""

from collections.abc import Iterable, Mapping
from itertools import product

from graph.asset_graph import AssetGraph
from graph.rules.model import Pattern, StepPattern
from graph.rules.predicates import holds

NO, UNDECIDED, YES = 0, 1, 2


def answers(graph: AssetGraph, pattern: Pattern) -> dict[tuple[str, ...], int]:
    """The best verdict of each combination of the names that results are grouped by; absences are known."""
    names = pattern.bound
    found: dict[tuple[str, ...], int] = {}
    for ids in product(graph.ids, repeat=len(names)):
        chosen = dict(zip(names, ids, strict=True))
        verdict = min(_there(graph, pattern, pattern.steps, chosen), _compared(pattern, chosen))
        for part in pattern.absent:
            verdict = min(verdict, YES - _best_part(graph, pattern, part, chosen))
        if verdict:
            key = tuple(chosen[name] for name in pattern.group_by or names)
            found[key] = max(found.get(key, NO), verdict)
    return found


def _there(
    graph: AssetGraph, pattern: Pattern, steps: Iterable[StepPattern], chosen: Mapping[str, str]
) -> int:
    nodes = [_fits(graph, pattern, name, asset_id) for name, asset_id in chosen.items()]
    if NO in nodes:
        return NO
    return min([*nodes, *(_step(graph, step, chosen) for step in steps)])


def _compared(pattern: Pattern, chosen: Mapping[str, str]) -> int:
    good = all((chosen[c.nodes[0]] == chosen[c.nodes[1]]) is c.equal for c in pattern.comparisons)
    return YES if good else NO


def _best_part(
    graph: AssetGraph,
    pattern: Pattern,
    part: tuple[StepPattern, ...],
    chosen: Mapping[str, str],
) -> int:
    inner = dict.fromkeys(name for step in part for name in (step.source, step.target))
    free = [name for name in inner if name not in chosen]
    best = NO
    for ids in product(graph.ids, repeat=len(free)):
        both = {**chosen, **dict(zip(free, ids, strict=True))}
        fits = [_fits(graph, pattern, name, both[name]) for name in free]
        best = max(best, min([*fits, *(_step(graph, step, both) for step in part)]))
    return best


def _fits(graph: AssetGraph, pattern: Pattern, name: str, asset_id: str) -> int:
    asset = graph.asset(graph.index_of(asset_id))
    best = NO
    for selector in pattern.nodes[name].selectors:
        if asset.kind in selector.kinds:
            said = [holds(p, asset, graph.collected_at) for p in selector.where]
            best = max(best, NO if False in said else UNDECIDED if None in said else YES)
    return best


def _step(graph: AssetGraph, step: StepPattern, chosen: Mapping[str, str]) -> int:
    source, target = chosen[step.source], chosen[step.target]
    if not step.repeats:
        return max(_along(graph, chain, source).get(target, NO) for chain in step.chains)
    most = graph.node_count if step.most is None else step.most
    here = {source: YES}
    best = YES if step.least == 0 and source == target else NO
    for _ in range(most):
        here = _next(graph, here, step.chains[0][0])
        best = max(best, here.get(target, NO))
    return best


def _along(graph: AssetGraph, chain: tuple[frozenset[str], ...], source: str) -> dict[str, int]:
    here = {source: YES}
    for kinds in chain:
        here = _next(graph, here, kinds)
    return here


def _next(graph: AssetGraph, here: Mapping[str, int], kinds: frozenset[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for edge in range(graph.edge_count):
        item = graph.relationship(edge)
        verdict = min(here.get(item.source, NO), int(graph.verdict_code[edge]))
        if item.kind in kinds and verdict:
            found[item.target] = max(found.get(item.target, NO), verdict)
    return found
