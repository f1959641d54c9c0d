"""Google Cloud names: full resource names put into one spelling, taken apart; members as policies spell them.

A full resource name is `//service/relative/name`. Answers hold it, a relative name (`projects/1/locations/l/models/7`) or
the address of the resource (`selfLink`); functions here accept all three.
"""

import re
from functools import lru_cache

from graph.schema import load_schema

RESOURCE_MANAGER = "//cloudresourcemanager.googleapis.com/"
PROJECT = f"{RESOURCE_MANAGER}projects/"
_PROJECT = re.compile(r"^//[^/]+/projects/([^/]+)")
_NUMBER = re.compile(r"^(//[^/]+/projects/)(\d+)(?=/|$)")
_LOCATION = re.compile(r"/(?:locations|regions|zones)/([^/]+)")
_ZONE = re.compile(r"^([a-z]+-[a-z]+\d+)-[a-z]$")
_ABOVE = re.compile(r"^//[^/]+/((?:organizations|folders)/\d+)/")
_ADDRESS = re.compile(r"^https?://(?P<host>[^/]+)/(?P<rest>.+)$")
_VERSION = re.compile(
    r"^(?:(?:compute|storage|bigquery|sql)/)?(?:v\d+\w*|alpha|beta|projects(?=/))(?:/|$)"
)
_BUCKETS = ("//storage.googleapis.com/projects/_/buckets/", "//storage.googleapis.com/b/")
_ACCOUNT = re.compile(r"/serviceAccounts/([^/@]+@[^/]+)$")
_OF_ACCOUNT = re.compile(r"^[^@]+@([^.]+(?:\.[^.]+)*)\.iam\.gserviceaccount\.com$")
_APPSPOT = re.compile(r"^([^@]+)@appspot\.gserviceaccount\.com$")
_DEFAULT = re.compile(
    r"^(\d+)-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$"
)
_AGENT_NUMBER = re.compile(r"^(?:service-)?(?:[a-z]+-)?(\d+)@")
_AT_LEAST = 2
ALONE = ("allUsers", "allAuthenticatedUsers")
_SERVICE_ACCOUNT = "serviceAccount:"


def is_member(text: object) -> bool:
    """Whether a text is somebody whom a policy may name."""
    return isinstance(text, str) and (
        text in ALONE or text.partition(":")[0] in _MEMBERS or text.startswith("principal")
    )


_MEMBERS = {
    "user", "group", "domain", "serviceAccount", "projectOwner", "projectEditor", "projectViewer",
}  # fmt: skip


def account_member(text: str) -> str:
    """The member of a service account, from its e-mail, its name or the member itself."""
    text = text.rstrip("/").rpartition("/serviceAccounts/")[2].removeprefix(_SERVICE_ACCOUNT)
    return f"{_SERVICE_ACCOUNT}{text.lower() if '[' not in text else text}"


def member(text: str) -> str:
    """A member in one spelling: e-mails compare without case."""
    sort, colon, name = text.partition(":")
    if sort in {"user", "group", "domain", "serviceAccount"} and "[" not in name:
        return f"{sort}{colon}{name.lower()}"
    return text


def is_default(email: str) -> bool:
    """Whether an e-mail is that of a default service account (Compute Engine, App Engine)."""
    return bool(_DEFAULT.search(email))


def agent_number(email: str) -> str:
    """The number of the project for which a service agent works, or ""."""
    found = _AGENT_NUMBER.match(email)
    return found[1] if found else ""


def full(service: str, name: str) -> str:
    """The full resource name of a relative one, an address or a full one; `service` is its API's host."""
    if name.startswith("//"):
        return clean(name)
    if found := _ADDRESS.match(name):
        rest = found["rest"]
        while shorter := _VERSION.match(rest):
            if rest.startswith("projects/"):
                break
            rest = rest[shorter.end() :]
        return clean(f"//{service}/{rest}")
    return clean(f"//{service}/{name.lstrip('/')}")


@lru_cache(maxsize=200_000)
def clean(name: str) -> str:
    """A full resource name in one spelling: buckets without projects/_, service accounts as members."""
    for prefix in _BUCKETS:
        if name.startswith(prefix):
            return f"//storage.googleapis.com/{name.removeprefix(prefix).split('/')[0]}"
    if found := _ACCOUNT.search(name):
        return account_member(found[1])
    return name.rstrip("/")


def project(name: str) -> str:
    """The project in an id: its id or number as it stands there, "" for what belongs to none."""
    if name.startswith(_SERVICE_ACCOUNT):
        return project_of_account(name.removeprefix(_SERVICE_ACCOUNT))
    found = _PROJECT.match(name)
    return found[1] if found and found[1] != "_" else ""


def project_of_account(email: str) -> str:
    """The project that a service account's e-mail tells: an id, for Compute's default a number, or ""."""
    if found := _DEFAULT.match(email):
        return found[1] or email.partition("@")[0]
    if found := _APPSPOT.match(email):
        return found[1]
    found = _OF_ACCOUNT.match(email)
    if not found or found[1].startswith("gcp-sa-") or email.startswith("service-"):
        return ""
    name, _, domain = found[1].partition(".")
    return f"{domain}:{name}" if domain else name


def numbered(name: str) -> str:
    """The project's number where an id has it instead of its id, or ""."""
    found = _NUMBER.match(name)
    return found[2] if found else ""


def with_project(name: str, project_id: str) -> str:
    """The id with the project's id for its number."""
    found = _NUMBER.match(name)
    return f"{found[1]}{project_id}{name[found.end() :]}" if found else name


def region(name: str, location: object = "") -> str:
    """The region of an id or of what an answer calls its location; a zone counts to its region, global is ""."""
    found = _LOCATION.search(name) if name.startswith("//") else None
    text = found[1] if found else (str(location).lower() if location else "")
    zone = _ZONE.match(text)
    return zone[1] if zone else ("" if text in {"global", "-"} else text)


def place(name: str) -> str:
    """`projects/P/locations/L` of an id, "" where it has none."""
    parts = name.removeprefix("//").split("/")[1:]
    if len(parts) > 3 and parts[0] == "projects" and parts[2] == "locations":  # noqa: PLR2004 - two pairs
        return "/".join(parts[:4])
    return ""


def parent(name: str) -> str:
    """The id without its last collection and name."""
    parts = name.split("/")
    return "/".join(parts[:-_AT_LEAST])


def above(name: str) -> str:
    """The organisation or folder that an id begins with, as an id, or ""."""
    found = _ABOVE.match(name)
    return RESOURCE_MANAGER + found[1] if found else ""


def service(kind: str) -> str:
    """The API's host of a kind."""
    return kind.partition("/")[0]


def last(name: str) -> str:
    """What stands at the end of an id: the resource's own name, a member without its sort."""
    if is_member(name):
        return name if name.startswith("principal") else name.partition(":")[2] or name
    return name.rstrip("/").rpartition("/")[2]


@lru_cache(maxsize=200_000)
def kind_of(name: str) -> str | None:
    """The kind that an id tells of itself."""
    return load_schema().kind_of_id(name)


def container(relative: str) -> str:
    """The id of `projects/P`, `folders/1` or `organizations/1`."""
    return RESOURCE_MANAGER + relative.removeprefix(RESOURCE_MANAGER).strip("/")
