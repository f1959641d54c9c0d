"""What the ends of relationships are called: addresses, short names and e-mails in an answer as ids of assets."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from collectors.gcp import names
from collectors.gcp.item import read

Convert = Callable[[Any, str], Any]  # (value, id of the asset) -> value, or None

_BUCKET = re.compile(r"(?:gs://|https://storage\.googleapis\.com/)(?P<bucket>[^/*?\s]+)")
_BQ = re.compile(
    r"(?:bq://)?(?P<project>[^.:/]+(?:\.[a-z]+:[^.:/]+)?)[.:](?P<dataset>[^.:/]+)(?:\.(?P<table>[^.:/]+))?$"
)
_KEY = re.compile(r"(?P<key>.*/cryptoKeys/[^/]+)")
_NETWORK = re.compile(r"(?P<path>projects/[^/]+/global/networks/[^/]+)$")
_SUBNET = re.compile(r"(?P<path>projects/[^/]+/regions/[^/]+/subnetworks/[^/]+)$")
_SHORT_SUBNET = re.compile(r"regions/[^/]+/subnetworks/[^/]+$")
_SECRET = re.compile(r"(?P<path>projects/[^/]+/(?:locations/[^/]+/)?secrets/[^/]+)")
_PUBLISHER = re.compile(r"(?:.*/)?publishers/(?P<publisher>[^/]+)/models/(?P<model>[^/@]+)")
_FOUNDATION = re.compile(r"(?:gemini|text-bison|chat-bison|code-bison|imagen|veo)[\w.-]*$")
_AI, _BIGQUERY = "aiplatform.googleapis.com", "bigquery.googleapis.com"


def _of_service(service: str) -> Convert:
    def convert(value: Any, _: str) -> str | None:
        named = isinstance(value, str) and "/" in value
        return names.full(service, value) if named else None

    return convert


def _model(value: Any, asset: str) -> str | None:
    """A model by its name, without its version; Google's own by publisher and name."""
    if not isinstance(value, str):
        return None
    if found := _PUBLISHER.match(value):
        return f"//{_AI}/publishers/{found['publisher']}/models/{found['model']}"
    if _FOUNDATION.match(value):
        return f"//{_AI}/publishers/google/models/{value.partition('@')[0]}"
    if "/" not in value:
        return f"//{_AI}/{names.place(asset)}/models/{value}" if names.place(asset) else None
    return names.full(_AI, value.partition("@")[0])


def _dataset(value: Any, asset: str) -> str | None:
    where = names.place(asset)
    return f"//{_AI}/{where}/datasets/{value}" if where and value else None


def _bucket(value: Any, _: str) -> str | None:
    found = _BUCKET.match(value) if isinstance(value, str) else None
    return f"//storage.googleapis.com/{found['bucket']}" if found else None


def _bucket_name(value: Any, _: str) -> str | None:
    return f"//storage.googleapis.com/{value}" if isinstance(value, str) and value else None


def _table(value: Any, _: str) -> str | None:
    """A table or dataset of BigQuery: bq://project.dataset.table, project:dataset.table."""
    found = _BQ.match(value) if isinstance(value, str) else None
    if not found:
        return None
    end = f"/tables/{found['table']}" if found["table"] else ""
    return f"//{_BIGQUERY}/projects/{found['project']}/datasets/{found['dataset']}{end}"


def data(value: Any, asset: str) -> str | None:
    """Where data lies: a bucket or a table."""
    return _bucket(value, asset) or (
        _table(value, asset) if str(value).startswith("bq://") else None
    )


def _key(value: Any, _: str) -> str | None:
    found = _KEY.match(value) if isinstance(value, str) else None
    return names.full("cloudkms.googleapis.com", found["key"]) if found else None


def _account(value: Any, asset: str) -> str | None:
    """A service account by e-mail or name; `default` is not told apart here."""
    if isinstance(value, str) and "@" in value:
        return names.account_member(value)
    del asset
    return None


