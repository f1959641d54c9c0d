"""What nobody asked for is told apart from what was asked and not read."""

from graph.coverage import Coverage, never_asked
from graph.model import CoverageEntry, CoverageState, Scope
from graph.schema import load_schema

SCOPE = Scope(provider="aws", account="111122223333")


def test_lists_of_a_cloud_that_was_read_and_not_asked_for() -> None:
    asked = CoverageEntry(operation="s3:ListBuckets", scope=SCOPE, state=CoverageState.DENIED)
    found = never_asked(Coverage([asked]), load_schema())
    assert "s3:ListBuckets" not in found
    assert found["kms:ListKeys"] == ["KMS key"]
    assert all(found.values())


def test_of_a_cloud_that_was_not_read_nothing_is_missing() -> None:
    assert never_asked(Coverage([]), load_schema()) == {}
