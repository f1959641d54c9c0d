"""A small Azure tenant as ARM and Microsoft Graph would tell it: used as fake answers and as exports alike."""

from collections.abc import Mapping
from typing import Any

SUB = "10000000-0000-0000-0000-000000000001"
TENANT = "20000000-0000-0000-0000-000000000002"
RG = f"/subscriptions/{SUB}/resourceGroups/rg-ai"
ROOT = "/providers/Microsoft.Management/managementGroups/root"
AI = f"{RG}/providers/Microsoft.CognitiveServices/accounts/oai"
PROJECT = f"{AI}/projects/support"
ML = f"{RG}/providers/Microsoft.MachineLearningServices/workspaces/ml"
STORE = f"{RG}/providers/Microsoft.Storage/storageAccounts/trainstore"
BLOBS = f"{STORE}/blobServices/default/containers/corpus"
SEARCH = f"{RG}/providers/Microsoft.Search/searchServices/rag"
VAULT = f"{RG}/providers/Microsoft.KeyVault/vaults/kv"
IDENTITY = f"{RG}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-train"
VM = f"{RG}/providers/Microsoft.Compute/virtualMachines/jump"
NIC = f"{RG}/providers/Microsoft.Network/networkInterfaces/jump-nic"
NSG = f"{RG}/providers/Microsoft.Network/networkSecurityGroups/nsg"
VNET = f"{RG}/providers/Microsoft.Network/virtualNetworks/vnet"
PIP = f"{RG}/providers/Microsoft.Network/publicIPAddresses/pip"
LOGS = f"{RG}/providers/Microsoft.OperationalInsights/workspaces/logs"


def guid(number: int) -> str:
    """An object id."""
    return f"30000000-0000-0000-0000-{number:012d}"


ALICE, BOB, GUEST, DEVS, OPS, CI, CI_APP, MI, TRAIN_MI, VM_MI = (guid(n) for n in range(1, 11))
CLIENT = guid(50)
GRAPH_SP = guid(60)

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"


def role(role_id: str) -> str:
    """A built-in role definition, as an assignment names it."""
    return f"/subscriptions/{SUB}/providers/Microsoft.Authorization/roleDefinitions/{role_id}"


def item(
    asset_id: str, *, top: Mapping[str, Any] | None = None, **properties: Any
) -> dict[str, Any]:
    """An ARM object."""
    parts = asset_id.split("/")
    start = len(parts) - 1 - parts[::-1].index("providers")
    kind = "/".join([parts[start + 1], *parts[start + 2 :: 2]])
    return {
        "id": asset_id,
        "name": parts[-1],
        "type": kind,
        **(top or {}),
        "properties": properties,
    }


def assignment(
    number: int, principal: str, role_id: str, scope: str, sort: str = "User", **more: Any
) -> dict[str, Any]:
    """A role assignment."""
    return item(
        f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{guid(1000 + number)}",
        roleDefinitionId=role(role_id),
        principalId=principal,
        principalType=sort,
        scope=scope,
        **more,
    )


def system(object_id: str) -> dict[str, Any]:
    """A system-assigned identity."""
    return {
        "location": "westeurope",
        "identity": {"type": "SystemAssigned", "principalId": object_id},
    }


def assigned(identity: str) -> dict[str, Any]:
    """A user-assigned identity."""
    return {
        "location": "westeurope",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}},
    }


