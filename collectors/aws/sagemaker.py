"""SageMaker: where models are built, kept and served."""

from collections.abc import Mapping
from typing import Any

from collectors.aws.arn import kind_of
from collectors.aws.convert import (
    arn,
    bucket_in,
    equals,
    key,
    key_asset,
    names,
    present,
    repository_in,
    role,
    security_group,
    security_groups,
    subnet,
    subnets,
    tags,
    truth,
    vpc,
)
from collectors.aws.shape import Edge, Field, Mapper, Shape, document
from collectors.reads import Detail, Read


def _tags(arn: str) -> Detail:
    return Detail(operation="ListTags", params={"ResourceArn": arn})


def _listed(operation: str, items: str, detail: Detail, arn: str, *more: Detail) -> Read:
    return Read(
        client="sagemaker", operation=operation, items=items, details=(detail, _tags(arn), *more)
    )


READS: tuple[Read, ...] = (
    _listed(
        "ListDomains",
        "/Domains",
        Detail(operation="DescribeDomain", params={"DomainId": "/DomainId"}),
        "/DomainArn",
    ),
    _listed(
        "ListNotebookInstances",
        "/NotebookInstances",
        Detail(
            operation="DescribeNotebookInstance",
            params={"NotebookInstanceName": "/NotebookInstanceName"},
        ),
        "/NotebookInstanceArn",
    ),
    _listed(
        "ListModels",
        "/Models",
        Detail(operation="DescribeModel", params={"ModelName": "/ModelName"}),
        "/ModelArn",
    ),
    _listed(
        "ListEndpointConfigs",
        "/EndpointConfigs",
        Detail(
            operation="DescribeEndpointConfig",
            params={"EndpointConfigName": "/EndpointConfigName"},
        ),
        "/EndpointConfigArn",
    ),
    _listed(
        "ListEndpoints",
        "/Endpoints",
        Detail(operation="DescribeEndpoint", params={"EndpointName": "/EndpointName"}),
        "/EndpointArn",
    ),
    _listed(
        "ListTrainingJobs",
        "/TrainingJobSummaries",
        Detail(operation="DescribeTrainingJob", params={"TrainingJobName": "/TrainingJobName"}),
        "/TrainingJobArn",
    ),
    _listed(
        "ListModelPackageGroups",
        "/ModelPackageGroupSummaryList",
        Detail(
            operation="DescribeModelPackageGroup",
            params={"ModelPackageGroupName": "/ModelPackageGroupName"},
        ),
        "/ModelPackageGroupArn",
        Detail(
            operation="GetModelPackageGroupPolicy",
            params={"ModelPackageGroupName": "/ModelPackageGroupName"},
            absent=("ValidationException",),  # "Cannot find resource policy"
        ),
        Detail(
            operation="ListModelPackages",
            params={"ModelPackageGroupName": "/ModelPackageGroupName"},
            items="/ModelPackageSummaryList",
            details=(
                Detail(
                    operation="DescribeModelPackage",
                    params={"ModelPackageName": "/ModelPackageArn"},
                ),
            ),
        ),
    ),
    _listed(
        "ListPipelines",
        "/PipelineSummaries",
        Detail(operation="DescribePipeline", params={"PipelineName": "/PipelineName"}),
        "/PipelineArn",
    ),
)


_model = arn("sagemaker", "model/")
_config = arn("sagemaker", "endpoint-config/")
_group = arn("sagemaker", "model-package-group/")
_package = arn("sagemaker", "model-package/")


def _runs_as(at: str) -> Edge:
    return Edge(kind="RUNS_AS", at=at, to=role)


def _encrypted(at: str) -> Edge:
    return Edge(kind="ENCRYPTED_BY", at=at, to=key_asset)


def _network(subnets_at: str, groups_at: str) -> tuple[Edge, ...]:
    return (
        Edge(kind="IN_NETWORK", at=subnets_at, to=subnet),
        Edge(kind="GUARDED_BY", at=groups_at, to=security_group),
    )


def _containers(at: str) -> tuple[Edge, ...]:
    """Where the model files and the image of a container come from."""
    return (
        Edge(kind="STORED_IN", at=at + "/ModelDataUrl", to=bucket_in),
        Edge(kind="STORED_IN", at=at + "/ModelDataSource/S3DataSource/S3Uri", to=bucket_in),
        Edge(kind="STORED_IN", at=at + "/Image", to=repository_in),
        Edge(kind="INSTANCE_OF", at=at + "/ModelPackageName", to=_package),
    )


def _artifact(container: Any, _: object) -> str | None:
    """The address of the model file, in either of the two places for it."""
    if not isinstance(container, Mapping):
        return None
    source = (container.get("ModelDataSource") or {}).get("S3DataSource") or {}
    return container.get("ModelDataUrl") or source.get("S3Uri")