def _user(value: Any, _: str) -> str | None:
    return names.member(f"user:{value}") if isinstance(value, str) and "@" in value else None


def _network(value: Any, asset: str) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    if found := _NETWORK.search(value):
        return f"//compute.googleapis.com/{found['path']}"
    name, project = value.rpartition("/")[2], names.project(asset)
    return (
        f"//compute.googleapis.com/projects/{project}/global/networks/{name}" if project else None
    )


def _subnet(value: Any, asset: str) -> str | None:
    if not isinstance(value, str):
        return None
    if found := _SUBNET.search(value):
        return f"//compute.googleapis.com/{found['path']}"
    project = names.project(asset)
    if found := _SHORT_SUBNET.search(value):
        return f"//compute.googleapis.com/projects/{project}/{found[0]}"
    return None


def _secret(value: Any, asset: str) -> str | None:
    if not isinstance(value, str):
        return None
    if found := _SECRET.match(value):
        return f"//secretmanager.googleapis.com/{found['path']}"
    project = names.project(asset)
    return f"//secretmanager.googleapis.com/projects/{project}/secrets/{value}" if project else None


def _container(value: Any, _: str) -> str | None:
    """A project, folder or organisation: `projects/1`, or {type, id}."""
    if isinstance(value, Mapping):
        value = f"{read(value, '/type')}s/{read(value, '/id')}"
    text_ = value if isinstance(value, str) else ""
    return names.container(text_) if text_.count("/") == 1 else None


def _destination(value: Any, _: str) -> str | None:
    """Where a log sink writes to: `service/relative name`."""
    service, slash, rest = str(value).partition("/")
    return names.full(service, rest) if slash else None


def _parent(_: Any, asset: str) -> str | None:
    return names.parent(asset) or None


def _arn(value: Any, _: str) -> str | None:
    return value if isinstance(value, str) and value.startswith("arn:") else None


def _datastore(value: Any, asset: str) -> str | None:
    """A data store of an app, by its id within the app's collection."""
    collection = asset.partition("/engines/")[0]
    return f"{collection}/dataStores/{value}" if collection != asset and value else None


def _resource_of_job(value: Any, asset: str) -> str | None:
    where = names.place(asset)
    return f"//{_AI}/{where}/persistentResources/{value}" if where and value else None


def _endpoint_of(_: Any, asset: str) -> str | None:
    return asset.partition("/deployedModels/")[0]


def _scope_of(_: Any, asset: str) -> str | None:
    """The project, folder or organisation that an id begins with."""
    parts = asset.removeprefix("//").split("/")
    return names.container("/".join(parts[1:3])) if len(parts) > 2 else None  # noqa: PLR2004 - service, sort, name


def _attachment(value: Any, asset: str) -> str | None:
    """What a firewall policy is attached to: a network, or a folder or organisation."""
    found = str(value)
    if "/networks/" in found:
        return _network(found, asset)
    return _container("/".join(found.rstrip("/").split("/")[-2:]), asset)


def _attached(value: Any, _: str) -> str | None:
    """The service attachment that a forwarding rule leads to; its other targets are parts of load balancers."""
    found = str(value)
    return names.full("compute.googleapis.com", found) if "/serviceAttachments/" in found else None


ENDS: Mapping[str, Convert] = {
    "model": _model, "dataset": _dataset, "bucket": _bucket, "bucket_name": _bucket_name, "table": _table,
    "data": data, "key": _key, "account": _account, "user": _user, "network": _network, "subnet": _subnet,
    "secret": _secret, "container": _container, "destination": _destination, "parent": _parent, "arn": _arn,
    "datastore": _datastore, "persistent": _resource_of_job, "endpoint_of": _endpoint_of, "scope_of": _scope_of,
    "attachment": _attachment, "attached": _attached, "ai": _of_service(_AI),
    "compute": _of_service("compute.googleapis.com"), "armor": _of_service("modelarmor.googleapis.com"),
}  # fmt: skip
