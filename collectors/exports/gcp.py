"""Google Cloud exports by their content: Asset Inventory, its searches, get-iam-policy, lists of gcloud and of the APIs."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.exports import gcp_shapes as shapes
from collectors.exports.draft import Draft
from collectors.exports.places import Place
from collectors.gcp import names
from collectors.gcp.item import read, text
from graph.model import CoverageState, ImportFileError

CHUNK = 500  # items of one record, so that none grows large
_CUT = "the list was saved before its last page"
_SCOPE = re.compile(r"(?:^|[-_. /])(?P<sort>organization|folder|project)s?[-_. /]", re.IGNORECASE)
_NOISE = re.compile(
    r"(?:^|[-_. ])(?:gcloud|get[-_]iam[-_]policy|iam[-_]policy|get[-_]iam|iam|policy|policies|json|gz|beta|alpha|exports?|exported|outputs?|results?|dump|bindings|describe|list)(?=[-_. ]|$)",
    re.IGNORECASE,
)
_PROJECT = re.compile(r"(?:[a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$")
_NUMBER = re.compile(r"\d{6,}$")
_EMAIL = re.compile(r"[a-z0-9-]+@[a-z0-9.-]+gserviceaccount\.com")
_BUCKET = re.compile(r"(?:^|[-_. ])buckets?[-_. ]", re.IGNORECASE)
_COMMAND = re.compile(r"(?i)(?:gcloud|identity|groups|memberships|list)[-_ ]")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.(?!json)[\w-]+)+")
_PAGES = ("nextPageToken", "next_page_token")
Items = list[Mapping[str, Any]]


def drafts(value: Any, label: str, parts: tuple[str, ...]) -> Iterator[Draft] | None:
    """The drafts of a file that Google's tools wrote, or None if it is not one."""
    if shapes.is_policy(value):
        return iter([_policy(value, label, parts)])
    items, cut = _items(value)
    if items is None:
        return None
    if not items:
        kind = shapes.named(parts)
        return _of_kind(kind, [], parts, cut=cut, shallow="") if kind else None
    if all(map(shapes.is_envelope, items)):
        return _inventory(items, parts, cut=cut)
    kinds = {shapes.item_type(item) for item in items}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return _of_kind(kind, items, parts, cut=cut, shallow=_thin(kind, items)) if kind else None


def _items(value: Any) -> tuple[Items | None, bool]:
    """(the items, whether more followed), or no items where there is no list of objects."""
    if isinstance(value, list):
        return _maps(value), False
    if not isinstance(value, Mapping):
        return None, False
    if shapes.is_envelope(value) or shapes.item_type(value):
        return [value], False
    cut = any(value.get(name) for name in _PAGES)
    lists = [one for name, one in value.items() if isinstance(one, list) and name != "unreachable"]
    others = (
        set(value)
        - set(_PAGES)
        - {"kind", "id", "selfLink", "etag", "unreachable", "totalSize", "readTime"}
    )
    if len(lists) == 1 and len(others) == 1 and (found := _maps(lists[0])):
        known = all(map(shapes.is_envelope, found)) or all(map(shapes.item_type, found))
        return (found, cut or bool(value.get("unreachable"))) if known else (None, False)
    return None, False


def _maps(value: Sequence[Any]) -> Items | None:
    return list(value) if all(isinstance(item, Mapping) for item in value) else None


def _thin(kind: str, items: Items) -> str:
    """Why a list of an API tells less than its items hold: lists of roles and deny policies leave out the heart."""
    missing = {
        "iam.googleapis.com/Role": "includedPermissions",
        "iam.googleapis.com/DenyPolicy": "rules",
    }
    name = missing.get(kind)
    thin = name and not any(read(item, f"/{name}") for item in items)
    return f"the list leaves out {name}; describe each of them" if thin else ""


def _inventory(items: Items, parts: tuple[str, ...], *, cut: bool) -> Iterator[Draft]:
    """Assets by the list that their contents belong to."""
    found: dict[str, Items] = defaultdict(list)
    shallow: dict[str, str] = {}
    for item in items:
        for content in shapes.contents(item):
            found[content.kind].append(content.item)
            if content.shallow:
                shallow[content.kind] = content.shallow
    account = one_project(items)
    for kind, listed in found.items():
        yield from _of_kind(
            kind, listed, parts, cut=cut, shallow=shallow.get(kind, ""), account=account
        )


def _of_kind(
    kind: str,
    items: Items,
    parts: tuple[str, ...],
    *,
    cut: bool,
    shallow: str,
    account: str | None = None,
) -> Iterator[Draft]:
    place = Place(account=_account(kind, items) if account is None else account)
    params = _asked(kind, parts)
    for start in range(0, max(len(items), 1), CHUNK):
        yield Draft(
            source="gcp-export",
            operation=f"gcp:{kind}",
            provider="gcp",
            regional=False,
            folder=("gcp", *parts[:-1]),
            named=Place(),
            told=place,
            params=params,
            body={"items": items[start : start + CHUNK]},
            state=CoverageState.PARTIAL if cut or shallow else CoverageState.COMPLETE,
            reason=_CUT if cut else shallow,
            of_type=not params,
        )


