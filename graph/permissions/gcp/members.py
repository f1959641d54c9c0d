"""Who is meant: members of allow policies and principals of deny policies in one spelling, and whether one is the caller.

Source: Google Cloud, principal identifiers. Members of a group that nobody read leave it open whether the caller is one.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from graph.estate import Estate
from graph.model import Asset, Evidence
from graph.permissions.gcp.places import MANAGER, Places, project_of_email
from graph.permissions.truth import NO, YES, Truth

EVERYBODY, SIGNED_IN = "allUsers", "allAuthenticatedUsers"
_MAILED = ("user:", "group:", "serviceAccount:", "domain:")
_GOOGLE = (
    (re.compile(r"principal://goog/subject/(.+)"), "user:{0}"),
    (re.compile(r"principalSet://goog/group/(.+)"), "group:{0}"),
    (re.compile(r"principalSet://goog/public:all"), EVERYBODY),
    (
        re.compile(r"principal://iam\.googleapis\.com/projects/[^/]+/serviceAccounts/(.+)"),
        "serviceAccount:{0}",
    ),
    (
        re.compile(r"//iam\.googleapis\.com/projects/[^/]+/serviceAccounts/(.+@.+)"),
        "serviceAccount:{0}",
    ),
)
_CLUSTER = re.compile(r"serviceAccount:([^\[]+)\.svc\.id\.goog\[([^/\]]+)/([^\]]+)\]")
_POOL = re.compile(
    r"principal(?:Set)?://(iam\.googleapis\.com/(?:projects/[^/]+/)?locations/[^/]+/work(?:load|force)[A-Za-z]*Pools/[^/]+)(/.*)?"
)
_OF_SCOPE = re.compile(
    r"principalSet://cloudresourcemanager\.googleapis\.com/((?:projects|folders|organizations)/[^/]+)(?:/type/(\w+))?"
)
_OWNERS = re.compile(r"project(Owner|Editor|Viewer):(.+)")
_CUSTOMER = "principalSet://goog/cloudIdentityCustomerId/"
_ATTRIBUTE = re.compile(r"/(attribute\.[^/]+)/(.+)")
_REPOSITORY = re.compile(r"repo:(([^/:]+)/[^:]+):")
_GITHUB = "token.actions.githubusercontent.com"
_PUBLIC_MAIL = ("@gmail.com", "@googlemail.com")


@lru_cache(maxsize=100_000)
def spelled(member: str) -> str:
    """One spelling for one member: that of allow policies, addresses in lower case."""
    for pattern, form in _GOOGLE:
        if found := pattern.fullmatch(member):
            member = form.format(*found.groups())
    if found := _CLUSTER.fullmatch(member):
        pool = f"{found[1]}.svc.id.goog"
        return f"principal://cluster/{pool}/subject/ns/{found[2]}/sa/{found[3]}"
    if found := re.fullmatch(
        r"principal://iam\.googleapis\.com/.+/workloadIdentityPools/([^/]+\.svc\.id\.goog)(/.+)",
        member,
    ):
        return f"principal://cluster/{found[1]}{found[2]}"
    kind, _, address = member.partition(":")
    return f"{kind}:{address.lower()}" if f"{kind}:" in _MAILED else member


def is_deleted(member: str) -> bool:
    """Members that were deleted keep their place in policies and count for nobody."""
    return member.startswith("deleted:")


@dataclass(frozen=True, slots=True)
class Acting:
    """A principal in its one spelling, and all groups and sets that it is known to be in, with the proof."""

    principal: str
    groups: Mapping[str, tuple[Evidence, ...]]

    @property
    def kind(self) -> str:
        """user, serviceAccount, group, principal, allUsers, ..."""
        return self.principal.partition(":")[0]

    def proof(self, member: str) -> tuple[Evidence, ...]:
        """The memberships through which a member stands for it; none if it is named itself."""
        return self.groups.get(spelled(member), ())


class Members:
    """Membership in an estate, transitive."""

    def __init__(self, estate: Estate, places: Places) -> None:
        self.estate = estate
        self.places = places
        self._ids = {spelled(asset_id): asset_id for asset_id in estate.assets if ":" in asset_id}
        self._acting: dict[str, Acting] = {}
        self._unread: dict[str, str] = {}

    def id_of(self, member: str) -> str:
        """The id of a member's asset, or its spelling."""
        return self._ids.get(spelled(member), spelled(member))

    def acting(self, principal: str) -> Acting:
        """The principal with all groups that it is known to be in."""
        name = spelled(principal)
        if name not in self._acting:
            found: dict[str, tuple[Evidence, ...]] = {}
            waiting: deque[tuple[str, tuple[Evidence, ...]]] = deque([(self.id_of(name), ())])
            while waiting:
                node, proof = waiting.popleft()
                for edge in self.estate.outgoing.get(node, ()):
                    inside = spelled(edge.target)
                    if edge.kind == "MEMBER_OF" and inside not in found:
                        found[inside] = proof + edge.evidence
                        waiting.append((edge.target, found[inside]))
            self._acting[name] = Acting(name, found)
        return self._acting[name]

    def is_named(self, member: str, acting: Acting) -> Truth:  # noqa: PLR0911 - one return a form of member
        """Whether a member of a policy is the caller, or stands for it."""
        if is_deleted(member):
            return NO
        named = spelled(member)
        if named in {acting.principal, EVERYBODY} or named in acting.groups:
            return YES
        if named == SIGNED_IN:
            return Truth(acting.kind in {"user", "serviceAccount", "group", "domain"})
        if acting.kind in {EVERYBODY, SIGNED_IN}:
            return NO
        if named.startswith("group:"):
            return self._of_group(named, acting)
        if named.startswith("domain:"):
            return Truth(acting.kind == "user" and acting.principal.endswith("@" + named[7:]))
        if found := _OF_SCOPE.fullmatch(named):
            return self.lies_in(f"{MANAGER}/{found[1]}", acting, found[2] or "")
        if named.startswith(_CUSTOMER):
            return self.of_customer(named.removeprefix(_CUSTOMER), acting)
        return self._of_pool(named, acting)

    # --- groups

    def _of_group(self, group: str, acting: Acting) -> Truth:
        """Federated identities are in no Google group; a group that was not read may hold anybody else."""
        if acting.kind not in {"user", "serviceAccount", "group"}:
            return NO
        gap = self.gap(group)
        return Truth(None, (gap,)) if gap else NO

    def gap(self, group: str) -> str:
        """Why somebody might be in a group for all that is known; "" if its members are known, and theirs."""
        group = spelled(group)
        if group not in self._unread:
            self._unread[group] = ""  # a group that contains itself asks once
            waiting, seen = [group], {group}
            while waiting:
                node = waiting.pop()
                if not self._members_read(node):
                    self._unread[group] = f"the members of {node}"
                    break
                for edge in self.estate.incoming.get(self.id_of(node), ()):
                    inner = spelled(edge.source)
                    if (
                        edge.kind == "MEMBER_OF"
                        and inner.startswith("group:")
                        and inner not in seen
                    ):
                        seen.add(inner)
                        waiting.append(inner)
        return self._unread[group]

    def _members_read(self, group: str) -> bool:
        """A list of groups tells no members; each group's own list must have been read."""
        asset = self.estate.assets.get(self.id_of(group))
        return bool(asset and asset.properties.get("members_read"))

    # --- federated identities

    def _of_pool(self, named: str, acting: Acting) -> Truth:
        """Everybody of a pool, or those of it with a group or an attribute, which a subject may tell."""
        ours, theirs = _pool(acting.principal), _pool(named)
        if theirs is None or ours is None or not named.startswith("principalSet://"):
            return NO
        if self._pool_name(ours[0]) != self._pool_name(theirs[0]):
            return NO
        if theirs[1] == "/*":
            return YES
        if theirs[1].startswith("/namespace/"):
            return Truth(ours[1].startswith(f"/subject/ns/{theirs[1][11:]}/"))
        if acting.principal.startswith("principalSet://") and ours[1] != "/*":
            return NO
        shown = self._attribute(theirs[0], theirs[1], ours[1])
        return shown or Truth(None, (f"whether {acting.principal} is in {named}",))

    def _attribute(self, pool: str, which: str, who: str) -> Truth | None:
        """Whether a subject has an attribute that its own text tells; None where it does not, or providers differ."""
        found = _ATTRIBUTE.fullmatch(which)
        subject = who.removeprefix("/subject/")
        asset = self.places.asset(f"//{pool}")
        if not found or subject == who or asset is None:
            return None
        told = {
            _of_subject(self.estate.assets[edge.target], found[1], subject)
            for edge in self.estate.outgoing.get(asset.id, ())
            if edge.kind == "TRUSTS"
        }
        value = told.pop() if len(told) == 1 else None
        return None if value is None else Truth(value == found[2])

    def _pool_name(self, pool: str) -> str:
        return pool if pool.startswith("cluster/") else self.places.canonical(f"//{pool}")

    # --- sets of principals

    def lies_in(self, scope: str, acting: Acting, sort: str = "") -> Truth:
        """Whether a principal belongs to a project, folder or organisation."""
        if sort and sort != self.sort(acting):
            return NO
        if acting.kind != "serviceAccount":
            found = _pool(acting.principal)
            project = re.search(r"projects/([^/]+)", found[0]) if found else None
            if project is None:
                return self._of_organization(scope, acting)
            token = project[1]
        else:
            token = project_of_email(acting.principal.partition(":")[2])
        if not token:
            return Truth(None, (f"the project of {acting.principal}",))
        home = self.places.line(self.places.project_asset(token))
        if self._scope_id(scope) in home.holders:
            return YES
        return Truth(None, home.gaps) if home.gaps else NO

    def _scope_id(self, scope: str) -> str:
        asset = self.places.asset(scope)
        return asset.id if asset else self.places.canonical(scope)

    def _of_organization(self, scope: str, acting: Acting) -> Truth:
        """People belong to the organisation of their Workspace domain, of which it has the name."""
        if "/organizations/" not in scope or acting.principal.endswith(_PUBLIC_MAIL):
            return NO
        asset = self.places.asset(scope)
        if asset and acting.kind == "user" and acting.principal.endswith("@" + asset.name.lower()):
            return YES
        return Truth(None, (f"whether {acting.principal} belongs to {scope.removeprefix('//')}",))

    def of_customer(self, customer: str, acting: Acting) -> Truth:
        """Whether somebody is of a Workspace customer, which only the directory tells."""
        if acting.kind not in {"user", "serviceAccount", "group"}:
            return NO
        if acting.principal.endswith(_PUBLIC_MAIL):
            return NO
        return Truth(None, (f"whether {acting.principal} belongs to customer {customer}",))

    @staticmethod
    def sort(acting: Acting) -> str:
        """What conditions of boundaries call its type, after the slash."""
        if acting.kind == "serviceAccount":
            agent = re.search(r"service-\d+@|@gcp-sa-|@cloudservices\.", acting.principal)
            return "ServiceAgent" if agent else "ServiceAccount"
        if "workforcePools" in acting.principal:
            return "WorkforcePoolIdentity"
        return "WorkloadPoolIdentity" if _pool(acting.principal) else "WorkspaceIdentity"


