"""Azure and Entra exports by their content: Resource Graph, ARM lists, `az`, PowerShell, Microsoft Graph, AzureHound, portal CSV."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.azure.ids import subscription, type_of
from collectors.azure.item import read
from collectors.exports import azure_shapes as shapes
from collectors.exports.draft import Draft, Gap
from collectors.exports.places import Place
from graph.model import CoverageState, ImportFileError

_CUT = ("nextLink", "@odata.nextLink", "$skipToken", "skip_token", "skipToken", "odata.nextLink")
_NOT_IN_GRAPH = "Resource Graph does not hold these; list them by ARM or az"
Items = list[Mapping[str, Any]]


def drafts(value: Any, label: str, parts: tuple[str, ...]) -> Iterator[Draft] | None:
    """The drafts of a file that Azure's tools wrote, or None if it is not one."""
    source, items, cut = _items(value)
    if items is None:
        return None
    if source == "azurehound":
        rows = _hound(items, label)
    elif source == "foundry":
        rows = _agents(items, label)
    elif not items:
        rows = _empty(parts)
    else:
        rows = _sorted(items, value, parts)
    return _drafts(source, rows, parts, cut=cut) if rows else None


def _items(value: Any) -> tuple[str, Items | None, bool]:
    """(source, the items, whether more followed); no items if this is no such file."""
    if isinstance(value, list):
        return _of_list(value)
    if not isinstance(value, Mapping):
        return "", None, False
    cut = (
        any(value.get(name) for name in _CUT) or str(value.get("resultTruncated")).lower() == "true"
    )
    found = _of_data(value, cut=cut)
    if found:
        return found
    listed = value.get("value")
    if isinstance(listed, list) and not set(value) - shapes.LIST_KEYS:
        return "arm", _maps(listed), cut
    return ("arm", [value], False) if shapes.operation(value) else ("", None, False)


def _of_data(value: Mapping[str, Any], *, cut: bool) -> tuple[str, Items, bool] | None:
    """What stands under `data`: AzureHound, the agents of a project, Resource Graph in both of its forms."""
    data = value.get("data")
    if isinstance(data, list) and _is_hound(value, data):
        return "azurehound", _maps(data), cut
    if isinstance(data, list) and shapes.is_agents(data):
        return "foundry", _maps(data), bool(value.get("has_more"))
    if isinstance(data, Mapping) and isinstance(data.get("rows"), list):
        data = _table(data)
    if isinstance(data, list) and shapes.GRAPH_QUERY & set(value):
        return "resource-graph", _maps(data), cut
    return None


def _of_list(value: list[Any]) -> tuple[str, Items | None, bool]:
    items = _maps(value)
    if not items:
        return "", None, False
    if all(isinstance(page.get("value"), list) and not shapes.operation(page) for page in items):
        found = [item for page in items for item in _maps(page["value"])]
        return "arm", found, any(items[-1].get(name) for name in _CUT)
    return ("az", items, False) if any(map(shapes.operation, items[:20])) else ("", None, False)


def _maps(value: Sequence[Any]) -> Items:
    return [item for item in value if isinstance(item, Mapping)]


def _is_hound(value: Mapping[str, Any], data: Sequence[Any]) -> bool:
    meta = value.get("meta")
    if isinstance(meta, Mapping) and str(meta.get("type")).lower() == "azure":
        return True
    first = data[0] if data else None
    return isinstance(first, Mapping) and str(first.get("kind", "")).startswith("AZ")


def _table(data: Mapping[str, Any]) -> Items:
    """The first form of Resource Graph's answers: names of columns beside rows of cells."""
    names = [str(read(column, "/name")) for column in data.get("columns") or ()]
    return [dict(zip(names, row, strict=False)) for row in data["rows"] if isinstance(row, list)]


Rows = dict[tuple[str, str], Items]  # (operation, object id that the call was about) -> items


def _sorted(items: Sequence[Mapping[str, Any]], value: Any, parts: tuple[str, ...]) -> Rows:
    """Items by operation; what the file's name or its context says counts for all of them."""
    context = str(value.get("@odata.context") or "") if isinstance(value, Mapping) else ""
    told, about = shapes.told(context, parts)
    rows: Rows = defaultdict(list)
    for item in items:
        own = shapes.operation(item)
        if told and not own.startswith("arm:"):
            rows[told, about].append(item)
        elif own:
            rows[own, ""].append(item)
    return rows


