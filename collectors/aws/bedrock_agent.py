"""Bedrock agents and knowledge bases: what they run as, know, and may call."""

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.answer import Answer, Fact, Facts
from collectors.aws.convert import (
    arn,
    bucket,
    foundation_model,
    function,
    key,
    key_asset,
    present,
    role,
    same,
)
from collectors.aws.shape import NOT_READ, Edge, Mapper, Shape, each, several
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


_agent = arn("bedrock", "agent/")
_knowledge_base = arn("bedrock", "knowledge-base/")
_guardrail = arn("bedrock", "guardrail/")
_GUARDRAIL = "/guardrailConfiguration/guardrailIdentifier"


def _length(text: Any, _: Answer) -> Any:
    """Only the length of an instruction is kept; where it was dropped already, it is not known."""
    return len(text) if isinstance(text, str) else None if text is None else NOT_READ


_WIRING = (
    Edge(kind="RUNS_AS", at="/agentResourceRoleArn", to=role),
    Edge(kind="USES_MODEL", at="/foundationModel", to=foundation_model),
)
AGENT = Shape(
    kind="AWS::Bedrock::Agent",
    items="/agent",
    id=("/agentId", _agent),
    name="/agentName",
    fields={
        "foundation_model": ("/foundationModel", foundation_model),
        "guardrail": (_GUARDRAIL, _guardrail),
        "kms_key": ("/customerEncryptionKeyArn", key),
        "status": "/agentStatus",
        "instruction_length": ("/instruction", _length),
        "memory": ("/memoryConfiguration/enabledMemoryTypes", present),
        "created": "/createdAt",
    },
    edges=(
        *_WIRING,
        Edge(kind="PROTECTED_BY", at=_GUARDRAIL, to=_guardrail),
        Edge(kind="ENCRYPTED_BY", at="/customerEncryptionKeyArn", to=key_asset),
    ),
)
# What an alias routes to may run as another role or use another model than the draft.
VERSION = Shape(
    kind="AWS::Bedrock::Agent",
    items="/agentVersion",
    id=("/agentId", _agent),
    edges=_WIRING,
    edges_only=True,
)
AGENT_SUMMARY = Shape(
    kind="AWS::Bedrock::Agent",
    items="/agentSummaries/*",
    id=("/agentId", _agent),
    name="/agentName",
    fields={"status": "/agentStatus"},
)


def _agent_of(value: Any, answer: Answer) -> str | None:
    """The agent that an alias belongs to."""
    parts = str(value).split("/")
    return _agent(parts[1], answer) if ":agent-alias/" in str(value) else None


def _of_call(_: Any, answer: Answer) -> str | None:
    """The agent that a list was asked for."""
    return _agent(answer.params.get("agentId"), answer)


def _tool_id(item: Any, answer: Answer) -> str | None:
    agent = item.get("agentId") or answer.params.get("agentId")
    group = item.get("actionGroupId")
    return f"{_agent(agent, answer)}/action-group/{group}" if agent and group else None


def _enabled_agent(item: Any, answer: Answer) -> str | None:
    """The agent of a tool, unless the tool is switched off."""
    off = item.get("actionGroupState") == "DISABLED"
    return None if off else _agent(item.get("agentId") or answer.params.get("agentId"), answer)


def _confirmed(schema: Any, _: Answer) -> bool | None:
    """Whether every function of a tool asks first; None where the answer cannot say."""
    functions = (schema or {}).get("functions") or ()
    if not functions:
        return None
    return all(item.get("requireConfirmation") == "ENABLED" for item in functions)


def _executor(executor: Any, _: Answer) -> str | None:
    if not executor:
        return None
    return "lambda" if executor.get("lambda") else str(executor.get("customControl") or "unknown")


_USED = Edge(kind="USES_TOOL", at="", to=_enabled_agent, reverse=True)
TOOL = Shape(
    kind="AWS::Bedrock::AgentActionGroup",
    items="/agentActionGroup",
    id=("", _tool_id),
    name="/actionGroupName",
    fields={
        "executor": ("/actionGroupExecutor", _executor),
        "confirmation": ("/functionSchema", _confirmed),
        "state": "/actionGroupState",
        "builtin": "/parentActionSignature",
        "created": "/createdAt",
    },
    edges=(_USED, Edge(kind="INVOKES", at="/actionGroupExecutor/lambda", to=function)),
)
_ASKS = Shape(
    kind="AWS::Bedrock::Agent",
    items="/agentActionGroup",
    id=("/agentId", _agent),
    fields={
        "user_input": (
            "/parentActionSignature",
            lambda signature, _: signature == "AMAZON.UserInput" or NOT_READ,
        )
    },
)
TOOL_SUMMARY = Shape(
    kind="AWS::Bedrock::AgentActionGroup",
    items="/actionGroupSummaries/*",
    id=("", _tool_id),
    name="/actionGroupName",
    fields={"state": "/actionGroupState"},
    edges=(_USED,),
)


def _used_knowledge_base(item: Any, answer: Answer) -> str | None:
    off = item.get("knowledgeBaseState") == "DISABLED"
    return None if off else _knowledge_base(item.get("knowledgeBaseId"), answer)


