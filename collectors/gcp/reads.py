"""What the Google Cloud collector may read, from resources/collecting/gcp.toml; everything else is refused before it is sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from graph.content import read_toml
from graph.schema import load_schema

DENY_LIST = "iam.googleapis.com/DenyPolicies"  # only names the policies, which are then asked for one by one
ASSETS = "/google.cloud.asset.v1.AssetService/ListAssets"
_HOLES = re.compile(r"\{(\w+)\}")
_SEGMENT = r"[A-Za-z0-9._~%@:+-]+"
_VERTEX = "/google.cloud.aiplatform.v1."


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """One content type of Asset Inventory."""

    content: str
    members: Mapping[
        str, str
    ]  # what an asset holds -> the list that it is of; {} = that of its own type
    permission: str = ""
    scopes: tuple[str, ...] = ("organizations", "folders", "projects")


@dataclass(frozen=True, slots=True, kw_only=True)
class VertexRead:
    """One list of Vertex AI, by a method of the SDK's client."""

    kind: str
    client: str
    method: str
    permission: str
    below: str = ""

    @property
    def rpc(self) -> str:
        """The gRPC method."""
        name = "".join(part.capitalize() for part in self.method.split("_"))
        return f"{_VERTEX}{self.client}/{name}"

    @property
    def request(self) -> str:
        """The name of its request."""
        return "".join(part.capitalize() for part in self.method.split("_")) + "Request"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRead:
    """One list or object of another API."""

    kind: str
    host: str
    path: str
    items: str
    of: str  # project, organization, group, or the kind of whose items each is asked for
    permission: str = ""
    role: str = ""

    def address(self, value: str) -> str:
        """Path and query for one project, organisation, group, or item by its name."""
        safe = (
            "/%" if "{name}" in self.path else ""
        )  # a name is a path already, with what it escapes
        return _HOLES.sub(lambda _: quote(value, safe=safe), self.path)

    def pattern(self) -> str:
        """A regular expression of the paths that it asks for."""
        path = re.escape(self.path.partition("?")[0]).replace(r"\{", "{").replace(r"\}", "}")
        holes = {"name": rf"{_SEGMENT}(?:/{_SEGMENT})*"}
        return _HOLES.sub(lambda hole: holes.get(hole[1], _SEGMENT), path)


@cache
def _table() -> Mapping[str, Any]:
    return read_toml("collecting/gcp.toml")


@cache
def inventories() -> tuple[Inventory, ...]:
    """The content types that are asked for."""
    return tuple(
        Inventory(
            content=name,
            members=row.get("members", {}),
            permission=row["permission"],
            scopes=tuple(row.get("scopes", ("organizations", "folders", "projects"))),
        )
        for name, row in _table()["inventory"].items()
    )


@cache
def vertex_reads() -> Mapping[str, VertexRead]:
    """The lists of Vertex AI by asset type."""
    return {kind: VertexRead(kind=kind, **row) for kind, row in _table()["vertex"].items()}


@cache
def rest_reads() -> Mapping[str, RestRead]:
    """The reads of other APIs by asset type."""
    return {kind: RestRead(kind=kind, **row) for kind, row in _table()["rest"].items()}


def inventory_types() -> tuple[str, ...]:
    """The asset types that are asked of Asset Inventory: those that the schema lists by themselves, and tags."""
    kinds = load_schema().kinds.values()
    own = {k.name for k in kinds if k.listed_by == (f"gcp:{k.name}",)}
    return tuple(sorted((own - set(_NOT_ASSETS) - set(rest_reads()) - ONLY_BY_VERTEX) | {_TAGS}))


_TAGS = "cloudresourcemanager.googleapis.com/TagBinding"
_NOT_ASSETS = (
    "cloudidentity.googleapis.com/User", "iam.googleapis.com/ConvenienceGroup",
    "iam.googleapis.com/DenyPolicy", "orgpolicy.googleapis.com/Policy",
    "accesscontextmanager.googleapis.com/AccessPolicy", "accesscontextmanager.googleapis.com/AccessLevel",
    "accesscontextmanager.googleapis.com/ServicePerimeter",
)  # fmt: skip
ONLY_BY_VERTEX = frozenset(  # not known to be in Asset Inventory: its silence would prove nothing
    f"aiplatform.googleapis.com/{name}"
    for name in (
        "RagCorpus", "ReasoningEngine", "TuningJob", "PersistentResource", "Schedule", "NotebookRuntime",
        "NotebookRuntimeTemplate", "FeatureGroup", "FeatureOnlineStore", "FeatureView", "NasJob",
        "DeploymentResourcePool",
    )
)  # fmt: skip


def rpcs() -> frozenset[str]:
    """Every gRPC method that may be called."""
    return frozenset({ASSETS, *(read.rpc for read in vertex_reads().values())})


def permissions() -> list[str]:
    """Every permission that the reads need."""
    found = {read.permission for read in inventories()}
    found |= {read.permission for read in vertex_reads().values()}
    found |= {read.permission for read in rest_reads().values()}
    return sorted(found - {""})
