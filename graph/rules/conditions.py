"""Conditions of a pattern as Cypher: for each asset, whether it is surely meant and whether it may be.

Names of labels and properties are words of the closed schema, values go into parameters. An expression is never null.
"""

from collections.abc import Callable, Iterable
from typing import Any

from graph.rules.model import NodePattern, Predicate, Selector
from graph.rules.operators import NEGATIONS, WRITERS, beside, matches_one
from graph.rules.predicates import AGES, OWN
from graph.schema import Schema

NOTHING = "ModelhoundNothing"  # a label that no asset has


class Conditions:
    """Writes conditions on named assets, and keeps the values of one query under names of their own."""

    def __init__(self, schema: Schema) -> None:
        self.parameters: dict[str, Any] = {}
        self._schema = schema

    def add(self, value: Any) -> str:
        """The reference to a value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def labels(self, kinds: Iterable[str]) -> str:
        """`Bucket|Table`: the labels of some kinds."""
        return "|".join(sorted({self._schema.label(k).name for k in kinds})) or NOTHING

    def possible(self, var: str, node: NodePattern) -> str:
        """May the asset be meant?"""
        return self._any_selector(var, node, self.none_fails)

    def sure(self, var: str, node: NodePattern) -> str:
        """Is it certainly meant?"""
        return self._any_selector(var, node, self.all_hold)

    def _any_selector(
        self,
        var: str,
        node: NodePattern,
        write: Callable[[str, Selector, Iterable[Predicate]], str],
    ) -> str:
        return disjunction(
            conjunction([self.of_kinds(var, s), write(var, s, (*s.applies, *s.where))])
            for s in node.selectors
            if s.kinds
        )

    def of_kinds(self, var: str, selector: Selector) -> str:
        """Is it of one of the selector's kinds?"""
        return f"{var}.kind IN {self.add(sorted(selector.kinds))}"

    def all_hold(self, var: str, selector: Selector, predicates: Iterable[Predicate]) -> str:
        """Do all of the conditions surely hold?"""
        return conjunction(
            f"({self._known(var, p)} AND {self._holds(var, p, selector)})" for p in predicates
        )

    def none_fails(self, var: str, selector: Selector, predicates: Iterable[Predicate]) -> str:
        """May all of the conditions hold?"""
        return conjunction(
            f"(NOT {self._known(var, p)} OR {self._holds(var, p, selector)})" for p in predicates
        )

    def known(self, var: str, name: str) -> str:
        """Was the property read?"""
        if name in OWN:
            return "true"
        return f"({var}.`{name}` IS NOT NULL OR {self.add(name)} IN {var}.unset)"

    def unread(self, var: str, names: Iterable[str]) -> str:
        """The list of those of some properties that were not read."""
        rows = [
            f"CASE WHEN {self.known(var, name)} THEN [] ELSE [{self.add(name)}] END"
            for name in names
        ]
        return " + ".join(rows) or "[]"

    def _known(self, var: str, predicate: Predicate) -> str:
        name = predicate.property
        if predicate.operator not in AGES:
            return self.known(var, name)
        time = f"{beside(f'{var}.`{name}`', 'time')} IS NOT NULL AND $now IS NOT NULL"
        return f"({self.add(name)} IN {var}.unset OR ({time}))"

    def _holds(self, var: str, predicate: Predicate, selector: Selector) -> str:
        operator = predicate.operator
        asked = NEGATIONS.get(operator, operator)
        write = WRITERS[asked]
        if asked == "matches" and self._type(predicate.property, selector) in {"list", "map"}:
            write = matches_one
        text = write(f"{var}.`{predicate.property}`", predicate.value, self.add)
        return f"{'NOT ' if operator != asked else ''}coalesce({text}, false)"

    def _type(self, name: str, selector: Selector) -> str:
        declared = self._schema.property(self._schema.label(min(selector.kinds)).name, name)
        return declared.type if declared else "string"


def conjunction(parts: Iterable[str]) -> str:
    """All of them."""
    return " AND ".join(part for part in parts if part != "true") or "true"


def disjunction(parts: Iterable[str]) -> str:
    """One of them; false if there are none."""
    return f"({' OR '.join(f'({part})' for part in parts) or 'false'})"
