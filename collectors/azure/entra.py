"""Entra ID as Microsoft Graph tells it: users, groups, applications, service principals, who owns and who holds what."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from collectors.azure.answer import Answer, Mapper
from collectors.azure.ids import clean, guids, is_guid
from collectors.azure.item import each, first, read
from collectors.tags import belongs
from graph.content import read_toml
from graph.estate import Piece
from graph.model import Asset, Relationship, Verdict

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
_KINDS = {
    "user": "users",
    "group": "groups",
    "serviceprincipal": "servicePrincipals",
    "application": "applications",
    "device": "devices",
    "managedidentity": "managedIdentities",
    "agentidentity": "agentIdentities",
}


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    return read_toml("permissions/azure_entra.toml")


def kind_of(type_name: object) -> str:
    """The asset kind of what Graph, ARM or AzureHound calls a User, #microsoft.graph.group, ForeignGroup, ..."""
    plain = str(type_name or "").rpartition(".")[2].lower().removeprefix("foreign")
    return f"Microsoft.Graph/{_KINDS.get(plain, 'directoryObjects')}"


def _id(item: Any) -> str:
    found = read(item, "/id") or read(item, "/objectId")
    return found.lower() if isinstance(found, str) else ""


def _asset(
    answer: Answer, item: Any, pointer: str, kind: str, places: Mapping[str, str], **more: Any
) -> Iterator[Asset]:
    object_id = _id(item)
    if not is_guid(object_id):
        return
    properties, fields = dict(more), {}
    for name, place in places.items():
        at, value = first(item, place)
        properties[name], fields[name] = value, at or place
    name = read(item, "/displayName") or read(item, "/userPrincipalName") or object_id
    yield Asset(
        id=object_id,
        kind=f"Microsoft.Graph/{kind}",
        name=str(name),
        properties=properties,
        evidence=(answer.evidence(pointer, fields),),
    )


