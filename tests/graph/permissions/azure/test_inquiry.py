"""Who can and why, asked of Azure as people ask."""

import pytest

from app import inquiry
from graph.asset_graph import AssetGraph
from graph.derive import derive
from graph.model import UserError
from tests.beds import azure_world as world
from tests.graph.permissions.azure.tenants import assignment, deny, given

KEYS = "Microsoft.CognitiveServices/accounts/listKeys/action"


def test_who_can_and_why() -> None:
    estate = given(
        assignment(1, world.ALICE, world.CONTRIBUTOR, world.RG),
        graph={"users": world.GRAPH["users"]},
    )
    known = derive(estate)
    found = inquiry.who_can(known, AssetGraph.build(known), KEYS, world.AI)
    assert [(item.principal, item.decision) for item in found] == [(world.ALICE, "Allowed")]
    assert not inquiry.why(known, world.ALICE, KEYS, world.AI).obstacles
    stopped = inquiry.why(known, world.BOB, KEYS, world.AI)
    assert [item.layer for item in stopped.obstacles] == ["role assignment"]
    assert world.BOB in stopped.obstacles[0].change


def test_every_layer_that_stops_it_is_named() -> None:
    stop = deny(world.RG, [world.BOB], actions=[KEYS])
    estate = given(arm={"Microsoft.Authorization/denyAssignments": [stop]})
    found = inquiry.why(estate, world.BOB, KEYS, world.AI)
    assert [item.layer for item in found.obstacles] == ["deny assignment", "role assignment"]
    assert found.without.decision == "Allowed"


def test_what_cannot_be_asked_is_one_sentence() -> None:
    with pytest.raises(UserError, match="ask for one operation"):
        inquiry.why(given(), world.BOB, "Microsoft.X/*", world.AI)
