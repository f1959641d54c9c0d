"""No secret that an export may hold reaches a single byte of the snapshot, in whatever spelling."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from collectors.exports import read_exports
from graph.snapshot import write_snapshot
from tests.beds.canaries import Canaries, bytes_of, leaked

ACCOUNT, REGION = "123456789012", "eu-west-1"
ARN = f"arn:aws:%s:{REGION}:{ACCOUNT}:%s"


def _dumps(c: Canaries) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file name, answer) for every saved answer that may hold secrets."""
    yield (
        "lambda_list-functions",
        {
            "Functions": [
                {
                    "FunctionName": "tool",
                    "FunctionArn": ARN % ("lambda", "function:tool"),
                    "Description": " ".join(c.looks()),
                    "Environment": {
                        "Variables": {
                            "DB_PASSWORD": c.plain(),
                            "MODE": c.plain(),
                            "URL": c.plain(),
                        },
                        "Error": {"Message": c.plain()},
                    },
                }
            ]
        },
    )
    container = {
        "Image": "x",
        "Environment": {"HF_TOKEN": c.plain(), "B": c.plain()},
        "ModelDataUrl": f"s3://a/b?token={c.plain()}",
    }
    yield (
        "sagemaker_describe-model",
        {
            "ModelName": "m",
            "ModelArn": ARN % ("sagemaker", "model/m"),
            "PrimaryContainer": container,
            "Containers": [container | {"Environment": {"A": c.plain()}}],
        },
    )
    for kind in ("training", "processing", "transform"):
        yield (
            f"sagemaker_describe-{kind}-job",
            {
                f"{kind.title()}JobArn": ARN % ("sagemaker", f"{kind}-job/j"),
                f"{kind.title()}JobName": "j",
                "Environment": {"A": c.plain(), "WANDB_API_KEY": c.plain()},
                "FailureReason": " ".join(c.looks()),
            },
        )
    yield (
        "sagemaker_describe-training-job_two",
        {
            "TrainingJobName": "two",
            "TrainingJobArn": ARN % ("sagemaker", "training-job/two"),
            "HyperParameters": {"token": c.plain(), "epochs": c.plain()},
            "ModelArtifacts": {"S3ModelArtifacts": "s3://a/b"},
        },
    )
    yield (
        "sagemaker_describe-notebook-instance-lifecycle-config",
        {
            "NotebookInstanceLifecycleConfigName": "n",
            "NotebookInstanceLifecycleConfigArn": ARN % ("sagemaker", "x/n"),
            "OnCreate": [{"Content": c.encoded()}],
            "OnStart": [{"Content": c.encoded()}],
        },
    )
    yield (
        "sagemaker_describe-studio-lifecycle-config",
        {
            "StudioLifecycleConfigName": "s",
            "StudioLifecycleConfigArn": ARN % ("sagemaker", "x/s"),
            "StudioLifecycleConfigContent": c.encoded(),
        },
    )
    yield (
        "bedrock-agent_get-agent",
        {
            "agent": {
                "agentId": "A1",
                "agentArn": ARN % ("bedrock", "agent/A1"),
                "instruction": c.plain(),
                "promptOverrideConfiguration": {
                    "promptConfigurations": [{"basePromptTemplate": c.plain()}]
                },
            }
        },
    )
    yield (
        "bedrock-agent_get-agent-action-group",
        {
            "agentActionGroup": {
                "agentId": "A1",
                "agentVersion": "DRAFT",
                "actionGroupId": "G",
                "apiSchema": {"payload": f"servers:\n  x-api-key: {c.plain()}\n"},
                "functionSchema": {
                    "functions": [{"name": "f", "description": " ".join(c.looks())}]
                },
            }
        },
    )
    yield (
        "bedrock-agent_get-prompt",
        {
            "id": "P",
            "arn": ARN % ("bedrock", "prompt/P"),
            "name": "p",
            "variants": [
                {
                    "name": "v",
                    "templateConfiguration": {
                        "text": {"text": c.plain(), "inputVariables": [{"name": "q"}]},
                        "chat": {
                            "messages": [{"content": [{"text": c.plain()}]}],
                            "system": [{"text": c.plain()}],
                        },
                    },
                }
            ],
        },
    )
    yield (
        "iam_list-access-keys_alice",
        {
            "AccessKeyMetadata": [
                {"UserName": "alice", "AccessKeyId": "AKIA777CANARYCANARY7", "Status": "Active"}
            ]
        },
    )
    c.secrets.append("AKIA777CANARYCANARY7")
    yield "s3_get-bucket-tagging_acme-train", {"TagSet": c.tags()}
    yield (
        "s3_get-bucket-policy_acme-train",
        {
            "Policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": " ".join(c.looks()),
                            "Effect": "Allow",
                            "Principal": "*",
                            "Action": "s3:GetObject",
                            "Resource": "arn:aws:s3:::acme-train/*",
                        }
                    ],
                }
            )
        },
    )
    yield (
        "secretsmanager_list-secrets",
        {
            "SecretList": [
                {
                    "ARN": ARN % ("secretsmanager", "secret:a"),
                    "Name": "a",
                    "Description": " ".join(c.looks()),
                    "Tags": c.tags(),
                }
            ]
        },
    )
    yield (
        "ecs_describe-task-definition",
        {
            "taskDefinition": {
                "taskDefinitionArn": ARN % ("ecs", "task-definition/t:1"),
                "containerDefinitions": [
                    {
                        "name": "web",
                        "environment": [{"name": "TOKEN", "value": c.plain()}],
                        "dockerLabels": {"secret": c.plain()},
                        "repositoryCredentials": {"password": c.plain()},
                    }
                ],
            }
        },
    )
    yield (
        "glue_get-tables",
        {
            "TableList": [
                {
                    "Name": "t",
                    "DatabaseName": "d",
                    "Parameters": {"connectionString": c.plain(), "jdbc_password": c.plain()},
                }
            ]
        },
    )
    yield (
        "bedrock-agent_get-data-source",
        {
            "dataSource": {
                "knowledgeBaseId": "K",
                "dataSourceId": "D",
                "dataSourceConfiguration": {
                    "webConfiguration": {
                        "sourceConfiguration": {
                            "urlConfiguration": {"seedUrls": [{"url": text} for text in c.looks()]}
                        },
                        "crawlerConfiguration": {"credentials": {"user": "u", "key": c.plain()}},
                    }
                },
            }
        },
    )


