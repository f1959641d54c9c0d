"""Rules from a few lines of TOML, and what they say of a small graph."""

import tomllib

from graph.asset_graph import AssetGraph
from graph.rules.evaluate import evaluate
from graph.rules.load import read_rule
from graph.rules.model import Rule, RuleResults

HEAD = """
id = "X-1"
kind = "{kind}"
title = "A title"
likelihood = 3
impact = 4
why = "Because."
{top}
[remediation]
short = "Mend it."
"""


def rule(pattern: str, *, kind: str = "posture", top: str = "") -> Rule:
    """A rule with this pattern; `top` are keys that stand before its tables."""
    return read_rule(tomllib.loads(HEAD.format(kind=kind, top=top) + pattern), "rules/x.toml")


def judge(pattern: str, graph: AssetGraph, *, kind: str = "posture", top: str = "") -> RuleResults:
    """What the rule says of the graph."""
    made = rule(pattern, kind=kind, top=top)
    return evaluate(graph, {made.id: made})


def bound(results: RuleResults) -> list[tuple[dict[str, str], str]]:
    """(bindings, verdict) of every finding, in order of bindings."""
    return sorted(((dict(f.bindings), f.verdict.value) for f in results.findings), key=str)
