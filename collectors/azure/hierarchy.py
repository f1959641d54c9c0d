"""Management groups, subscriptions, resource groups: what lies in what, and diagnostic settings that lead out of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.azure.answer import Answer
from collectors.azure.ids import GROUP, SUBSCRIPTION, clean, last, parent, subscription, type_of
from collectors.azure.item import each, first, read
from collectors.tags import meaning
from graph.estate import Piece
from graph.model import Asset

_MANAGEMENT = "microsoft.management/managementgroups"
_PREFIX = "/providers/Microsoft.Management/managementGroups/"
_ENTITY = "microsoft.management/managementgroups/descendants"
_DIAGNOSTICS = "microsoft.insights/diagnosticsettings"
_PERIMETER = (
    "networksecurityperimeters/resourceassociations",
    "networksecurityperimeterassociations",
)


def management_group(text: str) -> str:
    """The id of a management group, from its id or its name."""
    return _PREFIX + last(text)


def container(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A management group, subscription or resource group, and what it says of those above and below it."""
    found = str(read(item, "/id") or read(item, "/subscriptionId") or "")
    asset_id = clean(found if found.startswith("/") else f"/subscriptions/{found}")
    kind = type_of(asset_id)
    if kind == _MANAGEMENT:
        asset_id = management_group(asset_id)
    yield _asset(answer, item, pointer, asset_id, kind)
    at, above = first(item, "/properties/parent/id")
    if above is None:
        at, above = first(item, "/properties/details/parent/id")
    if isinstance(above, str) and above:
        yield answer.edge(management_group(above), "CONTAINS", asset_id, pointer + at)
    yield from _chain(answer, item, pointer, asset_id)
    yield from _children(answer, item, pointer, asset_id)


def _asset(answer: Answer, item: Any, pointer: str, asset_id: str, kind: str) -> Asset:
    tags = read(item, "/tags")
    properties: dict[str, Any] = {"state": read(item, "/properties/state")}
    if kind == _MANAGEMENT:
        properties = {"tenant": read(item, "/properties/tenantId")}
    if isinstance(tags, Mapping):
        properties |= {"tags": dict(tags)} | meaning(tags)
    kinds = {
        _MANAGEMENT: "Microsoft.Management/managementGroups",
        SUBSCRIPTION: "Microsoft.Resources/subscriptions",
    }
    name = (
        read(item, "/properties/displayName") or read(item, "/displayName") or read(item, "/name")
    )
    return Asset(
        id=asset_id,
        kind=kinds.get(kind, "Microsoft.Resources/resourceGroups"),
        name=str(name or last(asset_id)),
        account=subscription(asset_id),
        region=str(read(item, "/location") or "") if kind == GROUP else "",
        properties=properties,
        evidence=(answer.evidence(pointer),),
    )


def _chain(answer: Answer, item: Any, pointer: str, asset_id: str) -> Iterator[Piece]:
    """Ancestors from the nearest to the root, as Resource Graph lists them."""
    for name in ("managementGroupAncestorsChain", "managementGroupAncestors", "ancestors"):
        at, chain = first(item, f"/properties/{name}")
        if chain is None:
            at, chain = first(item, f"/properties/details/{name}")
        if not isinstance(chain, list):
            continue
        below = asset_id
        for one in chain:
            named = one if isinstance(one, str) else read(one, "/name")
            if isinstance(named, str):
                yield answer.edge(management_group(named), "CONTAINS", below, pointer + at)
                below = management_group(named)
        return


def _children(answer: Answer, item: Any, pointer: str, asset_id: str) -> Iterator[Piece]:
    for at, child in each(item, "/properties/children/*"):
        found = read(child, "/id")
        if not isinstance(found, str):
            continue
        child_id = clean(found) if "/subscriptions/" in found.lower() else management_group(found)
        yield answer.edge(asset_id, "CONTAINS", child_id, pointer + at)
        yield from container(answer, child, pointer + at)


def is_container(item: Any) -> bool:
    """Whether an item is one of the three."""
    found = str(read(item, "/id") or "")
    return type_of(found) in {_MANAGEMENT, SUBSCRIPTION, GROUP} or (
        not found and bool(read(item, "/subscriptionId")) and bool(read(item, "/displayName"))
    )


def diagnostics(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A diagnostic setting is no asset: its resource logs to what it names."""
    found = str(read(item, "/id") or "")
    if type_of(found) != _DIAGNOSTICS:
        return
    source = clean(found).rpartition("/providers/")[0]
    categories = sorted(
        str(read(log, "/category") or read(log, "/categoryGroup"))
        for _, log in each(item, "/properties/logs/*")
        if read(log, "/enabled")
    )
    for name in ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId"):
        at, sink = first(item, f"/properties/{name}")
        if isinstance(sink, str) and sink and categories:
            target = clean(sink).partition("/authorizationRules/")[0]
            yield answer.edge(source, "LOGS_TO", target, pointer + at, categories=categories)


def perimeter(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """A resource that stands in a network security perimeter, with the mode of its access."""
    found = clean(str(read(item, "/id") or ""))
    if not type_of(found).endswith(_PERIMETER):
        return
    at, target = first(item, "/properties/privateLinkResource/id")
    if isinstance(target, str):
        mode = read(item, "/properties/accessMode")
        profile = clean(str(read(item, "/properties/profile/id") or ""))
        ends = clean(target), "GUARDED_BY", parent(found)
        yield answer.edge(*ends, pointer + at, mode=mode, profile=profile)
