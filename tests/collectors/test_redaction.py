"""Secrets go by name, by place and by look; what an assessment needs stays as it was."""

import json
from typing import Any

import pytest

from collectors.redaction import redact

ROLE = "arn:aws:iam::123456789012:role/train"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
WEB_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzz9Key"


def _after(value: Any, operation: str = "x:Y") -> Any:
    return redact(operation, value)[0]


@pytest.mark.parametrize(
    "value",
    [
        {"KmsKeyId": KEY, "kms_key_arn": KEY, "KMSMasterKeyID": "alias/data"},
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        {"SecretList": [{"ARN": "arn:aws:secretsmanager:::secret:a", "Name": "prod/openai"}]},
        {"SecretId": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/openai-AbCdEf"},
        {"message": "User x may not on arn:aws:secretsmanager:eu-west-1:1:secret:prod/openai now"},
        {"SecretArn": "arn:aws:secretsmanager:eu-west-1:1:secret:x", "SecretId": "x"},
        {"MasterUserSecret": {"SecretArn": "arn:aws:secretsmanager:eu-west-1:1:secret:x"}},
        {"MetadataOptions": {"HttpTokens": "optional"}, "http_tokens": "required"},
        {"PasswordLastUsed": "2026-01-01T00:00:00+00:00", "PasswordResetRequired": True},
        {"NextToken": "abcdefgh", "maxTokens": 200, "MaximumPasswordAge": 90},
        {"Tags": [{"Key": "environment", "Value": "prod"}, {"Key": "team", "Value": "ml"}]},
        {"tags": {"Environment": "prod", "data-classification": "secret"}},
        {"Key": "data/train.csv", "partition_key": "id", "public_key": "ssh-rsa AAAA"},
        {"RoleArn": ROLE, "RoleId": "AROARZPUZDIKGQXIIZDUA", "CodeSha256": "TqL+pEWczYo6T2Ex=" * 2},
        {"ModelDataUrl": "s3://acme-models/churn/output/2026-01-01-00-00-00/model.tar.gz"},
        {"api_key_required": True, "apiKeySourceType": "HEADER", "authorizerType": "AWS_IAM"},
        {"secrets": [{"name": "OPENAI", "valueFrom": "arn:aws:secretsmanager:eu-west-1:1:s"}]},
        {"Digest": "sha256:" + "0123456789abcdef" * 4, "commit": "0123456789abcdef0123456789abcdef01234567"},
        {"Environment": {}, "environment": None, "user_data": None, "password": ""},
        {"get_password_data": False, "user_data_replace_on_change": False},
        {"url": "https://d-abc.studio.eu-west-1.sagemaker.aws/jupyter/default"},
    ],
    ids=str,
)  # fmt: skip
def test_what_an_assessment_needs_is_left_alone(value):
    assert redact("x:Y", value) == (value, [])


def test_policies_keep_every_name_and_value():
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["secretsmanager:GetSecretValue", "iam:CreateAccessKey"],
                "Resource": "arn:aws:secretsmanager:*:*:secret:password*",
                "Condition": {
                    "StringEquals": {
                        "token.actions.githubusercontent.com:sub": "repo:acme/ml:ref:refs/heads/main",
                        "sts:ExternalId": "token: abcdefgh",
                        "aws:PrincipalTag/Password": "secret=longenough",
                    },
                    "Bool": {"aws:SecureTransport": "false"},
                },
            }
        ],
    }
    assert redact("s3:GetBucketPolicy", {"Policy": policy}) == ({"Policy": policy}, [])


def test_a_secret_in_a_policy_goes_and_the_policy_stays():
    statement = {"Effect": "Deny", "Resource": "*", "Sid": f"x {WEB_TOKEN}"}
    after = _after({"Statement": [statement]})
    assert after == {"Statement": [statement | {"Sid": "x [redacted: web token]"}]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"Environment": {"Variables": {"DB_HOST": "db", "N": 1}}},
            {"Environment": {"Variables": dict.fromkeys(("DB_HOST", "N"), "E")}},
        ),
        ({"Environment": {"MODE": "x"}}, {"Environment": {"MODE": "E"}}),
        (
            {"environment": [{"variables": {"A": "x"}}]},
            {"environment": [{"variables": {"A": "E"}}]},
        ),
        (
            {"environment": [{"name": "A", "value": "x"}]},
            {"environment": [{"name": "A", "value": "E"}]},
        ),
        ({"HyperParameters": {"epochs": "3"}}, {"HyperParameters": {"epochs": "E"}}),
        (
            {
                "environment": {
                    "type": "LINUX",
                    "environmentVariables": [{"name": "A", "value": "x"}],
                }
            },
            {
                "environment": {
                    "type": "LINUX",
                    "environmentVariables": [{"name": "A", "value": "E"}],
                }
            },
        ),
        ({"DefaultArguments": {"--x": "y"}}, {"DefaultArguments": {"--x": "E"}}),
    ],
    ids=str,
)
def test_variables_keep_their_names_only(value, expected):
    mark = {"redacted": "environment value"}
    text = json.dumps(expected).replace('"E"', json.dumps(mark))
    after, found = redact("x:Y", value)
    assert after == json.loads(text)
    assert {item.reason for item in found} == {"environment value"}


