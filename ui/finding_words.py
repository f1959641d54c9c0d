"""A finding as an entry of a list."""

from graph.model import Finding
from ui.entry_list import Entry
from ui.facts import Facts


def finding_entry(facts: Facts, finding: Finding) -> Entry:
    """Severity, title, and the asset that it is about."""
    about = finding.assets[0] if finding.assets else ""
    kind = facts.kind_title(about) if about in facts.graph else ""
    return Entry(
        key=finding.id,
        title=finding.title,
        detail="   ·   ".join(part for part in (facts.name(about), kind) if part),
        severity=finding.severity,
        undecided=finding.verdict == "undecided",
    )
