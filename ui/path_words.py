"""An attack path as an entry of a list."""

from graph.model import AttackPath, Verdict
from ui import text
from ui.entry_list import Entry
from ui.facts import Facts


def path_entry(facts: Facts, number: int, path: AttackPath) -> Entry:
    """Risk, both ends, how long."""
    return Entry(
        key=str(number),
        title=f"{facts.name(path.entry)} → {facts.name(path.target)}",
        detail=f"{text.count(len(path.steps), 'step')} to {facts.kind_title(path.target)}",
        risk=path.risk,
        undecided=path.verdict is not Verdict.YES,
    )
