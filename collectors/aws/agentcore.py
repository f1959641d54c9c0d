"""Bedrock AgentCore: agent runtimes, tool gateways, code interpreters."""

from collectors.reads import Detail, Read

_CLIENT = "bedrock-agentcore-control"

READS: tuple[Read, ...] = (
    Read(
        client=_CLIENT,
        operation="ListAgentRuntimes",
        items="/agentRuntimes",
        details=(
            Detail(operation="GetAgentRuntime", params={"agentRuntimeId": "/agentRuntimeId"}),
        ),
    ),
    Read(
        client=_CLIENT,
        operation="ListGateways",
        items="/items",
        details=(
            Detail(operation="GetGateway", params={"gatewayIdentifier": "/gatewayId"}),
            Detail(
                operation="ListGatewayTargets",
                params={"gatewayIdentifier": "/gatewayId"},
                items="/items",
                details=(
                    Detail(
                        operation="GetGatewayTarget",
                        params={
                            "gatewayIdentifier": "^/gatewayIdentifier",
                            "targetId": "/targetId",
                        },
                    ),
                ),
            ),
        ),
    ),
    Read(
        client=_CLIENT,
        operation="ListCodeInterpreters",
        items="/codeInterpreterSummaries",
        details=(
            Detail(
                operation="GetCodeInterpreter",
                params={"codeInterpreterId": "/codeInterpreterId"},
            ),
        ),
    ),
)
