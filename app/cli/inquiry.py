"""Commands that ask about access: who-can, what-can, why, review."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from app import inquiry, lookup, shapes, sources
from app.assess import build_estate
from app.cli.arguments import estate_argument
from app.cli.output import format_option, print_json, print_rows, progress_bar, say
from graph.asset_graph import AssetGraph
from graph.estate import Estate
from graph.model import UserError
from graph.permissions.inquiry import Explanation
from graph.permissions.question import ALLOWED, UNDECIDED

REVIEW = (
    "principal", "principal_kind", "mfa", "last_used", "rights", "asset", "asset_kind",
    "classification", "verdict", "path",
)  # fmt: skip
SIGNED = ("decision", "reviewer", "date")  # empty columns to fill in and sign
NOT_ALLOWED = 3
# ARNs, Azure resource ids, full resource names and members of Google Cloud.
_IDS = re.compile(
    r"arn:|/|(user|group|serviceAccount|domain):|principal(Set)?://|allUsers|allAuthenticatedUsers"
)


@click.command("who-can")
@estate_argument
@click.option(
    "--action",
    required=True,
    help="An action of a cloud, such as s3:GetObject or storage.objects.get.",
)
@click.option("--on", required=True, help="An ARN or resource name, or the name or id of an asset.")
@format_option
def who_can(estate: tuple[Path, ...], action: str, on: str, format_: str) -> None:
    """Who can do an action on a resource, directly or by becoming somebody who can.

    \b
    Example:
      modelhound who-can estate.hound --action s3:GetObject --on "arn:aws:s3:::acme-train-data/*"
    """
    known, graph = _open(estate)
    found = inquiry.who_can(known, graph, action, _resource(graph, on))
    rows = [{**item._asdict(), "statement": item.statement or item.layer} for item in found]
    if format_ == "json":
        print_json(rows)
        return
    for row in rows:
        row["through"] = _names(graph, row["through"])
        row["principal"] = lookup.name(graph, row["principal"])
    print_rows(rows, ["principal", "decision", "through", "statement", "missing"], format_=format_)
    if not rows:
        say(f"Nobody in the snapshot can do {action} on {on}.")


@click.command("what-can")
@estate_argument
@click.option(
    "--principal", required=True, help="An ARN or member, or the name or id of an identity."
)
@format_option
def what_can(estate: tuple[Path, ...], principal: str, format_: str) -> None:
    """What an identity can do, itself and as everybody whom it can become.

    \b
    Example:
      modelhound what-can estate.hound --principal ci-deploy
    """
    _, graph = _open(estate)
    rows: list[dict[str, Any]] = [
        {
            "right": graph.schema.relationships[item.kind].phrase,
            "kind": item.kind,
            "asset": lookup.name(graph, item.target),
            "asset_id": item.target,
            "verdict": item.verdict.value,
            "through": list(item.through),
            "missing": list(item.relationship.missing),
            "evidence": [shapes.evidence_shape(each) for each in item.relationship.evidence],
        }
        for item in inquiry.what_can(graph, _one(graph, principal))
    ]
    if format_ == "json":
        print_json(rows)
        return
    shown = [{**row, "through": _names(graph, row["through"])} for row in rows]
    print_rows(shown, ["right", "asset", "verdict", "through", "missing"], format_=format_)


@click.command()
@estate_argument
@click.argument("principal")
@click.argument("action")
@click.argument("resource")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table")
@click.pass_context
def why(  # noqa: PLR0917 - click passes what the command line holds
    context: click.Context,
    estate: tuple[Path, ...],
    principal: str,
    action: str,
    resource: str,
    format_: str,
) -> None:
    """Why a request is allowed or not: what stops it, layer by layer, and what would have to change.

    Exit code 3 if it is not allowed.

    \b
    Example:
      modelhound why estate.hound ci-deploy s3:GetObject "arn:aws:s3:::acme-train-data/x.csv"
    """
    known, graph = _open(estate)
    arn = _one(graph, principal)
    found = inquiry.why(known, arn, action, _resource(graph, resource))
    if format_ == "json":
        print_json(_explanation(found))
    else:
        _print_explanation(found)
    context.exit(0 if found.decision.decision in {ALLOWED, UNDECIDED} else NOT_ALLOWED)


@click.command()
@estate_argument
@click.option(
    "--unused", type=click.IntRange(1), metavar="DAYS", help="Only principals not used for so long."
)
@format_option
def review(estate: tuple[Path, ...], unused: int | None, format_: str) -> None:
    """The access review: who has rights on models, agents, data, keys and secrets; CSV has columns to sign.

    \b
    Examples:
      modelhound review estate.hound --format csv > access-review.csv
      modelhound review estate.hound --unused 90
    """
    _, graph = _open(estate)
    rows = list(inquiry.review(graph))
    if unused:
        rows = list(inquiry.unused(rows, unused, graph.collected_at))
    if format_ == "json":
        print_json(rows)
    elif format_ == "csv":
        print_rows(rows, [*REVIEW, "principal_id", "asset_id", *SIGNED], format_=format_)
    else:
        print_rows(rows, REVIEW, format_=format_)


def _names(graph: AssetGraph, ids: Sequence[str]) -> str:
    return " > ".join(lookup.name(graph, each) for each in ids)


def _open(estate: tuple[Path, ...]) -> tuple[Estate, AssetGraph]:
    with progress_bar() as progress:
        known = build_estate(sources.load(estate, progress=progress), progress=progress)
        return known, AssetGraph.build(known)


def _one(graph: AssetGraph, text: str) -> str:
    """The one asset that a word names; an id that the snapshot lacks stands for itself."""
    if text not in graph and _IDS.match(text):
        return text
    found = lookup.resolve(graph, [text])
    if len(found) > 1:
        raise UserError(f"{text!r} names {len(found)} assets; give the id of one: {found[0]}, ...")
    return found[0]


def _resource(graph: AssetGraph, text: str) -> str:
    return text if _IDS.match(text) or text == "*" else _one(graph, text)


def _explanation(found: Explanation) -> dict[str, Any]:
    decision = found.decision
    return {
        "decision": decision.decision,
        "layer": decision.layer,
        "statement": decision.statement,
        "reason": decision.reason,
        "missing": list(decision.missing),
        "evidence": [shapes.evidence_shape(item) for item in found.evidence],
        "obstacles": [
            {**item._asdict(), "evidence": [shapes.evidence_shape(each) for each in item.evidence]}
            for item in found.obstacles
        ],
        "without_obstacles": found.without.decision,
    }


def _print_explanation(found: Explanation) -> None:
    decision = found.decision
    where = f" ({decision.statement})" if decision.statement else ""
    say(f"{decision.decision}: {decision.reason}{where}")
    for item in found.evidence:
        say(f"Evidence: {item.record} {item.pointer} {item.note}".rstrip())
    rows = [
        {"stopped by": item.title, "because": item.reason, "what would have to change": item.change}
        for item in found.obstacles
    ]
    if rows:
        print_rows(rows, ["stopped by", "because", "what would have to change"], format_="table")
        say(f"Without all of these: {found.without.decision}")
