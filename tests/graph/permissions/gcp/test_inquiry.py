"""Who can, what can, why: asked of Google Cloud as people ask."""

import pytest

from app import inquiry
from graph.asset_graph import AssetGraph
from graph.derive import derive
from graph.model import UserError
from tests.graph.permissions.gcp.estates import (
    ANN,
    BOB,
    BUCKET,
    CLOSED,
    DEVS,
    LAB,
    OBJECT,
    ORG,
    SHOP,
    TRAIN,
    Item,
    binding,
    boundary,
    deny,
    organisation,
)

VIEW = "roles/storage.objectViewer"
READ = "storage.objects.get"
POLICIES = {
    BUCKET: [binding(VIEW, TRAIN, CLOSED)],
    TRAIN: [binding("roles/iam.serviceAccountTokenCreator", DEVS)],
}


def test_who_can_names_direct_indirect_and_undecided_holders() -> None:
    known = derive(organisation(POLICIES))
    graph = AssetGraph.build(known)
    found = {item.principal: item for item in inquiry.who_can(known, graph, READ, OBJECT)}
    assert (found[TRAIN].decision, found[TRAIN].through) == ("Allowed", ())
    assert (found[ANN].decision, found[ANN].through) == ("Undecided", ())  # in the group, perhaps
    assert found[BOB].missing == (f"the members of {CLOSED}",)
    assert "allUsers" not in found


def test_what_can_follows_the_accounts_that_somebody_can_become() -> None:
    graph = AssetGraph.build(derive(organisation({**POLICIES, BUCKET: [binding(VIEW, TRAIN)]})))
    rights = {(item.kind, item.target): item for item in inquiry.what_can(graph, ANN)}
    assert rights["CAN_READ", BUCKET].through == (TRAIN,)
    assert not inquiry.what_can(graph, BOB)
    rows = [row for row in inquiry.review(graph) if row["principal_id"] == ANN]
    assert not rows  # the bucket is no crown jewel


@pytest.mark.parametrize(
    ("more", "layers"),
    [
        ((), ["allow policy"]),
        (
            deny(
                ORG,
                {
                    "deniedPrincipals": ["principalSet://goog/public:all"],
                    "deniedPermissions": ["storage.googleapis.com/objects.get"],
                },
            ),
            ["deny policy", "allow policy"],
        ),
        (boundary(SHOP, LAB), ["principal access boundary"]),
    ],
    ids=["nothing grants", "a deny policy", "a boundary"],
)
def test_why_names_each_layer_that_stops_it(more: tuple[Item, ...], layers: list[str]) -> None:
    asker = TRAIN if "boundary" in layers[0] else BOB
    estate = organisation({BUCKET: [binding(VIEW, TRAIN)]}, *more)
    found = inquiry.why(estate, asker, READ, OBJECT)
    assert [item.layer for item in found.obstacles] == layers
    assert all(item.change and "{" not in item.change for item in found.obstacles)
    assert found.without.decision == "Allowed"


def test_why_shows_the_binding_that_allows() -> None:
    found = inquiry.why(organisation({BUCKET: [binding(VIEW, TRAIN)]}), TRAIN, READ, OBJECT)
    assert (found.decision.decision, found.obstacles) == ("Allowed", ())
    assert [item.pointer for item in found.evidence] == ["/iam_policy/bindings/0"]


def test_what_cannot_be_asked_is_one_sentence() -> None:
    with pytest.raises(UserError, match="is no permission of Google Cloud"):
        inquiry.why(organisation(), BOB, "read", OBJECT)
