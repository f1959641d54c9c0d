"""A record that is being mapped, and the things in it: bare, in Asset Inventory's envelope, or as a search found them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.gcp.item import first, read
from graph.model import Asset, Evidence, Relationship

Piece = Asset | Relationship
Odd = list[str]  # ids of records that are not built as the API builds its answers
PREFIX = "gcp:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a mapper reads: the items of one list."""

    record: str
    operation: str
    account: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None

    @property
    def kind(self) -> str:
        """The asset type that the answer lists."""
        return self.operation.removeprefix(PREFIX)

    def things(self) -> Iterator["Thing"]:
        """Everything that the answer lists."""
        body = self.body
        items = body.get("items") if isinstance(body, Mapping) else None
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, Mapping):
                yield Thing.of(self, item, f"/items/{number}")


@dataclass(frozen=True, slots=True)
class Thing:
    """One item: `data` is the resource as its API tells it, `at` the pointer to it."""

    answer: Answer
    item: Mapping[str, Any]
    pointer: str
    data: Any
    at: str
    name: str  # the full resource name in the envelope, or ""
    shallow: bool  # a search result: what is missing was not read

    @classmethod
    def of(cls, answer: Answer, item: Mapping[str, Any], pointer: str) -> "Thing":
        """Unwrapped."""
        at, data = first(item, "/resource/data")
        enveloped = read(item, "/assetType") is not None
        name = read(item, "/name") if enveloped else None
        return cls(
            answer=answer,
            item=item,
            pointer=pointer,
            data=data if at else item,
            at=pointer + at,
            name=name if isinstance(name, str) and name.startswith("//") else "",
            shallow=enveloped and not at,
        )

    @property
    def project(self) -> str:
        """The project that the envelope or the resource names beside its own name, or ""."""
        chain = read(self.item, "/ancestors")
        said = chain[0] if isinstance(chain, list) and chain else read(self.item, "/project")
        if isinstance(said, str) and said.startswith("projects/"):
            return said.removeprefix("projects/")
        said = read(self.data, "/projectNumber") or self.answer.account
        return str(said) if said else ""

    def evidence(self, fields: Mapping[str, str] | None = None, at: str = "") -> Evidence:
        """The place of the resource, or of something in it."""
        return Evidence(record=self.answer.record, pointer=self.at + at, fields=fields or {})

    def edge(
        self, source: str, kind: str, target: str, at: str = "", **properties: Any
    ) -> Relationship:
        """A configured relationship that this item proves; `at` is a pointer into the resource."""
        return Relationship(
            source=source,
            kind=kind,
            target=target,
            evidence=(self.evidence(at=at),),
            properties=properties,
        )

    def item_evidence(self, fields: Mapping[str, str] | None = None, at: str = "") -> Evidence:
        """The place of something beside the resource: pointers are into the item."""
        return Evidence(record=self.answer.record, pointer=self.pointer + at, fields=fields or {})

    def item_edge(
        self, source: str, kind: str, target: str, at: str = "", **properties: Any
    ) -> Relationship:
        """Likewise a relationship; `at` is a pointer into the item."""
        return Relationship(
            source=source,
            kind=kind,
            target=target,
            evidence=(self.item_evidence(at=at),),
            properties=properties,
        )
