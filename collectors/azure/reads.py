"""What the Azure collector may read, from resources/collecting/azure.toml; everything else is refused before it is sent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from collectors.azure.ids import last, parent
from collectors.azure.item import read
from graph.content import read_toml

QUERY_PATH = "/providers/Microsoft.ResourceGraph/resources"
QUERY_ACTION = "Microsoft.ResourceGraph/resources/read"
COUNTS = "arm:Microsoft.ResourceGraph/resources"
SUBSCRIPTIONS = "arm:Microsoft.Resources/subscriptions"
_HOLES = re.compile(r"\\?\{(\w+)\\?\}")
_SEGMENT = (
    r"(?!\.{1,2}(?:/|$))(?:[^/?#%]|%(?!2[eEfF]|5[cC]))+"  # never one that leads to another path
)
_GROUP = f"/subscriptions/[0-9a-fA-F-]{{36}}/resourceGroups/{_SEGMENT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureRead:
    """One list (or object, where `one`) that is asked for: once, for each subscription, or for each item of other lists."""

    name: str
    plane: str  # arm, graph, foundry, search: the address and the audience of the token
    path: str
    api: str = ""
    each: tuple[str, ...] = ()  # names of the reads whose items it is asked for
    one: bool = False
    where: tuple[str, str] = ("", "")
    absent: frozenset[str] = frozenset()
    unlicensed: frozenset[str] = frozenset()
    action: str = ""
    data_action: str = ""
    permission: str = ""

    @property
    def operation(self) -> str:
        """As a record names it."""
        return self.name.partition(" ")[0]

    @property
    def of_subscription(self) -> bool:
        """Whether it is asked for in each subscription."""
        return "{subscription}" in self.path

    def applies(self, item: Any) -> bool:
        """Whether an item can have what is asked for."""
        pointer, wanted = self.where
        return not pointer or str(read(item, pointer)).lower() == wanted.lower()

    def address(self, subscription: str, item_id: str) -> str:
        """Path and query of the call; the id is that of the item that it is asked for."""
        values = {
            "subscription": subscription,
            "id": quote(item_id, safe="/()"),
            "project": quote(last(item_id)),
        }
        address = _HOLES.sub(lambda hole: values[hole[1]], self.path)
        if not self.api:
            return address
        return f"{address}{'&' if '?' in address else '?'}api-version={self.api}"

    def account(self, item_id: str) -> str:
        """The account or service whose own address answers, for planes where each has one."""
        return {"foundry": last(parent(item_id)), "search": last(item_id)}.get(self.plane, "")

    def pattern(self) -> str:
        """A regular expression of the paths that this read asks for."""
        ids = "|".join(all_reads()[name].item_pattern() for name in self.each)
        holes = {"id": f"(?:{ids})", "subscription": "[0-9a-fA-F-]{36}"}
        path = re.escape(self.path.partition("?")[0])
        return _HOLES.sub(lambda hole: holes.get(hole[1], _SEGMENT), path)

    def item_pattern(self) -> str:
        """A regular expression of the ids of its items."""
        if self.plane == "graph":
            return _SEGMENT
        space, *types = self.operation.removeprefix("arm:").split("/")
        names = "".join(f"/{re.escape(kind)}/{_SEGMENT}" for kind in types)
        group = "" if space == "Microsoft.Management" else _GROUP
        return f"{group}/providers/{re.escape(space)}{names}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query of Resource Graph for resources of many types, or for how many there are."""

    name: str
    table: str
    types: tuple[str, ...] = ()
    count: bool = False

    def text(self) -> str:
        """In Resource Graph's language; ordered, for pages of an unordered answer may overlap."""
        if self.count:
            return f"{self.table} | summarize count_ = count() by type, subscriptionId | order by type asc, subscriptionId asc"
        named = ", ".join(f"'{name.lower()}'" for name in self.types)
        return f"{self.table} | where type in~ ({named}) | order by id asc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Where one of Microsoft's clouds answers."""

    arm: str
    graph: str
    foundry: str  # with {account}
    foundry_scope: str
    search: str  # likewise
    search_scope: str
    authority: str

    def scope(self, plane: str) -> str:
        """The audience of a token for a plane."""
        own = f"{plane}_scope"
        return str(getattr(self, own, "")) or f"{getattr(self, plane)}/.default"


@cache
def _table() -> Mapping[str, Any]:
    return read_toml("collecting/azure.toml")


@cache
def all_reads() -> Mapping[str, AzureRead]:
    """Every read by its name."""
    return {name: _read(name, row) for name, row in _table()["reads"].items()}


def _read(name: str, row: Mapping[str, Any]) -> AzureRead:
    each = row.get("each", ())
    operation = name.partition(" ")[0]
    plane = row.get("plane") or operation.partition(":")[0]
    own = f"{operation.removeprefix('arm:')}/read" if plane == "arm" else ""
    return AzureRead(
        name=name,
        plane=plane,
        path=row["path"],
        api=row.get("api", ""),
        each=(each,) if isinstance(each, str) else tuple(each),
        one=row.get("one", False),
        where=tuple(row.get("where", ("", ""))),
        absent=frozenset(row.get("absent", ())),
        unlicensed=frozenset(row.get("unlicensed", ())),
        action=row.get("action", own),
        data_action=row.get("data_action", ""),
        permission=row.get("permission", ""),
    )


@cache
def queries() -> Mapping[str, Query]:
    """Every query of Resource Graph."""
    return {
        name: Query(
            name=name,
            table=row["table"],
            types=tuple(row.get("types", ())),
            count=row.get("count", False),
        )
        for name, row in _table()["queries"].items()
    }


def clouds() -> Mapping[str, Cloud]:
    """Microsoft's clouds by name."""
    return {name: Cloud(**row) for name, row in _table()["clouds"].items()}


@cache
def followers(name: str) -> tuple[AzureRead, ...]:
    """What is asked for each item of a read."""
    return tuple(read_ for read_ in all_reads().values() if name in read_.each)


def below(name: str) -> Iterator[AzureRead]:
    """Everything that hangs on the items of a read, however deep."""
    for follower in followers(name):
        yield follower
        yield from below(follower.name)
