"""Mappers see policies as objects, dates as text, and nothing of how the answer travelled."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from collectors.normalise import normalise

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}
TEXT = json.dumps(POLICY)


@pytest.mark.parametrize(
    "text",
    [TEXT, f"\n {TEXT} ", quote(TEXT), quote(TEXT, safe=""), json.dumps(TEXT)],
    ids=["plain", "spaces", "url", "url all", "twice"],
)
def test_policies_become_objects(text):
    assert normalise("x:Y", {"a": [{"Policy": text}]}) == {"a": [{"Policy": POLICY}]}


@pytest.mark.parametrize(
    "text",
    [
        "a Statement",
        "{ Statement",
        '{"Statement": "text"}',
        '{"a": {"Statement": []}}',
        '["Statement"]',
        '"Statement"',
        "%7Bnot a Statement",
    ],
)
def test_other_texts_stay_texts(text):
    body = {"a": [text]}
    assert normalise("x:Y", body) is body


def test_dates_and_metadata():
    day = datetime(2026, 1, 1, tzinfo=UTC)
    body = {"ResponseMetadata": {"RequestId": "r"}, "At": day, "List": (day, 1)}
    iso = "2026-01-01T00:00:00+00:00"
    assert normalise("x:Y", body) == {"At": iso, "List": [iso, 1]}
    assert body["At"] is day
