"""Rules with one condition taken out or turned weaker, for the proof that a rule's cases would notice."""

from collections.abc import Iterator
from dataclasses import replace

from graph.rules.model import NodePattern, Pattern, Rule, Selector


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """(what was taken out, the rule without it)."""
    for text, pattern in _patterns(rule.pattern):
        yield text, replace(rule, pattern=pattern)


def _patterns(pattern: Pattern) -> Iterator[tuple[str, Pattern]]:
    for name, node in pattern.nodes.items():
        for text, weaker in _nodes(node):
            yield f"{name}: {text}", replace(pattern, nodes={**pattern.nodes, name: weaker})
    for i, part in enumerate(pattern.absent):
        text = f"absent {part[0].source} -> {part[-1].target}"
        yield text, replace(pattern, absent=pattern.absent[:i] + pattern.absent[i + 1 :])
    for i, item in enumerate(pattern.comparisons):
        rest = pattern.comparisons[:i] + pattern.comparisons[i + 1 :]
        yield f"comparison of {' and '.join(item.nodes)}", replace(pattern, comparisons=rest)
    for i, count in enumerate(pattern.counts):
        rest_of = pattern.counts[:i] + pattern.counts[i + 1 :]
        yield f"count of {count.of}", replace(pattern, counts=rest_of)


def _nodes(node: NodePattern) -> Iterator[tuple[str, NodePattern]]:
    for i, selector in enumerate(node.selectors):
        for text, weaker in _selectors(selector):
            others = (*node.selectors[:i], weaker, *node.selectors[i + 1 :])
            yield text, replace(node, selectors=others)


def _selectors(selector: Selector) -> Iterator[tuple[str, Selector]]:
    for i, condition in enumerate(selector.where):
        rest = selector.where[:i] + selector.where[i + 1 :]
        yield f"where {condition.property} {condition.operator}", replace(selector, where=rest)
    for i, condition in enumerate(selector.applies):
        left = selector.applies[:i] + selector.applies[i + 1 :]
        yield f"applies {condition.property} {condition.operator}", replace(selector, applies=left)
