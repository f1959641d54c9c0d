"""Which list an item, a context or a file's name speaks of: facts about the spellings of Azure's tools."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from collectors.azure.agents import project_of
from collectors.azure.ids import guids, type_of
from collectors.azure.item import each, read
from collectors.azure.reads import all_reads
from graph.schema import load_schema

ASSIGNMENTS = "arm:Microsoft.Authorization/roleAssignments"
GRAPH_QUERY = {
    "totalRecords", "total_records", "count", "resultTruncated", "result_truncated", "$skipToken",
    "skip_token", "facets",
}  # fmt: skip
LIST_KEYS = {
    "value", "nextLink", "@odata.nextLink", "@odata.context", "@odata.count", "odata.metadata",
    "odata.nextLink", "count", "totalCount", "@odata.type",
}  # fmt: skip
NOT_IN_GRAPH: Mapping[str, tuple[str, ...]] = {
    "arm:Microsoft.CognitiveServices/accounts": (
        "arm:Microsoft.CognitiveServices/accounts/deployments",
        "arm:Microsoft.CognitiveServices/accounts/raiPolicies",
        "arm:Microsoft.CognitiveServices/accounts/connections",
    ),
    "arm:Microsoft.MachineLearningServices/workspaces": (
        "arm:Microsoft.MachineLearningServices/workspaces/computes",
        "arm:Microsoft.MachineLearningServices/workspaces/datastores",
        "arm:Microsoft.MachineLearningServices/workspaces/models",
        "arm:Microsoft.MachineLearningServices/workspaces/jobs",
        "arm:Microsoft.MachineLearningServices/workspaces/connections",
    ),
    "arm:Microsoft.Storage/storageAccounts": (
        "arm:Microsoft.Storage/storageAccounts/blobServices/containers",
    ),
}
HOUND: Mapping[str, str] = {
    "AZTenant": "graph:organization",
    "AZUser": "graph:users",
    "AZGroup": "graph:groups",
    "AZGroupMember": "graph:groups/members",
    "AZGroupOwner": "graph:groups/owners",
    "AZServicePrincipal": "graph:servicePrincipals",
    "AZServicePrincipalOwner": "graph:servicePrincipals/owners",
    "AZApp": "graph:applications",
    "AZAppOwner": "graph:applications/owners",
    "AZRole": "graph:roleDefinitions",
    "AZRoleAssignment": "graph:roleAssignments",
    "AZAppRoleAssignment": "graph:appRoleAssignments",
    "AZFederatedIdentityCredential": "graph:federatedIdentityCredentials",
    "AZSubscription": "arm:Microsoft.Resources/subscriptions",
    "AZResourceGroup": "arm:Microsoft.Resources/resourceGroups",
    "AZManagementGroup": "arm:Microsoft.Management/managementGroups",
    "AZManagementGroupDescendant": "arm:Microsoft.Management/managementGroups",
    "AZVM": "arm:Microsoft.Compute/virtualMachines",
    "AZVMScaleSet": "arm:Microsoft.Compute/virtualMachineScaleSets",
    "AZKeyVault": "arm:Microsoft.KeyVault/vaults",
    "AZStorageAccount": "arm:Microsoft.Storage/storageAccounts",
    "AZStorageContainer": "arm:Microsoft.Storage/storageAccounts/blobServices/containers",
    "AZManagedCluster": "arm:Microsoft.ContainerService/managedClusters",
    "AZContainerRegistry": "arm:Microsoft.ContainerRegistry/registries",
    "AZWebApp": "arm:Microsoft.Web/sites",
    "AZFunctionApp": "arm:Microsoft.Web/sites",
    "AZLogicApp": "arm:Microsoft.Logic/workflows",
    "AZAutomationAccount": "arm:Microsoft.Automation/automationAccounts",
}
# Which members an object of Microsoft Graph has, in order: the first row that fits decides. All of the first set, or
# any of the second.
_GRAPH: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = tuple(
    (operation, frozenset(every.split()), frozenset(some.split()))
    for operation, every, some in (
        ("graph:appRoleAssignments", "appRoleId principalId", ""),
        ("graph:roleEligibilityScheduleInstances", "roleDefinitionId principalId directoryScopeId", "roleEligibilityScheduleId"),
        ("graph:roleAssignments", "roleDefinitionId principalId", "directoryScopeId directoryScope resourceScope"),
        ("graph:federatedIdentityCredentials", "issuer subject", ""),
        ("graph:userRegistrationDetails", "", "isMfaRegistered"),
        ("graph:conditionalAccessPolicies", "state", "grantControls sessionControls"),
        ("graph:groups/members", "groupId members", ""),
        ("graph:servicePrincipals", "", "servicePrincipalType servicePrincipalNames appOwnerOrganizationId appRoleAssignmentRequired"),
        ("graph:applications", "appId", "signInAudience requiredResourceAccess publisherDomain identifierUris passwordCredentials owners"),
        ("graph:users", "", "userPrincipalName"),
        ("graph:directoryRoles", "", "roleTemplateId"),
        ("graph:roleDefinitions", "displayName", "rolePermissions isBuiltIn"),
        ("graph:groups", "displayName", "groupTypes securityEnabled isAssignableToRole mailNickname"),
        ("graph:organization", "displayName", "verifiedDomains"),
    )
)  # fmt: skip
_TYPES = {
    "user": "graph:users",
    "group": "graph:groups",
    "serviceprincipal": "graph:servicePrincipals",
    "application": "graph:applications",
    "directoryrole": "graph:directoryRoles",
}
_SUBSCRIPTIONS = "arm:Microsoft.Resources/subscriptions"
_CONTEXT = re.compile(r"\$metadata#(?P<path>[\w/]+)(?:\('(?P<id>[^']+)'\)/(?P<child>\w+))?")
_SEARCH = re.compile(
    r"(?P<service>https://[\w-]+\.search\.windows\.net)/\$metadata#(?P<set>indexes|indexers|datasources)\b",
    re.IGNORECASE,
)
_SEARCHED = {"indexes": "indexes", "indexers": "indexers", "datasources": "dataSources"}
AGENTS = "arm:Microsoft.CognitiveServices/accounts/projects/agents"
_CHILDREN = {
    "members": "graph:groups/members",
    "transitivemembers": "graph:groups/members",
    "approleassignments": "graph:appRoleAssignments",
}


def operation(item: Mapping[str, Any]) -> str:
    """The list that an item stands in: `arm:<type>`, `graph:<set>`, or "" if it is no such thing."""
    found = read(item, "/id") or read(item, "/resourceId") or read(item, "/roleAssignmentId")
    found = found or read(item, "/denyAssignmentId")
    if isinstance(found, str) and found.startswith("/") and (named := type_of(found)):
        return f"arm:{_spelled(named)}"
    if _has(item, "permissions", "actions") and _has(item, "roleName", "name"):
        return "arm:Microsoft.Authorization/roleDefinitions"
    if (
        _has(item, "roleDefinitionId", "roleDefinitionName")
        and _has(item, "scope")
        and _has(item, "objectId", "principalId")
    ):
        return ASSIGNMENTS
    if _has(item, "homeTenantId") or (
        _has(item, "tenantId") and _has(item, "subscriptionId", "isDefault")
    ):
        return _SUBSCRIPTIONS
    return _of_graph(item)


def _has(item: Mapping[str, Any], *names: str) -> bool:
    return any(
        read(item, f"/{name}") is not None or read(item, f"/properties/{name}") is not None
        for name in names
    )


def _of_graph(item: Mapping[str, Any]) -> str:
    plain = str(item.get("@odata.type") or "").rpartition(".")[2].lower()
    if plain in _TYPES:
        return _TYPES[plain]
    keys = {str(key) for key in item}
    for name, every, some in _GRAPH:
        if every <= keys and (not some or some & keys):
            return name
    return ""


def told(context: str, parts: Sequence[str]) -> tuple[str, str]:
    """(operation, id of the object that it is about) that a Graph context, or the file's name, tells for a child list."""
    if found := _SEARCH.match(context):
        folder = _SEARCHED[found["set"].lower()]
        return f"arm:Microsoft.Search/searchServices/{folder}", found["service"].lower()
    found = _CONTEXT.search(context)
    if found and found["child"]:
        child = found["child"].lower()
        named_by = (
            f"graph:{found['path']}/owners" if child == "owners" else _CHILDREN.get(child, "")
        )
        if named_by:
            return named_by, found["id"].lower()
    return _by_name(parts[-1])


