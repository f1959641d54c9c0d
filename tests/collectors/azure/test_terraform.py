"""Terraform's view of the tenant agrees with ARM's and Microsoft Graph's, says nothing that it does not hold, and keeps no key."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from collectors.azure.entra import MAPPERS as ENTRA
from collectors.azure.shape import shapes
from collectors.azure.terraform import _WORDS, table
from collectors.exports import read_exports
from graph.estate import Estate
from graph.model import CoverageState, Snapshot
from graph.snapshot import write_snapshot
from tests.beds import azure_world as world
from tests.beds.azure_state import resource, state
from tests.beds.canaries import bytes_of, leaked
from tests.collectors.azure.answers import arm_exports, edges, estate_of, read, save

NOT_TOLD = {
    "members_read"
}  # a group with `azuread_group_member` beside it does not tell its members itself


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Estate, Snapshot, Estate]:
    """What ARM tells, and what Terraform does."""
    _, told = read(arm_exports(tmp_path_factory.mktemp("arm")))
    folder = tmp_path_factory.mktemp("state")
    snapshot = read_exports([save(folder, "terraform.tfstate", state())])
    return told, snapshot, estate_of(snapshot)


def _of(folder: Path, *resources: dict[str, Any]) -> Estate:
    return estate_of(read_exports([save(folder, "t.tfstate", {**state(), "resources": list(resources)})]))  # fmt: skip


def test_every_asset_is_told_alike(both):
    told, _, found = both
    here = {asset.id: asset for asset in found.assets.values() if asset.evidence}
    assert len(here) > 30
    for asset_id, asset in here.items():
        if asset_id.endswith(("/secrets/s", "/sites/hook")):  # not in the other export
            continue
        other = told.assets[asset_id]
        assert (asset.kind, asset.name) == (other.kind, other.name)
        for name, value in asset.properties.items():
            if name not in NOT_TOLD:
                assert other.properties.get(name) == value, (asset_id, name)


def test_every_relationship_is_one_that_the_others_tell_too(both):
    told, _, found = both
    extra = {r.key for r in found.relationships} - {r.key for r in told.relationships}
    assert {
        key for key in extra if "/secrets/s" not in key[2] and "/sites/hook" not in key[2]
    } == set()
    for kind in ("RUNS_AS", "GUARDED_BY", "IN_NETWORK", "USES_MODEL", "PROTECTED_BY", "LOGS_TO", "MEMBER_OF", "OWNED_BY",
                 "ATTACHED_TO", "AUTHENTICATES_TO", "TRUSTS", "SERVES"):  # fmt: skip
        assert edges(found, kind), kind


def test_what_a_state_does_not_hold_stays_unread(both):
    _, snapshot, found = both
    account = found.assets[world.AI]
    assert account.properties["network_bypass"] is None  # null: read, and not set
    assert "endpoint" not in account.properties  # not an attribute of this state
    project = found.assets[
        world.PROJECT
    ]  # azapi holds what was configured, not what Azure answered
    assert project.properties["display_name"] == "support"
    assert "status" not in project.properties
    assert {entry.state for entry in snapshot.coverage} == {CoverageState.PARTIAL}


def test_evidence_leads_into_the_state(both):
    _, snapshot, found = both
    bodies = {record.id: record.body for record in snapshot.records}
    followed = 0
    for asset_id, name, value in (
        (world.AI, "public_network_access", True),
        (world.AI, "disable_local_auth", True),
        (world.AI, "network_default_action", "Allow"),
        (world.AI, "ip_rules", []),  # an empty list was read too
        (world.BLOBS, "public_access", "private"),
        (f"{world.AI}/deployments/chat", "model_name", "gpt-4o"),
        (world.CI_APP, "client_id", world.CLIENT),
    ):
        proof = found.assets[asset_id].evidence_for(name)
        assert proof
        at: Any = bodies[proof.record]
        for step in proof.pointer.split("/")[1:]:
            at = at[int(step)] if isinstance(at, list) else at[step]
        assert at == value, (asset_id, name, proof.pointer)
        followed += 1
    assert followed == 7
    (wire,) = [r for r in found.relationships if r.key == (world.VM, "RUNS_AS", world.VM_MI)]
    assert wire.evidence[0].pointer == "/identity/0/principal_id"


def test_no_key_of_a_state_is_kept(tmp_path):
    secret = "Zq1000vKx1000canary"
    snapshot = read_exports([save(tmp_path, "terraform.tfstate", state(secret))])
    write_snapshot(snapshot, tmp_path / "a.hound")
    assert secret in json.dumps(state(secret))
    assert leaked([secret], bytes_of(tmp_path / "a.hound")) == []
    assert sum(snapshot.redactions.values()) >= json.dumps(state(secret)).count(secret)


def test_several_rules_of_one_group_are_one_list(tmp_path):
    rule = {"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "source_address_prefix": "*", "destination_port_range": "22"}  # fmt: skip
    found = _of(
        tmp_path,
        resource("azurerm_network_security_group", "g", id=world.NSG, name="nsg", security_rule=[{"name": "a", "priority": 100, **rule}]),
        resource("azurerm_network_security_rule", "b", id=f"{world.NSG}/securityRules/b", name="b", priority=110, **rule),
        resource("azurerm_network_security_rule", "c", id=f"{world.NSG}/securityRules/c", name="c", priority=120, **rule),
    )  # fmt: skip
    assert [rule["name"] for rule in found.assets[world.NSG].properties["ingress"]] == [
        "a",
        "b",
        "c",
    ]


def test_an_eligible_assignment_and_a_role_of_ones_own(tmp_path):
    own = "10000000-0000-0000-0000-00000000abcd"
    scope = f"/subscriptions/{world.SUB}"
    role = f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{own}"
    found = _of(
        tmp_path,
        resource("azurerm_role_definition", "r", id=f"{role}|{scope}", role_definition_id=own, role_definition_resource_id=role, name="Trainer",
                 assignable_scopes=[scope], permissions=[{"actions": ["*/read"], "not_actions": [], "data_actions": ["x/y/read"], "not_data_actions": []}]),
        resource("azurerm_pim_eligible_role_assignment", "e", id=f"{scope}|{role}|{world.ALICE}", scope=scope, role_definition_id=role,
                 principal_id=world.ALICE, principal_type="User"),
    )  # fmt: skip
    definition = found.assets[f"/providers/Microsoft.Authorization/roleDefinitions/{own}"]
    assert definition.properties["document"][0]["dataActions"] == ["x/y/read"]
    (eligible,) = [
        a for a in found.assets.values() if a.kind.endswith("roleEligibilityScheduleInstances")
    ]
    assert eligible.properties["role_definition"] == definition.id
    assert (eligible.id, world.ALICE) in edges(found, "ATTACHED_TO")


def test_unknown_types_and_odd_shapes_are_left_alone(tmp_path):
    found = _of(
        tmp_path,
        resource("azurerm_not_yet_known", "x", id="/subscriptions/1"),
        resource("azurerm_cognitive_account", "y", id=None, name=None, identity=7),
        resource(
            "azurerm_storage_account", "z", id=world.STORE, name=3, network_rules={"ip_rules": 7}
        ),
        resource("azuread_group", "g", object_id=world.DEVS, display_name=None, members=[None, 7]),
    )
    assert {world.STORE, world.DEVS} <= set(found.assets)


def test_the_table_names_what_the_mapping_reads():
    kinds = {f"arm:{shape.kind}".lower() for shape in shapes().values()}
    kinds |= {
        f"arm:microsoft.authorization/{name}"
        for name in ("roleassignments", "roledefinitions", "roleeligibilityscheduleinstances")
    }
    kinds |= {"arm:", "arm:microsoft.resources/resourcegroups", "arm:microsoft.management/managementgroups", "arm:microsoft.insights/diagnosticsettings"}  # fmt: skip
    for kind, translations in table().items():
        assert re.match(r"azurerm_|azuread_|azapi_", kind)
        for each in translations:
            assert each.operation.lower() in kinds or each.operation in ENTRA, kind
            for source in each.sources.values():
                assert not source.word or source.word in _WORDS, kind
