"""What services tell of their own contents: indexes and their sources, agents and their tools, and what follows from it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collectors.exports import read_exports
from collectors.mapping import map_snapshot
from graph.derive import derive
from graph.estate import Estate
from graph.influence import derive_influence
from graph.model import ImportFileError, Relationship, Verdict
from graph.permissions.azure.derive import derive_azure_identity
from tests.beds import azure_world as world
from tests.collectors.azure.answers import save

HOST = "https://rag.search.windows.net/$metadata#"
INDEX = f"{world.SEARCH}/indexes/guides"
SOURCE = f"{world.SEARCH}/dataSources/blobs"
AGENT = f"{world.PROJECT}/agents/helper"
CONNECTION = f"{world.PROJECT}/connections/search"


def searched(folder: Path) -> None:
    """The lists that a search service answers with."""
    source = {
        "name": "blobs",
        "type": "azureblob",
        "credentials": {"connectionString": None},
        "container": {"name": "corpus"},
    }
    indexer = {"name": "nightly", "dataSourceName": "blobs", "targetIndexName": "guides"}
    for name, item in (
        ("indexes", {"name": "guides", "fields": []}),
        ("datasources", source),
        ("indexers", indexer),
    ):
        save(folder, f"{name}.json", {"@odata.context": HOST + name, "value": [item]})  # fmt: skip


def agent(*tools: Mapping[str, Any]) -> dict[str, Any]:
    definition = {
        "kind": "prompt",
        "model": "chat",
        "instructions": "CANARY-TEXT",
        "tools": list(tools),
    }
    latest = {"object": "agent.version", "version": "3", "definition": definition}
    return {"object": "agent", "id": "helper", "name": "helper", "versions": {"latest": latest}}


ASKS = {
    "type": "azure_ai_search",
    "azure_ai_search": {"indexes": [{"project_connection_id": CONNECTION, "index_name": "guides"}]},
}


def agents(folder: Path, *tools: Mapping[str, Any]) -> None:
    save(folder, "agents.json", {"object": "list", "has_more": False, "data": [agent(*tools)]})


def estate(folder: Path, *kinds: str) -> Estate:
    """What the files say, beside ARM lists of these kinds."""
    for number, kind in enumerate(kinds):
        save(folder, f"arm{number}.json", {"value": world.ARM[kind]})
    return map_snapshot(read_exports([folder]))


def edge(found: Estate, *key: str) -> Relationship | None:
    return next((r for r in found.relationships if r.key == key), None)


ACCOUNTS = ("Microsoft.Search/searchServices", "Microsoft.Storage/storageAccounts",
            "Microsoft.Storage/storageAccounts/blobServices/containers")  # fmt: skip


def test_an_index_stands_in_its_service_and_on_its_container(tmp_path: Path) -> None:
    searched(tmp_path)
    found = estate(tmp_path, *ACCOUNTS)
    assert edge(found, INDEX, "INDEXED_IN", world.SEARCH)
    grounded = edge(found, INDEX, "GROUNDED_ON", world.BLOBS)
    assert grounded is not None
    assert grounded.verdict is Verdict.UNDECIDED
    assert "which account" in grounded.missing[0]
    assert len({item.record for item in grounded.evidence}) == 2


def test_a_shared_private_link_tells_the_account(tmp_path: Path) -> None:
    searched(tmp_path)
    link = f"{world.SEARCH}/sharedPrivateLinkResources/blob"
    save(tmp_path, "links.json", {"value": [world.item(link, privateLinkResourceId=world.STORE, groupId="blob")]})  # fmt: skip
    grounded = edge(estate(tmp_path, *ACCOUNTS), INDEX, "GROUNDED_ON", world.BLOBS)
    assert grounded is not None
    assert grounded.verdict is Verdict.YES


def test_a_service_that_the_estate_lacks_keeps_its_name(tmp_path: Path) -> None:
    searched(tmp_path)
    assert "azure-search:rag/indexes/guides" in estate(tmp_path).assets


PROJECTS = (*ACCOUNTS, "Microsoft.CognitiveServices/accounts/projects",
            "Microsoft.CognitiveServices/accounts/projects/connections",
            "Microsoft.CognitiveServices/accounts/deployments")  # fmt: skip


def test_an_agent_asks_an_index_through_a_connection(tmp_path: Path) -> None:
    searched(tmp_path)
    agents(tmp_path, ASKS)
    found = estate(tmp_path, *PROJECTS)
    assert edge(found, AGENT, "USES_KNOWLEDGE_BASE", INDEX)
    assert edge(found, AGENT, "USES_MODEL", f"{world.AI}/deployments/chat")
    assert edge(found, AGENT, "PROTECTED_BY", f"{world.AI}/raiPolicies/strict")
    assert edge(found, AGENT, "RUNS_AS", world.guid(20))


def test_whoever_writes_the_documents_steers_the_agent(tmp_path: Path) -> None:
    searched(tmp_path)
    agents(tmp_path, ASKS)
    found = derive(estate(tmp_path, *PROJECTS), [derive_influence])
    steered = [(world.BLOBS, INDEX), (INDEX, AGENT), (world.SEARCH, INDEX)]
    assert all(edge(found, source, "CAN_INFLUENCE", target) for source, target in steered)
    assert not edge(found, "internet", "CAN_INFLUENCE", INDEX)  # a search service crawls no pages


def test_tools_with_their_approval(tmp_path: Path) -> None:
    mcp = {
        "type": "mcp",
        "server_label": "tickets",
        "server_url": "https://mcp.example.com",
        "require_approval": "never",
    }
    agents(tmp_path, ASKS, mcp, mcp | {"server_label": "crm", "require_approval": "always"})
    found = estate(tmp_path, *PROJECTS)
    confirmed = {
        t: found.assets[f"{AGENT}/tools/{t}"].properties["confirmation"] for t in ("tickets", "crm")
    }
    assert confirmed == {"tickets": False, "crm": True}
    assert edge(found, AGENT, "USES_TOOL", f"{AGENT}/tools/tickets")


def test_a_tool_that_searches_the_web_lets_anyone_tell_the_agent_something(tmp_path: Path) -> None:
    agents(tmp_path, ASKS, {"type": "bing_grounding", "bing_grounding": {}})
    found = derive(estate(tmp_path, *PROJECTS), [derive_influence])
    assert edge(found, "internet", "CAN_INFLUENCE", AGENT)


def test_instructions_are_not_kept(tmp_path: Path) -> None:
    agents(tmp_path, ASKS)
    assert "CANARY" not in repr(read_exports([tmp_path]).records)


def test_agents_that_do_not_tell_their_project_are_refused_with_a_sentence(tmp_path: Path) -> None:
    agents(tmp_path, {"type": "code_interpreter"})
    with pytest.raises(
        ImportFileError, match=r"agents\.json: agents that do not tell their project"
    ):
        read_exports([tmp_path])


@pytest.mark.parametrize(
    ("how", "opens"), [("ApiKey", True), ("AAD", False), ("ManagedIdentity", False)]
)
def test_only_a_connection_with_a_key_opens_what_it_leads_to(
    tmp_path: Path, *, how: str, opens: bool
) -> None:
    item = world.item(CONNECTION, category="CognitiveSearch", authType=how, target="https://rag.search.windows.net", metadata={"ResourceId": world.SEARCH})  # fmt: skip
    save(tmp_path, "connections.json", {"value": [item]})
    assert bool(edge(estate(tmp_path), CONNECTION, "AUTHENTICATES_TO", world.SEARCH)) is opens


def test_a_datastore_with_a_key_opens_its_container(tmp_path: Path) -> None:
    found = estate(tmp_path, *ACCOUNTS, "Microsoft.MachineLearningServices/workspaces/datastores")
    assert edge(found, f"{world.ML}/datastores/corpus", "AUTHENTICATES_TO", world.BLOBS)


def test_a_key_of_a_vault_is_found_by_the_address_of_the_vault(tmp_path: Path) -> None:
    encryption = {
        "keySource": "Microsoft.Keyvault",
        "keyvaultproperties": {"keyvaulturi": "https://kv.vault.azure.net", "keyname": "cmk"},
    }
    save(tmp_path, "store.json", {"value": [world.item(world.STORE, encryption=encryption)]})
    found = estate(tmp_path, "Microsoft.KeyVault/vaults")
    assert edge(found, world.STORE, "ENCRYPTED_BY", f"{world.VAULT}/keys/cmk")


def test_training_data_reaches_the_model_and_its_endpoint(tmp_path: Path) -> None:
    kinds = [kind for kind in world.ARM if "MachineLearning" in kind] + list(ACCOUNTS)
    found = derive(estate(tmp_path, *kinds), [derive_influence])
    model = f"{world.ML}/models/ranker"
    assert edge(found, world.BLOBS, "CAN_POISON", f"{world.ML}/jobs/train")
    assert edge(found, world.BLOBS, "CAN_POISON", model)
    assert edge(found, model, "CAN_POISON", f"{world.ML}/onlineEndpoints/rank")
    assert edge(found, model, "CAN_POISON", f"{world.ML}/onlineEndpoints/rank/deployments/blue")


def test_what_a_container_holds_is_told_by_its_metadata_or_its_account(tmp_path: Path) -> None:
    found = estate(tmp_path, *ACCOUNTS).assets[world.BLOBS]
    assert found.properties["classification"] == "confidential"
    assert "storage account" in found.properties["classification_basis"]
    item = world.item(world.BLOBS, publicAccess="None", metadata={"data_classification": "phi"})
    save(tmp_path, "arm2.json", {"value": [item]})
    told = estate(tmp_path, *ACCOUNTS[:2]).assets[world.BLOBS]
    assert told.properties["classification"] == "phi"
    assert told.evidence_for("classification")


def test_what_runs_as_an_identity_runs_as_its_object(tmp_path: Path) -> None:
    kinds = ("computes", "")
    names = [f"Microsoft.MachineLearningServices/workspaces/{kind}".rstrip("/") for kind in kinds]
    found = estate(tmp_path, *names, "Microsoft.ManagedIdentity/userAssignedIdentities")
    joined = edge(found, f"{world.ML}/computes/nb", "RUNS_AS", world.TRAIN_MI)
    assert joined is not None
    assert len(joined.evidence) == 2
    federated = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    save(tmp_path, "fic.json", {"value": world.ARM[federated]})
    derived = derive(map_snapshot(read_exports([tmp_path])), [derive_azure_identity])
    subject = "federated:token.actions.githubusercontent.com:repo:acme/train:ref:refs/heads/main"
    assert edge(derived, subject, "CAN_ASSUME", world.IDENTITY)
    assert edge(derived, subject, "CAN_ASSUME", world.TRAIN_MI)
