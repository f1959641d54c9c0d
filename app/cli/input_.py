"""The command that makes a snapshot of files."""

from pathlib import Path

import click

from app import sources
from app.cli.arguments import PATH
from app.cli.making import make_snapshot


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, help="The .hound file to write.")
def import_command(paths: tuple[Path, ...], out: Path | None) -> None:
    """Turn exports of others into a snapshot: files, folders and zips, recognised by content.

    Known: `aws iam get-account-authorization-details`, JSON of `aws <service> <operation>`,
    Resource Graph, ARM, `az` and AzureHound; `gcloud asset export` and lists of `gcloud`;
    Terraform state, .hound files, registers; UTF-8, UTF-16, gzip and zip.

    \b
    Example:
      modelhound import account.json dumps/ terraform.tfstate --out estate.hound
    """
    sources.must_exist(paths)
    target = out or Path(paths[0].resolve().name).with_suffix(sources.SUFFIX)
    make_snapshot("import", {"paths": [str(path) for path in paths], "out": str(target)})
