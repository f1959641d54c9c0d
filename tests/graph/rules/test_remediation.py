"""Commands and Terraform of every remediation: no operation, option or resource type that does not exist."""

import re
import shlex
from functools import cache
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session

from graph.rules.load import load_rules
from graph.rules.model import Rule

RULES = tuple(load_rules().values())
OF_AWS = [rule for rule in RULES if rule.remediation.cloud == "aws"]
_PLACEHOLDER = re.compile(r"(?<!\$)\{[a-z][a-z0-9_.]*\}")
_GLOBAL = {"region", "output", "query", "profile"}
_SERVICES = {"s3api": "s3"}
_RESOURCE = re.compile(r'^(?:resource|data) "(aws_[a-z0-9_]+)" "[a-z_]+" \{$', re.MULTILINE)


@cache
def _model(service: str) -> dict[str, Any]:
    session = Session()
    loader = session.get_component("data_loader")
    model: dict[str, Any] = loader.load_service_model(_SERVICES.get(service, service), "service-2")
    return model


def _commands(rule: Rule) -> list[list[str]]:
    lines = _PLACEHOLDER.sub("VALUE", rule.remediation.cli).splitlines()
    return [shlex.split(line) for line in lines if line.startswith("aws ")]


def _parameters(service: str, operation: str) -> tuple[dict[str, Any], set[str]]:
    model = _model(service)
    by_name = {xform_name(name, "-"): name for name in model["operations"]}
    assert operation in by_name, f"aws {service} has no {operation}"
    shape = model["operations"][by_name[operation]].get("input", {}).get("shape")
    members = model["shapes"][shape] if shape else {}
    options = {xform_name(name, "-"): member for name, member in members.get("members", {}).items()}
    required = {xform_name(name, "-") for name in members.get("required", ())}
    types = {name: model["shapes"][member["shape"]]["type"] for name, member in options.items()}
    return types, required


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_commands_exist_with_all_that_they_require(rule: Rule) -> None:
    for _, service, operation, *rest in _commands(rule):
        types, required = _parameters(service, operation)
        given = {word.removeprefix("--") for word in rest if word.startswith("--")} - _GLOBAL
        positive = {n.removeprefix("no-") if n not in types else n for n in given}
        assert positive <= set(types), f"{operation}: no option {positive - set(types)}"
        assert required <= positive, f"{operation}: needs {required - positive}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_line_of_a_command_is_a_command(rule: Rule) -> None:
    for line in rule.remediation.cli.splitlines():
        assert line.startswith(("aws ", "az ", "gcloud ", "#")), line


@pytest.mark.parametrize("rule", OF_AWS, ids=lambda rule: rule.id)
def test_terraform_is_balanced_and_of_known_resources(rule: Rule) -> None:
    text = rule.remediation.terraform
    if text:
        assert _RESOURCE.findall(text), text
        assert set(_RESOURCE.findall(text)) <= KNOWN
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
        for opened, closed in ("{}", "[]", "()"):
            assert bare.count(opened) == bare.count(closed)
        assert text.count('"') % 2 == 0


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_how_it_is_mended_and_why_it_matters(rule: Rule) -> None:
    remedy = rule.remediation
    assert rule.why.endswith(".")
    assert remedy.short.endswith(".")
    assert remedy.console
    assert rule.references
    assert rule.frameworks
    if rule.kind == "toxic":
        assert rule.cut, "a combination names its cheapest cuts"


# Resource and data source types of the AWS provider that remediations use.
KNOWN = {
    "aws_bedrock_custom_model",
    "aws_bedrock_guardrail",
    "aws_bedrock_model_invocation_logging_configuration",
    "aws_bedrockagent_agent",
    "aws_bedrockagent_agent_action_group",
    "aws_bedrockagentcore_agent_runtime",
    "aws_bedrockagentcore_gateway",
    "aws_cloudwatch_log_data_protection_policy",
    "aws_bedrockagent_data_source",
    "aws_vpc_endpoint",
    "aws_cloudtrail",
    "aws_cloudwatch_log_group",
    "aws_ec2_tag",
    "aws_glue_job",
    "aws_iam_access_key",
    "aws_iam_policy",
    "aws_iam_policy_document",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_virtual_mfa_device",
    "aws_instance",
    "aws_kms_key",
    "aws_lambda_function",
    "aws_lambda_function_url",
    "aws_organizations_policy",
    "aws_s3_bucket",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_object_lock_configuration",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_sagemaker_domain",
    "aws_sagemaker_endpoint_configuration",
    "aws_sagemaker_model",
    "aws_sagemaker_model_package_group_policy",
    "aws_sagemaker_notebook_instance",
    "aws_sagemaker_pipeline",
    "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_rotation",
    "aws_vpc",
    "aws_vpc_endpoint_policy",
    "aws_vpc_security_group_ingress_rule",
}
