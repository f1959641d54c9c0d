"""The relationships of an asset, in and out, grouped by kind; each leads on to the other end or to its proof."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph.asset_graph import Int32
from graph.model import Relationship, Verdict
from ui import icons, text
from ui.facts import Facts
from ui.session import Session
from ui.widgets import Wide, column, flat, link, plain, row

FEW = 6  # shown of a group at once
MANY = 250  # shown when all are asked for


class Group(NamedTuple):
    """Relationships of one kind in one direction."""

    phrase: str
    kind: str
    number: int
    others: Sequence[Relationship]  # the first of them


def groups(facts: Facts, asset_id: str, *, outward: bool) -> list[Group]:
    """The relationships of an asset by kind: the ones an attacker can walk first."""
    graph, i = facts.graph, facts.graph.index_of(asset_id)
    edges = graph.out_edges(i) if outward else graph.in_edges(i)
    codes = graph.relationship_code[edges]
    made = [
        _group(facts, graph.relationship_kinds[code], edges[codes == code])
        for code in np.unique(codes).tolist()
    ]
    kinds = graph.schema.relationships
    return sorted(made, key=lambda group: (not kinds[group.kind].traversable, group.phrase))


def _group(facts: Facts, kind: str, edges: Int32) -> Group:
    others = [facts.graph.relationship(edge) for edge in edges[:MANY].tolist()]
    return Group(facts.graph.schema.relationships[kind].phrase, kind, len(edges), others)


def neighbours(session: Session, asset_id: str) -> Iterator[QWidget]:
    """One block for each direction that has any."""
    facts = session.facts
    if facts is None:
        return
    titles: Mapping[bool, str] = {True: "Leads to", False: "Reached from"}
    for outward, title in titles.items():
        found = groups(facts, asset_id, outward=outward)
        if found:
            blocks = [_Block(session, facts, group, outward=outward) for group in found]
            yield plain(text.label(title, "heading"), *blocks, gap=8)


class _Block(QWidget):
    """One group: its phrase and count, and the other ends."""

    def __init__(self, session: Session, facts: Facts, group: Group, *, outward: bool) -> None:
        super().__init__()
        self._session, self._facts, self._group, self._outward = session, facts, group, outward
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        phrase = group.phrase if outward else f"… {group.phrase} this"
        self._box.addWidget(text.label(f"{phrase}   {group.number:,}", "small"))
        self._add(0, FEW)
        if group.number > FEW:
            self._more = link(f"Show {min(group.number, MANY) - FEW:,} more", self._all)
            self._box.addWidget(self._more)

    def _add(self, first: int, last: int) -> None:
        for relationship in self._group.others[first:last]:
            self._box.addLayout(self._line(relationship))

    def _all(self) -> None:
        self._more.hide()
        self._add(FEW, MANY)
        if self._group.number > MANY:
            rest = self._group.number - MANY
            self._box.addWidget(text.label(f"… and {rest:,} more; see the graph", "small"))

    def _line(self, relationship: Relationship) -> QVBoxLayout:
        facts = self._facts
        other = relationship.target if self._outward else relationship.source
        name = facts.name(other)
        icon = icons.kind_icon_name(facts.asset(other).kind)
        open_other = Wide(name, lambda: self._session.inspect(other), icon)
        text.tip(open_other, f"{name}\n{facts.kind_title(other)}\n{other}")
        line = row(open_other, gap=4)
        line.setStretch(0, 1)
        if relationship.verdict is not Verdict.YES:
            line.addWidget(text.label("undecided", "undecided"))
        why = flat(
            "help-circle-outline", f"Why: {name}", lambda: self._session.inspect(relationship.key)
        )
        line.addWidget(why)
        return column(line, gap=0)
