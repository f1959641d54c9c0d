"""The sample's report: what to do comes first, and each toxic combination has one row with its places."""

import re
from collections import Counter

import pytest

from app.assess import open_assessment
from app.export.report import render
from app.sample import sample_path
from graph.assessment import Assessment
from graph.model import RuleVerdict


@pytest.fixture(scope="module")
def sample() -> Assessment:
    return open_assessment(sample_path())


def test_the_report_begins_with_what_to_do(sample):
    headings = re.findall(r"<h2>([^<]+)</h2>", render(sample))
    assert headings[:3] == ["What to fix first", "Toxic combinations", "Attack paths"]


def test_each_toxic_rule_has_one_row_with_its_number_of_places(sample):
    table = render(sample).partition("<h2>Toxic combinations</h2>")[2].partition("</table>")[0]
    rows = re.findall(r"<small>([A-Z-]+-\d+)</small>.*?<td>(\d+)</td></tr>", table)
    places = Counter(
        item.rule
        for item in sample.findings
        if item.kind == "toxic" and item.verdict is RuleVerdict.FAIL
    )
    assert {rule: int(count) for rule, count in rows} == places
    assert len(rows) == len(places) >= 10