ARM: Mapping[str, list[dict[str, Any]]] = {
    "Microsoft.Management/managementGroups": [
        item(ROOT, displayName="Root", children=[{"id": f"/subscriptions/{SUB}", "type": "/subscriptions", "name": SUB}])
    ],
    "Microsoft.Resources/subscriptions": [
        {"id": f"/subscriptions/{SUB}", "subscriptionId": SUB, "displayName": "prod", "state": "Enabled"}
    ],
    "Microsoft.Resources/resourceGroups": [
        {"id": RG, "name": "rg-ai", "type": "Microsoft.Resources/resourceGroups", "location": "westeurope", "properties": {}}
    ],
    "Microsoft.CognitiveServices/accounts": [
        item(AI, top={**system(MI), "kind": "AIServices", "tags": {"env": "prod"}}, publicNetworkAccess="Enabled",
             networkAcls={"defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []}, disableLocalAuth=False)
    ],
    "Microsoft.CognitiveServices/accounts/deployments": [
        item(f"{AI}/deployments/chat", model={"format": "OpenAI", "name": "gpt-4o", "version": "2024-08-06"},
             raiPolicyName="strict", provisioningState="Succeeded")
    ],
    "Microsoft.CognitiveServices/accounts/raiPolicies": [
        item(f"{AI}/raiPolicies/strict", mode="Blocking", contentFilters=[
            {"name": "Jailbreak", "source": "Prompt", "blocking": True, "enabled": True}])
    ],
    "Microsoft.CognitiveServices/accounts/projects": [item(PROJECT, top=system(guid(20)), displayName="support")],
    "Microsoft.CognitiveServices/accounts/projects/connections": [
        item(f"{PROJECT}/connections/search", category="CognitiveSearch", authType="ApiKey",
             target="https://rag.search.windows.net", metadata={"ResourceId": SEARCH}, credentials={"key": "CANARY-KEY-1"})
    ],
    "Microsoft.Search/searchServices": [
        item(SEARCH, top={"location": "westeurope"}, publicNetworkAccess="disabled", disableLocalAuth=False)
    ],
    "Microsoft.Storage/storageAccounts": [
        item(STORE, top={"location": "westeurope", "tags": {"classification": "confidential"}},
             publicNetworkAccess="Enabled", networkAcls={"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.0/24"}]},
             allowSharedKeyAccess=None, allowBlobPublicAccess=False)
    ],
    "Microsoft.Storage/storageAccounts/blobServices/containers": [item(BLOBS, publicAccess="None")],
    "Microsoft.KeyVault/vaults": [
        item(VAULT, top={"location": "westeurope"}, enableRbacAuthorization=False, publicNetworkAccess="Enabled",
             accessPolicies=[{"objectId": ALICE, "permissions": {"secrets": ["get", "list"]}}])
    ],
    "Microsoft.ManagedIdentity/userAssignedIdentities": [
        item(IDENTITY, top={"location": "westeurope"}, principalId=TRAIN_MI, clientId=guid(51))
    ],
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials": [
        item(f"{IDENTITY}/federatedIdentityCredentials/gh", issuer="https://token.actions.githubusercontent.com",
             subject="repo:acme/train:ref:refs/heads/main", audiences=["api://AzureADTokenExchange"])
    ],
    "Microsoft.MachineLearningServices/workspaces": [
        item(ML, top={**assigned(IDENTITY), "kind": "Default"}, publicNetworkAccess="Enabled", storageAccount=STORE,
             keyVault=VAULT)
    ],
    "Microsoft.MachineLearningServices/workspaces/computes": [
        item(f"{ML}/computes/nb", top=assigned(IDENTITY), computeType="ComputeInstance",
             properties={"sshSettings": {"sshPublicAccess": "Disabled"}, "state": "Running"})
    ],
    "Microsoft.MachineLearningServices/workspaces/datastores": [
        item(f"{ML}/datastores/corpus", datastoreType="AzureBlob", accountName="trainstore", containerName="corpus",
             credentials={"credentialsType": "AccountKey"})
    ],
    "Microsoft.MachineLearningServices/workspaces/data": [
        item(f"{ML}/data/docs", dataType="uri_folder", dataUri="azureml://datastores/corpus/paths/docs/")
    ],
    "Microsoft.MachineLearningServices/workspaces/models": [
        item(f"{ML}/models/ranker", modelUri="azureml://datastores/corpus/paths/out/", modelType="custom_model", jobName="train")
    ],
    "Microsoft.MachineLearningServices/workspaces/jobs": [
        item(f"{ML}/jobs/train", jobType="Command", status="Completed", computeId=f"{ML}/computes/nb",
             inputs={"d": {"jobInputType": "uri_folder", "uri": "azureml://datastores/corpus/paths/docs/"}},
             environmentVariables={"HF_TOKEN": "CANARY-ENV-1"})
    ],
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints": [
        item(f"{ML}/onlineEndpoints/rank", top=system(guid(21)), authMode="Key", publicNetworkAccess="Enabled")
    ],
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments": [
        item(f"{ML}/onlineEndpoints/rank/deployments/blue", model=f"{ML}/models/ranker/versions/1")
    ],
    "Microsoft.Compute/virtualMachines": [
        item(VM, top=system(VM_MI), networkProfile={"networkInterfaces": [{"id": NIC}]})
    ],
    "Microsoft.Network/networkInterfaces": [
        item(NIC, ipConfigurations=[{"name": "a", "properties": {
            "subnet": {"id": f"{VNET}/subnets/default"}, "publicIPAddress": {"id": PIP}, "privateIPAddress": "10.0.0.4"}}],
            networkSecurityGroup={"id": NSG})
    ],
    "Microsoft.Network/publicIPAddresses": [item(PIP, ipAddress="198.51.100.7")],
    "Microsoft.Network/networkSecurityGroups": [
        item(NSG, securityRules=[
            {"name": "ssh", "properties": {"priority": 200, "access": "Allow", "direction": "Inbound", "protocol": "Tcp",
             "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"}}])
    ],
    "Microsoft.Network/virtualNetworks": [
        item(VNET, addressSpace={"addressPrefixes": ["10.0.0.0/16"]}, subnets=[
            {"id": f"{VNET}/subnets/default", "name": "default", "properties": {"addressPrefix": "10.0.0.0/24"}}])
    ],
    "Microsoft.OperationalInsights/workspaces": [item(LOGS, retentionInDays=30)],
    "Microsoft.Insights/diagnosticSettings": [
        {"id": f"{AI}/providers/Microsoft.Insights/diagnosticSettings/all", "name": "all",
         "properties": {"workspaceId": LOGS, "logs": [{"category": "RequestResponse", "enabled": True}]}}
    ],
    "Microsoft.Authorization/roleAssignments": [
        assignment(1, ALICE, OWNER, f"/subscriptions/{SUB}"),
        assignment(2, DEVS, CONTRIBUTOR, RG, "Group"),
        assignment(3, BOB, READER, f"/subscriptions/{SUB}"),
        assignment(4, TRAIN_MI, BLOB_READER, STORE, "ServicePrincipal"),
    ],
}  # fmt: skip

