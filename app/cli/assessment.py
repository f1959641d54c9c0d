"""Commands that read an assessment: assess, paths, findings, export."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app import accepted, lookup, shapes, sources
from app.assess import assess, build_graph
from app.cli.arguments import PATH, estate_argument
from app.cli.output import format_option, print_json, print_rows, progress_bar, say
from app.cli.rules import rules_option
from app.export import write_export
from graph.assessment import Assessment
from graph.asset_graph import AssetGraph
from graph.model import CoverageState, Finding, RuleVerdict, Severity, UserError
from graph.paths import attack_paths, entry_points, paths_between
from graph.paths.cuts import fix_first
from graph.rules.accepted import with_accepted

FINDINGS_AT_LEVEL = 3
NO_ENTRY = (
    "Nothing in the snapshot was recognised as an entry point; name where an attacker may stand: "
    "modelhound paths ESTATE --from NAME"
)
FIXES = 5
NAMES_SHOWN = 3  # assets named in one row
accepted_option = click.option(
    "--accepted",
    "risks",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="Accepted risks: a .json, .toml or .workspace file; see `modelhound risks`.",
)
severities = click.Choice([severity.value for severity in Severity])


@click.command("assess")
@estate_argument
@format_option
@click.option(
    "--fail-on", type=severities, help="Exit with 3 if a finding is at least this severe."
)
@rules_option
@accepted_option
@click.pass_context
def assess_command(
    context: click.Context,
    *,
    estate: tuple[Path, ...],
    format_: str,
    fail_on: str | None,
    packs: tuple[Path, ...],
    risks: tuple[Path, ...],
) -> None:
    """Assess a snapshot (or exports): counts, findings, attack paths, coverage.

    Findings that somebody has accepted stay in the list, and do not count for --fail-on.

    \b
    Example:
      modelhound assess estate.hound --format json > assessment.json
    """
    assessment = assess_paths(estate, packs, risks)
    if format_ == "json":
        print_json(shapes.assessment_shape(assessment))
    else:
        print_assessment(assessment, format_)
    counted = [item for item in failed(assessment) if not item.accepted]
    if fail_on and any(item.severity.rank >= Severity(fail_on).rank for item in counted):
        context.exit(FINDINGS_AT_LEVEL)


@click.command()
@estate_argument
@click.option("--from", "from_", multiple=True, help="Entry: an id, a name, or a pattern with *.")
@click.option("--to", multiple=True, help="Target: an id, a name, or a pattern with *.")
@click.option(
    "-k", "count", default=10, show_default=True, help="Paths for one entry and one target."
)
@format_option
def paths(
    estate: tuple[Path, ...], from_: tuple[str, ...], to: tuple[str, ...], count: int, format_: str
) -> None:
    """Attack paths, worst first; between two assets the shortest ones.

    \b
    Examples:
      modelhound paths estate.hound --from internet --to "arn:aws:s3:::acme-train-data"
      modelhound paths estate.hound --to "*train*" --format csv
    """
    with progress_bar() as progress:
        graph = build_graph(sources.load(estate, progress=progress), progress=progress)
        entries = lookup.resolve(graph, from_)
        targets = lookup.resolve(graph, to)
        if len(entries) == 1 and len(targets) == 1:
            found = paths_between(graph, entries[0], targets[0], k=count)
        else:
            found = attack_paths(graph, entries=entries or None, targets=targets or None)
    if format_ == "json":
        print_json([shapes.path_shape(path) for path in found])
        return
    rows = [path_row(graph, shapes.path_shape(path)) for path in found]
    print_rows(rows, ["risk", "verdict", "entry", "target", "steps"], format_=format_)
    if not found:
        say("No attack path in the assessed scope." + _gap_note(graph))
        if not entries and not entry_points(graph):
            say(NO_ENTRY)


@click.command()
@estate_argument
@click.option("--severity", type=severities, help="Only findings at least this severe.")
@click.option("--kind", type=click.Choice(["posture", "toxic"]), help="Only this kind.")
@click.option("--rule", help="Only this rule.")
@click.option("--show", help="One finding whole, by its id, with remediation.")
@rules_option
@accepted_option
@format_option
def findings(
    estate: tuple[Path, ...],
    format_: str,
    show: str | None,
    packs: tuple[Path, ...],
    risks: tuple[Path, ...],
    **wanted: str | None,
) -> None:
    """Posture findings and toxic combinations, worst first.

    \b
    Examples:
      modelhound findings estate.hound --kind toxic
      modelhound findings estate.hound --show f-0123456789abcdef
    """
    assessment = assess_paths(estate, packs, risks)
    _must_be_known(assessment, show, wanted["rule"])
    chosen = [item for item in assessment.findings if _is_wanted(item, show, **wanted)]
    if format_ == "json":
        print_json([shapes.finding_shape(item) for item in chosen])
    elif show:
        for item in chosen:
            click.echo(lookup.explain(assessment, item))
    else:
        print_findings(assessment.graph, chosen, format_)


def _must_be_known(assessment: Assessment, show: str | None, rule: str | None) -> None:
    """A misspelt id would look like a clean estate."""
    if rule and rule.lower() not in {name.lower() for name in assessment.rules}:
        raise UserError(f"{rule!r} is no rule; `modelhound rules list` names them")
    if show and show not in {item.id for item in assessment.findings}:
        raise UserError(f"{show!r} is no finding of this estate; `modelhound findings` lists them")


def _is_wanted(
    item: Finding, show: str | None, severity: str | None, kind: str | None, rule: str | None
) -> bool:
    return (
        (not severity or item.severity.rank >= Severity(severity).rank)
        and kind in {None, item.kind}
        and (not rule or item.rule.lower() == rule.lower())
        and show in {None, item.id}
    )


@click.command()
@estate_argument
@click.option(
    "--to",
    "targets",
    required=True,
    multiple=True,
    type=PATH,
    help="File to write; its ending decides: .html report, .json, .csv findings, .graphml graph.",
)
@accepted_option
def export(estate: tuple[Path, ...], targets: tuple[Path, ...], risks: tuple[Path, ...]) -> None:
    """Write the assessment for others: an HTML report, JSON, CSV or GraphML.

    \b
    Example:
      modelhound export estate.hound --to report.html --to findings.csv
    """
    assessment = assess_paths(estate, risks=risks)
    for target in targets:
        write_export(assessment, target)
        say(f"{target}: written")


def assess_paths(
    estate: Sequence[Path], packs: Sequence[Path] = (), risks: Sequence[Path] = ()
) -> Assessment:
    """Read and assess what the user named, with progress; `risks` are files of accepted risks."""
    known = [risk for path in risks for risk in accepted.load(path)]
    with progress_bar() as progress:
        found = assess(sources.load(estate, progress=progress), packs=packs, progress=progress)
    today = datetime.now(UTC).date()
    return replace(found, findings=with_accepted(found.findings, found.graph, known, today))


def failed(assessment: Assessment) -> list[Finding]:
    """Findings that are proved, without the undecided ones."""
    return [item for item in assessment.findings if item.verdict is RuleVerdict.FAIL]


def print_assessment(assessment: Assessment, format_: str) -> None:
    """The short form for people: counts, worst paths, findings by rule, coverage."""
    graph = assessment.graph
    if format_ == "table":
        counts = Counter(item.verdict.value for item in assessment.findings)
        click.echo(
            f"{graph.node_count} assets, {graph.edge_count} relationships, "
            f"{len(assessment.attack_paths)} attack paths, {counts['fail']} findings, "
            f"{counts['undecided']} undecided" + _gap_note(graph)
        )
    rows = [path_row(graph, shapes.path_shape(path)) for path in assessment.attack_paths[:10]]
    if format_ == "table" and rows:
        columns = ["risk", "verdict", "entry", "target", "steps"]
        print_rows(rows, columns, format_=format_, title="Worst attack paths")
    if format_ == "table" and rows:
        print_rows(_fix_rows(assessment), ["on", "fix first"], format_=format_)
    if not assessment.entry_points:
        say(NO_ENTRY)
    if format_ == "table":
        columns = ["severity", "kind", "rule", "title", "proved", "undecided", "assets"]
        title = "Findings by rule; `modelhound findings ESTATE --rule RULE` shows each"
        print_rows(_rows_by_rule(assessment), columns, format_=format_, title=title)
    else:
        print_findings(graph, assessment.findings, format_)


def _fix_rows(assessment: Assessment) -> list[dict[str, Any]]:
    """The steps that carry the most risk."""
    paths = assessment.attack_paths
    return [
        {
            "on": f"{len(cut.breaks)} of {len(paths)} paths",
            "fix first": f"{lookup.sentence(assessment.graph, cut.step)}: "
            f"{lookup.step_texts(assessment.graph, cut.step).remedy}",
        }
        for cut in fix_first(paths, FIXES)
    ]


def _rows_by_rule(assessment: Assessment) -> list[dict[str, Any]]:
    """One row a rule, as the findings come: worst first."""
    by_rule: dict[str, list[Finding]] = {}
    for item in assessment.findings:
        by_rule.setdefault(item.rule, []).append(item)
    return [
        {
            "severity": items[0].severity.value,
            "kind": items[0].kind,
            "rule": rule,
            "title": items[0].title,
            "proved": sum(item.verdict is RuleVerdict.FAIL for item in items),
            "undecided": sum(item.verdict is not RuleVerdict.FAIL for item in items),
            "assets": _first_names(assessment.graph, items),
        }
        for rule, items in by_rule.items()
    ]


def _first_names(graph: AssetGraph, items: Sequence[Finding]) -> str:
    names = list(dict.fromkeys(lookup.name(graph, item.assets[0]) for item in items))
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


def print_findings(graph: AssetGraph, found: Sequence[Finding], format_: str) -> None:
    """Findings as rows."""
    columns = ["severity", "verdict", "rule", "title", "asset", "id"]
    columns += ["accepted"] if any(item.accepted for item in found) else []
    rows: list[dict[str, Any]] = [
        {
            "severity": item.severity.value,
            "verdict": item.verdict.value,
            "rule": item.rule,
            "title": item.title,
            "asset": lookup.name(graph, item.assets[0]) if item.assets else "",
            "id": item.id,
            "accepted": lookup.acceptance(item),
        }
        for item in found
    ]
    print_rows(rows, columns, format_=format_, title="Findings")


def path_row(graph: AssetGraph, path: dict[str, Any]) -> dict[str, Any]:
    """An attack path as one row of a table; `path` as `path_shape` gives it."""
    kinds = [step["kind"] for step in path["steps"]]
    names = [lookup.name(graph, step["target"]) for step in path["steps"]]
    steps = "".join(f" -{kind}-> {name}" for kind, name in zip(kinds, names, strict=True))
    return {
        "risk": path["risk"],
        "verdict": path["verdict"],
        "entry": lookup.name(graph, path["entry"]),
        "target": lookup.name(graph, path["target"]),
        "steps": lookup.name(graph, path["entry"]) + steps,
    }


def _gap_note(graph: AssetGraph) -> str:
    known = {CoverageState.COMPLETE, CoverageState.NOT_OFFERED}
    gaps = sum(entry.state not in known for entry in graph.coverage)
    return f"; {gaps} calls or lists were not read whole (see coverage)" if gaps else ""
