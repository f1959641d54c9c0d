"""What an assessment holds: the snapshot it rests on, its graph, and what was found in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.model import AttackPath, Finding, Snapshot

if TYPE_CHECKING:
    from graph.asset_graph import AssetGraph
    from graph.paths import Selected
    from graph.rules.model import Rule, RuleResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Findings and attack paths, worst first; everything that a view or an export shows."""

    snapshot: Snapshot
    graph: "AssetGraph"
    findings: tuple[Finding, ...]
    results: Mapping[str, "RuleResult"]
    attack_paths: tuple[AttackPath, ...]
    entry_points: "tuple[Selected, ...]"
    crown_jewels: "tuple[Selected, ...]"
    rules: "Mapping[str, Rule]" = field(default_factory=dict)  # what was evaluated, by id
