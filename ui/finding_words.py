"""A finding as an entry of a list."""

from collections.abc import Iterable
from dataclasses import replace

from graph.model import Finding
from ui.entry_list import Entry
from ui.facts import Facts


def finding_entry(facts: Facts, finding: Finding) -> Entry:
    """Severity, title, the asset that it is about, and what its path leads to."""
    return Entry(
        key=finding.id,
        title=finding.title,
        detail=_where(facts, finding),
        severity=finding.severity,
        undecided=finding.verdict == "undecided",
    )


def worst_of_each_rule(facts: Facts, findings: Iterable[Finding]) -> list[Entry]:
    """One entry a rule, for its worst finding, with the number of the others."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    return [_of_rule(facts, found) for found in by_rule.values()]


def _of_rule(facts: Facts, found: list[Finding]) -> Entry:
    entry = finding_entry(facts, found[0])
    more = f"   and {len(found) - 1} more" if len(found) > 1 else ""
    return replace(entry, detail=entry.detail + more)


def _where(facts: Facts, finding: Finding) -> str:
    about = finding.assets[0] if finding.assets else ""
    end = finding.path[-1].target if finding.path else about
    if end != about:
        return f"{facts.name(about)} \u2192 {facts.name(end)}"
    kind = facts.kind_title(about) if about in facts.graph else ""
    return "   ·   ".join(part for part in (facts.name(about), kind) if part)