@lru_cache(maxsize=100_000)
def _pool(principal: str) -> tuple[str, str] | None:
    """(pool, rest) of a federated identity or set."""
    if principal.startswith("principal://cluster/"):
        pool, _, rest = principal.removeprefix("principal://").partition("/subject/")
        return pool, f"/subject/{rest}"
    found = _POOL.fullmatch(principal)
    if not found:
        return None
    pool = found[1]
    if pool.endswith(".svc.id.goog"):
        pool = f"cluster/{pool.rpartition('/')[2]}"
    return pool, found[2] or ""


def owners_of(member: str) -> tuple[str, str] | None:
    """(basic role, project) of projectOwner:, projectEditor: and projectViewer:."""
    found = _OWNERS.fullmatch(member)
    return (f"roles/{found[1].lower()}", found[2]) if found else None


def _of_subject(provider: Asset, attribute: str, subject: str) -> str | None:
    """The attribute that a provider reads from a subject: the subject itself, or repository and owner of GitHub's."""
    mapping = provider.properties.get("attribute_mapping") or {}
    claim = mapping.get(attribute)
    if mapping.get("google.subject") != "assertion.sub":
        return None
    if claim == "assertion.sub":
        return subject
    repository = _REPOSITORY.match(subject)
    if repository is None or _GITHUB not in str(provider.properties.get("url")):
        return None
    shown = {"assertion.repository": repository[1], "assertion.repository_owner": repository[2]}
    return shown.get(str(claim))