def _agents(items: Items, label: str) -> Rows:
    """Agents tell their project by the connections of their tools only."""
    project = shapes.project(items)
    if not project:
        raise ImportFileError(
            f"{label}: agents that do not tell their project, for none of their tools names a connection; collect them live"
        )
    return {(shapes.AGENTS, project): items}


def _hound(items: Items, label: str) -> Rows:
    rows: Rows = defaultdict(list)
    for item in items:
        kind, data = str(item.get("kind")), item.get("data")
        operation = shapes.HOUND.get(kind)
        if operation is None and kind.endswith("RoleAssignment"):
            operation = shapes.ASSIGNMENTS
        if operation and isinstance(data, Mapping):
            for one in _unwrapped(operation, data):
                rows[operation, ""].append(one)
    if not rows:
        raise ImportFileError(
            f"{label}: AzureHound data of which nothing is known here; export it again"
        )
    return rows


def _unwrapped(operation: str, data: Mapping[str, Any]) -> Items:
    """Role assignments of a resource lie one level down; everything else is as Graph or ARM has it."""
    if operation != shapes.ASSIGNMENTS:
        return [data]
    found = data.get("roleAssignments") or data.get("RoleAssignments")
    listed = _maps(found) if isinstance(found, list) else [data]
    inner = [read(one, "/roleAssignment") for one in listed]
    return [i if isinstance(i, Mapping) else one for i, one in zip(inner, listed, strict=True)]


def _empty(parts: tuple[str, ...]) -> Rows:
    """A list without items: the file's name says of what."""
    told, about = shapes.told("", parts)
    operation = told or shapes.named(parts)
    return {(operation, about): []} if operation else {}


def _drafts(source: str, rows: Rows, parts: tuple[str, ...], *, cut: bool) -> Iterator[Draft]:
    state = CoverageState.PARTIAL if cut else CoverageState.COMPLETE
    for (operation, about), items in rows.items():
        yield Draft(
            source=source,
            operation=operation,
            provider="azure",
            regional=False,
            folder=("azure", *parts[:-1]),
            named=Place(),
            told=Place(account=_account(source, operation, items)),
            params={"id": about} if about else {},
            body={"value": items},
            state=state,
            reason="the list was saved before its last page" if cut else "",
            gaps=_gaps(source, operation),
        )


def _account(source: str, operation: str, items: Items) -> str:
    """The one subscription that a list is of; tools that ask a whole tenant name none."""
    if source in {"resource-graph", "azurehound"} or operation.startswith("graph:"):
        return ""
    texts = (read(i, "/properties/scope") or read(i, "/scope") or read(i, "/id") for i in items)
    found = {subscription(text) for text in texts if isinstance(text, str)} - {""}
    return found.pop() if len(found) == 1 else ""


def _gaps(source: str, operation: str) -> tuple[Gap, ...]:
    names = shapes.NOT_IN_GRAPH.get(operation, ()) if source == "resource-graph" else ()
    return tuple(
        Gap(operation=name, state=CoverageState.PARTIAL, reason=_NOT_IN_GRAPH) for name in names
    )


def table(content: bytes, label: str, parts: tuple[str, ...]) -> Iterator[Draft] | None:
    """The drafts of a CSV that the portal wrote, or None if it is none."""
    head = content[:4096].partition(b"\n")[0].decode("utf-8", "replace").lower().replace('"', "")
    names = {name.strip() for name in head.split(",")}
    if "id" not in names or not names & {"type", "properties", "resourcegroup", "subscriptionid"}:
        return None
    text = content.decode("utf-8", "replace")
    csv.field_size_limit(1 << 24)
    try:
        rows = [_row(row) for row in csv.DictReader(io.StringIO(text))]
    except csv.Error as error:
        raise ImportFileError(f"{label}: not a whole CSV ({error}); export it again") from None
    items = [row for row in rows if type_of(str(row.get("id") or ""))]
    return _drafts("portal-csv", _sorted(items, None, parts), parts, cut=False) if items else None


def _row(row: Mapping[str | None, Any]) -> dict[str, Any]:
    """A row with its JSON cells read; portals write names in capitals, so they become small where all are."""
    return {
        (name.lower() if name.isupper() else name): _cell(value)
        for name, value in row.items()
        if name and value not in (None, "")
    }


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "{[" and value[-1:] in "}]":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return None if value == "null" else value
