"""Registers and scanners' results by their content: CSV and YAML tables, Macie, Sensitive Data Protection, Purview, Vertex AI."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from collectors.exports.draft import Draft
from collectors.exports.places import Place
from collectors.register.words import columns, plain
from graph.model import ImportFileError

_PROVIDERS = {"macie2": "aws", "dlp": "gcp", "aiplatform": "gcp", "purview": "azure"}
_MARK = "modelhound-register"
_LARGEST_YAML = 16 << 20  # bytes
_PROFILES = ("tableDataProfiles", "fileStoreDataProfiles")
Row = Mapping[str, Any]


def drafts(value: Any, parts: tuple[str, ...]) -> Iterator[Draft] | None:
    """The drafts of a JSON file that is one of these, or None."""
    if isinstance(value, list):
        value = {
            "findings": [item.get("detail", item) if _is_map(item) else item for item in value]
        }
    if not _is_map(value):
        return None
    if _MARK in value:
        return _of_register(value, parts)
    operation = _operation(value)
    return iter([_draft(operation, value, parts)]) if operation else None


def table(content: bytes, label: str, parts: tuple[str, ...]) -> Iterator[Draft] | None:
    """The drafts of a CSV or YAML register, or None if the file is neither."""
    text = content.decode("utf-8", "replace")
    head = text[:4096].partition("\n")[0]
    if _MARK in text[:4096]:
        return _of_register(_yaml(text, label), parts)
    dialect = max(",;\t", key=head.count)
    operation = _sort([columns().get(plain(name), "") for name in head.split(dialect)])
    if not operation:
        return None
    csv.field_size_limit(1 << 24)
    try:
        found = list(csv.DictReader(io.StringIO(text), delimiter=dialect))
    except csv.Error as error:
        raise ImportFileError(f"{label}: not a whole CSV ({error}); export it again") from None
    return iter([_draft(operation, {"rows": _rows(found, label)}, parts)])


def _operation(value: Row) -> str:
    findings = value.get("findings")
    if isinstance(findings, list) and findings and all(map(_is_macie, findings)):
        return "macie2:GetFindings"
    if any(isinstance(value.get(name), list) for name in _PROFILES):
        return "dlp:DataProfiles"
    if isinstance(value.get("modelEvaluations"), list):
        return "aiplatform:ModelEvaluations"
    listed = value.get("value")
    is_purview = isinstance(listed, list) and bool(listed) and all(map(_is_purview, listed))
    return "purview:Assets" if is_purview else ""


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_macie(item: Any) -> bool:
    return _is_map(item) and "classificationDetails" in item and "resourcesAffected" in item


def _is_purview(item: Any) -> bool:
    return _is_map(item) and "qualifiedName" in item and "entityType" in item


def _sort(names: Sequence[str]) -> str:
    """Which register a table with these columns is, "" for none."""
    if "resource" not in names:
        return ""
    if "evidence" in names or ("owner" in names and "classification" not in names):
        return "register:governance"
    is_told = "classification" in names or "info_types" in names
    return "register:classification" if is_told else ""


def _rows(found: Sequence[Row], label: str) -> list[dict[str, Any]]:
    """Rows under the names of columns that are known; one without a resource is refused."""
    rows = []
    for number, row in enumerate(found, 1):
        known = {columns().get(plain(key), ""): value for key, value in row.items() if key}
        known.pop("", None)
        kept = {key: value for key, value in known.items() if value not in (None, "")}
        if kept and not isinstance(kept.get("resource"), str):
            raise ImportFileError(f"{label}: row {number} names no resource; name one in each row")
        if kept:
            rows.append(kept)
    return rows


def _of_register(value: Any, parts: tuple[str, ...]) -> Iterator[Draft]:
    """`modelhound-register: 1` and the lists `classification` and `evidence`."""
    label = "/".join(parts)
    for topic, operation in (
        ("classification", "register:classification"),
        ("evidence", "register:governance"),
    ):
        listed = value.get(topic) or []
        if not isinstance(listed, list) or not all(map(_is_map, listed)):
            raise ImportFileError(f"{label}: {topic} is no list of rows; write one row an asset")
        if listed:
            yield _draft(operation, {"rows": _rows(listed, label)}, parts)


def _yaml(text: str, label: str) -> Any:
    if len(text) > _LARGEST_YAML:
        raise ImportFileError(f"{label}: longer than {_LARGEST_YAML >> 20} MiB; use a CSV")
    try:
        value = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader that knows no aliases
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = " ".join(str(error).split())[:200]
        raise ImportFileError(f"{label}: not YAML ({problem}); mend it") from None
    if not _is_map(value):
        raise ImportFileError(f"{label}: no register; begin it with `{_MARK}: 1`")
    return value


class _PlainLoader(yaml.SafeLoader):  # type: ignore[misc] # it ships no types
    """YAML without aliases, which could grow without bound, and with dates as they are written."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


_PlainLoader.yaml_implicit_resolvers = {
    first: [row for row in rows if row[0] != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _draft(operation: str, body: Row, parts: tuple[str, ...]) -> Draft:
    return Draft(
        source="file",
        operation=operation,
        provider=_PROVIDERS.get(operation.partition(":")[0], "register"),
        regional=False,
        folder=parts[:-1],
        named=Place(),
        told=Place(),
        body=body,
    )