_VPC: Mapping[str, Field] = {
    "subnets": ("/VpcConfig/Subnets", subnets),
    "security_groups": ("/VpcConfig/SecurityGroupIds", security_groups),
}
_IN_VPC = _network("/VpcConfig/Subnets/*", "/VpcConfig/SecurityGroupIds/*")

DOMAIN = Shape(
    kind="AWS::SageMaker::Domain",
    id="/DomainArn",
    name="/DomainName",
    fields={
        "network_access": "/AppNetworkAccessType",
        "auth_mode": "/AuthMode",
        "role_identity": "/DomainSettings/ExecutionRoleIdentityConfig",
        "kms_key": ("/KmsKeyId", key),
        "subnets": ("/SubnetIds", subnets),
        "vpc": ("/VpcId", vpc),
        "status": "/Status",
        "created": "/CreationTime",
    },
    edges=(
        _runs_as("/DefaultUserSettings/ExecutionRole"),
        _runs_as("/DefaultSpaceSettings/ExecutionRole"),
        *_network("/SubnetIds/*", "/DefaultUserSettings/SecurityGroups/*"),
        _encrypted("/KmsKeyId"),
    ),
)
NOTEBOOK = Shape(
    kind="AWS::SageMaker::NotebookInstance",
    id="/NotebookInstanceArn",
    name="/NotebookInstanceName",
    fields={
        "direct_internet_access": ("/DirectInternetAccess", equals("Enabled")),
        "root_access": ("/RootAccess", equals("Enabled")),
        "imds_version": (
            "/InstanceMetadataServiceConfiguration/MinimumInstanceMetadataServiceVersion"
        ),
        "kms_key": ("/KmsKeyId", key),
        "subnet": ("/SubnetId", subnet),
        "security_groups": ("/SecurityGroups", security_groups),
        "status": "/NotebookInstanceStatus",
        "platform": "/PlatformIdentifier",
        "instance_type": "/InstanceType",
        "lifecycle_config": "/NotebookInstanceLifecycleConfigName",
        "url": "/Url",
        "created": "/CreationTime",
    },
    edges=(
        _runs_as("/RoleArn"),
        *_network("/SubnetId", "/SecurityGroups/*"),
        _encrypted("/KmsKeyId"),
    ),
)
MODEL = Shape(
    kind="AWS::SageMaker::Model",
    id="/ModelArn",
    name="/ModelName",
    fields={
        "network_isolation": ("/EnableNetworkIsolation", truth),
        **_VPC,
        "image": "/PrimaryContainer/Image",
        "artifact": ("/PrimaryContainer", _artifact),
        "custom": ("/PrimaryContainer", lambda c, answer: bool(_artifact(c, answer)) or None),
        "environment_names": ("/PrimaryContainer/Environment", names),
        "created": "/CreationTime",
    },
    edges=(
        _runs_as("/ExecutionRoleArn"),
        *_containers("/PrimaryContainer"),
        *_containers("/Containers/*"),
        *_IN_VPC,
    ),
)


def _has_shell(variants: Any, _: object) -> bool:
    return any(variant.get("EnableSSMAccess") for variant in variants or ())