def is_agents(items: Sequence[Any]) -> bool:
    """Whether a list is of the agents of a Foundry project."""
    return bool(items) and all(isinstance(i, Mapping) and i.get("object") == "agent" for i in items)


def project(items: Sequence[Mapping[str, Any]]) -> str:
    """The project of agents, as the connections of their tools tell it, or ""."""
    found = (
        project_of(connection)
        for item in items
        for place in ("/versions/latest/definition", "/definition")
        for _, tool in each(item, f"{place}/tools/*")
        for _, connection in each(tool, f"/{read(tool, '/type')}/indexes/*/project_connection_id")
    )
    return next((one for one in found if one), "")


def _by_name(name: str) -> tuple[str, str]:
    name, ids = name.lower(), guids(name)
    if ids and "member" in name:
        return "graph:groups/members", ids[-1]
    if ids and "owner" in name:
        sort = (
            "groups"
            if "group" in name
            else "applications"
            if "app" in name
            else "servicePrincipals"
        )
        return f"graph:{sort}/owners", ids[-1]
    if ids and "federated" in name:
        return "graph:federatedIdentityCredentials", ids[-1]
    return "", ""


def named(parts: Sequence[str]) -> str:
    """The list that a file's name speaks of: its last word of a type, such as denyAssignments."""
    name = re.sub(r"[^a-z]", "", parts[-1].lower().partition(".")[0])
    known = sorted(_last_words().items(), key=lambda pair: -len(pair[0]))
    return next((op for word, op in known if word in name or word.removesuffix("s") in name), "")


@cache
def _last_words() -> Mapping[str, str]:
    kinds = [kind for kind in load_schema().kinds.values() if kind.name.startswith("Microsoft.")]
    listed = [name for kind in kinds for name in kind.listed_by]
    return {
        name.rpartition("/")[2].rpartition(":")[2].lower(): name for name in sorted(set(listed))
    }


@cache
def _kinds() -> Mapping[str, str]:
    """Types as Microsoft spells them: those that become assets, and the others that a live collection asks for."""
    names = [name for name in load_schema().kinds if name.startswith("Microsoft.")]
    names += [asked.operation.removeprefix("arm:") for asked in all_reads().values()]
    return {name.lower(): name for name in names}


def _spelled(lowered: str) -> str:
    """A resource type as Microsoft spells it; a version counts as what it is a version of."""
    lowered = re.sub(r"/versions$", "", lowered)
    return _kinds().get(lowered, lowered)
