"""What must have been read before "there is no such thing" is known; answers come for many assets at once."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from graph.asset_graph import AssetGraph, Int32
from graph.coverage import own_lists, provider_of
from graph.model import Asset
from graph.rules.columns import Columns
from graph.rules.ledger import Ledger
from graph.rules.model import NodePattern, Pattern, StepPattern
from graph.rules.rows import numbered
from graph.schema import Schema

Lists = tuple[tuple[str, bool], ...]  # (operation, is it asked once for every such asset?)


def gaps_of(
    nodes: Int32,
    graph: AssetGraph,
    columns: Columns,
    ledger: Ledger,
    lists: Callable[[str], Lists],  # of a kind
) -> list[tuple[str, ...]]:
    """For each asset, which of the lists that its kind takes were not read whole."""
    found: list[tuple[str, ...]] = [()] * len(nodes)
    for code in np.unique(graph.kind_code[nodes]).tolist():
        kind = graph.kinds[code]
        at = np.flatnonzero(graph.kind_code[nodes] == code)
        wanted = lists(kind)
        if not wanted:
            continue
        groups = np.arange(len(at))
        if not ledger.asks_each(wanted):  # then all assets of a place share the answer
            within = np.searchsorted(columns.of_kind(kind), nodes[at])
            places = [columns.codes(kind, name)[within] for name in ("account", "region")]
            groups = numbered(places, len(at))
        _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
        told = [ledger.gaps(wanted, graph.asset(int(nodes[at[i]]))) for i in first.tolist()]
        for position, group in zip(at.tolist(), inverse.tolist(), strict=True):
            found[position] = told[group]
    return found


def absence_gaps(
    part: tuple[StepPattern, ...],
    shared: Sequence[str],
    anchor: Asset,
    pattern: Pattern,
    ledger: Ledger,
) -> tuple[str, ...]:
    """The same for one asset, the first that the absent part shares with the rest."""
    lists = lists_behind(part, shared, pattern, anchor.kind, ledger.schema)
    return ledger.gaps(lists, anchor)


def shared_names(part: tuple[StepPattern, ...], bound: Iterable[str]) -> tuple[str, ...]:
    """The names by which an absent part hangs on the rest of the pattern."""
    names = dict.fromkeys(name for step in part for name in (step.source, step.target))
    known = set(bound)
    return tuple(name for name in names if name in known)


def lists_behind(
    steps: Iterable[StepPattern],
    shared: Sequence[str],
    pattern: Pattern,
    kind: str,
    schema: Schema,
) -> Lists:
    """The lists of the cloud of an asset kind that, read whole, would show the relationships of these steps.

    What is derived of two known assets rests on the policies of its source.
    """
    found = dict[tuple[str, bool], None]()
    for step in steps:
        told = [schema.relationships[kind] for kind in sorted(step.kinds)]
        read_by = own_lists((op for item in told for op in item.read_by), kind)
        far = step.target if step.source in shared else step.source
        if any(item.derived for item in told) and {step.source, step.target} <= set(shared):
            far = step.source
        own = bool(read_by) and step.source == shared[0]
        operations = read_by or _listed(pattern.nodes[far], provider_of(kind), schema)
        found.update(dict.fromkeys((operation, own) for operation in operations))
    return tuple(found)


def _listed(node: NodePattern, cloud: str, schema: Schema) -> list[str]:
    kinds = [kind for kind in sorted(node.kinds) if provider_of(kind) == cloud]
    return [operation for kind in kinds for operation in schema.kinds[kind].listed_by]