def _details(c: Canaries) -> dict[str, Any]:
    user = f"arn:aws:iam::{ACCOUNT}:user/alice"
    document = {"Statement": [{"Sid": text, "Effect": "Allow"} for text in c.looks()]}
    return {
        "UserDetailList": [
            {
                "UserName": "alice",
                "Arn": user,
                "Tags": c.tags(),
                "UserPolicyList": [
                    {"PolicyName": "p", "PolicyDocument": quote(json.dumps(document))}
                ],
            }
        ],
        "GroupDetailList": [],
        "RoleDetailList": [
            {
                "RoleName": "r",
                "Arn": f"arn:aws:iam::{ACCOUNT}:role/r",
                "Description": " ".join(c.looks()),
                "AssumeRolePolicyDocument": {"Statement": []},
            }
        ],
        "Policies": [],
    }


def _state(c: Canaries) -> dict[str, Any]:
    marked = [[{"type": "get_attr", "value": "nested"}, {"type": "index", "value": {"value": 0}}]]
    by_type: dict[str, dict[str, Any]] = {
        "aws_iam_access_key": {
            "id": "AKIA888CANARYCANARY8",
            "user": "alice",
            "secret": c.plain(),
            "ses_smtp_password_v4": c.plain(),
        },
        "aws_lambda_function": {
            "arn": ARN % ("lambda", "function:f"),
            "environment": [{"variables": {"KEY": c.plain()}}],
            "description": " ".join(c.looks()),
        },
        "aws_instance": {"user_data": c.plain(), "user_data_base64": c.encoded()},
        "aws_launch_template": {"user_data": c.encoded()},
        "aws_sagemaker_model": {"container": [{"environment": {"A": c.plain()}}]},
        "aws_sagemaker_notebook_instance_lifecycle_configuration": {
            "on_create": c.encoded(),
            "on_start": c.encoded(),
        },
        "aws_secretsmanager_secret_version": {
            "secret_string": c.plain(),
            "secret_binary": c.plain(),
            "secret_string_wo": c.plain(),
        },
        "aws_ssm_parameter": {"value": c.plain(), "insecure_value": c.plain(), "name": "a"},
        "aws_db_instance": {"password": c.plain(), "master_password": c.plain()},
        "aws_cloudformation_stack": {"template_body": c.plain(), "parameters": {"P": c.plain()}},
        "aws_ecs_task_definition": {
            "container_definitions": json.dumps(
                [{"name": "w", "environment": [{"name": "A", "value": c.plain()}]}]
            )
        },
        "aws_bedrockagent_agent": {"instruction": c.plain(), "agent_name": "a"},
        "aws_glue_connection": {"connection_properties": {"PASSWORD": c.plain(), "USERNAME": "u"}},
        "aws_s3_object": {"content": c.plain(), "content_base64": c.encoded()},
        "aws_api_gateway_api_key": {"value": "v", "api_key": c.plain()},
        "aws_key_pair": {"private_key": c.plain(), "public_key": "ssh-rsa AAAA"},
        "aws_unknown_thing": {"nested": [c.plain()], "settings": {"auth_token": c.plain()}},
        "azurerm_cognitive_account": {
            "primary_access_key": c.plain(),
            "secondary_access_key": c.plain(),
        },
        "azurerm_storage_account": {
            "primary_connection_string": c.plain(),
            "secondary_blob_connection_string": c.plain(),
            "primary_access_key": c.plain(),
        },
        "azurerm_cosmosdb_account": {
            "primary_key": c.plain(),
            "secondary_readonly_key": "x",
            "primary_sql_connection_string": c.plain(),
        },
        "azurerm_search_service": {
            "primary_key": c.plain(),
            "query_keys": [{"key": c.plain(), "name": ""}],
        },
        "azurerm_container_registry": {"admin_password": c.plain()},
        "azurerm_kubernetes_cluster": {
            "kube_config": [{"password": c.plain(), "client_key": c.plain()}],
            "kube_config_raw": c.plain(),
        },
        "azurerm_linux_virtual_machine": {"admin_password": c.plain(), "custom_data": c.plain()},
        "google_service_account_key": {"private_key": c.plain()},
        "google_compute_instance": {
            "metadata": {"ssh-keys": c.plain(), "startup-script": c.plain()},
            "metadata_startup_script": c.plain(),
        },
        "random_password": {"result": c.plain()},
        "tls_private_key": {"private_key_pem": c.plain()},
        "local_file": {"content": c.plain()},
        "null_resource": {"triggers": {"a": c.plain()}},
    }
    c.secrets.append("AKIA888CANARYCANARY8")
    return {
        "version": 4,
        "terraform_version": "1.7.0",
        "outputs": {
            "password": {"value": c.plain(), "sensitive": True},
            "plain": {"value": c.plain()},
        },
        "resources": [
            {
                "mode": "managed",
                "type": kind,
                "name": "x",
                "instances": [
                    {
                        "attributes": attributes,
                        "private": c.plain(),
                        "sensitive_attributes": marked if kind == "aws_unknown_thing" else [],
                    }
                ],
            }
            for kind, attributes in by_type.items()
        ]
        + [
            {
                "mode": "data",
                "type": "aws_secretsmanager_secret_version",
                "name": "d",
                "instances": [{"attributes": {"secret_string": c.plain()}}],
            }
        ],
    }


