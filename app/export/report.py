"""The report: one HTML file without script or outside reference, readable on screen and on paper."""

from collections import Counter
from html import escape
from string import Template

from app import lookup
from app.export.path_drawing import draw
from app.export.toxic_table import render_toxic
from app.version import VERSION
from graph.assessment import Assessment
from graph.content import read_text
from graph.model import AttackPath, CoverageState, Evidence, Finding, RuleVerdict, Severity, Step
from graph.paths.cuts import fix_first
from graph.text import visible

PATHS_DRAWN = 12
FIXES = 8
_KNOWN = {CoverageState.COMPLETE, CoverageState.NOT_OFFERED}


def render(assessment: Assessment) -> str:
    """The whole report as HTML text."""
    snapshot = assessment.snapshot
    drawn = assessment.attack_paths[:PATHS_DRAWN]
    return Template(read_text("report/report.html")).substitute(
        css=read_text("report/report.css"),
        title=_text(snapshot.name or "AI estate"),
        collected=_text(snapshot.collected_at or "time not stated by the source"),
        version=_text(VERSION),
        tiles=_tiles(assessment),
        fixes=_fixes(assessment),
        toxic=render_toxic(assessment),
        paths="".join(_path(assessment, path) for path in drawn),
        paths_note=_paths_note(assessment),
        findings="".join(_finding(assessment, item) for item in assessment.findings),
        inventory=_inventory(assessment),
        coverage=_coverage(assessment),
    )


def _text(value: object) -> str:
    """Names from a snapshot are text: escaped, with acting characters spelt out."""
    return escape(visible(str(value)))


def _tiles(assessment: Assessment) -> str:
    failed = [item for item in assessment.findings if item.verdict is RuleVerdict.FAIL]
    severities = Counter(item.severity for item in failed)
    tiles = [("Attack paths", len(assessment.attack_paths), "")]
    tiles += [(level.value.title(), severities[level], level.value) for level in Severity]
    tiles += [("Undecided", len(assessment.findings) - len(failed), "")]
    tiles += [("Assets", assessment.graph.node_count, "")]
    return "".join(
        f'<div class="tile {style}"><b>{count}</b><span>{label}</span></div>'
        for label, count, style in tiles
    )


def _fixes(assessment: Assessment) -> str:
    paths = assessment.attack_paths
    rows = [
        f"<li><b>{_text(lookup.sentence(assessment.graph, cut.step))}</b> "
        f"<small>on {len(cut.breaks)} of {len(paths)} paths</small><br>"
        f"{_text(lookup.step_texts(assessment.graph, cut.step).remedy)}</li>"
        for cut in fix_first(paths, FIXES)
    ]
    return f"<ol>{''.join(rows)}</ol>" if rows else "<p>No attack path is to be broken.</p>"


def _paths_note(assessment: Assessment) -> str:
    total = len(assessment.attack_paths)
    gaps = sum(entry.state not in _KNOWN for entry in assessment.snapshot.coverage)
    drawn = f"The worst {PATHS_DRAWN} of {total} are drawn. " if total > PATHS_DRAWN else ""
    found = "" if total else "None found in the assessed scope. "
    unread = f"{gaps} calls or lists were not read whole." if gaps else "Every list was read whole."
    return drawn + found + unread


def _path(assessment: Assessment, path: AttackPath) -> str:
    graph = assessment.graph
    entry, target = lookup.name(graph, path.entry), lookup.name(graph, path.target)
    return (
        f'<article class="path"><h3><span class="risk">{path.risk:.0f}</span> '
        f"{_text(entry)} → {_text(target)} {_verdict(path.verdict.value)}</h3>"
        f"{draw(graph, path.steps)}"
        "<details><summary>Why each step exists, and how to break it</summary>"
        f"<ol>{''.join(_step(assessment, step) for step in path.steps)}</ol></details></article>"
    )


def _step(assessment: Assessment, step: Step) -> str:
    texts = lookup.step_texts(assessment.graph, step)
    lines = [
        f"<b>{_text(lookup.sentence(assessment.graph, step))}</b>",
        *(_text(text) for text in (texts.why, texts.abuse) if text),
        *([f"<i>Break it:</i> {_text(texts.remedy)}"] if texts.remedy else []),
        *(f"<i>Undecided:</i> {_text(fact)}" for fact in step.missing),
        _evidence(step.evidence),
    ]
    return f"<li>{'<br>'.join(line for line in lines if line)}</li>"


def _finding(assessment: Assessment, finding: Finding) -> str:
    rule = lookup.rule_of(assessment, finding)
    fix = lookup.remedy(assessment, finding)
    asset = lookup.name(assessment.graph, finding.assets[0])
    frameworks = ", ".join(f"{name} {' '.join(ids)}" for name, ids in rule.frameworks.items())
    body = [
        f"<p>{_text(rule.why)}</p>",
        draw(assessment.graph, finding.path) if finding.path else "",
        "".join(f"<p><i>Undecided:</i> {_text(fact)}</p>" for fact in finding.missing),
        f"<p><i>Accepted</i> {_text(lookup.acceptance(finding))}</p>" if finding.accepted else "",
        f"<p>{_evidence(finding.evidence)}</p>",
        f"<h4>Fix: {_text(fix.short)}</h4><p>{_text(fix.long)}</p>",
        f"<ol>{''.join(f'<li>{_text(step)}</li>' for step in fix.console)}</ol>",
        _code("Command line", fix.cli),
        _code("Terraform", fix.terraform),
        _code("Bicep", fix.bicep),
        f"<p><small>{_text(frameworks)}</small></p>",
    ]
    return (
        f'<details class="finding"><summary><span class="badge {finding.severity.value}">'
        f"{finding.severity.value}</span> {_text(finding.title)} — {_text(asset)} "
        f"<small>{_text(finding.rule)}</small> {_verdict(finding.verdict.value)}</summary>"
        f"{''.join(body)}</details>"
    )


def _verdict(value: str) -> str:
    return f'<small class="verdict {value}">{value}</small>'


def _code(title: str, text: str) -> str:
    return f"<h4>{title}</h4><pre>{_text_lines(text)}</pre>" if text else ""


def _text_lines(text: str) -> str:
    return "\n".join(_text(line) for line in text.splitlines())


def _evidence(evidence: tuple[Evidence, ...]) -> str:
    shown = [
        f"{item.record}{item.pointer}" + (f" ({item.note})" if item.note else "")
        for item in evidence
    ]
    return f"<small>Evidence: {_text('; '.join(shown))}</small>" if shown else ""


def _inventory(assessment: Assessment) -> str:
    counts = Counter(asset.kind for asset in assessment.graph.assets())
    schema = assessment.graph.schema
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return "".join(
        f"<tr><td>{_text(schema.kinds[kind].title)}</td><td>{_text(kind)}</td><td>{count}</td></tr>"
        for kind, count in rows
    )


def _coverage(assessment: Assessment) -> str:
    return "".join(
        f"<tr><td>{_text(entry.operation)}</td><td>{_text(entry.scope.account)} {_text(entry.scope.region)}</td>"
        f"<td>{_text(entry.state.value)}</td><td>{_text(entry.reason)}</td></tr>"
        for entry in assessment.snapshot.coverage
        if entry.state not in _KNOWN
    )
