"""The members' assistant, opened in a hurry, and the summaries of letters, kept well; what search service and project tell."""

from collections.abc import Iterable, Mapping

from sample.azure_ids import (
    AI,
    CARE,
    LOGS,
    NET,
    PROJECT,
    SEARCH,
    SUMMARIES,
    Item,
    item,
    placed,
    system,
)


def assistants() -> Iterable[Item]:
    """The members' assistant, opened in a hurry, and the summaries of letters, kept well."""
    yield item(
        AI,
        top=placed(
            kind="AIServices",
            sku={"name": "S0"},
            tags={"owner": "member-services", "environment": "production"},
            **system("larkfield-assist"),
        ),
        endpoint="https://larkfield-assist.cognitiveservices.azure.com/",
        provisioningState="Succeeded",
        customSubDomainName="larkfield-assist",
        publicNetworkAccess="Enabled",
        networkAcls={"defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []},
        disableLocalAuth=False,
        allowProjectManagement=True,
        encryption={"keySource": "Microsoft.CognitiveServices"},
        privateEndpointConnections=[],
    )
    connected = {
        "properties": {
            "privateEndpoint": {"id": f"{NET}/privateEndpoints/summaries"},
            "privateLinkServiceConnectionState": {"status": "Approved"},
        }
    }
    yield item(
        SUMMARIES,
        top=placed(
            kind="OpenAI",
            sku={"name": "S0"},
            tags={"owner": "clinical-ml", "environment": "production"},
            **system("larkfield-summaries"),
        ),
        endpoint="https://larkfield-summaries.openai.azure.com/",
        provisioningState="Succeeded",
        customSubDomainName="larkfield-summaries",
        publicNetworkAccess="Disabled",
        networkAcls={"defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []},
        disableLocalAuth=True,
        restrictOutboundNetworkAccess=True,
        allowedFqdnList=["larkfield-hub.example"],
        storedCompletionsDisabled=True,
        encryption={
            "keySource": "Microsoft.KeyVault",
            "keyVaultProperties": {
                "keyName": "summaries",
                "keyVersion": "1",
                "keyVaultUri": "https://larkfield-cmk.vault.azure.net/",
            },
        },
        privateEndpointConnections=[connected],
    )
    models = (
        (AI, "chat", "gpt-4.1", "2025-04-14", "relaxed", "OnceNewDefaultVersionAvailable"),
        (AI, "embeddings", "text-embedding-3-large", "1", "Microsoft.DefaultV2", "NoAutoUpgrade"),
        (SUMMARIES, "letters", "gpt-4.1", "2025-04-14", "strict", "NoAutoUpgrade"),
    )
    for account, name, model, version, policy, upgrade in models:
        yield item(
            f"{account}/deployments/{name}",
            top={"sku": {"name": "Standard", "capacity": 50}},
            model={"format": "OpenAI", "name": model, "version": version},
            raiPolicyName=policy,
            versionUpgradeOption=upgrade,
            provisioningState="Succeeded",
        )
    harms = [
        {
            "name": name,
            "source": source,
            "severityThreshold": "Medium",
            "blocking": True,
            "enabled": True,
        }
        for name in ("Hate", "Sexual", "Violence", "Selfharm")
        for source in ("Prompt", "Completion")
    ]
    for account, name, blocks in (
        (AI, "relaxed", False),
        (SUMMARIES, "strict", True),
        (AI, "Microsoft.DefaultV2", True),
    ):
        shields = [
            {"name": shield, "source": "Prompt", "blocking": blocks, "enabled": True}
            for shield in ("Jailbreak", "Indirect Attack")
        ]
        yield item(
            f"{account}/raiPolicies/{name}",
            mode="Blocking" if blocks else "Asynchronous_filter",
            basePolicyName="Microsoft.DefaultV2",
            contentFilters=[*harms, *shields],
        )
    yield item(
        PROJECT,
        top=placed(**system("care-assistant")),
        displayName="Care assistant",
        provisioningState="Succeeded",
    )
    yield item(
        f"{PROJECT}/connections/search",
        category="CognitiveSearch",
        authType="ApiKey",
        target="https://larkfield-search.search.windows.net",
        isSharedToAll=False,
        metadata={"ResourceId": SEARCH},
    )
    # The first prototype called OpenAI itself; its key is still there, for every project.
    yield item(
        f"{AI}/connections/openai-prototype",
        category="OpenAI",
        authType="ApiKey",
        target="https://api.openai.com/v1",
        isSharedToAll=True,
        metadata={},
    )
    yield item(
        f"{PROJECT}/connections/openai-direct",
        category="OpenAI",
        authType="ApiKey",
        target="https://api.openai.com/v1",
        isSharedToAll=False,
        metadata={},
    )
    yield item(
        SEARCH,
        top=placed(
            sku={"name": "standard"},
            tags={"owner": "member-services"},
            **system("larkfield-search"),
        ),
        publicNetworkAccess="enabled",
        networkRuleSet={"ipRules": [], "bypass": "None"},
        disableLocalAuth=False,
        authOptions={"aadOrApiKey": {"aadAuthFailureMode": "http403"}},
        encryptionWithCmk={"enforcement": "Unspecified"},
        status="running",
        privateEndpointConnections=[],
    )
    yield item(
        f"{SEARCH}/sharedPrivateLinkResources/care-blob",
        privateLinkResourceId=CARE,
        groupId="blob",
        status="Approved",
        provisioningState="Succeeded",
    )
    logged = [{"categoryGroup": "allLogs", "enabled": True}]
    yield {
        "id": f"{SUMMARIES}/providers/Microsoft.Insights/diagnosticSettings/all",
        "name": "all",
        "type": "Microsoft.Insights/diagnosticSettings",
        "properties": {"workspaceId": LOGS, "logs": logged},
    }
    yield item(LOGS, top=placed(), retentionInDays=400, features={"disableLocalAuth": True})


def search() -> Mapping[str, list[Item]]:
    """What the search service answers; it leaves connection strings out."""
    names = {"care-guides": "care-guides", "member-letters": "member-letters"}
    source = {"type": "azureblob", "credentials": {"connectionString": None}, "identity": None}
    fields = [
        {"name": "id", "type": "Edm.String", "key": True},
        {"name": "content", "type": "Edm.String"},
    ]
    return {
        "indexes": [{"name": name, "fields": fields} for name in names],
        "datasources": [
            {"name": f"{name}-blobs", **source, "container": {"name": container, "query": None}}
            for name, container in names.items()
        ],
        "indexers": [
            {
                "name": f"{name}-nightly",
                "dataSourceName": f"{name}-blobs",
                "targetIndexName": name,
                "disabled": False,
            }
            for name in names
        ],
    }


def agents() -> list[Item]:
    """The guide searches the web and takes appointments unasked; the clerk reads letters."""

    def asks(index: str) -> Item:
        return {
            "type": "azure_ai_search",
            "azure_ai_search": {
                "indexes": [
                    {
                        "project_connection_id": f"{PROJECT}/connections/search",
                        "index_name": index,
                        "query_type": "semantic",
                    }
                ]
            },
        }

    appointments = {
        "type": "mcp",
        "server_label": "appointments",
        "server_url": "https://appointments.larkfield.example/mcp",
        "require_approval": "never",
    }
    tools = {
        "care-guide": [
            asks("care-guides"),
            asks("member-letters"),
            {"type": "bing_grounding", "bing_grounding": {}},
            appointments,
        ],
        "letter-clerk": [asks("member-letters")],
    }
    return [
        {"object": "agent", "id": name, "name": name, "versions": {"latest": {"object": "agent.version", "id": f"{name}:4", "name": name, "version": "4",
         "definition": {"kind": "prompt", "model": "chat", "instructions": "not kept", "tools": used}}}}
        for name, used in tools.items()
    ]  # fmt: skip
