"""Where things lie: a full resource name, what holds policies above it up to the organisation, and what is not known of that."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from graph.estate import Estate
from graph.model import Asset, CoverageState, Scope

MANAGER = "//cloudresourcemanager.googleapis.com"
PROJECT, FOLDER, ORGANIZATION = (
    f"cloudresourcemanager.googleapis.com/{name}" for name in ("Project", "Folder", "Organization")
)
_TAGS = "gcp:cloudresourcemanager.googleapis.com/TagBinding"
POLICIES = "gcp:iam.googleapis.com/AllowPolicy"
_SCOPE = re.compile(r"//[^/]+/(projects|folders|organizations)/[^/]+")
_SCOPES = {PROJECT, FOLDER, ORGANIZATION}
_IN_PROJECT = re.compile(r"(//[^/]+/)projects/([^/]+)(/.*)?", re.DOTALL)
_IN_SCOPE = re.compile(r"//[^/]+/((?:folders|organizations)/[^/]+)/.+", re.DOTALL)
_BUCKET = re.compile(r"//storage\.googleapis\.com/(?:projects/_/buckets/)?([^/]+)(/.*)?", re.DOTALL)
_ACCOUNT = re.compile(r"//iam\.googleapis\.com/projects/[^/]+/serviceAccounts/([^/]+)")
_ACCOUNTS = "//iam.googleapis.com/projects/-/serviceAccounts/"
_EMAIL = re.compile(r"[^@]+@([a-z0-9-]+)(?:\.([a-z0-9-]+\.[a-z]+))?\.iam\.gserviceaccount\.com")
_NUMBERED = re.compile(
    r"(\d+)-compute@developer\.gserviceaccount\.com|service-(\d+)@.*|(\d+)@cloudservices\..*"
)
_APPSPOT = re.compile(r"(.+)@appspot\.gserviceaccount\.com")


@dataclass(frozen=True, slots=True)
class Tags:
    """Namespaced key -> value; `whole`: what is not there is known not to be."""

    found: Mapping[str, str]
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A resource and everything above it that may carry policies, nearest first.

    `gaps`: why something above may be missing; `unread`: what is there and whose allow policy nobody read.
    """

    resource: str  # its canonical name
    holders: tuple[str, ...]  # ids of assets
    project: str = ""  # id of the project's asset
    gaps: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def project_of_email(email: str) -> str:
    """The project's id or number in a service account's address; "" where it tells none."""
    if found := _NUMBERED.fullmatch(email):
        return found[1] or found[2] or found[3]
    found = _EMAIL.fullmatch(email) or _APPSPOT.fullmatch(email)
    if not found:
        return ""
    domain = found[2] if found.re is _EMAIL else ""
    return f"{domain}:{found[1]}" if domain else found[1]


