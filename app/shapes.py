"""The JSON shapes that scripts rely on; documented in docs/command-line.md, changed only by adding."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from graph.assessment import Assessment
from graph.model import AttackPath, CoverageEntry, Evidence, Finding, Key, Step
from graph.paths.cuts import Cut, fix_first
from graph.paths.what_if import Cost, WhatIf, pair
from graph.rules.accepted import row_of

Shape = dict[str, Any]
FIXES = 10  # cuts that an assessment names


def assessment_shape(assessment: Assessment) -> Shape:
    """The object that `assess --format json` prints."""
    graph = assessment.graph
    return {
        "snapshot": {
            "name": assessment.snapshot.name,
            "collected_at": assessment.snapshot.collected_at,
            "records": len(assessment.snapshot.records),
        },
        "assets": _counts(asset.kind for asset in graph.assets()),
        "relationships": _counts(item.kind for item in graph.relationships()),
        "findings": [finding_shape(item) for item in assessment.findings],
        "attack_paths": [path_shape(item) for item in assessment.attack_paths],
        "fix_first": [cut_shape(item) for item in fix_first(assessment.attack_paths, FIXES)],
        "coverage": [coverage_shape(item) for item in assessment.snapshot.coverage],
    }


def finding_shape(finding: Finding) -> Shape:
    """One finding with its path and evidence."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "kind": finding.kind,
        "title": finding.title,
        "severity": finding.severity.value,
        "adjustment": finding.adjustment,
        "accepted": row_of(finding.accepted) if finding.accepted else None,
        "verdict": finding.verdict.value,
        "assets": list(finding.assets),
        "path": [step_shape(step) for step in finding.path],
        "evidence": [evidence_shape(item) for item in finding.evidence],
        "missing": list(finding.missing),
    }


def path_shape(path: AttackPath) -> Shape:
    """One attack path, step by step."""
    return {
        "entry": path.entry,
        "target": path.target,
        "risk": round(path.risk, 1),
        "verdict": path.verdict.value,
        "steps": [step_shape(step) for step in path.steps],
    }


def cut_shape(cut: Cut) -> Shape:
    """A step to break, and how many attack paths walk over it."""
    return {**step_shape(cut.step), "breaks": len(cut.breaks)}


def what_if_shape(tried: WhatIf, costs: Iterable[Cost] = ()) -> Shape:
    """What becomes of the attack paths when steps are cut; `paths` counts them before."""
    return {
        "cuts": [key_shape(key) for key in tried.cuts],
        "paths": len(tried.broken) + len(tried.remaining),
        "broken": [path_shape(path) for path in tried.broken],
        "rerouted": [
            {"before": path_shape(tried.before[pair(path)]), "after": path_shape(path)}
            for path in tried.remaining
            if pair(path) in tried.before
        ],
        "remaining": [path_shape(path) for path in tried.remaining],
        "costs": [
            {
                "rests_on": evidence_shape(cost.rests_on),
                "accesses": [key_shape(key) for key in cost.accesses],
            }
            for cost in costs
        ],
    }


def key_shape(key: Key) -> Shape:
    """Which relationship."""
    return dict(zip(("source", "kind", "target"), key, strict=True))


def step_shape(step: Step) -> Shape:
    """One step of a path."""
    return {
        "source": step.source,
        "kind": step.kind,
        "target": step.target,
        "verdict": step.verdict.value,
        "evidence": [evidence_shape(item) for item in step.evidence],
        "missing": list(step.missing),
        "properties": dict(step.properties),
    }


def evidence_shape(evidence: Evidence) -> Shape:
    """Where to look: a record of the snapshot and a JSON pointer into its body."""
    return {"record": evidence.record, "pointer": evidence.pointer, "note": evidence.note}


def coverage_shape(entry: CoverageEntry) -> Shape:
    """One line of the coverage ledger."""
    return {
        "operation": entry.operation,
        "provider": entry.scope.provider,
        "account": entry.scope.account,
        "region": entry.scope.region,
        "params": dict(entry.params),
        "state": entry.state.value,
        "reason": entry.reason,
        "record": entry.record,
    }


def _counts(kinds: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(kinds).items()))
