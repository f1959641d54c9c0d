"""An attack path in words: its title, what is to be said of it, its entry of a list."""

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


def path_title(facts: Facts, path: AttackPath) -> str:
    """Where it begins and where it ends."""
    return f"{facts.name(path.entry)}  →  {facts.name(path.target)}"


def path_about(facts: Facts, path: AttackPath) -> str:
    """How bad it is, how sure, and why its ends are ends."""
    undecided = sum(step.verdict is not Verdict.YES for step in path.steps)
    sure = "every step is proved"
    if undecided:
        sure = f"{text.count(undecided, 'step')} undecided"
    begin, end = facts.reason(path.entry, "entry"), facts.reason(path.target, "target")
    ends = [f"{words}: {why}." for words, why in (("Entry", begin), ("Target", end)) if why]
    return "  ".join([f"Risk {path.risk:.0f} of 100, {sure}.", *ends])
