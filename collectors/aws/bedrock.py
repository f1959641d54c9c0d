"""Bedrock: models, guardrails, and whether calls are logged."""

from collectors.reads import Detail, Read

READS: tuple[Read, ...] = (
    Read(client="bedrock", operation="GetModelInvocationLoggingConfiguration"),
    Read(client="bedrock", operation="ListFoundationModels"),
    Read(client="bedrock", operation="ListInferenceProfiles"),
    Read(
        client="bedrock",
        operation="ListCustomModels",
        items="/modelSummaries",
        details=(
            Detail(operation="GetCustomModel", params={"modelIdentifier": "/modelArn"}),
            Detail(operation="ListTagsForResource", params={"resourceARN": "/modelArn"}),
        ),
    ),
    Read(
        client="bedrock",
        operation="ListModelCustomizationJobs",
        items="/modelCustomizationJobSummaries",
        details=(
            Detail(operation="GetModelCustomizationJob", params={"jobIdentifier": "/jobArn"}),
        ),
    ),
    Read(
        client="bedrock",
        operation="ListGuardrails",
        items="/guardrails",
        details=(
            Detail(operation="GetGuardrail", params={"guardrailIdentifier": "/arn"}),
            Detail(operation="ListTagsForResource", params={"resourceARN": "/arn"}),
        ),
    ),
)
