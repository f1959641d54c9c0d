"""Who acts: service accounts and their keys, identity pools and providers, groups and users."""

from collections.abc import Iterator
from typing import Any

from collectors.gcp import names
from collectors.gcp.answer import Piece, Thing
from collectors.gcp.identity import asset_id
from collectors.gcp.item import each, first, read, text
from collectors.tags import belongs
from graph.model import Asset

ACCOUNT = "iam.googleapis.com/ServiceAccount"
AGENT = "iam.googleapis.com/ServiceAgent"
KEY = "iam.googleapis.com/ServiceAccountKey"
POOL = "iam.googleapis.com/WorkloadIdentityPool"
PROVIDER = "iam.googleapis.com/WorkloadIdentityPoolProvider"
GROUP = "cloudidentity.googleapis.com/Group"
MEMBERSHIP = "cloudidentity.googleapis.com/Membership"
USER = "cloudidentity.googleapis.com/User"
UNIQUE = "gcp-unique-id:"  # a service account by its unique id, until its e-mail is known
GROUP_NAME = "gcp-group:"  # a group by its resource name, likewise
_SORTS = {"USER": "user", "SERVICE_ACCOUNT": "serviceAccount", "GROUP": "group"}


def member_asset(member: str, **properties: Any) -> Asset:
    """Whoever a policy names, as far as the name tells; described by others or not at all."""
    found: dict[str, Any] = {"described": False, **properties}
    kind = names.kind_of(member) or "iam.googleapis.com/Principal"
    sort, _, name = member.partition(":")
    if sort == "serviceAccount" and kind in {ACCOUNT, AGENT}:
        found["email"] = name
        if kind == AGENT:
            found["number"] = names.agent_number(name)
        else:
            found["default"] = names.is_default(name)
    elif sort in {"principal", "principalSet"}:
        found["subject"] = _subject(member)
    elif sort == "user":
        found |= {"principal_name": name, "ci": belongs("ci", name, None)}
    return Asset(
        id=member,
        kind=kind,
        name=names.last(member)
        if not member.startswith("principal")
        else _subject(member) or member,
        account=names.project(member) if kind == ACCOUNT else "",
        properties=found,
    )


def _subject(member: str) -> str:
    """What stands after the pool: a subject, an attribute with its value, a group, or * for all."""
    for pool in ("/workloadIdentityPools/", "/workforcePools/"):
        if pool in member:
            return member.partition(pool)[2].partition("/")[2].removeprefix("subject/")
    return ""


def pool_of(member: str) -> str:
    """The id of the pool that a principal comes from, or ""."""
    path = member.partition("://")[2]
    parts = path.split("/")
    for sort in ("workloadIdentityPools", "workforcePools"):
        if sort in parts and parts.index(sort) + 1 < len(parts):
            return "//" + "/".join(parts[: parts.index(sort) + 2])
    return ""


def service_account(thing: Thing) -> Iterator[Piece]:
    """A service account; where only its unique id is known it has a stand-in id."""
    found = asset_id(ACCOUNT, thing)
    if found and not names.is_member(found):
        found = f"{UNIQUE}{names.last(found)}"
    if not found:
        return
    email = names.last(found)
    at, disabled = first(thing.data, "/disabled")
    properties: dict[str, Any] = {"email": email, "default": names.is_default(email)}
    fields = {
        "email": "/email",
        "default": "/email",
        "unique_id": "/uniqueId",
        "enabled": at or "/disabled",
    }
    if not thing.shallow:
        properties |= {"unique_id": text(thing.data, "/uniqueId") or None, "enabled": not disabled}
    yield Asset(
        id=found,
        kind=names.kind_of(found) or ACCOUNT,
        name=email,
        account=text(thing.data, "/projectId") or names.project(found) or names.project(thing.name),
        properties=properties,
        evidence=(thing.evidence(fields),),
    )


_KEY_FIELDS = {
    "managed_by": "/keyType",
    "origin": "/keyOrigin",
    "created": "/validAfterTime",
    "expires": "/validBeforeTime",
}


def account_key(thing: Thing) -> Iterator[Piece]:
    """A key; those that Google holds and changes itself open nothing for others."""
    found = asset_id(KEY, thing)
    if not found:
        return
    at, disabled = first(thing.data, "/disabled")
    by_user = text(thing.data, "/keyType") != "SYSTEM_MANAGED"
    status = ("Inactive" if disabled else "Active") if by_user else "Google's own"
    told = {name: text(thing.data, place) or None for name, place in _KEY_FIELDS.items()}
    yield Asset(
        id=found,
        kind=KEY,
        name=names.last(found),
        account=names.project(found),
        properties={"status": status, **told},
        evidence=(thing.evidence({"status": at or "/keyType", **_KEY_FIELDS}),),
    )
    owner = names.clean(found.partition("/keys/")[0])
    if owner.startswith("//"):
        owner = f"{UNIQUE}{names.last(owner)}"
    if by_user and not disabled:
        yield thing.edge(found, "AUTHENTICATES_TO", owner, "/name")


