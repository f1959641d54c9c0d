"""Finding assets by what people type, and saying in words what was found."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from graph.assessment import Assessment
from graph.asset_graph import AssetGraph
from graph.model import Finding, Key, Relationship, Step, UserError
from graph.permissions.techniques import fill as fill_names
from graph.permissions.techniques import technique
from graph.rules.load import load_rules
from graph.rules.model import Remediation, Rule
from graph.rules.remedy import fill
from graph.text import visible


def name(graph: AssetGraph, asset_id: str) -> str:
    """The name of an asset, or its id where it has none or is not in the graph."""
    if asset_id not in graph:
        return asset_id
    return graph.asset(graph.index_of(asset_id)).name or asset_id


def resolve(graph: AssetGraph, wanted: Sequence[str]) -> list[str]:
    """Asset ids for ids, names or patterns with *; a word that finds nothing is the user's error."""
    found: list[str] = []
    for text in wanted:
        matches = [text] if text in graph else _by_name(graph, text)
        if not matches:
            raise UserError(
                f"{text!r} names no asset of this estate; give an id, a name, or a pattern such as '*train*'"
            )
        found += [match for match in matches if match not in found]
    return found


def relationships(graph: AssetGraph, source: str, kind: str, target: str) -> list[Key]:
    """The relationships that three words name; UserError where there is none such."""
    sources, targets = resolve(graph, [source]), set(resolve(graph, [target]))
    between = [
        graph.relationship(int(edge)).key
        for begin in sources
        for edge in graph.out_edges(graph.index_of(begin))
        if graph.ids[graph.target[edge]] in targets
    ]
    found = [key for key in between if key[1] == kind.upper()]
    if not found:
        known = ", ".join(sorted({key[1] for key in between})) or "no step at all"
        raise UserError(
            f"no step {source!r} {kind} {target!r} in this estate; between these there is {known}"
        )
    return found


def _by_name(graph: AssetGraph, text: str) -> list[str]:
    exact = [asset.id for asset in graph.assets() if asset.name == text]
    if exact:
        return exact
    pattern = text.lower()
    return [
        asset.id
        for asset in graph.assets()
        if fnmatchcase(asset.id.lower(), pattern) or fnmatchcase(asset.name.lower(), pattern)
    ]


def rule_of(assessment: Assessment, finding: Finding) -> Rule:
    """The rule of a finding, shipped or of a user's pack."""
    return assessment.rules.get(finding.rule) or load_rules()[finding.rule]


def explain(assessment: Assessment, finding: Finding) -> str:
    """A finding in full, as plain text: why, the path, the evidence, the remedy."""
    rule = rule_of(assessment, finding)
    fix = remedy(assessment, finding)
    parts = [
        f"{finding.severity.value.upper()} {finding.rule} ({finding.verdict.value}): {finding.title}",
        *([f"Severity: {finding.adjustment}"] if finding.adjustment else []),
        *([f"Accepted {acceptance(finding)}"] if finding.accepted else []),
        rule.why,
        *(sentence(assessment.graph, step) for step in finding.path),
        *(f"Undecided: {fact}" for fact in finding.missing),
        *(
            f"Evidence: {item.record} {item.pointer} {item.note}".rstrip()
            for item in finding.evidence
        ),
        f"Fix: {fix.short}",
        fix.long,
        *(f"  {number}. {step}" for number, step in enumerate(fix.console, 1)),
        f"CLI:\n{fix.cli}" if fix.cli else "",
        f"Terraform:\n{fix.terraform}" if fix.terraform else "",
        f"Bicep:\n{fix.bicep}" if fix.bicep else "",
    ]
    return "\n".join(
        "\n".join(visible(line) for line in part.splitlines()) for part in parts if part
    )


def remedy(assessment: Assessment, finding: Finding) -> Remediation:
    """The remediation of a finding with its real names, ids and regions."""
    return fill(rule_of(assessment, finding), finding, assessment.graph)


def sentence(graph: AssetGraph, step: Step | Relationship) -> str:
    """One step as a sentence: who can do what to what."""
    kind = graph.schema.relationships[step.kind]
    mark = "" if step.verdict.value == "yes" else f" ({step.verdict.value})"
    return f"{name(graph, step.source)} {kind.phrase} {name(graph, step.target)}{mark}"


class StepTexts(NamedTuple):
    """The prose of one step with its names filled in."""

    why: str
    abuse: str
    remedy: str
    detect: str = ""


def step_texts(graph: AssetGraph, step: Step | Relationship) -> StepTexts:
    """Why the step exists, how it is abused, how to break it; those of its technique where it names one."""
    kind = graph.schema.relationships[step.kind]
    names = {"source": name(graph, step.source), "target": name(graph, step.target)}
    why, abuse, remedy = (text.format_map(names) for text in (kind.why, kind.abuse, kind.remedy))
    known = technique(str(step.properties.get("technique") or ""))
    if known is None:
        return StepTexts(why, abuse, remedy)
    detect, needs = fill_names(known.detect, names), fill_names(known.prerequisites, names)
    parts = (
        f"{known.title} ({known.id}, {', '.join(known.attack)}). {fill_names(known.how, names)}",
        f"It needs: {needs}" if needs else "",
        f"It is seen as: {detect}",
    )
    return StepTexts(
        why, " ".join(part for part in parts if part), fill_names(known.remedy, names), detect
    )


def acceptance(finding: Finding) -> str:
    """Who accepted a finding, until when and why; "" if nobody did."""
    risk = finding.accepted
    return f"by {risk.owner} until {risk.until}: {risk.reason}" if risk else ""