ENDPOINT_CONFIG = Shape(
    kind="AWS::SageMaker::EndpointConfig",
    id="/EndpointConfigArn",
    name="/EndpointConfigName",
    fields={
        "kms_key": ("/KmsKeyId", key),
        "data_capture": ("/DataCaptureConfig/EnableCapture", truth),
        "data_capture_uri": "/DataCaptureConfig/DestinationS3Uri",
        "data_capture_kms_key": ("/DataCaptureConfig/KmsKeyId", key),
        "instance_count": "/ProductionVariants/0/InitialInstanceCount",
        "ssm_access": ("/ProductionVariants", _has_shell),
        "created": "/CreationTime",
    },
    edges=(
        Edge(kind="USES_MODEL", at="/ProductionVariants/*/ModelName", to=_model),
        Edge(kind="USES_MODEL", at="/ShadowProductionVariants/*/ModelName", to=_model),
        Edge(kind="WRITES_TO", at="/DataCaptureConfig/DestinationS3Uri", to=bucket_in),
        _runs_as("/ExecutionRoleArn"),
        _encrypted("/KmsKeyId"),
    ),
)
ENDPOINT = Shape(
    kind="AWS::SageMaker::Endpoint",
    id="/EndpointArn",
    name="/EndpointName",
    fields={"status": "/EndpointStatus", "created": "/CreationTime"},
    edges=(Edge(kind="RESOURCE", at="/EndpointConfigName", to=_config),),
)
_CHANNEL = "/InputDataConfig/*/DataSource/S3DataSource/S3Uri"
TRAINING_JOB = Shape(
    kind="AWS::SageMaker::TrainingJob",
    id="/TrainingJobArn",
    name="/TrainingJobName",
    fields={
        "network_isolation": ("/EnableNetworkIsolation", truth),
        **_VPC,
        "kms_key": ("/OutputDataConfig/KmsKeyId", key),
        "inter_container_encryption": ("/EnableInterContainerTrafficEncryption", truth),
        "instance_count": "/ResourceConfig/InstanceCount",
        "image": "/AlgorithmSpecification/TrainingImage",
        "artifact": "/ModelArtifacts/S3ModelArtifacts",
        "status": "/TrainingJobStatus",
        "environment_names": ("/Environment", names),
        "created": "/CreationTime",
    },
    edges=(
        _runs_as("/RoleArn"),
        Edge(kind="READS_FROM", at=_CHANNEL, to=bucket_in),
        Edge(kind="TRAINED_ON", at=_CHANNEL, to=bucket_in),
        Edge(kind="WRITES_TO", at="/OutputDataConfig/S3OutputPath", to=bucket_in),
        Edge(kind="WRITES_TO", at="/CheckpointConfig/S3Uri", to=bucket_in),
        _encrypted("/OutputDataConfig/KmsKeyId"),
        *_IN_VPC,
    ),
)
GROUP = Shape(
    kind="AWS::SageMaker::ModelPackageGroup",
    id="/ModelPackageGroupArn",
    name="/ModelPackageGroupName",
    fields={"created": "/CreationTime"},
)
_INFERENCE = "/InferenceSpecification/Containers"
PACKAGE = Shape(
    kind="AWS::SageMaker::ModelPackage",
    id="/ModelPackageArn",
    name=("/ModelPackageArn", lambda value, _: "/".join(str(value).split("/")[1:])),
    fields={
        "approval": "/ModelApprovalStatus",
        "image": _INFERENCE + "/0/Image",
        "artifact": (_INFERENCE + "/0", _artifact),
        "quality_report": ("/ModelMetrics/ModelQuality", present),
        "bias_report": ("/ModelMetrics/Bias", present),
        "created": "/CreationTime",
    },
    edges=(
        Edge(kind="MEMBER_OF", at="/ModelPackageGroupName", to=_group),
        *_containers(_INFERENCE + "/*"),
    ),
)
PIPELINE = Shape(
    kind="AWS::SageMaker::Pipeline",
    id="/PipelineArn",
    name="/PipelineName",
    fields={"status": "/PipelineStatus", "created": "/CreationTime"},
    edges=(_runs_as("/RoleArn"),),
)


def _summary(shape: Shape, items: str, **fields: str) -> Shape:
    """What the list says of things, for when their details are not to be had."""
    return Shape(
        kind=shape.kind,
        items=items,
        id=shape.id,
        name=shape.name,
        fields={"created": "/CreationTime", **fields},
    )


TAGS = Shape(
    kind=lambda asset_id, _: kind_of(asset_id), id="^/ResourceArn", fields={"tags": ("/Tags", tags)}
)

MAPPERS: Mapping[str, Mapper] = {
    "sagemaker:ListDomains": _summary(DOMAIN, "/Domains/*", status="/Status"),
    "sagemaker:DescribeDomain": DOMAIN,
    "sagemaker:ListNotebookInstances": _summary(
        NOTEBOOK, "/NotebookInstances/*", status="/NotebookInstanceStatus", url="/Url"
    ),
    "sagemaker:DescribeNotebookInstance": NOTEBOOK,
    "sagemaker:ListModels": _summary(MODEL, "/Models/*"),
    "sagemaker:DescribeModel": MODEL,
    "sagemaker:ListEndpointConfigs": _summary(ENDPOINT_CONFIG, "/EndpointConfigs/*"),
    "sagemaker:DescribeEndpointConfig": ENDPOINT_CONFIG,
    "sagemaker:ListEndpoints": _summary(ENDPOINT, "/Endpoints/*", status="/EndpointStatus"),
    "sagemaker:DescribeEndpoint": ENDPOINT,
    "sagemaker:ListTrainingJobs": _summary(
        TRAINING_JOB, "/TrainingJobSummaries/*", status="/TrainingJobStatus"
    ),
    "sagemaker:DescribeTrainingJob": TRAINING_JOB,
    "sagemaker:ListModelPackageGroups": _summary(GROUP, "/ModelPackageGroupSummaryList/*"),
    "sagemaker:DescribeModelPackageGroup": GROUP,
    "sagemaker:GetModelPackageGroupPolicy": Shape(
        kind=GROUP.kind,
        id=("^/ModelPackageGroupName", _group),
        fields={"policy": ("/ResourcePolicy", document)},
    ),
    "sagemaker:ListModelPackages": _summary(
        PACKAGE, "/ModelPackageSummaryList/*", approval="/ModelApprovalStatus"
    ),
    "sagemaker:DescribeModelPackage": PACKAGE,
    "sagemaker:ListPipelines": _summary(PIPELINE, "/PipelineSummaries/*"),
    "sagemaker:DescribePipeline": PIPELINE,
    "sagemaker:ListTags": TAGS,
}
