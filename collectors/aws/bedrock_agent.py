"""Bedrock agents and knowledge bases: what they run as, know, and may call."""

from collectors.reads import Detail, Read


def _of_version(agent: str, version: str = "") -> tuple[Detail, ...]:
    """What one version of an agent may use; the working draft if no version is pointed at."""
    params = {"agentId": agent} | ({"agentVersion": version} if version else {})
    fixed = {} if version else {"agentVersion": "DRAFT"}
    group = Detail(
        operation="GetAgentActionGroup",
        params={
            "agentId": "^/agentId",
            "agentVersion": "^/agentVersion",
            "actionGroupId": "/actionGroupId",
        },
    )
    return (
        Detail(
            operation="ListAgentActionGroups",
            params=params,
            fixed=fixed,
            items="/actionGroupSummaries",
            details=(group,),
        ),
        Detail(operation="ListAgentKnowledgeBases", params=params, fixed=fixed),
        Detail(operation="ListAgentCollaborators", params=params, fixed=fixed),
    )


_ALIAS_VERSION = "/routingConfiguration/0/agentVersion"

READS: tuple[Read, ...] = (
    Read(
        client="bedrock-agent",
        operation="ListAgents",
        items="/agentSummaries",
        details=(
            Detail(operation="GetAgent", params={"agentId": "/agentId"}),
            *_of_version("/agentId"),
            # Callers use aliases; what an alias routes to may differ from the draft.
            Detail(
                operation="ListAgentAliases",
                params={"agentId": "/agentId"},
                items="/agentAliasSummaries",
                details=(
                    Detail(
                        operation="GetAgentVersion",
                        params={"agentId": "^/agentId", "agentVersion": _ALIAS_VERSION},
                    ),
                    *_of_version("^/agentId", _ALIAS_VERSION),
                ),
            ),
        ),
    ),
    Read(
        client="bedrock-agent",
        operation="ListKnowledgeBases",
        items="/knowledgeBaseSummaries",
        details=(
            Detail(operation="GetKnowledgeBase", params={"knowledgeBaseId": "/knowledgeBaseId"}),
            Detail(
                operation="ListDataSources",
                params={"knowledgeBaseId": "/knowledgeBaseId"},
                items="/dataSourceSummaries",
                details=(
                    Detail(
                        operation="GetDataSource",
                        params={
                            "knowledgeBaseId": "^/knowledgeBaseId",
                            "dataSourceId": "/dataSourceId",
                        },
                    ),
                ),
            ),
        ),
    ),
)
