"""Azure resource ids: taken apart, put into one spelling, asked for their type, parents and owners.

Azure compares ids without case; exports spell one id in several ways. Functions here accept any spelling.
"""

import re
from functools import lru_cache

_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]+)", re.IGNORECASE)
_GROUP = re.compile(r"^/subscriptions/[^/]+/resourcegroups/[^/]+", re.IGNORECASE)
_VERSION = re.compile(
    r"(/workspaces/[^/]+/(?:models|data|environments|components)/[^/]+)/versions/[^/]+$",
    re.IGNORECASE,
)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WORDS = {
    "subscriptions": "subscriptions",
    "resourcegroups": "resourceGroups",
    "providers": "providers",
}
SUBSCRIPTION, GROUP = "microsoft.resources/subscriptions", "microsoft.resources/resourcegroups"


def is_guid(text: object) -> bool:
    """Whether a value is an object id of Entra or the like."""
    return isinstance(text, str) and bool(_GUID.fullmatch(text))


def guids(text: str) -> list[str]:
    """Every object id in a text, such as a file's name."""
    return [found.lower() for found in _GUID.findall(text)]


@lru_cache(maxsize=100_000)
def clean(text: str) -> str:
    """An id without slash at its end, its fixed words in Azure's spelling; an object id in lower case."""
    if _GUID.fullmatch(text):
        return text.lower()
    parts = text.rstrip("/").split("/")
    for position in range(1, len(parts), 2):
        parts[position] = _WORDS.get(parts[position].lower(), parts[position])
    if len(parts) > 2 and parts[1] == "subscriptions":  # noqa: PLR2004 - /subscriptions/<id>
        parts[2] = parts[2].lower()
    return _VERSION.sub(r"\1", "/".join(parts)) or "/"


def subscription(text: str) -> str:
    """The subscription of an id, or ""."""
    found = _SUBSCRIPTION.match(text)
    return found[1].lower() if found else ""


def group(text: str) -> str:
    """The id of the resource group of an id, or ""."""
    found = _GROUP.match(text)
    return clean(found[0]) if found else ""


@lru_cache(maxsize=100_000)
def type_of(text: str) -> str:
    """The resource type that an id names, in lower case; "" if it names none."""
    parts = text.strip("/").lower().split("/")
    if "providers" in parts:
        start = len(parts) - 1 - parts[::-1].index("providers")
        rest = parts[start + 1 :]
        return "/".join([rest[0], *rest[1::2]]) if len(rest) > 1 else ""
    if len(parts) == 2 and parts[0] == "subscriptions":  # noqa: PLR2004 - a subscription
        return SUBSCRIPTION
    if len(parts) == 4 and parts[2] == "resourcegroups":  # noqa: PLR2004 - a resource group
        return GROUP
    return ""


def parent(text: str) -> str:
    """The resource that a nested or extension resource belongs to, or "" for one that lies in a group."""
    parts = text.split("/")
    if "providers" not in parts:
        return ""
    start = len(parts) - 1 - parts[::-1].index("providers")
    inner = parts[start + 2 :]
    if len(inner) > 2:  # noqa: PLR2004 - type and name are the resource itself
        return "/".join(parts[:-2])
    above = "/".join(parts[:start])
    return above if "providers" in above.split("/") else ""


def ancestor(text: str, resource_type: str) -> str:
    """The id up to and with the name of a type, such as the workspace of a job; "" if there is none."""
    while text and type_of(text) != resource_type.lower():
        text = parent(text)
    return text


def last(text: str) -> str:
    """The name at the end of an id."""
    return text.rstrip("/").rpartition("/")[2]
