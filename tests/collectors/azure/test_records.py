"""The Azure mapping: every kind of resource of the test tenant, its wiring, and where each value stands."""

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.exports import read_exports
from graph.estate import Estate
from graph.model import Snapshot
from tests.beds import azure_world as world
from tests.collectors.azure.answers import arm_exports, edges, graph_exports, read, save


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, Estate]:
    return read(arm_exports(tmp_path_factory.mktemp("exports")))


def test_every_resource_is_an_asset_of_its_own_kind(exported: tuple[Snapshot, Estate]) -> None:
    _, estate = exported
    for kind, items in world.ARM.items():
        for item in items:
            if kind.startswith("Microsoft.Insights/diagnostic"):
                continue
            assert estate.assets[item["id"]].kind.startswith(kind)
    assert not [a.id for a in estate.assets.values() if a.kind == "Modelhound::Unknown"]


def test_every_property_is_in_the_schema(exported: tuple[Snapshot, Estate]) -> None:
    _, estate = exported
    missing = {
        (asset.kind, name)
        for asset in estate.assets.values()
        for name in asset.properties
        if not estate.schema.property(estate.label(asset.id), name)
    }
    assert not missing


@pytest.mark.parametrize(
    ("source", "kind", "target"),
    [
        (world.AI, "RUNS_AS", world.MI),
        (f"{world.ML}/computes/nb", "RUNS_AS", world.IDENTITY),
        (world.IDENTITY, "RUNS_AS", world.TRAIN_MI),
        (f"{world.AI}/deployments/chat", "PROTECTED_BY", f"{world.AI}/raiPolicies/strict"),
        (f"{world.AI}/deployments/chat", "USES_MODEL", "azureml://registries/azure-openai/models/gpt-4o/versions/2024-08-06"),
        (f"{world.PROJECT}/connections/search", "AUTHENTICATES_TO", world.SEARCH),
        (world.AI, "LOGS_TO", world.LOGS),
        (f"{world.ML}/jobs/train", "READS_FROM", world.BLOBS),
        (f"{world.ML}/jobs/train", "PRODUCES", f"{world.ML}/models/ranker"),
        (f"{world.ML}/models/ranker", "STORED_IN", world.BLOBS),
        (f"{world.ML}/onlineEndpoints/rank", "SERVES", f"{world.ML}/models/ranker"),
        (world.VM, "GUARDED_BY", world.NSG),
        (world.ROOT, "CONTAINS", f"/subscriptions/{world.SUB}"),
        (world.RG, "CONTAINS", world.AI),
        (world.OPS, "MEMBER_OF", world.DEVS),
        (world.GUEST, "MEMBER_OF", world.OPS),
        (world.CI_APP, "AUTHENTICATES_TO", world.CI),
        (world.CI_APP, "OWNED_BY", world.BOB),
        (world.IDENTITY, "TRUSTS", f"{world.IDENTITY}/federatedIdentityCredentials/gh"),
    ],
)  # fmt: skip
def test_wiring(exported: tuple[Snapshot, Estate], source: str, kind: str, target: str) -> None:
    assert (source, target) in edges(exported[1], kind)


def test_every_pointer_leads_to_the_value(exported: tuple[Snapshot, Estate]) -> None:
    snapshot, estate = exported
    bodies = {record.id: record.body for record in snapshot.records}
    followed = 0
    for name in ("public_network_access", "account_kind", "model_name", "subject", "client_id"):
        for asset in estate.assets.values():
            proof = asset.evidence_for(name)
            if proof and asset.properties[name] is not None:
                assert _at(bodies[proof.record], proof.pointer) == asset.properties[name]
                followed += 1
    assert followed > 10


def _at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def test_what_an_access_policy_allows_is_no_secret(exported: tuple[Snapshot, Estate]) -> None:
    """It stands under the name "secrets"."""
    (policy,) = exported[1].assets[world.VAULT].properties["access_policies"]
    assert policy["secrets"] == ["get", "list"]


