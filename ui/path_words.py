"""An attack path in words: its title, what is to be said of it, its entry of a list."""

import json
from collections.abc import Iterable

from graph.model import AttackPath, Relationship, Step, Verdict
from graph.paths.cuts import Cut
from ui import text
from ui.entry_list import Entry
from ui.facts import Facts, spelt


def path_entry(facts: Facts, key: str, path: AttackPath, before: AttackPath | None = None) -> Entry:
    """Risk, both ends, how long; `before` is the way that it took before a step was broken."""
    steps = text.count(len(path.steps), "step")
    detail = f"{steps} to {facts.kind_title(path.target)}"
    if before is not None:
        detail = f"another way of {steps}; risk {before.risk:.0f} before"
    return Entry(
        key=key,
        title=f"{facts.name(path.entry)} → {facts.name(path.target)}",
        detail=detail,
        risk=path.risk,
        undecided=path.verdict is not Verdict.YES,
    )


def fix_entry(facts: Facts, cut: Cut) -> Entry:
    """A step to break: on how many paths it is, and how to break it."""
    from app.lookup import step_texts  # noqa: PLC0415 - loads the rules

    of = text.count(len(facts.assessment.attack_paths), "path")
    remedy = step_texts(facts.graph, cut.step).remedy
    return Entry(
        key=spelt(cut.step.key),
        title=facts.words(cut.step.key),
        detail=f"on {len(cut.breaks):,} of {of}.  {remedy}",
        count=len(cut.breaks),
    )


def steps_key(steps: Iterable[Step | Relationship]) -> str:
    """The steps of a path as the graph view takes them; for a place of the window."""
    return json.dumps([(step.source, step.kind, step.target) for step in steps])


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
