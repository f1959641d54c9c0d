"""What the words of resources/mapping/azure.toml do to a value: for properties, and for the ends of relationships."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from collectors.azure.ids import ancestor, clean, is_guid, parent
from collectors.azure.item import each, read
from collectors.azure.standins import BLOB, VAULT

Convert = Callable[[Any, str], Any]  # (value, id of the asset) -> value, or None

_SHORT = re.compile(r"azureml:(?P<name>[^:/]+)(?::[^:/]+)?$")
_LONG = re.compile(r"azureml:(?://)?(?P<id>/?subscriptions/.+)$", re.IGNORECASE)
_DATASTORE = re.compile(r"(?:azureml:)?//datastores/(?P<name>[^/]+)/", re.IGNORECASE)
_IN_LONG = re.compile(r"(?P<id>.+/datastores/[^/]+)/paths/.*", re.IGNORECASE)
_BLOB = re.compile(
    r"(?:wasbs?|abfss?)://(?P<container>[^@/]+)@(?P<account>[^./]+)\."
    r"|https://(?P<account2>[^./]+)\.(?:blob|dfs)\.[^/]+/(?P<container2>[^/?]+)",
    re.IGNORECASE,
)
_WORKSPACE = "microsoft.machinelearningservices/workspaces"
_ACCOUNT = "microsoft.cognitiveservices/accounts"


def _id(value: Any, _: str) -> str | None:
    return clean(value) if isinstance(value, str) and (value[:1] == "/" or is_guid(value)) else None


def _ids(value: Any, asset: str) -> list[str]:
    return [found for item in _list(value, asset) if (found := _id(item, asset))]


def _list(value: Any, _: str) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _given(value: Any, _: str) -> bool:
    return bool(value)


def _not(value: Any, _: str) -> bool | None:
    return not value if isinstance(value, bool) else None


def _names(value: Any, _: str) -> list[str] | None:
    return sorted(value) if isinstance(value, Mapping) else None


def _text(value: Any, _: str) -> str | None:
    return value.rpartition("/")[2] if isinstance(value, str) else None


def _plain(value: Any, _: str) -> Any:
    return value


def _parent(_: Any, asset: str) -> str | None:
    return parent(asset) or None


def _scope(_: Any, asset: str) -> str | None:
    """What an extension resource (a lock, an assignment) is set on."""
    return asset.rpartition("/providers/")[0] or "/"


def _one(value: Any, asset: str) -> list[str]:
    found = _id(value, asset)
    return [found] if found else []


def _model(value: Any, _: str) -> str | None:
    """The catalogue's id of a model that a deployment names by format, name and version."""
    name = read(value, "/name")
    if not name:
        return None
    maker = str(read(value, "/format") or "OpenAI").lower().replace(" ", "-")
    registry = "azure-openai" if maker == "openai" else f"azureml-{maker}"
    version = read(value, "/version")
    return f"azureml://registries/{registry}/models/{name}" + (
        f"/versions/{version}" if version else ""
    )


def _filter(value: Any, asset: str) -> str | None:
    account = ancestor(asset, _ACCOUNT)
    return f"{account}/raiPolicies/{value}" if account and isinstance(value, str) else None


def _deployment(value: Any, asset: str) -> str | None:
    account = ancestor(asset, _ACCOUNT)
    return f"{account}/deployments/{value}" if account and isinstance(value, str) else None


def _connected(value: Any, asset: str) -> str | None:
    return _id(value, asset)


def _vault_key(value: Any, _: str) -> str | None:
    """The key of a vault that encrypts something; the vault is named by its id or its address."""
    vault = read(value, "/keyVaultArmId")
    identifier = str(read(value, "/keyIdentifier") or read(value, "/keyName") or "")
    name = identifier.rpartition("/keys/")[2].partition("/")[0]
    address = str(read(value, "/keyVaultUri") or identifier).partition("://")[2]
    if not isinstance(vault, str) and address:
        vault = f"{VAULT}{address.partition('.')[0].lower()}"
    return f"{clean(vault)}/keys/{name}" if isinstance(vault, str) and name else None


def _asset(value: Any, asset: str) -> str | None:
    """A model that a deployment names by id, or by name and version inside its workspace."""
    text = value if isinstance(value, str) else read(value, "/assetId") or read(value, "/path")
    return _of_workspace(text, asset, "models")


def _of_workspace(text: Any, asset: str, folder: str) -> str | None:
    if not isinstance(text, str):
        return None
    if long := _LONG.match(text):
        return clean("/" + long["id"].lstrip("/"))
    if text.startswith("azureml://registries/"):
        return text
    if text.startswith("/"):
        return clean(text)
    workspace = ancestor(asset, _WORKSPACE)
    short = _SHORT.match(text)
    return f"{workspace}/{folder}/{short['name']}" if short and workspace else None