def _shown(c: Canaries) -> dict[str, Any]:
    return {
        "format_version": "1.0",
        "terraform_version": "1.7.0",
        "values": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_x.y",
                        "mode": "managed",
                        "type": "aws_x",
                        "name": "y",
                        "values": {"a": [c.plain()], "password": c.plain()},
                        "sensitive_values": {"a": [True]},
                    }
                ]
            }
        },
        "variables": {"db": {"value": c.plain()}},
    }


@pytest.fixture
def estate(tmp_path: Path) -> tuple[Path, list[str]]:
    canaries = Canaries()
    folder = tmp_path / "exports"
    (folder / REGION).mkdir(parents=True)
    for name, body in _dumps(canaries):
        (folder / REGION / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    for name, made in (("gaad", _details), ("tf", _state), ("show", _shown)):
        (folder / f"{name}.json").write_text(json.dumps(made(canaries)), encoding="utf-8")
    inventory = [
        {"address": "a", "type": "aws_instance", "values": {"user_data": canaries.plain()}},
    ]
    (folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
    error = (
        "\nAn error occurred (AccessDenied) when calling the ListAccessKeys operation: password="
    )
    (folder / "iam_list-access-keys_bob.json").write_text(
        error + canaries.plain(), encoding="utf-8"
    )
    return folder, canaries.secrets


def test_the_canaries_would_be_found(estate):
    folder, secrets = estate
    everything = b"".join(path.read_bytes() for path in folder.rglob("*.json"))
    assert len(leaked(secrets, everything)) == len(secrets) > 200


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_no_canary_reaches_the_snapshot(estate, tmp_path, packed):
    folder, secrets = estate
    source = folder
    if packed:
        source = tmp_path / "exports.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in sorted(folder.rglob("*.json")):
                archive.write(path, path.relative_to(folder))
    snapshot = read_exports([source])
    assert not [entry for entry in snapshot.coverage if entry.operation == "file:read"]
    out = tmp_path / "estate.hound"
    write_snapshot(snapshot, out)
    assert leaked(secrets, bytes_of(out)) == []
    assert sum(snapshot.redactions.values()) >= len(secrets) * 0.8


def test_what_tells_of_a_secret_stays(estate):
    snapshot = read_exports([estate[0]])
    bodies = {record.operation: record.body for record in snapshot.records}
    variables = bodies["lambda:ListFunctions"]["Functions"][0]["Environment"]["Variables"]
    assert variables["DB_PASSWORD"] == {"redacted": "environment value"}
    key = bodies["iam:ListAccessKeys"]["AccessKeyMetadata"][0]["AccessKeyId"]
    assert (key[:4], key[-4:]) == ("AKIA", "ARY7")
    agent = bodies["bedrock-agent:GetAgent"]["agent"]
    assert agent["instruction"]["length"] > 0
