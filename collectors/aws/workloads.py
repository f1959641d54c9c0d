"""What else runs with a role: stacks, build projects, Glue, ECS, App Runner, launch templates. Mapped where it is imported."""

from collections.abc import Mapping
from typing import Any

from collectors.aws.convert import arn, role, tags, truth
from collectors.aws.shape import Edge, Mapper, Shape
from collectors.reads import Read

READS: tuple[Read, ...] = (
    Read(client="cloudformation", operation="DescribeStacks"),
    Read(client="glue", operation="GetDevEndpoints"),
    Read(client="glue", operation="GetJobs"),
    Read(client="ec2", operation="DescribeLaunchTemplates"),
)

_endpoint = arn("glue", "devEndpoint/")
_job = arn("glue", "job/")
_template = arn("ec2", "launch-template/")


def _shape(kind: str, items: str, id_: Any, name: str, role_at: str, **fields: Any) -> Shape:
    return Shape(
        kind=kind,
        items=items,
        id=id_,
        name=name,
        fields=fields,
        edges=(Edge(kind="RUNS_AS", at=role_at, to=role),) if role_at else (),
    )


MAPPERS: Mapping[str, Mapper] = {
    "cloudformation:DescribeStacks": _shape(
        "AWS::CloudFormation::Stack",
        "/Stacks/*",
        "/StackId",
        "/StackName",
        "/RoleARN",
        tags=("/Tags", tags),
        status="/StackStatus",
    ),
    "glue:GetDevEndpoints": _shape(
        "AWS::Glue::DevEndpoint",
        "/DevEndpoints/*",
        ("/EndpointName", _endpoint),
        "/EndpointName",
        "/RoleArn",
    ),
    "glue:GetJobs": _shape("AWS::Glue::Job", "/Jobs/*", ("/Name", _job), "/Name", "/Role"),
    "codebuild:BatchGetProjects": _shape(
        "AWS::CodeBuild::Project", "/projects/*", "/arn", "/name", "/serviceRole"
    ),
    "ecs:DescribeClusters": _shape(
        "AWS::ECS::Cluster", "/clusters/*", "/clusterArn", "/clusterName", ""
    ),
    "ecs:DescribeTasks": _shape(
        "AWS::ECS::Task",
        "/tasks/*",
        "/taskArn",
        "/group",
        "/overrides/taskRoleArn",
        exec_enabled=("/enableExecuteCommand", truth),
    ),
    "apprunner:DescribeService": _shape(
        "AWS::AppRunner::Service",
        "/Service",
        "/ServiceArn",
        "/ServiceName",
        "/InstanceConfiguration/InstanceRoleArn",
    ),
    "ec2:DescribeLaunchTemplates": _shape(
        "AWS::EC2::LaunchTemplate",
        "/LaunchTemplates/*",
        ("/LaunchTemplateId", _template),
        "/LaunchTemplateName",
        "",
    ),
}
