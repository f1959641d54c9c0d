"""What they may do: allow policies, roles, deny policies, principal access boundaries, organisation policies, perimeters."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from collectors.gcp import names
from collectors.gcp.accounts import ACCOUNT, GROUP, GROUP_NAME, UNIQUE, member_asset, pool_of
from collectors.gcp.answer import Piece, Thing
from collectors.gcp.identity import asset_id, policy_holder
from collectors.gcp.item import camel, each, first, read, text
from graph.model import Asset
from graph.schema import load_schema

ALLOW = "iam.googleapis.com/AllowPolicy"
ROLE = "iam.googleapis.com/Role"
DENY = "iam.googleapis.com/DenyPolicy"
BOUNDARY = "iam.googleapis.com/PrincipalAccessBoundaryPolicy"
BINDING = "iam.googleapis.com/PolicyBinding"
ORG = "orgpolicy.googleapis.com/Policy"
_ACCESS = "accesscontextmanager.googleapis.com/"


def allow(thing: Thing) -> Iterator[Piece]:
    """The policy of one thing, and everybody whom it names; members of deleted accounts hold nothing."""
    at, found = first(thing.item, "/iamPolicy", "/policy")
    policy = found if at else thing.item
    asked = text(thing.answer.params, "/resource")
    kind = text(thing.item, "/assetType") or names.kind_of(names.clean(asked)) or ""
    owner = policy_holder(thing.item, kind) or names.clean(asked)
    if kind == ACCOUNT and not names.is_member(owner):
        owner = f"{UNIQUE}{names.last(owner)}"
    if kind == GROUP and not names.is_member(owner):
        owner = f"{GROUP_NAME}{names.last(owner)}"
    if not owner or kind not in load_schema().kinds:
        return
    yield Asset(
        id=owner,
        kind=kind,
        name="",
        account=names.project(owner) or thing.project,
        properties={"iam_policy": _document(policy), **_audited(kind, policy)},
        evidence=(thing.item_evidence({"iam_policy": at}),),
    )
    for place, binding in each(policy, "/bindings/*"):
        for at_member, member in each(binding, "/members/*"):
            yield from _named(thing, str(member), f"{at}{place}{at_member}")


def _document(policy: Any) -> dict[str, Any] | None:
    """The policy as permissions read it; None where nothing is bound and nothing audited."""
    found = camel(policy)
    kept = {
        name: found[name] for name in ("bindings", "auditConfigs", "version") if found.get(name)
    }
    if not kept.get("bindings") and not kept.get("auditConfigs"):
        return None
    for binding in kept.get("bindings", ()):
        binding["members"] = [names.member(str(one)) for one in binding.get("members") or ()]
    return {"bindings": [], **kept}


def _audited(kind: str, policy: Any) -> dict[str, Any]:
    """Which data access is logged of a project, or of all below a folder or organisation, whoever does it.

    An etag marks a policy that was read whole; what only names bindings does not tell that nothing is logged.
    """
    configs = camel(policy).get("auditConfigs")
    if not kind.startswith("cloudresourcemanager.") or not (configs or text(policy, "/etag")):
        return {}
    logged = [
        f"{config.get('service')} {log.get('logType')}"
        for config in configs or ()
        for log in config.get("auditLogConfigs") or ()
        if not log.get("exemptedMembers")
    ]
    return {"audit_logs": sorted(logged)}


def _named(thing: Thing, member: str, at: str) -> Iterator[Piece]:
    if member.startswith("deleted:") or not names.is_member(member):
        return
    member = names.member(member)
    yield member_asset(member)
    if pool := pool_of(member):
        yield thing.item_edge(member, "MEMBER_OF", pool, at)


def role(thing: Thing) -> Iterator[Piece]:
    """A role and its permissions; lists of roles leave them out, and then they are not known."""
    found = asset_id(ROLE, thing)
    if not found:
        return
    own = found.removeprefix("//iam.googleapis.com/")
    properties: dict[str, Any] = {
        "role_name": own,
        "role_type": "predefined" if own.startswith("roles/") else "custom",
        "role_stage": text(thing.data, "/stage") or None,
        "deleted": bool(read(thing.data, "/deleted")),
    }
    at, permissions = first(thing.data, "/includedPermissions")
    if at:
        properties["document"] = {"includedPermissions": list(permissions)}
    yield Asset(
        id=found,
        kind=ROLE,
        name=text(thing.data, "/title") or own,
        account=names.project(found),
        properties=properties,
        evidence=(
            thing.evidence(
                {
                    "document": at,
                    "role_name": "/name",
                    "role_stage": "/stage",
                    "deleted": "/deleted",
                }
            ),
        ),
    )


def deny(thing: Thing) -> Iterator[Piece]:
    """A deny policy; its name holds what it is attached to, with its slashes escaped."""
    found = asset_id(DENY, thing)
    point = found.partition("/policies/")[2].partition("/")[0]
    scope = unquote(point)
    if not found or not scope:
        return
    properties: dict[str, Any] = {"policy_type": "deny policy", "scope": f"//{scope}"}
    at, rules = first(thing.data, "/rules")
    if at:
        properties["document"] = {"rules": camel(rules)}
    yield Asset(
        id=found,
        kind=DENY,
        name=text(thing.data, "/displayName") or names.last(found),
        account=names.project(f"//{scope}"),
        properties=properties,
        evidence=(thing.evidence({"document": at, "scope": "/name"}),),
    )
    yield thing.edge(found, "APPLIES_TO", f"//{scope}")


def boundary(thing: Thing) -> Iterator[Piece]:
    """A principal access boundary: the resources that those bound to it may use at all."""
    found = asset_id(BOUNDARY, thing)
    if not found:
        return
    at, details = first(thing.data, "/details")
    yield Asset(
        id=found,
        kind=BOUNDARY,
        name=text(thing.data, "/displayName") or names.last(found),
        properties={"document": camel(details)} if at else {},
        evidence=(thing.evidence({"document": at}),),
    )


def binding(thing: Thing) -> Iterator[Piece]:
    """Which set of principals is bound to which boundary."""
    found = asset_id(BINDING, thing)
    if not found:
        return
    policy = text(thing.data, "/policy")
    at, target = first(thing.data, "/target/principalSet")
    bound = names.full("iam.googleapis.com", policy) if policy else None
    yield Asset(
        id=found,
        kind=BINDING,
        name=text(thing.data, "/displayName") or names.last(found),
        account=names.project(found),
        properties={
            "boundary": bound,
            "target": target,
            "condition": read(thing.data, "/condition/expression"),
        },
        evidence=(
            thing.evidence(
                {"boundary": "/policy", "target": at, "condition": "/condition/expression"}
            ),
        ),
    )
    if bound:
        yield thing.edge(found, "ATTACHED_TO", bound, "/policy")
    if isinstance(target, str) and target.startswith("//"):
        yield thing.edge(found, "APPLIES_TO", names.clean(target), at)


def org_policy(thing: Thing) -> Iterator[Piece]:
    """An organisation policy in its second form, or all of the first form that one thing has."""
    of_thing = read(thing.item, "/orgPolicy")
    owner = thing.name or text(thing.answer.params, "/resource")
    if isinstance(of_thing, list):
        for at, one in each(thing.item, "/orgPolicy/*"):
            yield from _first_form(thing, one, owner, at)
        return
    if text(thing.data, "/constraint") and read(thing.data, "/spec") is None:
        yield from _first_form(thing, thing.data, owner, "")
        return
    found = asset_id(ORG, thing)
    scope, _, constraint = found.removeprefix("//orgpolicy.googleapis.com/").partition("/policies/")
    if not found or not constraint:
        return
    properties: dict[str, Any] = {"policy_type": "organisation policy", "constraint": constraint}
    fields: dict[str, str] = {}
    for name, pointer in (("document", "/spec"), ("dry_run", "/dryRunSpec")):
        at, spec = first(thing.data, pointer)
        if at or not thing.shallow:
            properties[name], fields[name] = camel(spec), at or pointer
    yield from _org(thing, found, names.container(scope), properties, thing.evidence(fields))


def _first_form(thing: Thing, policy: Any, owner: str, at: str) -> Iterator[Piece]:
    constraint = text(policy, "/constraint").removeprefix("constraints/")
    scope = names.clean(owner)
    if not constraint or not scope.startswith(names.RESOURCE_MANAGER):
        return
    relative = scope.removeprefix(names.RESOURCE_MANAGER)
    properties = {
        "policy_type": "organisation policy",
        "constraint": constraint,
        "document": _second_form(policy),
    }
    proof = thing.item_evidence({"document": ""}, at)
    found = f"//orgpolicy.googleapis.com/{relative}/policies/{constraint}"
    yield from _org(thing, found, scope, properties, proof)


def _org(
    thing: Thing, found: str, scope: str, properties: Mapping[str, Any], proof: Any
) -> Iterator[Piece]:
    yield Asset(
        id=found,
        kind=ORG,
        name=str(properties["constraint"]),
        account=names.project(found),
        properties={**properties, "scope": scope},
        evidence=(proof,),
    )
    yield thing.item_edge(found, "APPLIES_TO", scope)


def _second_form(policy: Any) -> dict[str, Any]:
    """What a policy of the first API says, in the words of the second."""
    if read(policy, "/restoreDefault") is not None:
        return {"reset": True}
    boolean, listed = read(policy, "/booleanPolicy"), read(policy, "/listPolicy")
    if boolean is not None:
        return {"rules": [{"enforce": bool(read(boolean, "/enforced"))}]}
    every = text(listed, "/allValues")
    values = {
        name: list(found)
        for name in ("allowedValues", "deniedValues")
        if (found := read(listed, f"/{name}"))
    }
    rule: dict[str, Any] = {"values": values}
    if every in {"ALLOW", "DENY"}:
        rule = {f"{every.lower()}All": True}
    return {"rules": [rule], "inheritFromParent": bool(read(listed, "/inheritFromParent"))}


def access(thing: Thing) -> Iterator[Piece]:
    """Access policies, levels and perimeters; Asset Inventory gives all of them the name of the organisation."""
    for name, mapper in (
        ("servicePerimeter", _perimeter),
        ("accessLevel", _level),
        ("accessPolicy", _policy),
    ):
        at, inner = first(thing.item, f"/{name}")
        if at and isinstance(inner, Mapping):
            yield from mapper(thing, inner, at)
            return
    name = text(thing.data, "/name")
    mapper = (
        _perimeter
        if "/servicePerimeters/" in name
        else _level
        if "/accessLevels/" in name
        else _policy
    )
    yield from mapper(thing, thing.data, thing.at.removeprefix(thing.pointer))


def _access_asset(
    place: tuple[Thing, Any, str],
    kind: str,
    properties: Mapping[str, Any],
    fields: Mapping[str, str],
) -> Asset:
    thing, data, at = place
    name = text(data, "/name")
    return Asset(
        id=names.full("accesscontextmanager.googleapis.com", name),
        kind=f"{_ACCESS}{kind}",
        name=text(data, "/title") or names.last(name),
        properties=properties,
        evidence=(thing.item_evidence(fields, at),),
    )


def _policy(thing: Thing, data: Any, at: str) -> Iterator[Piece]:
    if not text(data, "/name"):
        return
    scopes = read(data, "/scopes") or []
    properties = {"policy_type": "access policy", "scopes": list(scopes)}
    asset = _access_asset((thing, data, at), "AccessPolicy", properties, {"scopes": "/scopes"})
    yield asset
    parent = text(data, "/parent")
    for scope in [*scopes, *([parent] if parent and not scopes else ())]:
        yield thing.item_edge(asset.id, "APPLIES_TO", names.container(str(scope)), at)


def _level(thing: Thing, data: Any, at: str) -> Iterator[Piece]:
    if not text(data, "/name"):
        return
    document = {
        name: camel(read(data, f"/{name}"))
        for name in ("basic", "custom")
        if read(data, f"/{name}")
    }
    properties = {"policy_type": "access level", "document": document}
    yield _access_asset((thing, data, at), "AccessLevel", properties, {"document": ""})


def _perimeter(thing: Thing, data: Any, at: str) -> Iterator[Piece]:
    """A perimeter guards the projects and networks that it lists, in force or as a trial."""
    if not text(data, "/name"):
        return
    status, spec = read(data, "/status"), read(data, "/spec")
    dry = spec if read(data, "/useExplicitDryRunSpec") else None
    properties = {
        "document": camel(status),
        "dry_run": camel(dry),
        "perimeter_type": text(data, "/perimeterType") or "PERIMETER_TYPE_REGULAR",
    }
    fields = {"document": "/status", "dry_run": "/spec", "perimeter_type": "/perimeterType"}
    asset = _access_asset((thing, data, at), "ServicePerimeter", properties, fields)
    yield asset
    guarded: set[str] = set()
    for mode, pointer, found in (("enforced", "/status", status), ("dry-run", "/spec", dry)):
        for place, resource in each(found, "/resources/*"):
            inside = _guarded(str(resource))
            if inside not in guarded:
                guarded.add(inside)
                yield thing.item_edge(
                    inside, "GUARDED_BY", asset.id, f"{at}{pointer}{place}", mode=mode
                )


def _guarded(resource: str) -> str:
    return names.clean(resource) if resource.startswith("//") else names.container(resource)
