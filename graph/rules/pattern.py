"""Reading the pattern of a rule, checked against the schema: docs/rules.md describes the language."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Literal

from graph.content import read_toml
from graph.coverage import provider_of
from graph.rules.model import (
    Comparison,
    Count,
    NodePattern,
    Pattern,
    Predicate,
    Selector,
    StepPattern,
)
from graph.rules.predicates import OWN, declared_of, read_predicates
from graph.rules.steps import parse_steps
from graph.rules.table import Table, suggestion
from graph.schema import Schema, load_schema

SELECTORS = "rules/selectors.toml"
CLOUDS = frozenset({"", "aws", "azure", "gcp"})


def read_pattern(table: Table, kind: Literal["posture", "toxic"]) -> Pattern:
    """The pattern that the keys of a rule file spell."""
    schema = load_schema()
    rows = table.table("nodes")
    cloud = _cloud(table)
    nodes = {name: _in_cloud(_node(name, rows.table(name), schema), cloud) for name in rows.names()}
    if not nodes:
        raise table.refuse_at("nodes", "a pattern needs at least one asset")
    steps = tuple(step for row in table.tables("paths") for step in _steps(row, nodes, schema))
    absent = tuple(_steps(row, nodes, schema) for row in table.tables("absent"))
    group_by = table.texts("group_by")
    first = next((name for name in group_by if name in nodes), next(iter(nodes)))
    pattern = Pattern(
        about=_name(table, "about", nodes, default=first),
        nodes=nodes,
        steps=steps,
        absent=absent,
        comparisons=(
            *(_comparison(row, nodes, schema, equal=False) for row in table.tables("different")),
            *(_comparison(row, nodes, schema, equal=True) for row in table.tables("same")),
        ),
        counts=tuple(_count(row, nodes) for row in table.tables("count")),
        group_by=group_by,
    )
    _check_joined(table, pattern, kind)
    return pattern


def _cloud(table: Table) -> str:
    """The one cloud that the rule is about, if it names one."""
    cloud = table.text("cloud", "")
    if cloud not in CLOUDS:
        raise table.refuse_at("cloud", f"must be one of {', '.join(sorted(CLOUDS - {''}))}")
    return cloud


def _in_cloud(node: NodePattern, cloud: str) -> NodePattern:
    """Only kinds of that cloud, and those that no cloud has."""
    if not cloud:
        return node
    selectors = tuple(
        replace(s, kinds=frozenset(k for k in s.kinds if provider_of(k) in {"", cloud}))
        for s in node.selectors
    )
    return replace(node, selectors=selectors)


def _node(name: str, table: Table, schema: Schema) -> NodePattern:
    if table.has("is"):
        selectors = _named_selectors(table, schema)
    elif table.has("any"):
        selectors = tuple(_selector(row, schema) for row in table.tables("any"))
    else:
        selectors = (_selector(table, schema),)
    if not selectors:
        raise table.refuse_at("any", "names nothing")
    labels = tuple(sorted({schema.label(kind).name for s in selectors for kind in s.kinds}))
    labels = labels or table.texts("label")
    rests_on = table.texts("rests_on")
    for item in rests_on:
        if declared_of(item, labels, schema).title == item:
            raise table.refuse_at("rests_on", f"{item!r} is not a property of {labels[0]}")
    table.done()
    return NodePattern(name=name, selectors=selectors, rests_on=rests_on)


def _named_selectors(table: Table, schema: Schema) -> tuple[Selector, ...]:
    """Selectors that rules share, narrowed by further conditions of this rule."""
    name = table.text("is")
    shared = _shared()
    if name not in shared:
        raise table.refuse_at("is", f"no shared selector {name!r}{suggestion(name, shared)}")
    kinds = _kinds(table, schema) if table.has("label") or table.has("kind") else None
    more = _conditions(table, "where", frozenset().union(*(s.kinds for s in shared[name])), schema)
    return tuple(
        Selector(
            kinds=selector.kinds & kinds if kinds is not None else selector.kinds,
            applies=selector.applies,
            where=selector.where + more,
        )
        for selector in shared[name]
    )


@cache
def _shared() -> Mapping[str, tuple[Selector, ...]]:
    schema = load_schema()
    found: dict[str, tuple[Selector, ...]] = {}
    for name, row in read_toml(SELECTORS).items():
        table = Table(row, f"{SELECTORS}: {name}")
        table.text("title")
        found[name] = tuple(_selector(item, schema) for item in table.tables("any"))
        table.done()
    return found


def _selector(table: Table, schema: Schema) -> Selector:
    kinds = _kinds(table, schema)
    selector = Selector(
        kinds=kinds,
        applies=_conditions(table, "applies", kinds, schema),
        where=_conditions(table, "where", kinds, schema),
    )
    if not table.has("rests_on"):
        table.done()
    return selector


def _kinds(table: Table, schema: Schema) -> frozenset[str]:
    """The asset kinds that label, kind and category leave."""
    wanted = {
        "label": (schema.labels, table.texts("label")),
        "kind": (schema.kinds, table.texts("kind")),
        "category": ({label.category: label for label in schema.labels.values()}, ()),
    }
    wanted["category"] = (wanted["category"][0], table.texts("category"))
    for key, (known, given) in wanted.items():
        for word in given:
            if word not in known:
                raise table.refuse_at(key, f"no {key} {word!r}{suggestion(word, known)}")
    labels, kinds, categories = (wanted[key][1] for key in ("label", "kind", "category"))
    if not (labels or kinds or categories):
        raise table.refuse("say which assets: label, kind or category")
    return frozenset(
        kind
        for kind in schema.kinds
        if (not labels or schema.label(kind).name in labels)
        and (not kinds or kind in kinds)
        and (not categories or schema.category(kind) in categories)
    )


def _conditions(
    table: Table, key: str, kinds: frozenset[str], schema: Schema
) -> tuple[Predicate, ...]:
    if not table.has(key):
        return ()
    labels = tuple(sorted({schema.label(kind).name for kind in kinds})) or table.texts("label")
    return read_predicates(table.table(key), labels, schema)


def _steps(
    table: Table, nodes: Mapping[str, NodePattern], schema: Schema
) -> tuple[StepPattern, ...]:
    text = table.text("steps")
    steps = parse_steps(text, schema, lambda problem: table.refuse_at("steps", problem))
    for step in steps:
        for name in (step.source, step.target):
            if name not in nodes:
                raise table.refuse_at(
                    "steps", f"{name!r} is not under [nodes]{suggestion(name, nodes)}"
                )
    table.done()
    return steps


def _name(
    table: Table, key: str, nodes: Mapping[str, NodePattern], default: str | None = None
) -> str:
    name = table.text(key, default)
    if name not in nodes:
        raise table.refuse_at(key, f"{name!r} is not under [nodes]{suggestion(name, nodes)}")
    return name


def _comparison(
    table: Table, nodes: Mapping[str, NodePattern], schema: Schema, *, equal: bool
) -> Comparison:
    names = table.texts("nodes")
    if len(names) != len(("one", "other")) or any(name not in nodes for name in names):
        raise table.refuse_at("nodes", "name two assets that stand under [nodes]")
    prop = table.text("property", "id")
    for name in names:
        for kind in sorted(nodes[name].kinds):
            label = schema.label(kind).name
            if prop not in OWN and schema.property(label, prop) is None:
                raise table.refuse_at("property", f"{prop!r} is not a property of {label}")
    table.done()
    return Comparison(nodes=(names[0], names[1]), property=prop, equal=equal)


def _count(table: Table, nodes: Mapping[str, NodePattern]) -> Count:
    of = _name(table, "of", nodes)
    per = table.texts("per")
    for name in per:
        if name not in nodes or name == of:
            raise table.refuse_at("per", f"{name!r} is not another asset under [nodes]")
    if not per:
        raise table.refuse_at("per", "name the assets that share it")
    count = Count(of=of, per=per, gte=table.number("gte", 2, 1_000_000))
    table.done()
    return count


def _check_joined(table: Table, pattern: Pattern, kind: str) -> None:
    """A combination is one connected path, never a list of things that happen to be there."""
    joined = _reached(pattern.about, pattern.steps)
    for step in pattern.steps:
        if step.source not in joined:
            raise table.refuse_at("paths", f"{step.source!r} is not joined to {pattern.about!r}")
    if kind == "toxic" and not pattern.steps:
        raise table.refuse("a toxic rule needs [[paths]]: it fires on connected paths only")
    for part in pattern.absent:
        shared = {name for s in part for name in (s.source, s.target)} & joined
        if not shared:
            raise table.refuse_at("absent", "shares no asset with [[paths]]")
    used = joined | {n for part in pattern.absent for s in part for n in (s.source, s.target)}
    for name in pattern.nodes:
        if name not in used:
            raise table.refuse_at("nodes", f"{name!r} stands in no path")
    compared = {n for c in pattern.comparisons for n in c.nodes} | set(pattern.group_by)
    counted = {n for c in pattern.counts for n in (c.of, *c.per)}
    for name in sorted(compared | counted):
        if name not in joined:
            raise table.refuse(f"{name!r} is not part of [[paths]]")


def _reached(start: str, steps: tuple[StepPattern, ...]) -> set[str]:
    found = {start}
    growing = True
    while growing:
        more = {
            name
            for step in steps
            for name in (step.source, step.target)
            if {step.source, step.target} & found
        }
        growing = not more <= found
        found |= more
    return found
