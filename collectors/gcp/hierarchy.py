"""Organisations, folders and projects: what lies in what, and the tags that are bound to things."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from collectors.gcp import names
from collectors.gcp.answer import Piece, Thing
from collectors.gcp.identity import asset_id
from collectors.gcp.item import each, first, read, text
from collectors.tags import meaning
from graph.model import Asset

ORGANIZATION = "cloudresourcemanager.googleapis.com/Organization"
FOLDER = "cloudresourcemanager.googleapis.com/Folder"
PROJECT = "cloudresourcemanager.googleapis.com/Project"
BINDING = "cloudresourcemanager.googleapis.com/TagBinding"
KINDS = (ORGANIZATION, FOLDER, PROJECT)


def container(thing: Thing) -> Iterator[Piece]:
    """One of the three, and what it says of the one above."""
    kind = thing.answer.kind
    found = asset_id(kind, thing)
    if not found:
        return
    state_at, state = first(thing.data, "/lifecycleState", "/state")
    properties: dict[str, Any] = {}
    fields: dict[str, str] = {}
    if kind == PROJECT:
        properties = {"number": _number(thing), "state": state}
        fields = {"number": "/projectNumber", "state": state_at or "/state"}
    at, labels = first(thing.data, "/labels")
    if isinstance(labels, dict):
        properties |= {"tags": dict(labels)} | meaning(labels)
        fields |= dict.fromkeys(("tags", "classification", "environment", "crown_jewel"), at)
    yield Asset(
        id=found,
        kind=kind,
        name=_title(thing, kind) or names.last(found),
        account=names.project(found),
        properties=properties,
        evidence=(thing.evidence(fields),),
    )
    yield from _parent(thing, found)


def _title(thing: Thing, kind: str) -> str:
    shown = text(thing.data, "/displayName")
    if kind == PROJECT and not shown:
        name = text(thing.data, "/name")
        shown = "" if "/" in name else name
    return shown


def _number(thing: Thing) -> str | None:
    found = read(thing.data, "/projectNumber")
    if found is None:
        named = text(thing.data, "/name") if not thing.shallow else text(thing.item, "/project")
        found = named.removeprefix("projects/") if named.startswith("projects/") else None
    return str(found) if found and str(found).isdigit() else None


def _parent(thing: Thing, found: str) -> Iterator[Piece]:
    at, above = first(thing.data, "/parent")
    if isinstance(above, dict):
        above = f"{text(above, '/type')}s/{text(above, '/id')}"
    if not isinstance(above, str):
        at, above = "", text(thing.item, "/resource/parent", "/parentFullResourceName")
    if above.strip("/") and names.container(above) != found:
        yield thing.edge(names.container(above), "CONTAINS", found, at)


def ancestors(thing: Thing, seen: set[tuple[str, ...]]) -> Iterator[Piece]:
    """The chain that Asset Inventory gives with everything, from the project upwards; each chain once."""
    at, chain = first(thing.item, "/ancestors")
    key = tuple(chain) if isinstance(chain, list) else ()
    if key in seen:
        return
    seen.add(key)
    for below, above in pairwise(key):
        yield thing.item_edge(
            names.container(str(above)), "CONTAINS", names.container(str(below)), at
        )


def tag_binding(thing: Thing) -> Iterator[Piece]:
    """A tag that is bound to something, under the name that conditions know it by."""
    owner = names.clean(text(thing.data, "/parent"))
    value = text(thing.data, "/tagValueNamespacedName")
    kind = names.kind_of(owner) if owner else None
    if not kind or value.count("/") < 2:  # noqa: PLR2004 - parent/key/value
        return
    key, _, short = value.rpartition("/")
    yield Asset(
        id=owner,
        kind=kind,
        name="",
        account=names.project(owner),
        properties={"resource_tags": {key: short}},
        evidence=(thing.evidence({"resource_tags": "/tagValueNamespacedName"}),),
    )


def effective_tags(thing: Thing, owner: str, kind: str) -> Iterator[Piece]:
    """The tags that count for what a search found, inherited ones too."""
    found = {
        text(tag, "/effectiveTagKey", "/tagKey"): text(tag, "/effectiveTagValue", "/tagValue")
        for pointer in ("/effectiveTags/*/effectiveTags/*", "/tags/*")
        for _, tag in each(thing.item, pointer)
    }
    found = {key: value.rpartition("/")[2] for key, value in found.items() if key and value}
    if found:
        yield Asset(
            id=owner,
            kind=kind,
            name="",
            account=names.project(owner),
            properties={"resource_tags": found},
            evidence=(thing.item_evidence({"resource_tags": "/effectiveTags"}),),
        )