def test_no_credential_is_kept(exported: tuple[Snapshot, Estate]) -> None:
    snapshot, estate = exported
    assert "CANARY" not in repr(snapshot.records)
    assert (
        estate.assets[f"{world.ML}/datastores/corpus"].properties["credentials_type"]
        == "AccountKey"
    )


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in item.items() if key != "properties"}
    return {**rest, **item.get("properties", {})}


def _resource_graph(folder: Path, *, lower: bool = False) -> None:
    rows = [item for items in world.ARM.values() for item in items]
    if lower:
        rows = [
            row
            | {
                "type": str(row.get("type", "")).lower(),
                "id": row["id"].replace("resourceGroups", "resourcegroups"),
            }
            for row in rows
        ]
    half = len(rows) // 2
    page = {"totalRecords": len(rows), "count": half, "resultTruncated": "false"}
    save(folder, "page1.json", {**page, "$skipToken": "t", "data": rows[:half]})
    save(folder, "page2.json", {**page, "data": rows[half:]})


def _hound_free(estate: Estate) -> tuple[dict[str, tuple[str, str]], set[tuple[str, str, str]]]:
    assets = {asset.id: (asset.kind, asset.name) for asset in estate.assets.values()}
    return assets, {r.key for r in estate.relationships}


@pytest.mark.parametrize(
    "form", ["resource-graph", "lower-case", "flattened", "az-arrays", "one-folder-deep"]
)
def test_other_exports_say_the_same(
    exported: tuple[Snapshot, Estate], tmp_path: Path, form: str
) -> None:
    graph_exports(tmp_path)
    if form == "resource-graph":
        _resource_graph(tmp_path)
    elif form == "lower-case":
        _resource_graph(tmp_path, lower=True)
    else:
        folder = tmp_path / "deep" if form == "one-folder-deep" else tmp_path
        folder.mkdir(exist_ok=True)
        for number, items in enumerate(world.ARM.values()):
            flat = [_flat(item) for item in items] if form == "flattened" else items
            save(folder, f"list{number}.json", flat)
    assert _hound_free(read(tmp_path)[1]) == _hound_free(exported[1])


def test_a_portal_csv_says_the_same_of_its_rows(tmp_path: Path) -> None:
    row = world.ARM["Microsoft.Storage/storageAccounts"][0]
    cells = {"ID": row["id"], "NAME": row["name"], "TYPE": row["type"].lower(), "TAGS": json.dumps(row["tags"]),
             "PROPERTIES": json.dumps(row["properties"])}  # fmt: skip
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells.values()]
    (tmp_path / "q.csv").write_text(
        ",".join(cells) + "\n" + ",".join(quoted) + "\n", encoding="utf-8-sig"
    )
    asset = read(tmp_path)[1].assets[world.STORE]
    assert asset.properties["network_default_action"] == "Deny"
    assert asset.properties["classification"] == "confidential"


def test_a_list_that_goes_on_is_not_whole(tmp_path: Path) -> None:
    body = {"value": world.ARM["Microsoft.Search/searchServices"], "nextLink": "https://x"}
    snapshot = read_exports([save(tmp_path, "s.json", body)])
    assert [entry.state.value for entry in snapshot.coverage] == ["partial"]


def test_resource_graph_alone_cannot_tell_what_is_deployed(tmp_path: Path) -> None:
    body = {
        "totalRecords": 1,
        "count": 1,
        "data": world.ARM["Microsoft.CognitiveServices/accounts"],
    }
    snapshot = read_exports([save(tmp_path, "s.json", body)])
    gaps = {entry.operation for entry in snapshot.coverage if entry.state.value == "partial"}
    assert "arm:Microsoft.CognitiveServices/accounts/deployments" in gaps


