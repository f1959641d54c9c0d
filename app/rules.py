"""Looking at rules: what there is, whether a pack holds together, what one rule means, whether its cases hold."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from graph.model import ContentError
from graph.rules.cases import ask
from graph.rules.load import load_rules, pack_files, read_file, with_packs
from graph.rules.model import Rule
from graph.text import visible


def choose(packs: Sequence[Path]) -> Mapping[str, Rule]:
    """The shipped rules and those of packs, by id."""
    return with_packs(packs)


def shape(rule: Rule) -> dict[str, Any]:
    """One rule as scripts get it."""
    return {
        "id": rule.id,
        "kind": rule.kind,
        "severity": rule.severity.value,
        "title": rule.title,
        "frameworks": {name: list(ids) for name, ids in rule.frameworks.items()},
        "needs": list(rule.needs),
        "cases": len(rule.cases),
        "source": rule.source,
    }


class Checked(NamedTuple):
    """What a check of packs found: the rules that hold together, and one sentence for each file that does not."""

    rules: tuple[Rule, ...]
    problems: tuple[str, ...]


def check(folders: Sequence[Path]) -> Checked:
    """Read every file of the packs, and go on after a wrong one."""
    known = {rule.id: rule.source for rule in load_rules().values()}
    rules: list[Rule] = []
    problems: list[str] = []
    for path in (file for folder in folders for file in pack_files(folder)):
        try:
            rule = read_file(path)
        except ContentError as error:
            problems.append(str(error))
            continue
        if rule.id in known:
            problems.append(f"{path.name}: id: {rule.id!r} is already the id of {known[rule.id]}")
            continue
        known[rule.id] = path.name
        rules.append(rule)
    return Checked(tuple(rules), tuple(problems))


def failing_cases(rules: Sequence[Rule]) -> Iterator[str]:
    """A sentence for each case whose rule says something else than the case expects."""
    for rule in rules:
        for case in rule.cases:
            said, _ = ask(rule, case)
            if said != case.expect:
                yield f"{rule.source}: {case.title}: says {said.value}, not {case.expect.value}"


def explain(rule: Rule) -> str:
    """A rule in full, as plain text."""
    remedy = rule.remediation
    score = f"likelihood {rule.likelihood} x impact {rule.impact}"
    parts = [
        f"{rule.id} ({rule.kind}, {rule.severity.value}: {score})",
        rule.title,
        rule.why,
        *([f"Limits: {rule.limitations}"] if rule.limitations else []),
        *(f"Cut: {text}" for text in rule.cut),
        f"Fix: {remedy.short}",
        *([remedy.long] if remedy.long else []),
        *(f"  {number}. {step}" for number, step in enumerate(remedy.console, 1)),
        *([f"CLI:\n{remedy.cli}"] if remedy.cli else []),
        *([f"Terraform:\n{remedy.terraform}"] if remedy.terraform else []),
        *([f"Bicep:\n{remedy.bicep}"] if remedy.bicep else []),
        *(["The resource must be recreated."] if remedy.recreate else []),
        *([f"Side effects: {remedy.side_effects}"] if remedy.side_effects else []),
        *(f"{name}: {', '.join(ids)}" for name, ids in rule.frameworks.items()),
        *([f"Needs: {', '.join(rule.needs)}"] if rule.needs else []),
        *(f"Case: {case.title}: {case.expect.value}" for case in rule.cases),
        *rule.references,
    ]
    return "\n".join("\n".join(visible(line) for line in part.splitlines()) for part in parts)
