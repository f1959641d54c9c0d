"""Which asset an item is about: its full resource name from the envelope, else from what its API calls it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from collectors.gcp import names
from collectors.gcp.answer import Thing
from collectors.gcp.item import read, text

_RELATIVE = re.compile(
    r"(projects|organizations|folders|accessPolicies|locations|policies|publishers|billingAccounts|roles|apps)/.+"
)
_SCOPED = re.compile(r"^(projects|organizations|folders|billingAccounts)/[^/]+$")
_LOCATION_LABEL = "/metadata/labels/cloud.googleapis.com~1location"


def asset_id(kind: str, thing: Thing) -> str:
    """The id, or "" if the item does not tell it."""
    special = _SPECIAL.get(kind)
    found = special(thing) if special else ""
    return found or names.clean(thing.name) or _told(kind, thing)


def _told(kind: str, thing: Thing) -> str:
    """From the item's own name or address, or from its short name below what was asked."""
    service = names.service(kind)
    link = text(thing.data, "/selfLink")
    if link and "/projects/" in link:
        return names.full(service, link)
    name = text(thing.data, "/name")
    if _RELATIVE.fullmatch(name) or name.startswith("//"):
        return names.full(service, name)
    parent = thing.answer.params.get("parent")
    if name and isinstance(parent, str):
        return names.full(service, f"{parent}/{name}")
    return ""


def _project(thing: Thing) -> str:
    project_id = text(thing.data, "/projectId") or (
        thing.name.rpartition("/")[2] if thing.name and not thing.shallow else ""
    )
    if not project_id and thing.shallow:
        project_id = text(thing.item, "/additionalAttributes/projectId") or names.last(thing.name)
    if not project_id:
        project_id = names.last(text(thing.data, "/name")) if not thing.name else ""
    return names.PROJECT + project_id if project_id else ""


def _account(thing: Thing) -> str:
    email = text(thing.data, "/email") or text(thing.item, "/additionalAttributes/email")
    return names.account_member(email) if email else ""


def _key(thing: Thing) -> str:
    """A key by the e-mail of its account; Asset Inventory's envelope has the account's unique id."""
    name = text(thing.data, "/name")
    return f"//iam.googleapis.com/{name}" if "/keys/" in name and not name.startswith("//") else ""


def _group(thing: Thing) -> str:
    email = text(thing.data, "/groupKey/id") or text(thing.item, "/additionalAttributes/groupKey")
    email = email or (text(thing.data, "/email") if not thing.shallow else "")
    email = email or text(thing.answer.params, "/group")  # a look-up answers with the name alone
    return names.member(f"group:{email}") if "@" in email else ""


def _user(thing: Thing) -> str:
    email = text(thing.data, "/primaryEmail", "/email")
    return names.member(f"user:{email}") if email else ""


def _bucket(thing: Thing) -> str:
    address = text(thing.data, "/storage_url", "/storageUrl")
    name = address.removeprefix("gs://").strip("/") or (
        "" if thing.name else text(thing.data, "/id", "/name")
    )
    return f"//storage.googleapis.com/{name.rpartition('/')[2]}" if name else ""


def _bigquery(*parts: tuple[str, str]) -> Callable[[Thing], str]:
    """From BigQuery's reference: project, dataset, and what lies in it."""

    def found(thing: Thing) -> str:
        reference = next(
            (
                value
                for name in ("tableReference", "modelReference", "datasetReference")
                if isinstance(value := read(thing.data, f"/{name}"), Mapping)
            ),
            None,
        )
        if thing.name or reference is None:
            return ""
        steps = [("projects", "projectId"), ("datasets", "datasetId"), *parts]
        values = [(step, text(reference, f"/{key}")) for step, key in steps]
        path = "/".join(f"{step}/{value}" for step, value in values if value)
        return f"//bigquery.googleapis.com/{path}"

    return found


def _sql(thing: Thing) -> str:
    """Cloud SQL is cloudsql in Asset Inventory and sqladmin in its own API."""
    if thing.name:
        return thing.name.replace("//sqladmin.", "//cloudsql.")
    project, name = text(thing.data, "/project"), text(thing.data, "/name")
    return (
        f"//cloudsql.googleapis.com/projects/{project}/instances/{name}" if project and name else ""
    )


def _run(collection: str) -> Callable[[Thing], str]:
    """Cloud Run's first API names a service by namespace, label and name."""

    def found(thing: Thing) -> str:
        meta = read(thing.data, "/metadata")
        if thing.name or not isinstance(meta, Mapping):
            return ""
        space, name = text(meta, "/namespace"), text(meta, "/name")
        where = text(thing.data, _LOCATION_LABEL)
        path = f"projects/{space}/locations/{where}/{collection}/{name}"
        return f"//run.googleapis.com/{path}" if space and where and name else ""

    return found


def _role(thing: Thing) -> str:
    name = text(thing.data, "/name")
    return f"//iam.googleapis.com/{name}" if "roles/" in name and not name.startswith("//") else ""


def _sink(thing: Thing) -> str:
    """Sinks have short names below what was asked for them."""
    parent = thing.answer.params.get("parent")
    name = text(thing.data, "/name")
    full = text(thing.data, "/resourceName")
    if thing.name or not name:
        return ""
    if "/sinks/" in full or "/sinks/" in name:
        return names.full("logging.googleapis.com", full or name)
    if isinstance(parent, str) and _SCOPED.match(parent):
        return f"//logging.googleapis.com/{parent}/sinks/{name}"
    return ""


def _application(thing: Thing) -> str:
    found = text(thing.data, "/id")
    return f"//appengine.googleapis.com/apps/{found}" if found and not thing.name else ""


_SPECIAL: Mapping[str, Callable[[Thing], str]] = {
    "cloudresourcemanager.googleapis.com/Project": _project,
    "iam.googleapis.com/ServiceAccount": _account,
    "iam.googleapis.com/ServiceAccountKey": _key,
    "iam.googleapis.com/Role": _role,
    "cloudidentity.googleapis.com/Group": _group,
    "cloudidentity.googleapis.com/User": _user,
    "storage.googleapis.com/Bucket": _bucket,
    "bigquery.googleapis.com/Dataset": _bigquery(),
    "bigquery.googleapis.com/Table": _bigquery(("tables", "tableId")),
    "bigquery.googleapis.com/Model": _bigquery(("models", "modelId")),
    "sqladmin.googleapis.com/Instance": _sql,
    "run.googleapis.com/Service": _run("services"),
    "run.googleapis.com/Job": _run("jobs"),
    "logging.googleapis.com/LogSink": _sink,
    "appengine.googleapis.com/Application": _application,
}


def policy_holder(item: Any, kind: str) -> str:
    """The id of what an allow policy is set on, from its name in Asset Inventory."""
    name = text(item, "/name") or text(item, "/resource")
    if not name.startswith("//"):
        return ""
    if kind == "sqladmin.googleapis.com/Instance":
        return names.clean(name.replace("//sqladmin.", "//cloudsql."))
    return names.clean(name)