def user(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A user; a guest belongs to somebody outside."""
    name = str(read(item, "/userPrincipalName") or read(item, "/displayName") or "")
    guest = str(read(item, "/userType") or "").lower() == "guest" or "#ext#" in name.lower()
    places = {"principal_name": "/userPrincipalName", "enabled": "/accountEnabled",
              "synchronised": "/onPremisesSyncEnabled", "user_type": "/userType"}  # fmt: skip
    yield from _asset(
        answer, item, pointer, "users", places, external=guest, ci=belongs("ci", name, None)
    )


def group(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A group, and whom it names inside."""
    places = {"role_assignable": "/isAssignableToRole", "membership_rule": "/membershipRule",
              "security": "/securityEnabled"}  # fmt: skip
    yield from _asset(answer, item, pointer, "groups", places)
    for name in ("members", "transitiveMembers"):
        yield from _members(answer, item, pointer, name)
    yield from owners(answer, item, pointer)


def _members(answer: Answer, item: Any, pointer: str, name: str) -> Iterator[Piece]:
    at, found = first(item, f"/{name}")
    if not isinstance(found, list):
        return
    group_id = str(read(item, "/groupId") or _id(item)).lower()
    yield _read_whole(group_id, answer, pointer + at)
    for place, member in each(item, f"/{name}/*"):
        yield from _member(answer, member, pointer + place, group_id)


def _read_whole(group_id: str, answer: Answer, pointer: str) -> Asset:
    return Asset(
        id=group_id,
        kind="Microsoft.Graph/groups",
        name="",
        properties={"members_read": True},
        evidence=(answer.evidence("", {"members_read": pointer}),),
    )


def _member(answer: Answer, item: Any, pointer: str, group_id: str) -> Iterator[Piece]:
    inner = read(item, "/member")
    member = inner if isinstance(inner, Mapping) else item
    object_id = member.lower() if isinstance(member, str) else _id(member)
    if not is_guid(object_id):
        return
    yield answer.edge(object_id, "MEMBER_OF", group_id, pointer)
    if isinstance(member, Mapping):
        yield from named(answer, member, pointer)


def named(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """An object that another answer holds: its kind and name, if it tells them."""
    type_name = read(item, "/@odata.type") or read(item, "/type")
    kind = kind_of(type_name)
    if type_name and not kind.endswith("directoryObjects"):
        yield from _asset(answer, item, pointer, kind.rpartition("/")[2], {})


def members(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """An answer about one group: its id is a parameter of the call, or stands beside the list."""
    inside = read(item, "/groupId")
    if isinstance(inside, str):
        yield from _members(answer, item, pointer, "members")
    elif parent := _parent(answer):
        yield from _member(answer, item, pointer, parent)


def _parent(answer: Answer) -> str:
    found = guids(" ".join(str(value) for value in answer.params.values()))
    return found[0] if found else ""


def owners(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """Owners of a group, application or service principal, as a list inside it."""
    owned = next(
        (str(v).lower() for n in ("groupId", "servicePrincipalId") if (v := read(item, f"/{n}"))),
        _id(item),
    )
    if not is_guid(owned):
        app = read(item, "/appId") or _parent(answer)
        owned = f"app:{app}".lower() if app else ""
    for at, found in each(item, "/owners/*"):
        inner = read(found, "/owner")
        owner = inner if isinstance(inner, Mapping) else found
        object_id = owner.lower() if isinstance(owner, str) else _id(owner)
        if is_guid(object_id) and owned:
            yield answer.edge(owned, "OWNED_BY", object_id, pointer + at)
            if isinstance(owner, Mapping):
                yield from named(answer, owner, pointer + at)


def owner_of(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """An answer about one object's owners, the object being a parameter of the call."""
    if read(item, "/owners") is not None:
        yield from owners(answer, item, pointer)
    elif (owned := _parent(answer)) and is_guid(_id(item)):
        yield answer.edge(owned, "OWNED_BY", _id(item), pointer)
        yield from named(answer, item, pointer)


def application(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """An application: whoever has its credentials is its service principal (joined by the client id)."""
    places = {
        "client_id": "/appId",
        "audience": "/signInAudience",
        "publisher_domain": "/publisherDomain",
    }
    credentials = [
        f for n in ("passwordCredentials", "keyCredentials") for f in each(item, f"/{n}/*")
    ]
    yield from _asset(
        answer, item, pointer, "applications", places, credential_count=len(credentials)
    )
    yield from owners(answer, item, pointer)
    for at, credential in each(item, "/federatedIdentityCredentials/*"):
        yield from federated(answer, credential, pointer + at, _id(item))


def service_principal(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A service principal or managed identity, and the permissions that it offers or holds."""
    sort = str(read(item, "/servicePrincipalType") or "").lower()
    kind = "managedIdentities" if sort == "managedidentity" else "servicePrincipals"
    if "agentidentity" in str(read(item, "/@odata.type") or "").lower():
        kind = "agentIdentities"
    places = {"client_id": "/appId", "enabled": "/accountEnabled", "home_tenant": "/appOwnerOrganizationId",
              "principal_type": "/servicePrincipalType"}  # fmt: skip
    offered = {
        str(read(role, "/id")).lower(): read(role, "/value")
        for _, role in each(item, "/appRoles/*")
    }
    yield from _asset(answer, item, pointer, kind, places, offered_roles=offered or None)
    yield from owners(answer, item, pointer)
    for at, assignment in each(item, "/appRoleAssignments/*"):
        yield from app_role(answer, assignment, pointer + at)


def app_role(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """An application permission that somebody holds."""
    holder = str(read(item, "/principalId") or _parent(answer)).lower()
    role = str(read(item, "/appRoleId") or "").lower()
    if not is_guid(holder) or not role:
        return
    resource = str(read(item, "/resourceId") or "").lower()
    value = _names()["permissions"].get(role)
    permission = f"graph-permission:{value}" if value else f"app-role:{resource}/{role}"
    yield Asset(
        id=permission,
        kind="Microsoft.Graph/appRoles",
        name=value or role,
        properties={"resource": read(item, "/resourceDisplayName")},
        evidence=(answer.evidence(pointer),),
    )
    yield answer.edge(holder, "HAS_ROLE", permission, pointer, resource=resource)


def role_name(text: str) -> str:
    """The name of a directory role of Entra, or its id where it is not one that is known."""
    return _names()["roles"].get(text.lower(), text)


def _directory_assignment(kind: str) -> Mapper:
    def mapper(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
        inner = list(each(item, "/roleAssignments/*"))
        if inner:
            for at, one in inner:
                yield from mapper(answer, one, pointer + at)
            return
        holder = str(read(item, "/principalId") or read(item, "/id") or "").lower()
        role = str(read(item, "/roleDefinitionId") or _parent(answer)).lower()
        if not is_guid(holder) or not role:
            return
        yield from _holds(answer, item, pointer, (holder, kind, role))

    return mapper


def _holds(answer: Answer, item: Any, pointer: str, ends: tuple[str, str, str]) -> Iterator[Piece]:
    """HAS_ROLE or ELIGIBLE_FOR; a role that is limited to one object is ownership of it."""
    holder, kind, role = ends
    where = str(read(item, "/directoryScopeId") or "/")
    inside = guids(where)
    if inside and "administrativeunits" not in where.lower():
        yield answer.edge(inside[0], "OWNED_BY", holder, pointer, role=role_name(role))
        return
    window = {
        k: v
        for k, v in (("starts", read(item, "/startDateTime")), ("ends", read(item, "/endDateTime")))
        if v
    }
    edge = answer.edge(holder, kind, f"entra-role:{role_name(role)}", pointer, **window)
    if inside:
        edge = Relationship(
            source=edge.source,
            kind=edge.kind,
            target=edge.target,
            verdict=Verdict.UNDECIDED,
            evidence=edge.evidence,
            missing=(f"which objects the administrative unit {inside[0]} holds",),
            properties={"scope": where},
        )
    yield edge
    yield Asset(id=edge.target, kind="Microsoft.Graph/directoryRoles", name=role_name(role))


def directory_role(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A directory role, with its members where the older API lists them."""
    name = read(item, "/displayName")
    role = str(
        read(item, "/roleTemplateId") or read(item, "/templateId") or read(item, "/id") or ""
    )
    if not name and not role:
        return
    asset_id = f"entra-role:{name or role_name(role)}"
    yield Asset(
        id=asset_id,
        kind="Microsoft.Graph/directoryRoles",
        name=str(name or role_name(role)),
        properties={"template": role.lower()},
        evidence=(answer.evidence(pointer, {"template": "/roleTemplateId"}),),
    )
    for at, member in each(item, "/members/*"):
        if is_guid(_id(member)):
            yield answer.edge(_id(member), "HAS_ROLE", asset_id, pointer + at)


def federated(answer: Answer, item: Any, pointer: str, owner: str = "") -> Iterator[Piece]:
    """A federated credential: a subject of an outside issuer is let in as the application."""
    for at, inner in each(item, "/fics/*"):
        fic = read(inner, "/fic")
        app = f"app:{read(item, '/appId')}".lower()
        yield from federated(answer, fic if isinstance(fic, Mapping) else inner, pointer + at, app)
    issuer, subject = read(item, "/issuer"), read(item, "/subject")
    owner = owner or _parent(answer)
    if not owner or not isinstance(issuer, str):
        return
    name = str(read(item, "/name") or subject)
    asset_id = f"federated-credential:{owner.removeprefix('app:')}/{read(item, '/id') or name}"
    yield Asset(
        id=asset_id,
        kind="Microsoft.Graph/federatedIdentityCredentials",
        name=name,
        properties={"url": issuer, "subject": subject, "audiences": read(item, "/audiences")},
        evidence=(
            answer.evidence(
                pointer, {"url": "/issuer", "subject": "/subject", "audiences": "/audiences"}
            ),
        ),
    )
    yield answer.edge(owner, "TRUSTS", asset_id, pointer)


def tenant(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """The tenant."""
    found = str(read(item, "/tenantId") or read(item, "/id") or "").rpartition("/")[2].lower()
    if found:
        yield Asset(
            id=f"entra-tenant:{found}",
            kind="Microsoft.Graph/organization",
            name=str(read(item, "/displayName") or found),
            evidence=(answer.evidence(pointer),),
        )


def access_policy(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A conditional access policy, as it is set."""
    found = str(read(item, "/id") or "")
    if found:
        yield Asset(
            id=f"conditional-access:{clean(found)}",
            kind="Microsoft.Graph/conditionalAccessPolicies",
            name=str(read(item, "/displayName") or found),
            properties={
                "state": read(item, "/state"),
                "controls": read(item, "/grantControls/builtInControls"),
                "users": read(item, "/conditions/users/includeUsers"),
            },
            evidence=(answer.evidence(pointer, {"state": "/state"}),),
        )


def registration(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """Whether a user has registered a second factor."""
    object_id = _id(item)
    if is_guid(object_id):
        yield Asset(
            id=object_id,
            kind="Microsoft.Graph/users",
            name=str(read(item, "/userDisplayName") or read(item, "/userPrincipalName") or ""),
            properties={"mfa": read(item, "/isMfaRegistered"), "console_password": True},
            evidence=(answer.evidence(pointer, {"mfa": "/isMfaRegistered"}),),
        )


MAPPERS: Mapping[str, Mapper] = {
    "graph:users": user,
    "graph:groups": group,
    "graph:applications": application,
    "graph:servicePrincipals": service_principal,
    "graph:organization": tenant,
    "graph:groups/members": members,
    "graph:groups/owners": owner_of,
    "graph:applications/owners": owner_of,
    "graph:servicePrincipals/owners": owner_of,
    "graph:appRoleAssignments": app_role,
    "graph:roleAssignments": _directory_assignment("HAS_ROLE"),
    "graph:roleEligibilityScheduleInstances": _directory_assignment("ELIGIBLE_FOR"),
    "graph:roleDefinitions": directory_role,
    "graph:directoryRoles": directory_role,
    "graph:federatedIdentityCredentials": federated,
    "graph:conditionalAccessPolicies": access_policy,
    "graph:userRegistrationDetails": registration,
}