class Places:
    """The hierarchy of an estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._tokens: dict[str, str] = {}  # number or id of a project -> the asset's id
        for asset in estate.of_label("Account"):
            if asset.kind == PROJECT:
                self._tokens[asset.id.rpartition("/")[2]] = asset.id
                if number := asset.properties.get("number"):
                    self._tokens[str(number)] = asset.id
        self._emails = dict(self._unique())  # address by number
        self._by_name = dict(self._names())
        self._lines: dict[str, Line] = {}

    def _names(self) -> Iterator[tuple[str, str]]:
        for asset in self.estate.assets.values():
            if asset.id.startswith("//"):
                yield self.canonical(asset.id), asset.id
            elif asset.id.startswith("serviceAccount:"):
                yield self.canonical(_ACCOUNTS + asset.id.partition(":")[2]), asset.id

    def _unique(self) -> Iterator[tuple[str, str]]:
        """Service accounts are resources by address and by number."""
        for asset in self.estate.assets.values():
            if asset.id.startswith("serviceAccount:") and asset.properties.get("unique_id"):
                yield str(asset.properties["unique_id"]), asset.id.partition(":")[2]

    def canonical(self, name: str) -> str:
        """One spelling for one thing: the project's own id, buckets without their prefix, accounts by address."""
        if found := _BUCKET.fullmatch(name):
            return f"//storage.googleapis.com/{found[1]}{found[2] or ''}"
        if found := _ACCOUNT.fullmatch(name):
            return f"{_ACCOUNTS}{self._emails.get(found[1], found[1].lower())}"
        found = _IN_PROJECT.fullmatch(name)
        if not found:
            return name
        token = self._tokens.get(found[2], "").rpartition("/")[2] or found[2]
        return f"{found[1]}projects/{token}{found[3] or ''}"

    def asset(self, name: str) -> Asset | None:
        """The asset of a resource name, however it is spelled."""
        found = self._by_name.get(self.canonical(name))
        return self.estate.assets[found] if found else self.estate.assets.get(name)

    def number(self, project: str) -> str:
        """A project's number, "" if nobody told."""
        asset = self.estate.assets.get(project)
        token = project.rpartition("/")[2]
        number = str(asset.properties.get("number") or "") if asset else ""
        return number or (token if token.isdigit() else "")

    def project_asset(self, token: str) -> str:
        """The id of a project's asset for its id or number; a name of the same form where there is none."""
        return self._tokens.get(token, f"{MANAGER}/projects/{token}")

    # --- lines

    def line(self, resource: str) -> Line:
        """The line of a resource, remembered."""
        name = self.canonical(resource)
        if name not in self._lines:
            self._lines[name] = self._line(name)
        return self._lines[name]

    def _line(self, name: str) -> Line:
        own = tuple(self._own(name))
        project, gaps = self._project(name, own)
        above = tuple(self._above(project)) if project else ()
        if name.startswith(f"{MANAGER}/"):
            start = self._by_name.get(name, name)
            own, above = (), (start, *self._above(start))
            project = start if "/projects/" in start else ""
        holders = tuple(dict.fromkeys((*own, *((project,) if project else ()), *above)))
        if project and not above and (gap := self._parent_gap(project)):
            gaps = (*gaps, gap)
        unread = tuple(self._unread(name, holders, project))
        return Line(resource=name, holders=holders, project=project, gaps=gaps, unread=unread)

    def _own(self, name: str) -> Iterator[str]:
        """The resource and what it is part of, as far as the estate holds it."""
        least = name.find("/", 2) + 1
        while len(name) > least and not _SCOPE.fullmatch(name):
            if name in self._by_name:
                yield self._by_name[name]
            name = name.rpartition("/")[0]

    def _project(self, name: str, own: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        found = _IN_PROJECT.fullmatch(name)
        account = _ACCOUNT.fullmatch(name)
        named = project_of_email(account[1]) if account and "@" in account[1] else ""
        named = named or (found[2] if found else "")
        if named:
            return self.project_asset(named), ()
        for holder in own:
            for edge in self.estate.incoming.get(holder, ()):
                if edge.kind == "CONTAINS" and self.estate.assets[edge.source].kind in _SCOPES:
                    return edge.source, ()
        if found := _IN_SCOPE.fullmatch(name):
            return f"{MANAGER}/{found[1]}", ()
        return "", () if name.startswith(f"{MANAGER}/") else (f"the project of {name}",)

    def _above(self, start: str) -> Iterator[str]:
        """Folders and the organisation, upwards."""
        seen = {start}
        node = start
        while True:
            parents = [
                edge.source
                for edge in self.estate.incoming.get(node, ())
                if edge.kind == "CONTAINS" and self.estate.assets[edge.source].kind in _SCOPES
            ]
            if not parents or parents[0] in seen:
                return
            node = parents[0]
            seen.add(node)
            yield node

    def _parent_gap(self, project: str) -> str:
        """Why folders above a project may exist that nobody told; "" if the project was read with its parents."""
        if "/organizations/" in project:
            return ""
        scope = Scope(provider="gcp", account=project.rpartition("/")[2])
        gap = self.estate.coverage.gap(f"gcp:{PROJECT}", scope)
        return f"the folders and the organisation above {project.rpartition('/')[2]}" if gap else ""

    def _unread(self, name: str, holders: tuple[str, ...], project: str) -> Iterator[str]:
        """Whose allow policies were not read. A part, such as an object, has none of its own."""
        for position, holder in enumerate(holders):
            asset = self.estate.assets.get(holder)
            if asset is not None and "iam_policy" in asset.properties:
                continue
            if asset is not None and asset.kind in _SCOPES and asset.kind != PROJECT:
                read = self._scope_read(asset, holders[position + 1 :])
            else:
                read = self._read_whole(project)
            if not read:
                yield f"the allow policy of {holder}"
        is_part = "/objects/" in name or name in self._by_name or name.startswith(f"{MANAGER}/")
        if not is_part and not self._read_whole(project):
            yield f"the allow policy of {name}"

    def is_unread(self, project: str) -> bool:
        """Whether nobody read the allow policy of a project."""
        asset = self.estate.assets.get(project)
        there = asset is not None and "iam_policy" in asset.properties
        return not there and (asset is None or not self._read_whole(project))

    def _scope_read(self, scope: Asset, above: tuple[str, ...]) -> bool:
        """A list of everything below a folder does not tell the policies above it: only what it describes was asked."""
        if not self._read_whole(""):
            return False
        if scope.properties.get("described") is not False:
            return True
        return any("iam_policy" in self.estate.assets[one].properties for one in above)

    def _read_whole(self, project: str) -> bool:
        """Whether every allow policy of a project was read, under its id or its number; "" asks for every project."""
        names = {"", project.rpartition("/")[2], self.number(project) if project else ""}
        return bool(names & self._whole)

    @cached_property
    def _whole(self) -> frozenset[str]:
        """Accounts of which all allow policies were read; a list with parameters is of one thing alone."""
        return frozenset(
            entry.scope.account
            for entry in self.estate.coverage
            if entry.operation == POLICIES
            and not entry.params
            and entry.state is CoverageState.COMPLETE
        )

    def tags(self, line: Line) -> Tags:
        """Resource tags in force: those of the nearest thing win over what it inherits."""
        found: dict[str, str] = {}
        whole = self.estate.coverage.gap(_TAGS, Scope(provider="gcp")) is None
        for holder in reversed(line.holders):
            asset = self.estate.assets.get(holder)
            if asset is not None and "resource_tags" in asset.properties:
                found |= dict(asset.properties["resource_tags"] or {})
                whole = whole or holder == line.holders[0]
        return Tags(found, whole)
