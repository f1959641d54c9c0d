"""Bedrock: models, guardrails, and whether calls are logged."""

from collections.abc import Iterable, Mapping
from typing import Any

from collectors.aws.answer import Answer
from collectors.aws.arn import kind_of
from collectors.aws.convert import (
    bucket,
    bucket_in,
    foundation_model,
    key,
    key_asset,
    log_group,
    role,
    same,
    security_group,
    subnet,
    subnets,
    tags,
    truth,
)
from collectors.aws.shape import Edge, Mapper, Shape
from collectors.reads import Detail, Read

READS: tuple[Read, ...] = (
    Read(client="bedrock", operation="GetModelInvocationLoggingConfiguration", may_be_empty=True),
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


_LOGGING = "/loggingConfig"
_BUCKET, _GROUP = _LOGGING + "/s3Config/bucketName", _LOGGING + "/cloudWatchConfig/logGroupName"


def _settings(_: Any, answer: Answer) -> str | None:
    return answer.arn("bedrock", "settings") if answer.region else None


def _logs_somewhere(config: Any, _: Answer) -> bool:
    return bool(config) and any(config.get(k) for k in ("s3Config", "cloudWatchConfig"))


def _prompt_attacks(filters: Iterable[Mapping[str, Any]] | None, _: Answer) -> str | None:
    return next(
        (f.get("inputStrength") for f in filters or () if f.get("type") == "PROMPT_ATTACK"), None
    )


def _entities(found: Iterable[Mapping[str, Any]] | None, _: Answer) -> list[str] | None:
    return sorted(str(entity.get("type")) for entity in found or ()) or None


SETTINGS = Shape(
    kind="AWS::Bedrock::Settings",
    id=("", _settings),
    name=("", lambda _, answer: f"Bedrock in {answer.region}"),
    fields={
        "invocation_logging": (_LOGGING, _logs_somewhere),
        "log_text": (_LOGGING + "/textDataDeliveryEnabled", truth),
        "log_bucket": (_BUCKET, bucket),
        "log_group": (_GROUP, log_group),
    },
    edges=(
        Edge(kind="LOGS_TO", at=_BUCKET, to=bucket),
        Edge(kind="LOGS_TO", at=_GROUP, to=log_group),
    ),
)
FOUNDATION_MODEL = Shape(
    kind="AWS::Bedrock::FoundationModel",
    items="/modelSummaries/*",
    id="/modelArn",
    name="/modelName",
    fields={"publisher": "/providerName", "status": "/modelLifecycle/status"},
    constants={"custom": False},
    owned=False,
)
PROFILE = Shape(
    kind="AWS::Bedrock::InferenceProfile",
    items="/inferenceProfileSummaries/*",
    id="/inferenceProfileArn",
    name="/inferenceProfileName",
    fields={"status": "/status", "created": "/createdAt"},
    constants={"custom": False},
    edges=(Edge(kind="BASED_ON", at="/models/*/modelArn", to=same),),
)
CUSTOM_MODEL = Shape(
    kind="AWS::Bedrock::CustomModel",
    id="/modelArn",
    name="/modelName",
    fields={
        "base_model": ("/baseModelArn", foundation_model),
        "kms_key": ("/modelKmsKeyArn", key),
        "created": "/creationTime",
    },
    constants={"custom": True},
    edges=(
        Edge(kind="BASED_ON", at="/baseModelArn", to=foundation_model),
        Edge(kind="TRAINED_ON", at="/trainingDataConfig/s3Uri", to=bucket_in),
        Edge(kind="TRAINED_ON", at="/validationDataConfig/validators/*/s3Uri", to=bucket_in),
        Edge(kind="PRODUCES", at="/jobArn", to=same, reverse=True),
        Edge(kind="ENCRYPTED_BY", at="/modelKmsKeyArn", to=key_asset),
    ),
)
CUSTOMIZATION_JOB = Shape(
    kind="AWS::Bedrock::ModelCustomizationJob",
    id="/jobArn",
    name="/jobName",
    fields={
        "status": "/status",
        "subnets": ("/vpcConfig/subnetIds", subnets),
        "created": "/creationTime",
    },
    edges=(
        Edge(kind="RUNS_AS", at="/roleArn", to=role),
        Edge(kind="READS_FROM", at="/trainingDataConfig/s3Uri", to=bucket_in),
        Edge(kind="TRAINED_ON", at="/trainingDataConfig/s3Uri", to=bucket_in),
        Edge(kind="WRITES_TO", at="/outputDataConfig/s3Uri", to=bucket_in),
        Edge(kind="PRODUCES", at="/outputModelArn", to=same),
        Edge(kind="IN_NETWORK", at="/vpcConfig/subnetIds/*", to=subnet),
        Edge(kind="GUARDED_BY", at="/vpcConfig/securityGroupIds/*", to=security_group),
    ),
)
GUARDRAIL = Shape(
    kind="AWS::Bedrock::Guardrail",
    id="/guardrailArn",
    name="/name",
    fields={
        "prompt_attack_strength": ("/contentPolicy/filters", _prompt_attacks),
        "pii_entities": ("/sensitiveInformationPolicy/piiEntities", _entities),
        "grounding_filters": ("/contextualGroundingPolicy/filters", _entities),
        "kms_key": ("/kmsKeyArn", key),
        "status": "/status",
        "version": "/version",
        "created": "/createdAt",
    },
    edges=(Edge(kind="ENCRYPTED_BY", at="/kmsKeyArn", to=key_asset),),
)

MAPPERS: Mapping[str, Mapper] = {
    "bedrock:GetModelInvocationLoggingConfiguration": SETTINGS,
    "bedrock:ListFoundationModels": FOUNDATION_MODEL,
    "bedrock:ListInferenceProfiles": PROFILE,
    "bedrock:ListCustomModels": Shape(
        kind=CUSTOM_MODEL.kind,
        items="/modelSummaries/*",
        id="/modelArn",
        name="/modelName",
        fields={"base_model": ("/baseModelArn", foundation_model), "created": "/creationTime"},
        constants={"custom": True},
        edges=(Edge(kind="BASED_ON", at="/baseModelArn", to=foundation_model),),
    ),
    "bedrock:GetCustomModel": CUSTOM_MODEL,
    "bedrock:ListModelCustomizationJobs": Shape(
        kind=CUSTOMIZATION_JOB.kind,
        items="/modelCustomizationJobSummaries/*",
        id="/jobArn",
        name="/jobName",
        fields={"status": "/status", "created": "/creationTime"},
    ),
    "bedrock:GetModelCustomizationJob": CUSTOMIZATION_JOB,
    "bedrock:ListGuardrails": Shape(
        kind=GUARDRAIL.kind,
        items="/guardrails/*",
        id="/arn",
        name="/name",
        fields={"status": "/status", "version": "/version", "created": "/createdAt"},
    ),
    "bedrock:GetGuardrail": GUARDRAIL,
    "bedrock:ListTagsForResource": Shape(
        kind=lambda asset_id, _: kind_of(asset_id),
        id="^/resourceARN",
        fields={"tags": ("/tags", tags)},
    ),
}
