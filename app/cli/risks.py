"""The commands `risks accept | list | revoke`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from app import accepted, folders
from app.cli.arguments import PATH
from app.cli.output import format_option, print_json, print_rows, say
from graph.model import AcceptedRisk
from graph.rules.accepted import has_expired, row_of

file_option = click.option(
    "--file",
    "path",
    type=PATH,
    help="A .json file to share (a .toml is read only), or a workspace.  [default: your workspace]",
)


@click.group()
def risks() -> None:
    """Accepted risks: who accepted what, why, and until when. They stay in every list and export.

    \b
    Example:
      modelhound risks list
    """


@risks.command("accept")
@click.option("--finding", default="", help="One finding, by its id.")
@click.option("--rule", default="", help="Or a rule ...")
@click.option(
    "--scope", default="", help="... where asset id, name or account fits a pattern with *."
)
@click.option("--owner", required=True, help="Who answers for it.")
@click.option("--reason", required=True, help="Why it is accepted.")
@click.option("--until", required=True, metavar="DAY", help="The last day, such as 2027-01-31.")
@file_option
def accept_risk(path: Path | None, **risk: str) -> None:
    """Accept a finding, or a rule in a scope, until a day; then it comes back.

    \b
    Examples:
      modelhound risks accept --finding f-0123456789abcdef --owner "Ann Lee" --reason "lab" --until 2027-01-31
      modelhound risks accept --rule AWS-SM-020 --scope "*-dev-*" --owner "ML team" --reason "no users" --until 2027-06-30
    """
    new = accepted.accept(_place(path), AcceptedRisk(**risk))
    say(f"{new}: accepted until {risk['until']}")


@risks.command("list")
@file_option
@format_option
def list_risks(path: Path | None, format_: str) -> None:
    """What was accepted; what has expired counts no more.

    \b
    Example:
      modelhound risks list --file accepted.json
    """
    today = datetime.now(UTC).date()
    rows = [
        {**row_of(risk), "state": "expired" if has_expired(risk, today) else "valid"}
        for risk in accepted.load(_place(path))
    ]
    if format_ == "json":
        print_json(rows)
    else:
        columns = ["id", "state", "until", "owner", "finding", "rule", "scope", "reason"]
        full = [{column: row.get(column, "") for column in columns} for row in rows]
        print_rows(full, columns, format_=format_, title="Accepted risks")


@risks.command("revoke")
@click.argument("risk_id", metavar="ID")
@file_option
def revoke_risk(risk_id: str, path: Path | None) -> None:
    """Take an accepted risk back.

    \b
    Example:
      modelhound risks revoke r-0123456789ab
    """
    accepted.revoke(_place(path), risk_id)
    say(f"{risk_id}: revoked")


def _place(path: Path | None) -> Path:
    return path or folders.data() / "default.workspace"
