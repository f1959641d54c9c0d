"""Patterns as Cypher for a graph server (Neo4j 5.26 or newer): text from the closed schema, values as parameters.

The server answers with the combinations of assets that may match, how certain each is, and whether what must be absent
may be there; `served` then weighs absence by the coverage ledger and counts, with the matcher's own code.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from graph.rules.conditions import Conditions, conjunction, disjunction
from graph.rules.model import Comparison, NodePattern, Pattern, StepPattern
from graph.rules.predicates import OWN
from graph.schema import Schema

_KNOWN_TO_BE = "<> 'no'"  # of a verdict: at least undecided


@dataclass(frozen=True, slots=True)
class Query:
    """A text and the values that it refers to; the server adds $graph and $now."""

    text: str
    parameters: Mapping[str, Any]


def needed(pattern: Pattern) -> tuple[str, ...]:
    """The names whose assets an answer depends on; of the others any example will do."""
    names = {*(pattern.group_by or pattern.bound), pattern.about}
    names |= {name for part in pattern.absent for s in part for name in (s.source, s.target)}
    names |= {name for count in pattern.counts for name in (count.of, *count.per)}
    return tuple(name for name in pattern.bound if name in names)


def rows_query(pattern: Pattern, schema: Schema) -> Query:
    """Rows [ids of `needed`], certainty (1 may, 2 surely), [for each absent part: may it be there?]."""
    writer = _Writer(pattern, schema)
    names = needed(pattern)
    lines = [*writer.steps(names), *writer.collapsed(names)]
    surely = [writer.present(part, names, sure=True) for part in pattern.absent]
    maybe = [writer.present(part, names, sure=False) for part in pattern.absent]
    if surely:
        lines.append(f"WITH * WHERE NOT {disjunction(surely)}")
    lines.append(f"RETURN [{_ids(names)}] AS ids, v AS certainty, [{', '.join(maybe)}] AS present")
    return writer.query(lines)


def example_query(pattern: Pattern, schema: Schema) -> Query:
    """For each of $rows (ids of `needed`): the ids of all names, in their order, of the surest answer with these."""
    writer = _Writer(pattern, schema)
    fixed = {name: f"row[{i}]" for i, name in enumerate(needed(pattern))}
    writer.fixed = fixed
    names = pattern.bound
    inner = [*writer.steps(names), *writer.collapsed(names)]
    lines = [
        "UNWIND $rows AS row CALL (row) {",
        *inner,
        f"RETURN [{_ids(names)}] AS ids ORDER BY v DESC, ids LIMIT 1",
        "} RETURN ids",
    ]
    return writer.query(lines)


def ways_query(step: StepPattern, schema: Schema) -> Query:
    """For each of $pairs (ids of two assets): the details of the relationships by which the step surest joins them."""
    writer = _Writer(Pattern(about="", nodes={}), schema)
    branches = list(writer.ways(step))
    lines = [
        "UNWIND $pairs AS pair",
        "MATCH (source:Asset {key: $graph + '|' + pair[0]})",
        "MATCH (target:Asset {key: $graph + '|' + pair[1]})",
        "CALL (source, target) { CALL (source, target) {",
        " UNION ALL ".join(branches),
        "} RETURN way ORDER BY certainty DESC, size(way), way LIMIT 1 } RETURN way",
    ]
    return writer.query(lines)


def silent_query(node: NodePattern, schema: Schema) -> Query:
    """Assets that a posture rule is about and names nothing wrong with ($named are those that it does).

    Rows: number of assets that pass, or, for one that passes if its lists were read whole, its own properties and the
    names of the properties in `rests_on` that were not read.
    """
    writer = _Writer(Pattern(about="", nodes={}), schema)
    conditions, var = writer.conditions, "asset"
    own = ", ".join(f"{var}.{name}" for name in OWN)
    lines = [
        f"MATCH ({var}:{conditions.labels(node.kinds)}) WHERE {var}.graph = $graph",
        f"WITH {var}, {_standing(conditions, var, node)} AS standing",
        f"WHERE standing > 0 AND NOT {var}.id IN $named",
        f"WITH CASE standing WHEN 2 THEN [{own}] END AS own,",
        f"CASE standing WHEN 2 THEN {conditions.unread(var, node.rests_on)} END AS unread",
        "RETURN own, unread, count(*) AS count",
    ]
    return writer.query(lines)


def _standing(conditions: Conditions, var: str, node: NodePattern) -> str:
    """0 the rule is not about it, 1 it is cleared by its properties, 2 by the lack of a path; as the best fitting selector says."""
    cases: list[str] = []
    for least in (2, 1, 0):
        for selector in (s for s in node.selectors if s.kinds):
            both = (*selector.applies, *selector.where)
            fits = (conditions.none_fails, conditions.all_hold)[least - 1](var, selector, both)
            when = conjunction([conditions.of_kinds(var, selector), fits if least else "true"])
            about = conditions.all_hold(var, selector, selector.applies)
            open_ = conditions.none_fails(var, selector, selector.where)
            then = f"CASE WHEN NOT ({about}) THEN 0 WHEN {open_} THEN 2 ELSE 1 END"
            cases.append(f"WHEN {when} THEN {then}")
    return f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0"


def _ids(names: Iterable[str]) -> str:
    return ", ".join(f"{_var(name)}.id" for name in names)


def _var(name: str) -> str:
    """A name of the rule as a variable; the prefix keeps it apart from Cypher's words and from ours."""
    return f"n_{name}"


