"""The management account and the security account: small, and mostly well kept."""

from sample.company import GITHUB, Company
from sample.console import allow, service, trust


def seed(company: Company) -> None:
    """Who may do what at the top."""
    top, guard = company.management, company.security
    company.clock.set("2022-03-21")
    provider = top.client("iam").create_open_id_connect_provider(
        Url=f"https://{GITHUB}",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
    )["OpenIDConnectProviderArn"]
    narrow = {
        f"{GITHUB}:aud": "sts.amazonaws.com",
        f"{GITHUB}:sub": "repo:larkfield-health/landing-zone:ref:refs/heads/main",
    }
    top.role(
        "github-landing-zone",
        trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", StringEquals=narrow),
        allow(["organizations:*", "cloudformation:*", "sts:AssumeRole"]),
        owner="platform",
    )  # fmt: skip
    top.group("platform-owners", allow("*"))
    top.user(
        "breakglass-platform",
        groups=["platform-owners"],
        console=True,
        mfa=True,
        purpose="break-glass",
    )
    top.user("ines.albrecht", groups=["platform-owners"], console=True, mfa=True, team="platform")
    top.role(
        "cost-reports",
        service("lambda"),
        allow(["ce:Get*", "organizations:List*"]),
        owner="finance",
    )

    hub = guard.role(
        "security-audit-hub", trust({"AWS": f"arn:aws:iam::{guard.id}:root"}, Bool={"aws:MultiFactorAuthPresent": "true"}),
        allow("sts:AssumeRole", "arn:aws:iam::*:role/security-audit"), owner="security",
    )  # fmt: skip
    key = guard.key("log-archive", owner="security")
    archive = guard.bucket(
        "larkfield-log-archive",
        {
            "Sid": "TrailsWrite", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::larkfield-log-archive/*",
            "Condition": {"StringEquals": {"aws:SourceOrgID": company.organisation}},
        },
        key=key, versions=True, **{"data-classification": "confidential", "owner": "security"},
    )  # fmt: skip
    guard.role(
        "siem-reader",
        trust({"AWS": hub}),
        allow(["s3:GetObject", "kms:Decrypt"], [f"{archive}/*", key]),
        owner="security",
    )
    guard.user("mira.santos", allow("sts:AssumeRole", hub), console=True, mfa=True, team="security")
    guard.client("logs").create_log_group(logGroupName="/security/guardduty-findings")
