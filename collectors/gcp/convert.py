"""What the words of resources/mapping/gcp.toml do to a value; the ends of relationships are in ends.py."""

from collections.abc import Mapping
from typing import Any

from collectors.gcp import names
from collectors.gcp.ends import ENDS, Convert
from collectors.gcp.firewalls import FIREWALL_WORDS
from collectors.gcp.item import camel, each, read, text

_RUN_INGRESS = {"all": True, "INGRESS_TRAFFIC_ALL": True, "ALLOW_ALL": True}
_ROLES = {"READER": "roles/bigquery.dataViewer", "WRITER": "roles/bigquery.dataEditor", "OWNER": "roles/bigquery.dataOwner"}  # fmt: skip
_GROUPS = {"projectReaders": "projectViewer", "projectWriters": "projectEditor", "projectOwners": "projectOwner"}  # fmt: skip


def _plain(value: Any, _: str) -> Any:
    return value


def _list(value: Any, _: str) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _given(value: Any, _: str) -> bool:
    return bool(value)


def _flag(value: Any, _: str) -> bool | None:
    """A flag, also where it is written as text."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _not(value: Any, asset: str) -> bool | None:
    found = _flag(value, asset)
    return None if found is None else not found


def _end(value: Any, _: str) -> str | None:
    return value.rstrip("/").rpartition("/")[2] if isinstance(value, str) else None


def _count(value: Any, _: str) -> int | None:
    return len(value) if isinstance(value, list | Mapping) else None


def _number(value: Any, _: str) -> int | None:
    """A number, also where it is written as text, as the API writes large ones."""
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None


def _names(value: Any, _: str) -> list[str] | None:
    """Names of variables: of a map, or of a list of {name, value}."""
    if isinstance(value, Mapping):
        return sorted(map(str, value))
    found = [read(one, "/name") for one in value] if isinstance(value, list) else []
    return sorted(name for name in found if isinstance(name, str))


def _document(value: Any, _: str) -> Any:
    return camel(value)


def _ingress_all(value: Any, _: str) -> bool | None:
    return _RUN_INGRESS.get(value, False) if isinstance(value, str) else None


def _acl_public(value: Any, _: str) -> bool | None:
    if not isinstance(value, list):
        return None
    return any(read(one, "/entity") in names.ALONE for one in value)


def _dataset_access(value: Any, asset: str) -> dict[str, Any] | None:
    """BigQuery's access entries as the allow policy that they mean."""
    bindings: dict[str, list[str]] = {}
    for _, entry in each(value, "/*"):
        role, who = text(entry, "/role"), _who(entry, names.project(asset))
        if role and who:
            bindings.setdefault(_ROLES.get(role, role), []).append(who)
    return {"bindings": [{"role": role, "members": who} for role, who in sorted(bindings.items())]}


def _who(entry: Any, project: str) -> str:
    sorts = (("/userByEmail", "user"), ("/groupByEmail", "group"), ("/domain", "domain"))
    for pointer, sort in sorts:
        if found := text(entry, pointer):
            account = sort == "user" and found.endswith("gserviceaccount.com")
            return names.member(f"{'serviceAccount' if account else sort}:{found}")
    special = text(entry, "/specialGroup", "/iamMember")
    return f"{_GROUPS[special]}:{project}" if special in _GROUPS else special


def _pins(value: Any, _: str) -> str:
    """How a Model Armor filter for prompt injection is set: the least confidence that blocks, or NONE."""
    if read(value, "/filterEnforcement") != "ENABLED":
        return "NONE"
    return str(read(value, "/confidenceLevel") or "ENABLED")


def _route(value: Any, asset: str) -> list[dict[str, Any]]:
    """A route as the one row of a table: destination, target (gateway, peering, instance, ...)."""
    hops = {name: text(value, f"/nextHop{name}") for name in _HOPS}
    target = next(((name, hop) for name, hop in hops.items() if hop), ("", ""))
    del asset
    return [
        {
            "destination": read(value, "/destRange"),
            "target": target[1].rpartition("/")[2],
            "target_type": target[0],
            "priority": read(value, "/priority"),
            "tags": read(value, "/tags") or [],
        }
    ]


_HOPS = ("Gateway", "Network", "Peering", "Instance", "Ip", "Ilb", "VpnTunnel", "Hub")


def _metadata(name: str) -> Any:
    """A flag of a machine's metadata."""

    def flag(value: Any, asset: str) -> bool | None:
        for _, one in each(value, "/*"):
            if str(read(one, "/key")).lower() == name:
                found = str(read(one, "/value"))
                return _flag(found, asset) if found.lower() in {"true", "false"} else found == "1"
        return None

    return flag


def _vector_store(value: Any, _: str) -> str | None:
    stores = ("ragManagedDb", "vertexVectorSearch", "pinecone", "weaviate", "vertexFeatureStore")
    return next((name for name in stores if read(value, f"/{name}") is not None), None)


def _restricted(value: Any, _: str) -> bool:
    kinds = ("browserKey", "serverKey", "androidKey", "iosKey")
    return any(read(value, f"/{kind}Restrictions") is not None for kind in kinds)


CONVERSIONS: Mapping[str, Convert] = {
    "plain": _plain, "list": _list, "given": _given, "flag": _flag, "not": _not, "end": _end, "count": _count, "number": _number,
    "names": _names, "document": _document, "ingress_all": _ingress_all, "acl_public": _acl_public,
    "dataset_access": _dataset_access, "pins": _pins, "route": _route, "vector_store": _vector_store,
    "restricted": _restricted, "os_login": _metadata("enable-oslogin"),
    "serial_port": _metadata("serial-port-enable"), "block_project_keys": _metadata("block-project-ssh-keys"),
    **ENDS, **FIREWALL_WORDS,
}  # fmt: skip