def _asked(kind: str, parts: tuple[str, ...]) -> dict[str, str]:
    """What a list was asked about, where only the file's name tells: the group of its members, the parent of sinks."""
    if kind == "cloudidentity.googleapis.com/Membership":
        found = _ADDRESS.search(_COMMAND.sub("", parts[-1]))
        return {"group": found[0].lower()} if found else {}
    if kind.startswith("logging.googleapis.com/"):
        scope = _scope_name(parts, ("logging", "sinks", "sink", "list"))
        return {"parent": scope} if scope else {}
    return {}


def _account(kind: str, items: Items) -> str:
    """The one project that a list is of, or ""."""
    if kind.startswith(("cloudresourcemanager", "cloudidentity", "accesscontextmanager")):
        return ""
    return one_project(items)


def one_project(items: Sequence[Mapping[str, Any]]) -> str:
    """The project that all items are of: by id where one tells it, else by number."""
    said = {project_of(item) for item in items}
    ids = {text_ for text_ in said if text_ and not text_.isdigit()}
    numbers = {text_ for text_ in said if text_.isdigit()}
    if len(ids) > 1 or len(numbers) > 1 or "" in said:
        return ""
    return next(iter(ids or numbers), "")


def project_of(item: Mapping[str, Any]) -> str:
    """The project that an item names: in its envelope, its name or its address."""
    name = text(item, "/name", "/resource")
    if name.startswith("//") and (found := names.project(name)):
        return found
    chain = read(item, "/ancestors")
    said = str(chain[0]) if isinstance(chain, list) and chain else text(item, "/project")
    if said.startswith("projects/"):
        return said.removeprefix("projects/")
    for place in (name, text(item, "/selfLink"), text(item, "/projectId")):
        if match := re.search(r"(?:^|/)projects/([^/_]+)/", place):
            return match[1]
    reference = text(item, "/datasetReference/projectId", "/tableReference/projectId", "/projectId")
    return reference or str(read(item, "/projectNumber") or "")


def _policy(value: Mapping[str, Any], label: str, parts: tuple[str, ...]) -> Draft:
    """What `get-iam-policy` printed; it does not say of what, so the file's name must."""
    resource = _policy_of(parts)
    if not resource:
        raise ImportFileError(
            f"{label}: a policy of Google Cloud that does not say of what; name the file after it, such as"
            " my-project.iam.json, organization_123456789012.iam.json or buckets_my-bucket.iam.json"
        )
    return Draft(
        source="gcloud",
        operation=f"gcp:{shapes.ALLOW}",
        provider="gcp",
        regional=False,
        folder=("gcp", *parts[:-1]),
        named=Place(),
        told=Place(account=names.project(resource)),
        params={"resource": resource},
        body={"items": [value]},
    )


def _policy_of(parts: tuple[str, ...]) -> str:
    """The full resource name of what a policy's file is named after."""
    name = parts[-1]
    if found := _EMAIL.search(name.lower()):
        return names.account_member(found[0])
    if _BUCKET.search(name):
        stem = _NOISE.sub(" ", re.sub(r"(?i)(?:^|[-_. ])(?:storage|buckets?)(?=[-_. ])", " ", name))
        return f"//storage.googleapis.com/{stem.strip(' -_.')}" if stem.strip(" -_.") else ""
    scope = _scope_name(parts, ())
    return names.container(scope) if scope else ""


def _scope_name(parts: tuple[str, ...], noise: Sequence[str]) -> str:
    """`projects/P`, `folders/1` or `organizations/1` that a file is named after, or a folder that says which it is."""
    for depth, part in enumerate(reversed(parts)):
        stem = part
        for word in noise:
            stem = re.sub(rf"(?:^|[-_. ]){word}(?=[-_. ]|$)", " ", stem)
        sort = _SCOPE.search(stem) or _SCOPE.search(f"{_upper(parts, depth)} ")
        words = _NOISE.sub(" ", _SCOPE.sub(" ", stem)).strip(" -_.").split()
        name = words[0] if len(words) == 1 else ""
        if sort and _NUMBER.match(name):
            return f"{sort['sort'].lower()}s/{name}"
        if _PROJECT.match(name) and (depth == 0 or (sort and sort["sort"].lower() == "project")):
            return f"projects/{name}"
    return ""


def _upper(parts: tuple[str, ...], depth: int) -> str:
    """The folder above one of the parts, counted from the file."""
    return parts[-depth - 2] if depth + 1 < len(parts) else ""
