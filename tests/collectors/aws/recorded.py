"""Records from the recorded answers in tests/fixtures/aws, and the way along a pointer."""

import json
from pathlib import Path
from typing import Any

from collectors.exports import read_exports
from graph.model import Record, RecordError, Scope, Snapshot

FIXTURES = Path(__file__).parents[2] / "fixtures"
ACCOUNT = "123456789012"


def answers() -> list[Record]:
    """The records of tests/fixtures/aws/live.json."""
    rows = json.loads((FIXTURES / "aws" / "live.json").read_text(encoding="utf-8"))
    return [_record(row) for row in rows]


def imported() -> Snapshot:
    """What an import makes of tests/fixtures/aws/estate.tfstate."""
    return read_exports([FIXTURES / "aws" / "estate.tfstate"])


def _record(row: dict[str, Any]) -> Record:
    return Record(
        source="aws",
        operation=row["operation"],
        scope=Scope(provider="aws", account=ACCOUNT, region=row.get("region", "")),
        params=row["params"],
        body=row.get("body"),
        error=RecordError(code=row["error"]) if "error" in row else None,
    )


def at(value: Any, pointer: str) -> Any:
    """The value at a pointer, going into JSON text as if it were an object; KeyError if there is none."""
    for part in pointer.split("/")[1:]:
        if isinstance(value, str):
            value = json.loads(value)
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value