def pool(thing: Thing) -> Iterator[Piece]:
    """A pool of outside identities."""
    kind = thing.answer.kind
    found = asset_id(kind, thing)
    if found:
        yield Asset(
            id=found,
            kind=kind,
            name=names.last(found),
            account=names.project(found),
            properties=_enabled(thing),
            evidence=(
                thing.evidence({"enabled": first(thing.data, "/disabled")[0] or "/disabled"}),
            ),
        )


def _enabled(thing: Thing) -> dict[str, Any]:
    if thing.shallow:
        return {}
    state = text(thing.data, "/state")
    return {"enabled": not read(thing.data, "/disabled") and state in {"", "ACTIVE"}}


_VOUCHERS = ("oidc", "aws", "saml", "x509")
_PROVIDER_FIELDS = {
    "url": "/oidc/issuerUri",
    "audiences": "/oidc/allowedAudiences",
    "attribute_mapping": "/attributeMapping",
    "attribute_condition": "/attributeCondition",
    "aws_account": "/aws/accountId",
}


def provider(thing: Thing) -> Iterator[Piece]:
    """Who vouches for identities of a pool, and what it must say of them."""
    kind = thing.answer.kind
    found = asset_id(kind, thing)
    if not found:
        return
    sort = next((name for name in _VOUCHERS if read(thing.data, f"/{name}") is not None), "")
    told = {} if thing.shallow else {n: read(thing.data, p) for n, p in _PROVIDER_FIELDS.items()}
    yield Asset(
        id=found,
        kind=kind,
        name=names.last(found),
        account=names.project(found),
        properties={**_enabled(thing), "provider_type": sort or None, **told},
        evidence=(thing.evidence({"provider_type": f"/{sort}", **_provider_places(thing)}),),
    )
    yield thing.edge(names.parent(found), "TRUSTS", found)
    if account := text(thing.data, "/aws/accountId"):
        yield thing.edge(found, "TRUSTS", f"arn:aws:iam::{account}:root", "/aws/accountId")


def _provider_places(thing: Thing) -> dict[str, str]:
    return {name: first(thing.data, place)[0] or place for name, place in _PROVIDER_FIELDS.items()}


def group(thing: Thing) -> Iterator[Piece]:
    """A group by its address; its resource name leads memberships to it."""
    found = asset_id(GROUP, thing)
    if not found:
        return
    own = found if names.is_member(found) else f"{GROUP_NAME}{names.last(found)}"
    labels = read(thing.data, "/labels")
    security = any("security" in str(label) for label in labels) if labels else None
    yield Asset(
        id=own,
        kind=GROUP,
        name=text(thing.data, "/displayName") or names.last(own),
        properties={"security": security} if labels is not None else {},
        evidence=(thing.evidence({"security": "/labels"}),),
    )


def membership(thing: Thing) -> Iterator[Piece]:
    """Somebody in a group; the group is named by the membership's own name, or was asked for."""
    name = text(thing.data, "/name") or thing.name
    asked = text(thing.answer.params, "/group")
    number = name.partition("groups/")[2].partition("/")[0]
    target = names.member(f"group:{asked}") if asked else f"{GROUP_NAME}{number}"
    at, email = first(thing.data, "/preferredMemberKey/id", "/memberKey/id")
    if not isinstance(email, str) or not (asked or number):
        return
    sort = _SORTS.get(text(thing.data, "/type")) or (
        "serviceAccount" if email.endswith("gserviceaccount.com") else ""
    )
    who = names.member(f"{sort or 'user'}:{email}")
    yield thing.edge(who, "MEMBER_OF", target, at)
    yield member_asset(who)


def user(thing: Thing) -> Iterator[Piece]:
    """A user as the directory tells."""
    found = asset_id(USER, thing)
    if not found:
        return
    places = {
        "enabled": "/suspended",
        "mfa": "/isEnrolledIn2Sv",
        "last_used": "/lastLoginTime",
        "admin": "/isAdmin",
    }
    properties: dict[str, Any] = {
        "principal_name": names.last(found),
        "enabled": not read(thing.data, "/suspended"),
        "mfa": read(thing.data, "/isEnrolledIn2Sv"),
        "last_used": read(thing.data, "/lastLoginTime"),
        "admin": read(thing.data, "/isAdmin"),
        "ci": belongs("ci", names.last(found), None),
    }
    yield Asset(
        id=found,
        kind=USER,
        name=text(thing.data, "/name/fullName") or names.last(found),
        properties=properties,
        evidence=(thing.evidence(places),),
    )


def rag_file(thing: Thing) -> Iterator[Piece]:
    """A file of a corpus is no asset: its corpus answers from where it came."""
    name = thing.name or text(thing.data, "/name")
    corpus = name.partition("/ragFiles/")[0]
    if not corpus or corpus == name:
        return
    owner = names.full("aiplatform.googleapis.com", corpus)
    for at, uri in each(thing.data, "/gcsSource/uris/*"):
        bucket = str(uri).removeprefix("gs://").partition("/")[0]
        yield thing.edge(owner, "GROUNDED_ON", f"//storage.googleapis.com/{bucket}", at)