AGENT_KNOWLEDGE = Shape(
    kind="AWS::Bedrock::Agent",
    id=("", _of_call),
    edges_only=True,
    edges=(
        Edge(
            kind="USES_KNOWLEDGE_BASE",
            at="/agentKnowledgeBaseSummaries/*",
            to=_used_knowledge_base,
        ),
    ),
)
COLLABORATORS = Shape(
    kind="AWS::Bedrock::Agent",
    id=("", _of_call),
    edges_only=True,
    edges=(
        Edge(
            kind="DELEGATES_TO",
            at="/agentCollaboratorSummaries/*/agentDescriptor/aliasArn",
            to=_agent_of,
        ),
    ),
)
_VECTOR = "/knowledgeBaseConfiguration/vectorKnowledgeBaseConfiguration/embeddingModelArn"
_STORES = (
    "/opensearchServerlessConfiguration/collectionArn",
    "/opensearchManagedClusterConfiguration/domainArn",
    "/rdsConfiguration/resourceArn",
    "/neptuneAnalyticsConfiguration/graphArn",
    "/s3VectorsConfiguration/vectorBucketArn",
)
KNOWLEDGE_BASE = Shape(
    kind="AWS::Bedrock::KnowledgeBase",
    items="/knowledgeBase",
    id=("/knowledgeBaseId", _knowledge_base),
    name="/name",
    fields={
        "storage_type": "/storageConfiguration/type",
        "embedding_model": (_VECTOR, foundation_model),
        "status": "/status",
        "created": "/createdAt",
    },
    edges=(
        Edge(kind="RUNS_AS", at="/roleArn", to=role),
        Edge(kind="USES_EMBEDDING_MODEL", at=_VECTOR, to=foundation_model),
        *(
            Edge(kind="INDEXED_IN", at="/storageConfiguration" + store, to=same)
            for store in _STORES
        ),
    ),
)
KNOWLEDGE_BASE_SUMMARY = Shape(
    kind="AWS::Bedrock::KnowledgeBase",
    items="/knowledgeBaseSummaries/*",
    id=("/knowledgeBaseId", _knowledge_base),
    name="/name",
    fields={"status": "/status"},
)


def _sources(summaries: Any, answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "id": item.get("dataSourceId"),
            "name": item.get("name"),
            "type": answer.fact("data-source", item.get("dataSourceId", "")),
        }
        for item in summaries or ()
    ]


def _all_encrypted(summaries: Any, answer: Answer) -> Any:
    """Has every source a key of its own? Not told as long as one of them was not described."""
    ids = [item.get("dataSourceId", "") for item in summaries or ()]
    if any(answer.fact("data-source", source) is None for source in ids):
        return NOT_READ
    return all(answer.fact("data-source-key", source) for source in ids)


SOURCES = Shape(
    kind="AWS::Bedrock::KnowledgeBase",
    id=("^/knowledgeBaseId", _knowledge_base),
    fields={
        "data_sources": ("/dataSourceSummaries", _sources),
        "sources_encrypted": ("/dataSourceSummaries", _all_encrypted),
    },
)
SOURCE = Shape(
    kind="AWS::Bedrock::KnowledgeBase",
    items="/dataSource",
    id=("/knowledgeBaseId", _knowledge_base),
    edges_only=True,
    edges=(
        Edge(
            kind="GROUNDED_ON",
            at="/dataSourceConfiguration/s3Configuration/bucketArn",
            to=bucket,
        ),
    ),
)


def _source_types(answer: Answer) -> Iterator[Fact]:
    for _, source in each(answer.body, ("dataSource",)):
        kind = (source.get("dataSourceConfiguration") or {}).get("type")
        if kind:
            yield "data-source", source.get("dataSourceId", ""), kind
        encryption = source.get("serverSideEncryptionConfiguration") or {}
        if encryption.get("kmsKeyArn"):
            yield "data-source-key", source.get("dataSourceId", ""), encryption["kmsKeyArn"]


FACTS: Mapping[str, Facts] = {"bedrock-agent:GetDataSource": _source_types}

MAPPERS: Mapping[str, Mapper] = {
    "bedrock-agent:ListAgents": AGENT_SUMMARY,
    "bedrock-agent:GetAgent": AGENT,
    "bedrock-agent:GetAgentVersion": VERSION,
    "bedrock-agent:ListAgentActionGroups": TOOL_SUMMARY,
    "bedrock-agent:GetAgentActionGroup": several(TOOL, _ASKS),
    "bedrock-agent:ListAgentKnowledgeBases": AGENT_KNOWLEDGE,
    "bedrock-agent:ListAgentCollaborators": COLLABORATORS,
    "bedrock-agent:ListKnowledgeBases": KNOWLEDGE_BASE_SUMMARY,
    "bedrock-agent:GetKnowledgeBase": KNOWLEDGE_BASE,
    "bedrock-agent:ListDataSources": SOURCES,
    "bedrock-agent:GetDataSource": SOURCE,
}
