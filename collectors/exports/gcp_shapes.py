"""What a saved Google Cloud item is: an asset of Asset Inventory, a search result, or an item of some API's own list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from collectors.gcp.item import snake
from graph.content import read_toml
from graph.schema import load_schema

ALLOW = "iam.googleapis.com/AllowPolicy"
ORG_POLICY = "orgpolicy.googleapis.com/Policy"
_ACCESS = {
    "accessPolicy": "accesscontextmanager.googleapis.com/AccessPolicy",
    "accessLevel": "accesscontextmanager.googleapis.com/AccessLevel",
    "servicePerimeter": "accesscontextmanager.googleapis.com/ServicePerimeter",
}
_POLICY_KEYS = {
    "bindings",
    "etag",
    "version",
    "auditConfigs",
    "audit_configs",
    "kind",
    "resourceId",
}
_HELD = {
    spelling: kind
    for name, kind in {"iamPolicy": ALLOW, "orgPolicy": ORG_POLICY, **_ACCESS}.items()
    for spelling in (name, snake(name))
}  # member of an asset -> the list that it makes the asset part of
_OLD = {
    "google.compute": "compute", "google.iam": "iam", "google.cloud.storage": "storage",
    "google.cloud.resourcemanager": "cloudresourcemanager", "google.cloud.bigquery": "bigquery",
    "google.cloud.kms": "cloudkms", "google.cloud.sql": "sqladmin", "google.container": "container",
    "google.appengine": "appengine", "google.pubsub": "pubsub", "google.spanner": "spanner",
    "google.cloud.dataproc": "dataproc", "google.cloud.functions": "cloudfunctions",
}  # fmt: skip
_TOLD_BY_ADDRESS = re.compile(
    r"^https?://[^/]+/(?:(?:compute|storage|bigquery|sql)/)?(?:v\d+\w*|beta|alpha)?/?(?P<path>.+)$"
)
_KNATIVE = {"Service": "run.googleapis.com/Service", "Job": "run.googleapis.com/Job"}
_KINDS = {
    "storage#bucket": "storage.googleapis.com/Bucket",
    "sql#instance": "sqladmin.googleapis.com/Instance",
}
_SERVICE = re.compile(
    r"^https?://(?:www\.googleapis\.com/(?P<a>compute|storage|bigquery|sql)|(?P<b>compute|container|sqladmin|bigquery)\.googleapis\.com)/"
)


class Content(NamedTuple):
    """One list that an item belongs to; `shallow` says why that list does not tell the whole of it."""

    kind: str
    item: Mapping[str, Any]
    shallow: str = ""


SEARCHED = "a search tells only a part of each resource, and only what matched"
NAMES_ALONE = "the list holds names alone; export it with the content type resource"
SEARCHED_POLICIES = "a search for policies finds only those that match its query"


def is_envelope(item: Any) -> bool:
    """Whether an item is an asset as Asset Inventory writes it, or a result of its searches."""
    if not isinstance(item, Mapping):
        return False
    kind = item.get("assetType") or item.get("asset_type")
    name = item.get("name") or item.get("resource")
    return isinstance(kind, str) and isinstance(name, str) and name.startswith("//")


def contents(item: Mapping[str, Any]) -> Iterator[Content]:
    """The lists that an asset of Asset Inventory belongs to: what it holds decides."""
    kind = asset_type(item)
    resource = item.get("resource")
    if isinstance(resource, str):
        yield Content(ALLOW, item, SEARCHED_POLICIES)
        return
    told = isinstance(resource, Mapping) and resource.get("data") is not None
    held = [(name, list_) for name, list_ in _HELD.items() if item.get(name) is not None]
    if told and not held:
        yield Content(kind, item)
        return
    rest = {key: value for key, value in item.items() if key not in _HELD and key != "resource"}
    if told:
        yield Content(kind, rest | {"resource": resource})
    for name, list_ in held:
        yield Content(list_, rest | {name: item[name]})
    if not told and not held:
        found = any(
            item.get(name) for name in ("displayName", "display_name", "project", "location")
        )
        yield Content(kind, item, SEARCHED if found else NAMES_ALONE)


@cache
def _type_in_full(kind: str) -> str:
    for old, service in _OLD.items():
        if kind.startswith(f"{old}."):
            return f"{service}.googleapis.com/{kind.rpartition('.')[2]}"
    return kind


def asset_type(item: Mapping[str, Any]) -> str:
    """An item's asset type, old spellings in the present one."""
    return _type_in_full(str(item.get("assetType") or item.get("asset_type")))


