"""Write resources/recognition/aws_operations.json: what each read operation answers, taken from botocore's models.

    python packaging/recognition_table.py

An import needs no SDK: it recognises saved answers by this table. Run it again when the SDK or the reads change.
"""

import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import botocore.session
from botocore import xform_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from collectors.aws import READS  # noqa: E402 - run by path
from collectors.reads import Detail, Read  # noqa: E402 - after the path is set

TARGET = ROOT / "resources" / "recognition" / "aws_operations.json"
MORE = Path(__file__).with_name("recognised_operations.toml")
GLOBAL = {"iam", "organizations", "sts", "s3", "account"}
PAGING = {
    "IsTruncated", "Marker", "MaxResults", "NextMarker", "NextPageToken", "NextToken", "ResponseMetadata",
    "TotalCount", "Truncated", "marker", "nextPageToken", "nextToken", "position",
}  # fmt: skip


def calls() -> Iterator[tuple[str, Read | Detail]]:
    """(client, call) for every call of the collectors."""

    def below(client: str, parent: Read | Detail) -> Iterator[tuple[str, Read | Detail]]:
        yield client, parent
        for detail in parent.details:
            yield from below(detail.client or client, detail)

    for read in READS:
        yield from below(read.client, read)


def described(shape: Any) -> list[str]:
    """The type of an output member, then the member names of what it holds."""
    held = shape.member if shape.type_name == "list" else shape
    members = sorted(held.members) if held.type_name == "structure" else []
    return [shape.type_name, *members]


def asked(made: list[Read | Detail]) -> set[str]:
    """The parameters that the collectors ask with, where they ask once for each item of a list."""
    if any(isinstance(call, Read) for call in made):
        return set()
    return {name for call in made for name in (*call.params, *getattr(call, "fixed", ()))}


def row(service: Any, name: str, made: list[Read | Detail]) -> dict[str, Any] | None:
    """What the table says of one operation; None if it answers nothing."""
    operation = service.operation_model(name)
    output, inputs = operation.output_shape, operation.input_shape
    if output is None:
        return None
    pointers = {
        param: pointer.rpartition("/")[2]
        for call in made
        if isinstance(call, Detail)
        for param, pointer in call.params.items()
        if pointer.startswith("/")
    }
    return {
        "absent": sorted({code for call in made for code in call.absent}),
        "arn_service": service.signing_name,
        "cli": xform_name(name, "-"),
        "from": {key: value for key, value in sorted(pointers.items()) if key != value},
        "input": sorted(asked(made) | set(inputs.required_members if inputs else ())),
        "made": bool(made),
        "output": {
            key: described(shape)
            for key, shape in sorted(output.members.items())
            if key not in PAGING
        },
        "required": sorted(set(output.required_members) - PAGING),
        "scope": "global" if service.service_name in GLOBAL else "region",
    }


def main() -> None:
    """Collect the operations of both lists and write the table."""
    made: dict[tuple[str, str], list[Read | Detail]] = defaultdict(list)
    for client, call in calls():
        made[client, call.operation].append(call)
    for client, names in tomllib.loads(MORE.read_text(encoding="utf-8")).items():
        for name in names:
            made[client, name] += []
    session = botocore.session.Session()
    services = {client: session.get_service_model(client) for client, _ in made}
    operations = {
        f"{client}:{name}": found
        for (client, name), used in sorted(made.items())
        if (found := row(services[client], name, used))
    }
    lines = ",\n".join(f"{json.dumps(k)}:{json.dumps(v)}" for k, v in operations.items())
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(
        f'{{"botocore":"{botocore.__version__}","operations":{{\n{lines}\n}}}}\n', encoding="utf-8"
    )
    print(f"{TARGET.relative_to(ROOT)}: {len(operations)} operations")


if __name__ == "__main__":
    main()
