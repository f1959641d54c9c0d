"""The assessment as JSON, and its findings as CSV."""

import json

from app import lookup, shapes
from app.spreadsheet import csv_text
from graph.assessment import Assessment

COLUMNS = (
    "id",
    "severity",
    "verdict",
    "kind",
    "rule",
    "title",
    "asset",
    "asset_id",
    "path",
    "missing",
    "fix",
    "accepted",
)


def render_json(assessment: Assessment) -> str:
    """The same object that `assess --format json` prints."""
    return json.dumps(shapes.assessment_shape(assessment), indent=2, ensure_ascii=False) + "\n"


def render_csv(assessment: Assessment) -> str:
    """One row a finding, safe to open in a spreadsheet."""
    graph = assessment.graph
    rows = [
        {
            "id": item.id,
            "severity": item.severity.value,
            "verdict": item.verdict.value,
            "kind": item.kind,
            "rule": item.rule,
            "title": item.title,
            "asset": lookup.name(graph, item.assets[0]),
            "asset_id": item.assets[0],
            "path": "; ".join(lookup.sentence(graph, step) for step in item.path),
            "missing": "; ".join(item.missing),
            "fix": lookup.remedy(assessment, item).short,
            "accepted": lookup.acceptance(item),
        }
        for item in assessment.findings
    ]
    return csv_text(rows, COLUMNS)
