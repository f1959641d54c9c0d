"""Record the AWS fixtures anew: one estate, made by Terraform on a moto server, as state file and as live answers.

    python -m tests.beds.record_aws_estate --plugins FOLDER

FOLDER is a mirror of providers (`registry.terraform.io/hashicorp/aws/5.100.0/...` below it). Writes
tests/fixtures/aws/estate.tfstate as Terraform leaves it (its secrets are moto's inventions) and live.json.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collectors.aws.live import CollectRequest, collect
from graph.model import Record
from tests.beds import aws_estate, moto_bed

FIXTURES = Path(__file__).parents[1] / "fixtures" / "aws"
SOURCE = Path(__file__).parent / "aws_terraform"
CLOCK = "2026-01-01T00:00:00Z"


def applied(server: str, plugins: Path, folder: Path) -> dict[str, Any]:
    """The state after `terraform apply` against a server; its errors go to standard error."""
    for file in SOURCE.glob("*.tf"):
        shutil.copy(file, folder)
    (folder / "code.zip").write_bytes(aws_estate.archive())
    settings = folder / "terraform.rc"
    mirror = f'filesystem_mirror {{ path = "{plugins.as_posix()}" }}'
    settings.write_text(f"provider_installation {{\n  {mirror}\n}}\n", encoding="utf-8")
    given = {"TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))} | given
    chosen = ["-var", f"server={server}", "-var", "code=code.zip"]
    for command in (["init"], ["apply", "-auto-approve", *chosen]):
        subprocess.run(
            ["terraform", *command, "-no-color", "-input=false"],
            cwd=folder,
            env=environment,
            check=command[0] == "init",
        )
    state: dict[str, Any] = json.loads((folder / "terraform.tfstate").read_bytes())
    return state


def rows(records: tuple[Record, ...]) -> Iterator[dict[str, Any]]:
    """Records as tests/fixtures/aws/README.md says."""
    for record in records:
        row: dict[str, Any] = {"operation": record.operation, "params": dict(record.params)}
        if record.scope.region:
            row["region"] = record.scope.region
        yield row | ({"error": record.error.code} if record.error else {"body": record.body})


def main() -> None:
    """Record both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", type=Path, required=True, help="mirror of providers")
    plugins: Path = parser.parse_args().plugins.resolve()
    with (
        tempfile.TemporaryDirectory() as folder,
        moto_bed.running(MOTO_IAM_LOAD_MANAGED_POLICIES="true") as server,
    ):
        state = applied(server, plugins, Path(folder))
        made = {
            f"{resource['type']}.{resource['name']}": resource["instances"][0]["attributes"]
            for resource in state["resources"]
        }
        subnet, vpc = made["aws_subnet.public"]["id"], made["aws_vpc.ml"]["id"]
        aws_estate.build_rest(aws_estate.clients(server), subnet, vpc)
        os.environ.update(moto_bed.CREDENTIALS)
        request = CollectRequest(
            environment=True, regions=(aws_estate.HOME,), endpoint_url=server, time=CLOCK
        )
        found = collect(request)
    write = json.dumps
    text = write(state, indent=1, ensure_ascii=False)
    (FIXTURES / "estate.tfstate").write_text(text + "\n", encoding="utf-8")
    lines = ",\n".join(
        write(row, sort_keys=True, ensure_ascii=False) for row in rows(tuple(found.records))
    )
    (FIXTURES / "live.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    sys.stdout.write(f"{len(made)} resources, {len(found.records)} answers\n")


if __name__ == "__main__":
    main()