GRAPH: Mapping[str, list[dict[str, Any]]] = {
    "users": [
        {"id": ALICE, "displayName": "Alice", "userPrincipalName": "alice@acme.example", "userType": "Member", "accountEnabled": True},
        {"id": BOB, "displayName": "Bob", "userPrincipalName": "bob@acme.example", "userType": "Member", "accountEnabled": True},
        {"id": GUEST, "displayName": "Guest", "userPrincipalName": "g_x.example#EXT#@acme.example", "userType": "Guest", "accountEnabled": True},
    ],
    "groups": [
        {"id": DEVS, "displayName": "Devs", "securityEnabled": True, "isAssignableToRole": False, "groupTypes": []},
        {"id": OPS, "displayName": "Ops", "securityEnabled": True, "isAssignableToRole": True, "groupTypes": []},
    ],
    "applications": [
        {"id": CI_APP, "appId": CLIENT, "displayName": "ci", "signInAudience": "AzureADMyOrg", "passwordCredentials": []}
    ],
    "servicePrincipals": [
        {"id": CI, "appId": CLIENT, "displayName": "ci", "servicePrincipalType": "Application", "accountEnabled": True},
        {"id": TRAIN_MI, "appId": guid(51), "displayName": "id-train", "servicePrincipalType": "ManagedIdentity", "accountEnabled": True},
    ],
}  # fmt: skip
MEMBERS: Mapping[str, list[dict[str, Any]]] = {
    DEVS: [{"@odata.type": "#microsoft.graph.group", "id": OPS}],
    OPS: [{"@odata.type": "#microsoft.graph.user", "id": GUEST}],
}
OWNERS = {CI_APP: [{"@odata.type": "#microsoft.graph.user", "id": BOB}]}
