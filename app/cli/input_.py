"""Commands that make a snapshot: import files, collect from a live account."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from app import children, sources
from app.cli.arguments import PATH
from app.cli.output import progress_bar, say
from app.files import must_be_writable


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, help="The .hound file to write.")
def import_command(paths: tuple[Path, ...], out: Path | None) -> None:
    """Turn exports of others into a snapshot: files, folders and zips, recognised by content.

    Known: `aws iam get-account-authorization-details`, JSON of `aws <service> <operation>`,
    Terraform state, .hound files; UTF-8, UTF-16, gzip and zip.

    \b
    Example:
      modelhound import account.json dumps/ terraform.tfstate --out estate.hound
    """
    sources.must_exist(paths)
    target = out or Path(paths[0].resolve().name).with_suffix(sources.SUFFIX)
    _make("import", {"paths": [str(path) for path in paths], "out": str(target)})


@click.group()
def collect() -> None:
    """Read a live account into a snapshot; read-only, credentials are never stored.

    \b
    Example:
      modelhound collect aws --profile audit --out estate.hound
    """


@collect.command()
@click.option("--profile", help="AWS profile to use, from your AWS configuration.")
@click.option("--environment", is_flag=True, help="Use the AWS_* environment variables instead.")
@click.option(
    "--region", "regions", multiple=True, help="A region; repeatable. Default: all enabled."
)
@click.option("--endpoint-url", help="Another address for every service, for test servers.")
@click.option("--out", required=True, type=PATH, help="The .hound file to write.")
def aws(**arguments: Any) -> None:
    """Collect from AWS with a named profile, or with the environment's credentials if you say so.

    \b
    Example:
      modelhound collect aws --profile audit --region eu-central-1 --out estate.hound
    """
    _make("collect-aws", {**arguments, "out": str(arguments["out"])})


def _make(task: str, arguments: Mapping[str, Any]) -> None:
    must_be_writable(Path(arguments["out"]))
    with progress_bar() as progress:
        made = children.run(task, arguments, progress=progress)
    say(
        f"{made['out']}: {made['records']} records; {made['gaps']} of {made['calls']} calls or lists "
        f"not read whole; {made['redacted']} secret values dropped"
    )
    for line in made["gap_lines"]:
        say(f"  {line}")
