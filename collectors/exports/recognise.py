"""Which operation a saved AWS answer is from: by its keys, by the keys of its elements, then by names and ARNs.

The table is data (resources/recognition), taken from the SDK's own models by packaging/recognition_table.py.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from collectors.exports.places import arns, texts
from graph.content import read_text

PAGING = frozenset(
    {
        "ContinuationToken", "IsTruncated", "Marker", "MaxResults", "NextMarker", "NextPageToken", "NextToken",
        "ResponseMetadata", "TotalCount", "Truncated", "marker", "nextPageToken", "nextToken", "position",
    }
)  # fmt: skip
_CLI_NAMES = {"s3": "s3api", "config": "configservice", "stepfunctions": "sfn"}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_TELLING = 3  # so many plain members, with an ARN among their values, are no accident
_LONG_NAME = 12  # nor is a member with such a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A row of the table."""

    name: str
    cli: str
    arn_service: str
    scope: str
    output: Mapping[str, list[str]]
    required: tuple[str, ...]
    input: tuple[str, ...]
    from_: Mapping[str, str]
    absent: tuple[str, ...]
    made: bool  # Modelhound's own collector asks it

    @property
    def client(self) -> str:
        """The SDK's client."""
        return self.name.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The operation, or those between which nothing decides, or neither."""

    operation: Operation | None = None
    between: tuple[str, ...] = ()  # with an operation: those that it was preferred to


@cache
def operations() -> Mapping[str, Operation]:
    """The table, read once."""
    rows = json.loads(read_text("recognition/aws_operations.json"))["operations"]
    return {name: _operation(name, row) for name, row in rows.items()}


def _operation(name: str, row: Mapping[str, Any]) -> Operation:
    return Operation(
        name=name,
        cli=row["cli"],
        arn_service=row["arn_service"],
        scope=row["scope"],
        output=row["output"],
        required=tuple(row["required"]),
        input=tuple(row["input"]),
        from_=row["from"],
        absent=tuple(row["absent"]),
        made=row["made"],
    )


def recognise(body: Mapping[str, Any], parts: Sequence[str]) -> Recognised:
    """From which operation an answer is; `parts` are the folders and the name of its file."""
    keys = set(body) - PAGING
    hinted = named_by(parts)
    if not keys:  # `{}`: an answer of something that is not set
        return _decided(hinted) if hinted else Recognised()
    fitting = [o for o in operations().values() if keys <= set(o.output) and _fits(o, body, keys)]
    if both := [o for o in fitting if o in hinted]:
        return _decided(both)
    services = set(_services(body))
    fitting = [o for o in fitting if o.arn_service in services] or fitting
    pool = [o for o in fitting if set(o.output) == keys]
    if not pool and _telling(body, keys):
        pool = [o for o in fitting if set(o.required) <= keys] or fitting
    if not pool:  # an API newer than the table: the name of the file must say what it is
        pool = [o for o in hinted if keys & set(o.output) and set(o.required) <= keys]
    return _decided(pool)


def named_by(parts: Sequence[str]) -> list[Operation]:
    """The operations that the file's name, else its folders from the inside out, speaks of."""
    names = [_dashed(part) for part in parts]
    for name in reversed(names):
        found = [o for o in operations().values() if f"-{o.cli}-" in name]
        if found:
            longest = max(len(o.cli) for o in found)
            found = [o for o in found if len(o.cli) == longest]
            of_service = [o for o in found if any(_speaks_of(o, part) for part in names)]
            return of_service or found
    return []


def _speaks_of(operation: Operation, dashed: str) -> bool:
    client = operation.client
    rest = dashed.replace(f"-{operation.cli}-", "--")
    return f"-{client}-" in rest or f"-{_CLI_NAMES.get(client, client)}-" in rest


def _dashed(part: str) -> str:
    stem = part.removesuffix(".gz").removesuffix(".json")
    return "-" + _NOT_WORD.sub("-", _CAMEL.sub("-", stem).lower()).strip("-") + "-"


def _decided(pool: Iterable[Operation]) -> Recognised:
    """The one operation, or the one of several that people save far more often."""
    found = sorted(pool, key=lambda o: o.name)
    made = [o for o in found if o.made]
    if len(found) == 1 or len(made) == 1:
        chosen = found[0] if len(found) == 1 else made[0]
        return Recognised(operation=chosen, between=tuple(o.name for o in found if o is not chosen))
    return Recognised(between=tuple(o.name for o in found))


def _fits(operation: Operation, body: Mapping[str, Any], keys: set[str]) -> bool:
    return all(_member_fits(body[key], *operation.output[key]) for key in keys)


def _member_fits(value: Any, kind: str, *members: str) -> bool:
    if value is None:
        return True
    if kind == "list":
        return isinstance(value, list) and (
            not members or all(_known(item, members) for item in value[:50])
        )
    if kind in {"structure", "map"}:
        return isinstance(value, dict) and (not members or _known(value, members))
    # A policy may be saved as text or decoded.
    return not isinstance(value, list) and (not isinstance(value, dict) or "Statement" in value)


def _known(item: Any, members: Sequence[str]) -> bool:
    """Newer APIs add members: most of them must be known, not all."""
    if not isinstance(item, dict):
        return False
    return 3 * len(set(item) & set(members)) >= 2 * len(item)


def _services(body: Any) -> Iterator[str]:
    """The services that an answer speaks of, in ARNs and in the actions of a policy."""
    yield from (arn.service for arn in arns(body))
    yield from (
        text.partition(":")[0]
        for name, text in texts(body)
        if name in {"Action", "NotAction"} and ":" in text
    )


def _telling(body: Mapping[str, Any], keys: set[str]) -> bool:
    """Enough to go by: something nested, a long name, or several members with an ARN among them."""
    if any(isinstance(body[key], list | dict) or len(key) >= _LONG_NAME for key in keys):
        return True
    return len(keys) >= _TELLING and any(
        isinstance(body[key], str) and body[key].startswith("arn:") for key in keys
    )
