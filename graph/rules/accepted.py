"""Risks that somebody has accepted: until a day, for a reason, for one finding or for a rule in a scope.

An accepted finding stays a finding, everywhere and in every export; it only says who accepted it, why and until when.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from graph.asset_graph import AssetGraph
from graph.model import AcceptedRisk, ContentError, Finding
from graph.rules.table import Table

KEY = "accepted"


def risk_of(row: object, place: str) -> AcceptedRisk:
    """A risk from its row in a file; ContentError says what is wrong with it."""
    table = Table(row, place)
    risk = AcceptedRisk(
        owner=table.text("owner"),
        reason=table.text("reason"),
        until=table.text("until"),
        finding=table.text("finding", ""),
        rule=table.text("rule", ""),
        scope=table.text("scope", ""),
    )
    table.text("id", "")  # told by the rest
    table.done()
    problem = problem_of(risk)
    if problem:
        raise table.refuse(problem)
    return risk


def problem_of(risk: AcceptedRisk) -> str:
    """What is wrong with a risk, or nothing."""
    if not risk.owner or not risk.reason:
        return "an accepted risk has an owner and a reason"
    if bool(risk.finding) == bool(risk.rule):
        return "name either one finding or a rule"
    if risk.finding and risk.scope:
        return "a scope narrows a rule, not one finding"
    try:
        date.fromisoformat(risk.until)
    except ValueError:
        return f"until: {risk.until!r} is no day such as 2027-01-31"
    return ""


def risks_of(content: object, place: str) -> tuple[AcceptedRisk, ...]:
    """The risks of a file: a table with the list `accepted`."""
    table = Table(content, f"{place}:")
    rows = tuple(risk_of(row.values, row.place) for row in table.tables(KEY))
    table.done()
    return rows


def row_of(risk: AcceptedRisk) -> dict[str, str]:
    """A risk as a row of a file or an export."""
    row = {
        "id": risk_id(risk),
        "owner": risk.owner,
        "reason": risk.reason,
        "until": risk.until,
        "finding": risk.finding,
        "rule": risk.rule,
        "scope": risk.scope,
    }
    return {key: value for key, value in row.items() if value}


def risk_id(risk: AcceptedRisk) -> str:
    """Told by what is accepted: to accept it again replaces owner, reason and day."""
    text = f"{risk.finding}\n{risk.rule}\n{risk.scope}"
    return "r-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def has_expired(risk: AcceptedRisk, today: date) -> bool:
    """Is its last day over?"""
    return date.fromisoformat(risk.until) < today


def with_accepted(
    findings: Sequence[Finding], graph: AssetGraph, risks: Iterable[AcceptedRisk], today: date
) -> tuple[Finding, ...]:
    """The findings in their order, each with the risk that covers it on this day; none is left out."""
    valid = [risk for risk in risks if not has_expired(risk, today)]
    by_finding = {risk.finding: risk for risk in valid if risk.finding}
    by_rule: dict[str, list[AcceptedRisk]] = {}
    for risk in valid:
        if risk.rule:
            by_rule.setdefault(risk.rule, []).append(risk)
    return tuple(
        replace(item, accepted=_covering(item, graph, by_finding, by_rule)) for item in findings
    )


def _covering(
    item: Finding,
    graph: AssetGraph,
    by_finding: Mapping[str, AcceptedRisk],
    by_rule: Mapping[str, Sequence[AcceptedRisk]],
) -> AcceptedRisk | None:
    if by_finding and item.id in by_finding:
        return by_finding[item.id]
    fitting = (risk for risk in by_rule.get(item.rule, ()) if _in_scope(item, graph, risk.scope))
    return next(fitting, None)


def _in_scope(item: Finding, graph: AssetGraph, scope: str) -> bool:
    """Does the scope name the id, the name or the account of the asset that the finding is about?"""
    if not scope:
        return True
    names: list[Any] = [item.assets[0]]
    if item.assets[0] in graph:
        asset = graph.asset(graph.index_of(item.assets[0]))
        names += [asset.name, asset.account]
    return any(fnmatchcase(name, scope) for name in names)


def checked(risk: AcceptedRisk) -> AcceptedRisk:
    """The risk, if nothing is wrong with it."""
    problem = problem_of(risk)
    if problem:
        raise ContentError(problem)
    return risk
