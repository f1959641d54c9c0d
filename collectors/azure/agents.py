"""Foundry agents as a project tells them (not ARM): model, tools, and the indexes that they ask.

The call was about one project (params: its resource id). Tools have no ids of their own and get `<agent>/tools/<label>`.
Source: Azure AI Foundry Agent Service REST API, agents and their versions.
"""

from collections.abc import Iterator
from typing import Any

from collectors.azure.answer import Answer, Mapper
from collectors.azure.ids import ancestor, clean
from collectors.azure.item import each, first, read
from collectors.azure.standins import CONNECTION
from graph.estate import Piece
from graph.model import Asset

_KIND = "Microsoft.CognitiveServices/accounts/projects/agents"
_PROJECT = "microsoft.cognitiveservices/accounts/projects"
_ACTING = {"mcp", "openapi", "azure_function", "function"}  # the others only look something up
_DEFINITIONS = ("/versions/latest/definition", "/properties/definition", "/definition")


def project_of(text: object) -> str:
    """The project that an id lies in, or ""."""
    return ancestor(clean(text), _PROJECT) if isinstance(text, str) and text[:1] == "/" else ""


def agent(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """An agent of the project that the call was about."""
    project = next((found for v in answer.params.values() if (found := project_of(v))), "")
    name = read(item, "/name") or read(item, "/id")
    if not project or not isinstance(name, str):
        return
    at, definition = next((f for d in _DEFINITIONS if (f := first(item, d))[1]), ("", item))
    asset_id, model = f"{project}/agents/{name}", read(definition, "/model")
    yield Asset(
        id=asset_id,
        kind=_KIND,
        name=name,
        properties={"foundation_model": model},
        evidence=(answer.evidence(pointer, {"foundation_model": f"{at}/model"}),),
    )
    if isinstance(model, str):
        deployment = f"{project.rpartition('/projects/')[0]}/deployments/{model}"
        yield answer.edge(asset_id, "USES_MODEL", deployment, f"{pointer}{at}/model")
    for place, tool in each(definition, "/tools/*"):
        yield from _tool(answer, tool, pointer + at + place, asset_id)


def _tool(answer: Answer, tool: Any, pointer: str, agent_id: str) -> Iterator[Piece]:
    """A tool; what asks an index is a knowledge base of the agent."""
    sort = str(read(tool, "/type") or "tool")
    indexes = list(each(tool, f"/{sort}/indexes/*"))
    for place, used in indexes:
        connection, name = read(used, "/project_connection_id"), read(used, "/index_name")
        if isinstance(connection, str) and isinstance(name, str):
            index = f"{CONNECTION}{clean(connection)}/indexes/{name}"
            yield answer.edge(agent_id, "USES_KNOWLEDGE_BASE", index, pointer + place)
    if indexes:
        return
    label = read(tool, "/server_label") or read(tool, f"/{sort}/name") or sort
    approval = read(tool, "/require_approval")
    yield Asset(
        id=f"{agent_id}/tools/{label}",
        kind=f"{_KIND}/tools",
        name=str(label),
        properties={
            "builtin": sort,
            "state": "ENABLED",
            "executor": read(tool, "/server_url"),
            "confirmation": approval != "never" if sort in _ACTING else None,
        },
        evidence=(
            answer.evidence(
                pointer,
                {
                    "builtin": "/type",
                    "executor": "/server_url",
                    "confirmation": "/require_approval",
                },
            ),
        ),
    )
    yield answer.edge(agent_id, "USES_TOOL", f"{agent_id}/tools/{label}", pointer)


MAPPERS: dict[str, Mapper] = {f"arm:{_KIND}": agent}
