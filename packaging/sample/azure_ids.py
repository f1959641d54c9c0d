"""Where Larkfield's things stand in Azure, who is who, and what an ARM object looks like."""

import uuid
from collections.abc import Mapping
from typing import Any

SUBSCRIPTION = "5d0c7a1e-93f4-4b62-8a57-2f6e1c9b7d34"
TENANT = "c1f7b3a2-6e58-4d09-9b41-7a2d5e8f3c60"
PLACE = "germanywestcentral"
ROOT = "/providers/Microsoft.Management/managementGroups/larkfield"
SUB = f"/subscriptions/{SUBSCRIPTION}"
ASSIST, ML_GROUP, SHARED = (
    f"{SUB}/resourceGroups/rg-{name}" for name in ("assist", "ml", "shared")
)

COGNITIVE = "Microsoft.CognitiveServices/accounts"
AI = f"{ASSIST}/providers/{COGNITIVE}/larkfield-assist"
SUMMARIES = f"{ASSIST}/providers/{COGNITIVE}/larkfield-summaries"
PROJECT = f"{AI}/projects/care-assistant"
SEARCH = f"{ASSIST}/providers/Microsoft.Search/searchServices/larkfield-search"
CARE = f"{ASSIST}/providers/Microsoft.Storage/storageAccounts/larkfieldcare"
ML_STORE = f"{ML_GROUP}/providers/Microsoft.Storage/storageAccounts/larkfieldml"
ML = f"{ML_GROUP}/providers/Microsoft.MachineLearningServices/workspaces/larkfield-ml"
VAULT = f"{ML_GROUP}/providers/Microsoft.KeyVault/vaults/larkfield-ml-kv"
CMK_VAULT = f"{SHARED}/providers/Microsoft.KeyVault/vaults/larkfield-cmk"
IMAGES = f"{ML_GROUP}/providers/Microsoft.ContainerRegistry/registries/larkfieldimages"
LOGS = f"{SHARED}/providers/Microsoft.OperationalInsights/workspaces/larkfield-logs"
NET = f"{SHARED}/providers/Microsoft.Network"
VNET, LAB_NET = f"{NET}/virtualNetworks/larkfield-hub", f"{NET}/virtualNetworks/ml-lab"
IDENTITIES = f"{ML_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
TRAIN, RELEASE, SYNC = (
    f"{IDENTITIES}/id-{name}" for name in ("ml-train", "model-release", "claims-sync")
)
VM = f"{ML_GROUP}/providers/Microsoft.Compute/virtualMachines/ollama-lab"

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
COGNITIVE_CONTRIBUTOR = "25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
VAULT_SECRETS = "4633458b-17de-408a-b874-0445c86b69e6"
DATA_SCIENTIST = "f6c7c914-8db3-469d-8ca1-694a8f32e121"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"

Item = dict[str, Any]


def oid(name: str) -> str:
    """The object id of somebody in the directory; the same every time."""
    return str(uuid.uuid5(uuid.UUID(TENANT), name))


CLAIMS_SYNC_SUBJECT = oid("id-claims-sync")


def item(asset_id: str, *, top: Mapping[str, Any] | None = None, **properties: Any) -> Item:
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


def placed(**more: Any) -> Item:
    """What stands beside the properties of a resource."""
    return {"location": PLACE, **more}


def system(name: str) -> Item:
    """A system-assigned identity."""
    return {"identity": {"type": "SystemAssigned", "principalId": oid(name), "tenantId": TENANT}}


def assigned(identity: str) -> Item:
    """A user-assigned identity."""
    return {"identity": {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}}}
