"""Questions that cannot be understood, and facts that an answer names."""

import pytest

from tests.graph.permissions.gcp.estates import (
    ANN,
    BUCKET,
    CLOSED,
    OBJECT,
    SHOP,
    ask,
    binding,
    organisation,
)


@pytest.mark.parametrize(
    ("principal", "action", "resource"),
    [
        (ANN, "read", OBJECT),
        (ANN, "storage.objects.*", OBJECT),
        (ANN, "storage.objects.get", "shop-data"),
        ("ann@example.com", "storage.objects.get", OBJECT),
        ("", "storage.objects.get", OBJECT),
    ],
)
def test_what_is_no_question_says_so(principal: str, action: str, resource: str) -> None:
    answer = ask(organisation(), principal, action, resource)
    assert answer.decision == "Error"
    assert answer.layer == "input"
    assert answer.reason


def test_an_answer_names_the_binding_or_the_missing_fact() -> None:
    estate = organisation({SHOP: [binding("roles/storage.objectViewer", ANN, CLOSED)]})
    found = ask(estate, ANN, "storage.objects.get", OBJECT)
    assert found.statement == f"roles/storage.objectViewer on {SHOP}"
    opened = ask(estate, "user:x@example.com", "storage.objects.get", OBJECT)
    assert (opened.decision, opened.layer) == ("Undecided", "allow policy")
    assert opened.reason == f"it depends on the members of {CLOSED}"


def test_a_role_of_nobody_is_named() -> None:
    estate = organisation({BUCKET: [binding("organizations/1/roles/unread", ANN)]})
    found = ask(estate, ANN, "storage.objects.get", OBJECT)
    assert "what the role organizations/1/roles/unread holds" in found.reason