@pytest.mark.parametrize(
    "name",
    [
        "password", "MasterUserPassword", "db_password_v4", "ses_smtp_password_v4", "secret", "SecretString",
        "SecretAccessKey", "SessionToken", "client_secret", "connection_string", "primary_access_key", "apiKey",
        "x-api-key", "private_key_pem", "sas_token", "AuthToken", "sshKeys", "accountKey", "kube_config_raw",
        "instrumentation_key", "Authorization", "admin_password", "passphrase", "webhook_url",
    ],
)  # fmt: skip
def test_secrets_go_by_name(name):
    assert _after({name: "harmless"}) == {name: {"redacted": "secret by its name"}}
    assert _after({name: ["a", {"b": "c"}]})[name] == [
        {"redacted": "secret by its name"},
        {"b": {"redacted": "secret by its name"}},
    ]
    pair = {"Key": name, "Value": "harmless"}
    assert _after([pair]) == [pair | {"Value": {"redacted": "secret by its name"}}]


@pytest.mark.parametrize("name", ["instruction", "UserData", "promptTemplate", "OnCreate"])
def test_content_keeps_its_length(name):
    assert _after({name: "do this"}) == {name: {"redacted": "content", "length": 7}}


def test_places_of_single_answers():
    body = {"Parameters": [{"Name": "a", "Value": "b"}]}
    assert _after(body, "ssm:DescribeParameters")["Parameters"][0] == {
        "Name": "a",
        "Value": {"redacted": "secret by its name"},
    }
    assert _after(body)["Parameters"][0]["Value"] == "b"


def test_access_key_ids_keep_kind_and_last_four():
    after, found = redact("iam:ListAccessKeys", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"})
    assert after == {"AccessKeyId": "AKIA************MPLE"}
    assert [(item.pointer, item.reason) for item in found] == [("/AccessKeyId", "access key id")]
    assert redact("iam:ListAccessKeys", after) == (after, [])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"a {SECRET_KEY} b", "a [redacted: secret access key] b"),
        ("key AKIAIOSFODNN7EXAMPLE.", "key AKIA************MPLE."),
        (WEB_TOKEN, "[redacted: web token]"),
        ("postgres://app:hunter2@db/x", "postgres://app:[redacted: password in an address]@db/x"),
        ("https://ghp_abcdefghijklmnopqrstuvwxyz@github.com/a/b", "https://[redacted: service token]@github.com/a/b"),
        ("export DB_PASSWORD=hunter2", "export DB_PASSWORD=[redacted: secret in a text]"),
        ("Password: hunter22, ok", "Password: [redacted: secret in a text], ok"),
        ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer [redacted: authorization header]"),
        ("https://x.blob.core.windows.net/c?sv=1&sig=abcdef%3D", "https://x.blob.core.windows.net/c?sv=1&sig=[redacted: signed address]"),
        ("AccountName=a;AccountKey=abc/def==;", "AccountName=a;AccountKey=[redacted: secret in a text];"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", "[redacted: private key]"),
        ("a\0b", "a␀b"),
    ],
    ids=str,
)  # fmt: skip
def test_secrets_go_by_look(text, left):
    assert _after({"Description": text}) == {"Description": left}
    assert left != text


def test_json_inside_a_text_is_walked():
    text = json.dumps([{"name": "web", "environment": [{"name": "A", "value": "hunter2"}]}])
    after = _after({"container_definitions": text})["container_definitions"]
    assert json.loads(after)[0]["environment"] == [
        {"name": "A", "value": {"redacted": "environment value"}}
    ]
    harmless = '{ "a": 1 }'
    assert _after({"definition": harmless}) == {"definition": harmless}


def test_evidence_says_where_and_why_and_not_what():
    _, found = redact("x:Y", {"a/b": [{"~": 1}, {"Password": "hunter2"}]})
    assert [(item.pointer, item.reason) for item in found] == [
        ("/a~1b/1/Password", "secret by its name")
    ]


def test_the_argument_is_not_changed():
    value = {"a": [{"Password": "hunter2"}], "b": {"c": 1}}
    before = json.dumps(value)
    after = _after(value)
    assert json.dumps(value) == before
    assert after["b"] is value["b"]


def test_redacting_twice_changes_nothing():
    value = {"Environment": {"A": "b"}, "instruction": "x", "Password": "y", "D": f"k {SECRET_KEY}"}
    once = _after(value)
    assert redact("x:Y", once) == (once, [])
