"""From a snapshot to its assessment: map, derive, search, judge."""

from collections.abc import Sequence
from pathlib import Path

from collectors.mapping import map_snapshot
from graph.assessment import Assessment
from graph.asset_graph import AssetGraph
from graph.derive import derive
from graph.estate import Estate
from graph.model import Snapshot
from graph.paths import attack_paths, crown_jewels, entry_points
from graph.progress import CancelCheck, Progress, never, silent, stop_if
from graph.rules.evaluate import evaluate
from graph.rules.load import with_packs
from graph.rules.severity import in_context
from graph.snapshot import read_snapshot


def build_graph(
    snapshot: Snapshot, *, progress: Progress = silent, cancelled: CancelCheck = never
) -> AssetGraph:
    """The graph of a snapshot, with everything that can be derived from it."""
    return AssetGraph.build(build_estate(snapshot, progress=progress, cancelled=cancelled))


def build_estate(
    snapshot: Snapshot, *, progress: Progress = silent, cancelled: CancelCheck = never
) -> Estate:
    """What stands in a snapshot, and what follows from it."""
    progress(0.05, "Mapping records")
    estate = map_snapshot(snapshot)
    stop_if(cancelled)
    progress(0.25, "Deriving what each identity can do")
    estate = derive(estate)
    stop_if(cancelled)
    return estate


def assess(
    snapshot: Snapshot,
    *,
    entries: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
    packs: Sequence[Path] = (),
    progress: Progress = silent,
    cancelled: CancelCheck = never,
) -> Assessment:
    """Assess a snapshot; `entries` and `targets` replace the entry points and crown jewels chosen by data.

    `packs` are folders with rules of the user's own.
    """
    rules = with_packs(packs)
    graph = build_graph(snapshot, progress=progress, cancelled=cancelled)
    progress(0.6, "Searching attack paths")
    paths = attack_paths(graph, entries=entries, targets=targets)
    stop_if(cancelled)
    progress(0.8, "Evaluating rules")
    outcome = evaluate(graph, rules)
    stop_if(cancelled)
    progress(1.0, "Assessed")
    return Assessment(
        snapshot=snapshot,
        graph=graph,
        findings=in_context(outcome.findings, rules, paths),
        results=outcome.results,
        attack_paths=paths,
        entry_points=tuple(entry_points(graph)),
        crown_jewels=tuple(crown_jewels(graph)),
        rules=rules,
    )


def open_assessment(
    path: Path, *, progress: Progress = silent, cancelled: CancelCheck = never
) -> Assessment:
    """Read a .hound file and assess it."""
    progress(0.0, f"Reading {path.name}")
    return assess(read_snapshot(path), progress=progress, cancelled=cancelled)
