"""The report's table of toxic combinations: one row a rule, worst first, with its number of places."""

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from app import lookup
from graph.assessment import Assessment
from graph.model import Finding, RuleVerdict
from graph.text import visible


def render_toxic(assessment: Assessment) -> str:
    """The rows of the table."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for item in assessment.findings:
        if item.kind == "toxic" and item.verdict is RuleVerdict.FAIL:
            by_rule[item.rule].append(item)
    ordered = sorted(by_rule.items(), key=lambda pair: (-pair[1][0].severity.rank, pair[0]))
    return "".join(_row(assessment, rule, found) for rule, found in ordered)


def _row(assessment: Assessment, rule: str, found: Sequence[Finding]) -> str:
    first = found[0]
    return (
        f'<tr><td><span class="badge {first.severity.value}">{first.severity.value}</span></td>'
        f"<td><b>{_text(first.title)}</b> <small>{_text(rule)}</small><br>"
        f"{_text(lookup.remedy(assessment, first).short)}</td><td>{len(found)}</td></tr>"
    )


def _text(value: object) -> str:
    return escape(visible(str(value)))
