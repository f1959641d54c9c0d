"""Gaps in a few lines: alike together, the most frequent first, all of them counted."""

from app.gaps import gap_lines
from graph.model import CoverageEntry, CoverageState, Scope

HERE = Scope(provider="aws", account="1", region="eu-central-1")


def _entry(operation: str, state: CoverageState, reason: str = "") -> CoverageEntry:
    return CoverageEntry(operation=operation, scope=HERE, state=state, reason=reason)


def test_what_was_read_is_no_gap():
    assert gap_lines([_entry("a:B", CoverageState.COMPLETE)]) == []
    assert gap_lines([_entry("a:B", CoverageState.NOT_OFFERED, "no such host")]) == []


def test_alike_stands_together():
    denied = [
        _entry(f"iam:Get{name}", CoverageState.DENIED, f"AccessDenied: not {name}")
        for name in "ABCDE"
    ]
    failed = _entry("kms:ListKeys", CoverageState.FAILED, "500: " + "x" * 500)
    first, second = gap_lines([failed, *denied])
    assert first == "denied: 5 x AccessDenied: not A (iam:GetA, iam:GetB, iam:GetC, and 2 more)"
    assert second.startswith("failed: 1 x 500: xxx")
    assert len(second) < 160


def test_every_gap_is_counted():
    gaps = [_entry("a:B", CoverageState.FAILED, f"E{number}: x") for number in range(20)]
    lines = gap_lines(gaps, most=3)
    assert len(lines) == 4
    assert lines[-1] == "and 17 more, for 17 other reasons"