def data(value: Any, asset: str) -> str | None:
    """What a data address names: a datastore, a data asset, or a container (see BLOB)."""
    if not isinstance(value, str):
        return None
    workspace = ancestor(asset, _WORKSPACE)
    if (short := _DATASTORE.search(value)) and workspace:
        return f"{workspace}/datastores/{short['name']}"
    if long := _LONG.match(value):
        text = clean("/" + long["id"].lstrip("/"))
        inside = _IN_LONG.match(text)
        return inside["id"] if inside else text
    if found := _BLOB.match(value):
        account, container = (
            found["account"] or found["account2"],
            found["container"] or found["container2"],
        )
        return f"{BLOB}{account.lower()}/{container}"
    return _of_workspace(value.replace("azureml:data:", "azureml:"), asset, "data")


def _job(value: Any, asset: str) -> str | None:
    workspace = ancestor(asset, _WORKSPACE)
    return f"{workspace}/jobs/{value}" if workspace and isinstance(value, str) else None


def _job_identity(value: Any, asset: str) -> str | None:
    return _id(read(value, "/resourceId"), asset) or _id(read(value, "/objectId"), asset)


def _rule(item: Any) -> dict[str, Any]:
    """A security rule of a network security group, ports and sources always as lists."""
    found = {
        name: read(item, f"/properties/{name}")
        for name in ("priority", "access", "protocol", "direction")
    }
    for name in ("sourceAddressPrefix", "destinationAddressPrefix", "destinationPortRange"):
        plural = "destinationPortRanges" if "Port" in name else f"{name}es"
        single, several = read(item, f"/properties/{name}"), read(item, f"/properties/{plural}")
        found[name] = [*(several or ()), *([single] if single else ())]
    groups = read(item, "/properties/sourceApplicationSecurityGroups")
    return {"name": read(item, "/name"), "groups": bool(groups), **found}


def _rules(direction: str) -> Convert:
    def rules(value: Any, _: str) -> list[dict[str, Any]]:
        items = [_rule(item) for _, item in each(value, "/*")]
        wanted = [r for r in items if str(r["direction"]).lower() == direction]
        return sorted(wanted, key=lambda r: (r["priority"] or 0, str(r["name"])))

    return rules


def _is_approved(item: Any) -> bool:
    """Whether a private connection works; a state that is not told is not held against it."""
    state = read(item, "/properties/privateLinkServiceConnectionState/status")
    return str(state or "Approved").lower() == "approved"


def _approved(value: Any, asset: str) -> list[str]:
    """The private endpoint of an approved connection of a service."""
    found = _id(read(value, "/properties/privateEndpoint/id"), asset)
    return [found] if found and _is_approved(value) else []


def _approved_link(value: Any, asset: str) -> str | None:
    """What an approved connection of a private endpoint leads to."""
    found = _id(read(value, "/properties/privateLinkServiceId"), asset)
    return found if _is_approved(value) else None


def _restrictions(value: Any, _: str) -> list[str]:
    """The addresses that an app lets in; none where it only shuts some out."""
    allowed = [i for _, i in each(value, "/*") if str(read(i, "/action") or "Allow") == "Allow"]
    return [str(read(item, "/ipAddress") or read(item, "/tag") or "") for item in allowed]


def _filters(value: Any, _: str) -> list[str]:
    """Content filters as `name source threshold`, those that are off or do not block told so."""
    return sorted(
        " ".join(
            [
                str(read(item, "/name")),
                str(read(item, "/source") or "-"),
                str(read(item, "/severityThreshold") or "-"),
                "blocking"
                if read(item, "/blocking") and read(item, "/enabled") is not False
                else "off",
            ]
        )
        for _, item in each(value, "/*")
    )


def _jailbreak(value: Any, _: str) -> str:
    found = [i for _, i in each(value, "/*") if str(read(i, "/name")).lower() == "jailbreak"]
    blocking = any(read(i, "/blocking") and read(i, "/enabled") is not False for i in found)
    return "BLOCKING" if blocking else "NONE"


def _access_policies(value: Any, _: str) -> list[dict[str, Any]]:
    return [
        {
            "object_id": str(read(item, "/objectId") or "").lower(),
            "secrets": read(item, "/permissions/secrets") or [],
            "keys": read(item, "/permissions/keys") or [],
            "certificates": read(item, "/permissions/certificates") or [],
        }
        for _, item in each(value, "/*")
    ]


CONVERSIONS: Mapping[str, Convert] = {
    "id": _id, "ids": _ids, "list": _list, "given": _given, "not": _not, "names": _names,
    "text": _text, "plain": _plain, "parent": _parent, "scope": _scope, "one": _one, "model": _model,
    "filter": _filter, "deployment": _deployment, "connected": _connected, "vault_key": _vault_key,
    "asset": _asset, "data": data, "job": _job, "job_identity": _job_identity,
    "inbound": _rules("inbound"), "outbound": _rules("outbound"), "filters": _filters,
    "jailbreak": _jailbreak, "access_policies": _access_policies, "approved": _approved,
    "approved_link": _approved_link, "restrictions": _restrictions,
}  # fmt: skip
