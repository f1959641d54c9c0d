"""A record that is being mapped, and what its items become."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.origin import Origin
from graph.estate import Piece
from graph.model import Evidence, Relationship

Odd = list[str]  # ids of records that are not built as the API builds its answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a mapper reads: the items of a list, or one object."""

    record: str
    operation: str
    account: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    origin: Origin | None = (
        None  # where the values stand in the raw record, if they were translated
    )

    def items(self) -> list[tuple[str, Any]]:
        """(pointer, item) of everything that the answer lists."""
        body = self.body
        if isinstance(body, list):
            return [(f"/{number}", item) for number, item in enumerate(body)]
        if isinstance(body, Mapping) and isinstance(body.get("value"), list):
            return [(f"/value/{number}", item) for number, item in enumerate(body["value"])]
        return [("", body)] if isinstance(body, Mapping) else []

    def evidence(self, pointer: str = "", fields: Mapping[str, str] | None = None) -> Evidence:
        """The place of something in this answer."""
        return Evidence(record=self.record, pointer=pointer, fields=fields or {})

    def edge(
        self, source: str, kind: str, target: str, pointer: str = "", **properties: Any
    ) -> Relationship:
        """A configured relationship that this answer proves."""
        return Relationship(
            source=source,
            kind=kind,
            target=target,
            evidence=(self.evidence(pointer),),
            properties=properties,
        )


Mapper = Callable[[Answer, Any, str], Iterator[Piece]]  # (answer, item, pointer of the item)
