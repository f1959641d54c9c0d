"""Bedrock AgentCore: agent runtimes, tool gateways, code interpreters."""

from collections.abc import Mapping
from typing import Any

from collectors.aws.answer import Answer
from collectors.aws.arn import is_arn
from collectors.aws.convert import (
    arn,
    function,
    key,
    names,
    role,
    security_group,
    subnet,
    truth,
)
from collectors.aws.shape import Edge, Mapper, Shape
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


_gateway = arn("bedrock-agentcore", "gateway/")
_NETWORK = "/networkConfiguration/networkModeConfig"
_IN_NETWORK = (
    Edge(kind="IN_NETWORK", at=_NETWORK + "/subnets/*", to=subnet),
    Edge(kind="GUARDED_BY", at=_NETWORK + "/securityGroups/*", to=security_group),
)
_LIMITS = ("allowedAudience", "allowedClients", "allowedScopes", "customClaims")


def _is_restricted(authorizer: Mapping[str, Any] | None, _: Answer) -> bool | None:
    """Does a token have to be meant for this gateway? None where tokens are not asked for."""
    return None if authorizer is None else any(authorizer.get(name) for name in _LIMITS)


RUNTIME = Shape(
    kind="AWS::BedrockAgentCore::Runtime",
    id="/agentRuntimeArn",
    name="/agentRuntimeName",
    fields={
        "network_mode": "/networkConfiguration/networkMode",
        "mmds_v2": ("/metadataConfiguration/requireMMDSV2", truth),
        "environment_names": ("/environmentVariables", names),
        "status": "/status",
        "created": "/createdAt",
    },
    edges=(Edge(kind="RUNS_AS", at="/roleArn", to=role), *_IN_NETWORK),
)
GATEWAY = Shape(
    kind="AWS::BedrockAgentCore::Gateway",
    id="/gatewayArn",
    name="/name",
    fields={
        "auth": "/authorizerType",
        "jwt_restricted": ("/authorizerConfiguration/customJWTAuthorizer", _is_restricted),
        "policy_engine": "/policyEngineConfiguration/mode",
        "exception_level": "/exceptionLevel",
        "kms_key": ("/kmsKeyArn", key),
        "status": "/status",
        "created": "/createdAt",
    },
    constants={"gateway": True},
    edges=(Edge(kind="RUNS_AS", at="/roleArn", to=role),),
)
INTERPRETER = Shape(
    kind="AWS::BedrockAgentCore::CodeInterpreter",
    id="/codeInterpreterArn",
    name="/name",
    fields={
        "network_mode": "/networkConfiguration/networkMode",
        "status": "/status",
        "created": "/createdAt",
    },
    edges=(Edge(kind="RUNS_AS", at="/executionRoleArn", to=role),),
)


def _target_id(item: Any, answer: Answer) -> str | None:
    gateway, target = _its_gateway(item, answer), item.get("targetId")
    return f"{gateway}/target/{target}" if gateway and target else None


def _its_gateway(item: Any, answer: Answer) -> str | None:
    named = item.get("gatewayArn")
    return named if is_arn(named) else _gateway(answer.params.get("gatewayIdentifier"), answer)


def _target(items: str) -> Shape:
    return Shape(
        kind="AWS::BedrockAgentCore::GatewayTarget",
        items=items,
        id=("", _target_id),
        name="/name",
        fields={"state": "/status"},
        edges=(
            Edge(kind="EXPOSES_TOOL", at="", to=_its_gateway, reverse=True),
            Edge(kind="INVOKES", at="/targetConfiguration/mcp/lambda/lambdaArn", to=function),
        ),
    )


def _summary(shape: Shape, items: str) -> Shape:
    return Shape(
        kind=shape.kind,
        items=items,
        id=shape.id,
        name=shape.name,
        fields={"status": "/status"},
        constants=shape.constants,
    )


_GATEWAY_SUMMARY = Shape(
    kind=GATEWAY.kind,
    items="/items/*",
    id=("/gatewayId", _gateway),
    name="/name",
    fields={"auth": "/authorizerType", "status": "/status"},
    constants=GATEWAY.constants,
)

MAPPERS: Mapping[str, Mapper] = {
    "bedrock-agentcore-control:ListAgentRuntimes": _summary(RUNTIME, "/agentRuntimes/*"),
    "bedrock-agentcore-control:GetAgentRuntime": RUNTIME,
    "bedrock-agentcore-control:ListGateways": _GATEWAY_SUMMARY,
    "bedrock-agentcore-control:GetGateway": GATEWAY,
    "bedrock-agentcore-control:ListGatewayTargets": _target("/items/*"),
    "bedrock-agentcore-control:GetGatewayTarget": _target(""),
    "bedrock-agentcore-control:ListCodeInterpreters": _summary(
        INTERPRETER, "/codeInterpreterSummaries/*"
    ),
    "bedrock-agentcore-control:GetCodeInterpreter": INTERPRETER,
}
