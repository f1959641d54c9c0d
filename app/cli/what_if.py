"""The command `what-if`: which attack paths end when steps are broken."""

from pathlib import Path
from typing import Any

import click

from app import lookup, shapes, sources
from app.assess import build_graph
from app.cli.arguments import estate_argument
from app.cli.assessment import path_row
from app.cli.output import format_option, print_json, print_rows, progress_bar
from app.what_if import outcome
from graph.asset_graph import AssetGraph
from graph.model import AttackPath
from graph.paths import attack_paths
from graph.paths.what_if import Cost, WhatIf, costs, pair, what_if

COLUMNS = ["outcome", "risk", "before", "verdict", "entry", "target", "steps"]
COST_COLUMNS = ["rests on", "costs", "accesses"]
_SHOWN = 3  # accesses named in a row of the table


@click.command("what-if")
@estate_argument
@click.option(
    "--cut",
    "cuts",
    nargs=3,
    multiple=True,
    required=True,
    metavar="SOURCE KIND TARGET",
    help="A step to break; ids, names or patterns with * for its ends. Repeatable.",
)
@format_option
def what_if_command(
    estate: tuple[Path, ...], cuts: tuple[tuple[str, str, str], ...], format_: str
) -> None:
    """What if a step were broken: which attack paths end, which take another way, which remain.

    Every other step is taken to stay, also one that rests on the same statement or setting: the
    costs are the accesses that fall too if you remove that.

    \b
    Examples:
      modelhound what-if estate.hound --cut ci-deploy CAN_ASSUME ml-admin
      modelhound what-if estate.hound --cut "*" CAN_WRITE acme-train-data --format json
    """
    with progress_bar() as progress:
        graph = build_graph(sources.load(estate, progress=progress), progress=progress)
        keys = [key for cut in cuts for key in lookup.relationships(graph, *cut)]
        before = attack_paths(graph, progress=progress)
        tried = what_if(graph, before, keys, progress=progress)
    if format_ == "json":
        print_json(shapes.what_if_shape(tried, costs(graph, keys)))
        return
    rows = _rows(graph, tried)
    if format_ == "csv":
        print_rows(rows, COLUMNS, format_=format_)
        return
    steps = "1 step" if len(tried.cuts) == 1 else f"{len(tried.cuts)} steps"
    click.echo(
        f"What if {steps} {'is' if len(tried.cuts) == 1 else 'are'} broken? {outcome(tried)}"
    )
    changed = [row for row in rows if row["outcome"] != "stays"]
    print_rows(changed, COLUMNS, format_=format_, title="What changes; --format csv has every path")
    told = [_cost_row(graph, cost) for cost in costs(graph, keys)]
    if told:
        print_rows(told, COST_COLUMNS, format_=format_, title="What removing it costs; --format json has every access")  # fmt: skip


def _rows(graph: AssetGraph, tried: WhatIf) -> list[dict[str, Any]]:
    rows = [_row(graph, path, "broken", "") for path in tried.broken]
    for path in tried.remaining:
        old = tried.before.get(pair(path))
        rows.append(_row(graph, path, "another way" if old else "stays", old.risk if old else ""))
    return rows


def _row(graph: AssetGraph, path: AttackPath, outcome: str, before: float | str) -> dict[str, Any]:
    return {**path_row(graph, shapes.path_shape(path)), "outcome": outcome, "before": before}


def _cost_row(graph: AssetGraph, cost: Cost) -> dict[str, Any]:
    named = [
        f"{_name(graph, source)} {kind} {_name(graph, target)}"
        for source, kind, target in cost.accesses[:_SHOWN]
    ]
    more = ["…"] if len(cost.accesses) > _SHOWN else []
    place = cost.rests_on.note or f"{cost.rests_on.record} {cost.rests_on.pointer}"
    return {
        "rests on": place,
        "costs": len(cost.accesses),
        "accesses": "; ".join([*named, *more]),
    }


def _name(graph: AssetGraph, asset_id: str) -> str:
    return graph.asset(graph.index_of(asset_id)).name