def test_azurehound_brings_entra(tmp_path: Path) -> None:
    data = [
        {"kind": "AZUser", "data": world.GRAPH["users"][0]},
        {"kind": "AZApp", "data": world.GRAPH["applications"][0]},
        {"kind": "AZServicePrincipal", "data": world.GRAPH["servicePrincipals"][0]},
        {"kind": "AZGroup", "data": world.GRAPH["groups"][0]},
        {"kind": "AZGroupMember", "data": {"groupId": world.DEVS, "members": [{"groupId": world.DEVS, "member": {"id": world.ALICE}}]}},
        {"kind": "AZAppOwner", "data": {"appId": world.CLIENT, "owners": [{"appId": world.CLIENT, "owner": {"id": world.ALICE}}]}},
        {"kind": "AZRoleAssignment", "data": {"roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10", "roleAssignments": [
            {"principalId": world.ALICE, "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10", "directoryScopeId": "/"}]}},
        {"kind": "AZSubscriptionRoleAssignment", "data": {"subscriptionId": world.SUB, "roleAssignments": [
            {"subscriptionId": world.SUB, "roleAssignment": world.ARM["Microsoft.Authorization/roleAssignments"][0]}]}},
        {"kind": "AZFederatedIdentityCredential", "data": {"appId": world.CLIENT, "fics": [
            {"fic": {"id": "f", "name": "gh", "issuer": "https://token.actions.githubusercontent.com", "subject": "repo:*"}}]}},
    ]  # fmt: skip
    save(
        tmp_path,
        "hound.json",
        {"data": data, "meta": {"type": "azure", "version": 5, "count": len(data)}},
    )
    estate = read(tmp_path)[1]
    assert (world.ALICE, world.DEVS) in edges(estate, "MEMBER_OF")
    assert (world.CI_APP, world.ALICE) in edges(estate, "OWNED_BY")
    assert (world.ALICE, "entra-role:Global Administrator") in edges(estate, "HAS_ROLE")
    assert (world.CI_APP, world.CI) in edges(estate, "AUTHENTICATES_TO")
    assert (
        estate.assets[world.ARM["Microsoft.Authorization/roleAssignments"][0]["id"]].properties[
            "principal_id"
        ]
        == world.ALICE
    )
    assert {source for source, _ in edges(estate, "TRUSTS")} == {world.CI_APP}


def test_versions_count_as_the_model_or_data_that_they_are_of(tmp_path: Path) -> None:
    model = f"{world.ML}/models/ranker"
    uri = "azureml://datastores/corpus/paths/out/"
    items = [
        world.item(f"{model}/versions/{n}", modelUri=uri, modelType="custom_model") for n in (1, 2)
    ]
    save(tmp_path, "versions.json", {"value": items})
    save(
        tmp_path,
        "stores.json",
        {"value": world.ARM["Microsoft.MachineLearningServices/workspaces/datastores"]},
    )
    estate = read(tmp_path)[1]
    assert estate.assets[model].properties["artifact"] == uri
    assert (model, f"{world.ML}/datastores/corpus") in edges(estate, "STORED_IN")
    assert not [asset for asset in estate.assets if "/versions/" in asset]


def test_a_broken_answer_is_a_line_of_the_ledger_and_no_more(tmp_path: Path) -> None:
    body = {
        "value": [
            {
                "id": world.VAULT,
                "properties": {"accessPolicies": [{"objectId": []}], "networkAcls": 7},
            }
        ]
    }
    _, estate = read(save(tmp_path, "v.json", body))
    assert world.VAULT in estate.assets


def test_a_databricks_workspace_tells_how_it_is_reached(tmp_path: Path) -> None:
    owner = world.ML.partition("/providers/")[0]
    lake = f"{owner}/providers/Microsoft.Databricks/workspaces/lake"
    item = {
        "id": lake,
        "name": "lake",
        "type": "Microsoft.Databricks/workspaces",
        "properties": {
            "publicNetworkAccess": "Enabled",
            "parameters": {"enableNoPublicIp": {"type": "Bool", "value": True}},
        },
    }
    save(tmp_path, "lake.json", {"value": [item]})
    found = read(tmp_path)[1].assets[lake]
    assert found.kind == "Microsoft.Databricks/workspaces"
    assert (found.properties["public_network_access"], found.properties["no_public_ip"]) == (
        "Enabled",
        True,
    )
