"""One account of the made-up company, as its teams would set it up: short calls of boto3 against the test server."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

HOME = "eu-central-1"
Statement = dict[str, Any]


def allow(
    actions: str | Sequence[str], resources: str | Sequence[str] = "*", **condition: Any
) -> Statement:
    """A statement of an identity policy; the condition as `StringEquals={...}`."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def deny(
    actions: str | Sequence[str], resources: str | Sequence[str] = "*", **condition: Any
) -> Statement:
    """The same, forbidding."""
    return {**allow(actions, resources, **condition), "Effect": "Deny"}


def trust(
    principal: Mapping[str, Any], action: str = "sts:AssumeRole", **condition: Any
) -> Statement:
    """A statement of a trust policy."""
    statement = {"Effect": "Allow", "Principal": dict(principal), "Action": action}
    return {**statement, "Condition": condition} if condition else statement


def service(name: str, **condition: Any) -> Statement:
    """A service may assume the role."""
    return trust({"Service": f"{name}.amazonaws.com"}, **condition)


def document(*statements: Statement) -> str:
    """Statements as the text of a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most services want them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


class Clock:
    """The test server's time; ISO 8601."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def set(self, day: str) -> None:
        """From now on everything is made on that day, at 09:12 UTC."""
        self._file.write_text(f"{day}T09:12:00+00:00", encoding="utf-8")


