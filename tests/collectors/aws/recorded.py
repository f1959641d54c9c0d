"""Records from the recorded answers in tests/fixtures/aws, and the way along a pointer."""

import json
from pathlib import Path
from typing import Any

from graph.model import Record, RecordError, Scope

FIXTURES = Path(__file__).parents[2] / "fixtures"
ACCOUNT = "123456789012"


def records(name: str, *, source: str = "aws") -> list[Record]:
    """The records of tests/fixtures/aws/<name>.json."""
    rows = json.loads((FIXTURES / "aws" / f"{name}.json").read_text(encoding="utf-8"))
    return [_record(row, source) for row in rows]


def _record(row: dict[str, Any], source: str) -> Record:
    return Record(
        source=source,
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