def is_policy(value: Any) -> bool:
    """Whether a value is what `get-iam-policy` prints; one that binds nobody has its etag alone."""
    if not isinstance(value, Mapping) or set(value) - _POLICY_KEYS:
        return False
    bindings = value.get("bindings")
    if bindings is None:
        return "etag" in value and set(value) <= {"etag", "version"}
    return isinstance(bindings, list) and all(
        isinstance(one, Mapping) and "role" in one for one in bindings
    )


@cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    return read_toml("recognition/gcp_lists.toml")


@cache
def _by_name() -> list[tuple[str, str, re.Pattern[str]]]:
    """(kind, service, pattern of full resource names) of every kind whose id begins with a service."""
    return [
        (kind.name, kind.name.partition("/")[0], kind.id_pattern)
        for kind in load_schema().kinds.values()
        if kind.id_pattern
        and "googleapis" in kind.id_pattern.pattern
        and ".googleapis.com/" in kind.name
    ]


def item_type(item: Mapping[str, Any]) -> str:
    """The asset type of an item of an API's own list, or ""."""
    if item.get("apiVersion") in {"serving.knative.dev/v1", "run.googleapis.com/v1"}:
        return _KNATIVE.get(str(item.get("kind")), "")
    if str(item.get("kind")) in _KINDS:
        return _KINDS[str(item["kind"])]
    if str(item.get("storage_url", "")).startswith("gs://") and "location" in item:
        return "storage.googleapis.com/Bucket"
    for kind, member in (
        ("Dataset", "datasetReference"),
        ("Table", "tableReference"),
        ("Model", "modelReference"),
    ):
        if isinstance(item.get(member), Mapping) and (
            member != "datasetReference" or "tableReference" not in item
        ):
            return f"bigquery.googleapis.com/{kind}"
    return _by_address(item) or _of_name(item)


def _by_address(item: Mapping[str, Any]) -> str:
    address = item.get("selfLink")
    found = _SERVICE.match(address) if isinstance(address, str) else None
    if not found:
        return ""
    service = f"{found['a'] or found['b']}.googleapis.com"
    path = _TOLD_BY_ADDRESS.match(str(address))
    return _matching(f"//{service}/{path['path']}", service, item) if path else ""


_NAMES = (
    (re.compile(r"projects/[^/]+/serviceAccounts/[^/]+"), "iam.googleapis.com/ServiceAccount"),
    (re.compile(r"groups/[^/]+/memberships/[^/]+"), "cloudidentity.googleapis.com/Membership"),
    (re.compile(r"groups/[^/]+"), "cloudidentity.googleapis.com/Group"),
)
_PROJECT = re.compile(r"projects/\d+")
_SINK = {"destination", "writerIdentity"}


def _of_name(item: Mapping[str, Any]) -> str:
    name = item.get("name")
    if not isinstance(name, str):
        return ""
    if "projectId" in item and ("projectNumber" in item or _PROJECT.fullmatch(name)):
        return "cloudresourcemanager.googleapis.com/Project"
    if "/" not in name:
        return "logging.googleapis.com/LogSink" if set(item) >= _SINK else ""
    return _kind(name) or _matching(name, "", item)


def _kind(name: str) -> str:
    return next((kind for pattern, kind in _NAMES if pattern.fullmatch(name)), "")


def _matching(name: str, service: str, item: Mapping[str, Any]) -> str:
    """The one kind whose names look so and whose members the item has."""
    fitting = [
        kind
        for kind, host, pattern in _by_name()
        if (not service or host == service)
        and pattern.fullmatch(name if service else f"//{host}/{name}")
        and _has(item, kind)
    ]
    return fitting[0] if len(fitting) == 1 else ""


def _has(item: Mapping[str, Any], kind: str) -> bool:
    wanted = _rows().get(kind, {}).get("any")
    return not wanted or any(name in item or snake(name) in item for name in wanted)


def named(parts: Sequence[str]) -> str:
    """The asset type that a file's name speaks of, by the command that wrote it."""
    words = "-" + re.sub(r"[^a-z0-9]+", "-", parts[-1].lower()) + "-"
    found = [
        (len(row["command"]), kind)
        for kind, row in _rows().items()
        if f"-{row.get('command', '?')}-list-" in words
        or f"-{row.get('command', '?')}-json-" in words
    ]
    return max(found)[1] if found else ""
