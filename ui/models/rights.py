"""The access review as columns: one row a right."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.rights import rights
from graph.asset_graph import VERDICTS
from graph.model import Relationship, Verdict
from ui import icons, values
from ui.facts import Facts
from ui.models.table import Column, Mask, TableModel, code_column, number_column, text_column

_ICONS = {
    Verdict.YES: ("check-circle-outline", "yes"),
    Verdict.UNDECIDED: ("help-circle-outline", "undecided"),
}
_WORDS = {Verdict.NO: "not there", Verdict.UNDECIDED: "undecided", Verdict.YES: "proved"}


class Rights:
    """Columns and filters over every right worth a review."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.edges = rights(facts.graph)
        graph = facts.graph
        self._who, self._what = graph.source[self.edges], graph.target[self.edges]
        self._kinds = graph.relationship_code[self.edges]
        self._verdicts = graph.verdict_code[self.edges]

    @property
    def count(self) -> int:
        """How many rights there are."""
        return len(self.edges)

    def right(self, row: int) -> Relationship:
        """The relationship of a row."""
        return self.facts.graph.relationship(int(self.edges[row]))

    def model(self) -> TableModel:
        """A table of all rights."""
        return TableModel(self._columns(), self.count)

    def _columns(self) -> Sequence[Column]:
        graph, facts = self.facts.graph, self.facts
        schema = graph.schema
        titles = [schema.kinds[kind].title for kind in graph.kinds]
        pictures = [icons.icon(icons.kind_icon_name(kind)) for kind in graph.kinds]
        signs = [
            icons.icon(*_ICONS[verdict]) if verdict in _ICONS else None for verdict in VERDICTS
        ]
        who = [facts.name(graph.ids[number]) for number in self._who.tolist()]
        what = [facts.name(graph.ids[number]) for number in self._what.tolist()]
        kind_of = graph.kind_code
        over = [facts.paths_over[self.right(row).key] for row in range(self.count)]
        return (
            text_column("Who", who, width=220, icon=lambda row: pictures[kind_of[self._who[row]]]),
            code_column("Is a", kind_of[self._who], titles, width=124),
            code_column(
                "Can",
                self._kinds,
                [schema.relationships[kind].phrase for kind in graph.relationship_kinds],
                width=180,
            ),
            text_column(
                "What", what, width=220, icon=lambda row: pictures[kind_of[self._what[row]]]
            ),
            code_column("Type", kind_of[self._what], titles, width=150),
            code_column(
                "Verdict",
                self._verdicts,
                [_WORDS[verdict] for verdict in VERDICTS],
                sorted_by_code=True,
                width=118,
                icon=lambda row: signs[self._verdicts[row]],
            ),
            text_column("MFA", self._of_who("mfa"), width=64),
            text_column("Last used", self._of_who("last_used"), width=120),
            number_column("Paths", np.array(over, dtype=np.int64), width=64),
        )

    def _of_who(self, name: str) -> list[str]:
        found = (self.facts.graph.asset(number).properties for number in self._who.tolist())
        return [values.words(each[name]) if name in each else "" for each in found]

    def mask(self, words: str, filters: Mapping[str, str]) -> Mask:
        """Rights whose both ends' names or ids hold every word, and that pass the filters category, right, verdict, principal, resource."""
        shown = np.ones(self.count, dtype=bool)
        for key, wanted in filters.items():
            if wanted:
                shown &= self._filter(key, wanted)
        for word in words.casefold().split():
            fits = np.array([word in each for each in self.facts.folded], dtype=bool)
            shown &= fits[self._who] | fits[self._what]
        return shown

    def _filter(self, key: str, wanted: str) -> Mask:
        graph = self.facts.graph
        if key == "category":
            fits = [graph.schema.category(kind) == wanted for kind in graph.kinds]
            return np.array(fits, dtype=bool)[graph.kind_code[self._what]]
        if key == "right":
            return np.asarray(self._kinds == graph.relationship_kinds.index(wanted))
        if key == "verdict":
            return np.asarray(self._verdicts == VERDICTS.index(Verdict(wanted)))
        ends = {"principal": self._who, "resource": self._what}[key]
        return (
            np.asarray(ends == graph.index_of(wanted))
            if wanted in graph
            else np.zeros(self.count, bool)
        )

    def kinds(self) -> dict[str, str]:
        """The rights that occur, with their words."""
        graph = self.facts.graph
        found = sorted(set(self._kinds.tolist()))
        names = [graph.relationship_kinds[code] for code in found]
        return {name: graph.schema.relationships[name].phrase for name in names}

    def categories(self) -> list[str]:
        """The categories of what rights are over."""
        graph = self.facts.graph
        codes = set(graph.kind_code[self._what].tolist())
        return sorted({graph.schema.category(graph.kinds[code]) for code in codes})
