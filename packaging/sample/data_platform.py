"""The data platform: health records, claims, and the doors to them."""

from sample import network
from sample.company import VENDOR, Company
from sample.console import Statement, allow, service, trust

TLS = {"Bool": {"aws:SecureTransport": "false"}}


def _only_tls(bucket: str) -> Statement:
    return {
        "Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"], "Condition": TLS,
    }  # fmt: skip


def _opened(bucket: str, principal: object, *actions: str, sid: str) -> Statement:
    return {
        "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions),
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }  # fmt: skip


def seed(company: Company) -> None:
    """Buckets first, then who may read them."""
    data = company.data
    company.clock.set("2022-09-05")
    net = network.network(data, "data-platform", "20")
    network.endpoints(data, net, "s3", "secretsmanager")
    training_role = f"arn:aws:iam::{company.production.id}:role/claims-training"
    user = {"AWS": training_role}
    key = data.key(
        "ehr-lake",
        {"Sid": "Training", **trust(user, "kms:Decrypt"), "Resource": "*"},
        **{"data-classification": "phi"},
    )
    lake = data.bucket(
        "larkfield-ehr-lake", _only_tls("larkfield-ehr-lake"),
        _opened("larkfield-ehr-lake", user, "s3:GetObject", sid="TrainingReads"),
        key=key, versions=True,
        **{"data-classification": "phi", "crown-jewel": "true", "owner": "data-platform", "environment": "production"},
    )  # fmt: skip
    developers = {"AWS": f"arn:aws:iam::{company.development.id}:root"}
    claims = data.bucket(
        "larkfield-claims-lake", _opened("larkfield-claims-lake", developers, "s3:GetObject", sid="DevAccessTemporary"),
        versions=True,
        **{"data-classification": "pii", "owner": "data-platform", "environment": "production"},
    )  # fmt: skip
    # Clinics and insurers drop files here; nobody wanted to manage their accounts.
    data.bucket(
        "larkfield-partner-uploads",
        _opened("larkfield-partner-uploads", "*", "s3:PutObject", sid="PartnersDropFiles"),
        _opened("larkfield-partner-uploads", user, "s3:GetObject", sid="TrainingReads"),
        closed=False, **{"data-classification": "internal", "owner": "partner-integration"},
    )  # fmt: skip
    research = data.bucket(
        "larkfield-deid-research",
        _opened("larkfield-deid-research", {"AWS": f"arn:aws:iam::{VENDOR}:root"}, "s3:GetObject", sid="AnnoteraReads"),
        **{"data-classification": "confidential", "owner": "research"},
    )  # fmt: skip
    data.bucket("larkfield-athena-results", owner="data-platform", purpose="query-results")
    members = data.table(
        "member-directory", key, **{"data-classification": "pii", "owner": "data-platform"}
    )
    data.table("pipeline-state", owner="data-platform")

    _people(company, [f"{lake}/*", f"{claims}/*"], research)
    _jobs(company, lake, claims, members, net)


def _people(company: Company, lakes: list[str], research: str) -> None:
    data = company.data
    company.clock.set("2024-02-19")
    analyst = data.role(
        "lake-analyst", trust({"AWS": f"arn:aws:iam::{data.id}:root"}),
        allow(["s3:GetObject", "kms:Decrypt", "athena:StartQueryExecution", "glue:GetTable"], ["*"]),
        owner="data-platform",
    )  # fmt: skip
    careful = data.role(
        "record-steward", trust({"AWS": f"arn:aws:iam::{data.id}:root"}, Bool={"aws:MultiFactorAuthPresent": "true"}),
        allow(["s3:GetObject", "s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey"], lakes), owner="privacy-office",
    )  # fmt: skip
    data.group("analysts", allow("sts:AssumeRole", analyst))
    data.group("stewards", allow("sts:AssumeRole", careful))
    data.user("lena.fischer", groups=["analysts"], console=True, mfa=True, team="analytics")
    data.user("omar.haddad", groups=["stewards"], console=True, mfa=True, team="privacy-office")
    company.clock.set("2026-01-12")
    data.user(
        "contractor-jreyes",
        groups=["analysts"],
        console=True,
        employment="contractor",
        agency="Brightline",
    )
    data.role(
        "research-export", trust({"AWS": f"arn:aws:iam::{company.apps.id}:root"}, StringEquals={"sts:ExternalId": "rx-2291"}),
        allow("s3:GetObject", f"{research}/*"), owner="research",
    )  # fmt: skip


def _jobs(company: Company, lake: str, claims: str, members: str, net: network.Network) -> None:
    data = company.data
    company.clock.set("2023-04-11")
    data.role(
        "etl-nightly", service("glue"),
        allow(["s3:GetObject", "s3:PutObject"], [f"{lake}/*", f"{claims}/*"]), allow(["kms:Decrypt", "kms:GenerateDataKey"]),
        allow(["dynamodb:GetItem", "dynamodb:PutItem"], members), owner="data-platform",
    )  # fmt: skip
    role = data.role(
        "deidentify", service("lambda"), allow("s3:GetObject", f"{lake}/*"),
        allow("s3:PutObject", "arn:aws:s3:::larkfield-deid-research/*"), owner="data-platform",
    )  # fmt: skip
    data.function(
        "deidentify-records",
        role,
        subnets=net.private,
        groups=[net.closed_group],
        owner="data-platform",
    )
    data.secret(
        "data/snowflake/service-account", "Nightly load into the warehouse", owner="data-platform"
    )
    data.client("logs").create_log_group(logGroupName="/aws/lambda/deidentify-records")