class _Writer:
    """Writes one query: which names are bound, and which relationships and assets its certainty rests on."""

    def __init__(self, pattern: Pattern, schema: Schema) -> None:
        self.conditions = Conditions(schema)
        self.fixed: Mapping[str, str] = {}  # names whose ids are given
        self._pattern = pattern
        self._bound: list[str] = []
        self._sure: list[str] = []  # what must be true for certainty
        self._collapsed = False  # is there a v from earlier lines?
        self._number = 0

    def query(self, lines: Iterable[str]) -> Query:
        return Query("\n".join(lines), self.conditions.parameters)

    def steps(self, names: Iterable[str]) -> Iterator[str]:
        """MATCH clauses of all steps; names that nothing asks for any more are dropped on the way."""
        pattern, wanted = self._pattern, set(names)
        waiting, compare = list(pattern.steps), list(pattern.comparisons)
        yield f"MATCH {self._first(pattern.about)}"
        while waiting:
            step = min(
                (s for s in waiting if s.source in self._bound or s.target in self._bound),
                key=lambda s: not (s.source in self._bound and s.target in self._bound),
            )
            waiting.remove(step)
            many = step.repeats or len(step.chains) > 1 or len(step.chains[0]) > 1
            yield from self._called(step) if many else self._plain(step)
            for item in [c for c in compare if set(c.nodes) <= set(self._bound)]:
                compare.remove(item)
                yield f"WITH * WHERE {self._compared(item)}"
            later = wanted | {n for s in waiting for n in (s.source, s.target)}
            later |= {name for item in compare for name in item.nodes}
            kept = [name for name in self._bound if name in later]
            if many or len(kept) < len(self._bound):
                yield from self.collapsed(kept)

    def collapsed(self, names: Iterable[str]) -> Iterator[str]:
        """One row for each combination of these names, with its best certainty."""
        variables = ", ".join(_var(name) for name in names)
        earlier = ["v = 2"] if self._collapsed else []
        sure = conjunction([*earlier, *self._sure])
        row = "row, " if self.fixed else ""
        yield f"WITH {row}{variables}, max(CASE WHEN {sure} THEN 2 ELSE 1 END) AS v"
        self._bound, self._sure, self._collapsed = list(names), [], True

    def _first(self, name: str) -> str:
        node = self._pattern.nodes[name]
        where = self._met(name)
        return f"({_var(name)}:{self.conditions.labels(node.kinds)}) WHERE {where}"

    def _met(self, name: str, *, first: bool = True) -> str:
        """Conditions on an asset that is met for the first time; certainty comes to rest on it."""
        node, var = self._pattern.nodes[name], _var(name)
        self._bound.append(name)
        self._sure.append(self.conditions.sure(var, node))
        parts = [self.conditions.possible(var, node)]
        if name in self.fixed:
            parts.insert(0, f"{var}.key = $graph + '|' + {self.fixed[name]}")
        elif first:
            parts.insert(0, f"{var}.graph = $graph")
        return conjunction(parts)

    def _plain(self, step: StepPattern) -> Iterator[str]:
        edge = self._edge()
        new = [name for name in (step.source, step.target) if name not in self._bound]
        yield f"MATCH {self._arrow(step, edge, step.chains[0][0])}"
        where = [f"{edge}.verdict {_KNOWN_TO_BE}"]
        where += [self._met(name, first=False) for name in dict.fromkeys(new)]
        yield f"WHERE {conjunction(where)}"
        self._sure.append(f"{edge}.verdict = 'yes'")

    def _arrow(self, step: StepPattern, edge: str, kinds: frozenset[str]) -> str:
        ends = [self._end(name) for name in (step.source, step.target)]
        return f"{ends[0]}-[{edge}:{'|'.join(sorted(kinds))}]->{ends[1]}"

    def _end(self, name: str) -> str:
        if name in self._bound:
            return f"({_var(name)})"
        return f"({_var(name)}:{self.conditions.labels(self._pattern.nodes[name].kinds)})"

    def _called(self, step: StepPattern) -> Iterator[str]:
        """A step of several ways: each a branch that gives the far asset and whether the way is certain."""
        ends = list(dict.fromkeys((step.source, step.target)))
        new = [name for name in ends if name not in self._bound]
        known = ", ".join(_var(name) for name in ends if name not in new)
        flag = self._edge()
        given = "".join(f"{_var(name)}, " for name in new)
        branches = [
            f"{match} RETURN DISTINCT {given}{sure} AS {flag}"
            for match, sure in self._branches(step)
        ]
        yield f"CALL ({known}) {{ {' UNION '.join(branches)} }}"
        if new:
            where = conjunction([self._met(name, first=False) for name in new])
            yield f"WITH * WHERE {where}"
        self._sure.append(flag)

    def _branches(self, step: StepPattern) -> Iterator[tuple[str, str]]:
        """(MATCH clauses, whether all is certain) of every way that a step may take."""
        if step.repeats:
            yield f"MATCH ANY SHORTEST {self._repeated(step, sure=True)}", "true"
            yield f"MATCH ANY SHORTEST {self._repeated(step, sure=False)}", "false"
            return
        for chain in step.chains:
            edges, text = self._chain(step, chain)
            some = conjunction(f"{edge}.verdict {_KNOWN_TO_BE}" for edge in edges)
            yield f"{text} WHERE {some}", conjunction(f"{edge}.verdict = 'yes'" for edge in edges)

    def _repeated(self, step: StepPattern, *, sure: bool) -> str:
        edge, most = self._edge(), "" if step.most is None else step.most
        kinds, verdict = "|".join(sorted(step.kinds)), "= 'yes'" if sure else _KNOWN_TO_BE
        ends = [self._end(name) for name in (step.source, step.target)]
        arrow = f"-[{edge}:{kinds} WHERE {edge}.verdict {verdict}]->{{{step.least},{most}}}"
        return f"{ends[0]}{arrow}{ends[1]}"

    def _chain(self, step: StepPattern, chain: tuple[frozenset[str], ...]) -> tuple[list[str], str]:
        """A MATCH for each relationship: one may be taken twice, which a single MATCH forbids."""
        edges = [self._edge() for _ in chain]
        stops = [
            self._end(step.source),
            *(f"({e}m:Asset)" for e in edges[1:]),
            self._end(step.target),
        ]
        clauses = [
            f"MATCH {left}-[{edge}:{'|'.join(sorted(kinds))}]->{right}"
            for left, edge, kinds, right in zip(stops[:-1], edges, chain, stops[1:], strict=True)
        ]
        return edges, " ".join(clauses)

    def _edge(self) -> str:
        self._number += 1
        return f"r{self._number}"

    def _compared(self, item: Comparison) -> str:
        """May the comparison hold? Certainty rests on both values being known."""
        left, right = (_var(name) for name in item.nodes)
        if item.property == "id":
            return f"{left} {'=' if item.equal else '<>'} {right}"
        name = item.property
        known = [
            f"{var}.{name} <> ''" if name in OWN else self.conditions.known(var, name)
            for var in (left, right)
        ]
        both = f"({conjunction(known)})"
        same = f"coalesce({left}.`{name}` = {right}.`{name}`, {left}.`{name}` IS NULL AND {right}.`{name}` IS NULL)"
        self._sure.append(both)
        return f"(NOT {both} OR {'' if item.equal else 'NOT '}{same})"

    def present(self, part: tuple[StepPattern, ...], names: Iterable[str], *, sure: bool) -> str:
        """Is the part, which must be absent, there?"""
        return disjunction(
            f"EXISTS {{ {self._combined(part, chosen, names, sure=sure)} }}"
            for chosen in product(*(range(len(step.chains)) for step in part))
        )

    def _combined(
        self,
        part: tuple[StepPattern, ...],
        chosen: tuple[int, ...],
        names: Iterable[str],
        *,
        sure: bool,
    ) -> str:
        self._bound = list(names)
        verdict = "= 'yes'" if sure else _KNOWN_TO_BE
        clauses: list[str] = []
        for step, number in zip(part, chosen, strict=True):
            if step.repeats:
                clauses.append(f"MATCH ANY SHORTEST {self._repeated(step, sure=sure)}")
                where: list[str] = []
            else:
                edges, text = self._chain(step, step.chains[number])
                clauses.append(text)
                where = [f"{edge}.verdict {verdict}" for edge in edges]
            for name in (step.source, step.target):
                if name not in self._bound:
                    self._bound.append(name)
                    write = self.conditions.sure if sure else self.conditions.possible
                    where.append(write(_var(name), self._pattern.nodes[name]))
            clauses.append(f"WHERE {conjunction(where)}")
        return " ".join(clauses)

    def ways(self, step: StepPattern) -> Iterator[str]:
        """Branches that give `way`, the details of the relationships, and how certain it is."""
        self._bound = [step.source, step.target]
        ends = {_var(step.source): "source", _var(step.target): "target"}
        start = f"WITH {', '.join(f'{end} AS {var}' for var, end in ends.items())}"
        if step.repeats:
            for sure in (True, False):
                match = f"MATCH way_ = ANY SHORTEST {self._repeated(step, sure=sure)}"
                details = "[r IN relationships(way_) | r.detail] AS way"
                yield f"{start} {match} RETURN {details}, {2 if sure else 1} AS certainty"
            return
        for chain in step.chains:
            edges, text = self._chain(step, chain)
            some = conjunction(f"{edge}.verdict {_KNOWN_TO_BE}" for edge in edges)
            all_ = conjunction(f"{edge}.verdict = 'yes'" for edge in edges)
            details = ", ".join(f"{edge}.detail" for edge in edges)
            certainty = f"CASE WHEN {all_} THEN 2 ELSE 1 END AS certainty"
            yield f"{start} {text} WHERE {some} RETURN [{details}] AS way, {certainty}"