class Account:
    """Clients for one account and what is made with them; ARNs are handed back."""

    def __init__(self, endpoint: str, account: str, keys: Mapping[str, str], clock: Clock) -> None:
        self.id = account
        self.clock = clock
        self._session = boto3.Session(**keys)
        self._endpoint = endpoint
        self._made: dict[tuple[str, str], Any] = {}

    def client(self, name: str, region: str = HOME) -> Any:
        """A client of the account; organisation and identity have one place for all regions."""
        if (name, region) not in self._made:
            config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
            self._made[name, region] = self._session.client(
                name, region_name=region, endpoint_url=self._endpoint, config=config
            )
        return self._made[name, region]

    def arn(self, client: str, resource: str, region: str = HOME) -> str:
        """An ARN of this account."""
        return f"arn:aws:{client}:{region}:{self.id}:{resource}"

    def role(
        self,
        name: str,
        trusts: Statement | Sequence[Statement],
        *inline: Statement,
        managed: Sequence[str] = (),
        boundary: str = "",
        **tags: str,
    ) -> str:
        """A role with one inline policy of these statements."""
        iam = self.client("iam")
        made = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=document(*([trusts] if isinstance(trusts, dict) else trusts)),
            Tags=tag_list(tags),
            **({"PermissionsBoundary": boundary} if boundary else {}),
        )
        if inline:
            iam.put_role_policy(
                RoleName=name, PolicyName=f"{name}-access", PolicyDocument=document(*inline)
            )
        for policy in managed:
            iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        return str(made["Role"]["Arn"])

    def policy(self, name: str, *statements: Statement) -> str:
        """A customer-managed policy."""
        made = self.client("iam").create_policy(
            PolicyName=name, PolicyDocument=document(*statements)
        )
        return str(made["Policy"]["Arn"])

    def group(self, name: str, *inline: Statement, managed: Sequence[str] = ()) -> None:
        """A group with one inline policy of these statements."""
        iam = self.client("iam")
        iam.create_group(GroupName=name)
        if inline:
            iam.put_group_policy(
                GroupName=name, PolicyName=f"{name}-access", PolicyDocument=document(*inline)
            )
        for policy in managed:
            iam.attach_group_policy(GroupName=name, PolicyArn=policy)

    def user(
        self,
        name: str,
        *inline: Statement,
        groups: Sequence[str] = (),
        console: bool = False,
        mfa: bool = False,
        keys: int = 0,
        boundary: str = "",
        **tags: str,
    ) -> str:
        """A user, with or without a password, second factor and access keys."""
        iam = self.client("iam")
        made = iam.create_user(
            UserName=name,
            Tags=tag_list(tags),
            **({"PermissionsBoundary": boundary} if boundary else {}),
        )
        if inline:
            iam.put_user_policy(
                UserName=name, PolicyName=f"{name}-access", PolicyDocument=document(*inline)
            )
        for group in groups:
            iam.add_user_to_group(GroupName=group, UserName=name)
        if console:
            iam.create_login_profile(UserName=name, Password="Not-a-Password-9")  # noqa: S106 - no account has it
        if mfa:
            device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
            iam.enable_mfa_device(
                UserName=name, SerialNumber=device["SerialNumber"],
                AuthenticationCode1="123456", AuthenticationCode2="654321",
            )  # fmt: skip
        for _ in range(keys):
            iam.create_access_key(UserName=name)
        return str(made["User"]["Arn"])

    def bucket(
        self,
        name: str,
        *policy: Statement,
        key: str = "",
        closed: bool = True,
        versions: bool = False,
        **tags: str,
    ) -> str:
        """A bucket; `closed` = all four settings that block public access."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
        if tags:
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(tags)})
        if policy:
            s3.put_bucket_policy(Bucket=name, Policy=document(*policy))
        if key:
            rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
            s3.put_bucket_encryption(
                Bucket=name,
                ServerSideEncryptionConfiguration={
                    "Rules": [
                        {"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": True}
                    ]
                },
            )
        if closed:
            settings = (
                "BlockPublicAcls",
                "IgnorePublicAcls",
                "BlockPublicPolicy",
                "RestrictPublicBuckets",
            )
            s3.put_public_access_block(
                Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(settings, True)
            )
        if versions:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return f"arn:aws:s3:::{name}"

    def key(self, alias: str, *policy: Statement, region: str = HOME, **tags: str) -> str:
        """A KMS key; its own account's policies decide, and whoever `policy` names."""
        kms = self.client("kms", region)
        own = {
            "Sid": "OwnAccount",
            **trust({"AWS": f"arn:aws:iam::{self.id}:root"}, "kms:*"),
            "Resource": "*",
        }
        made = kms.create_key(
            Description=alias.replace("-", " "),
            Policy=document(own, *policy),
            Tags=[{"TagKey": key, "TagValue": value} for key, value in tags.items()],
        )["KeyMetadata"]
        kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=made["KeyId"])
        kms.enable_key_rotation(KeyId=made["KeyId"])
        return str(made["Arn"])

    def secret(
        self, name: str, description: str, *policy: Statement, region: str = HOME, **tags: str
    ) -> str:
        """A secret; only its name is ever read."""
        manager = self.client("secretsmanager", region)
        made = manager.create_secret(
            Name=name,
            Description=description,
            SecretString="not-a-secret",
            Tags=tag_list(tags),
        )
        if policy:
            manager.put_resource_policy(SecretId=made["ARN"], ResourcePolicy=document(*policy))
        return str(made["ARN"])

    def function(
        self,
        name: str,
        role: str,
        *,
        variables: Mapping[str, str] | None = None,
        subnets: Sequence[str] = (),
        groups: Sequence[str] = (),
        url: str = "",
        invoked_by: str = "",
        **tags: str,
    ) -> str:
        """A function; `url` = NONE or AWS_IAM opens a URL with that authentication."""
        client = self.client("lambda")
        made = client.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=role,
            Handler="app.handler",
            Code={"ZipFile": _code()},
            Environment={"Variables": dict(variables or {})},
            Tags=tags,
            **(
                {"VpcConfig": {"SubnetIds": list(subnets), "SecurityGroupIds": list(groups)}}
                if subnets
                else {}
            ),
        )
        if url:
            client.create_function_url_config(FunctionName=name, AuthType=url)
        if url == "NONE":
            client.add_permission(
                FunctionName=name, StatementId="FunctionURLAllowPublicAccess", Principal="*",
                Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE",
            )  # fmt: skip
        if invoked_by:
            client.add_permission(
                FunctionName=name, StatementId="AllowService", Principal=f"{invoked_by}.amazonaws.com",
                Action="lambda:InvokeFunction", SourceAccount=self.id,
            )  # fmt: skip
        return str(made["FunctionArn"])

    def table(self, name: str, key: str = "", **tags: str) -> str:
        """A DynamoDB table."""
        made = self.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=tag_list(tags),
            **(
                {"SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}}
                if key
                else {}
            ),
        )
        return str(made["TableDescription"]["TableArn"])


def _code() -> bytes:
    """The smallest function, the same bytes every time."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(
            zipfile.ZipInfo("app.py", (2026, 1, 1, 0, 0, 0)), "def handler(event, context): ...\n"
        )
    return held.getvalue()
