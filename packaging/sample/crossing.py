"""What joins Larkfield Health's clouds: who of Azure and of Google Cloud is let into AWS, and with which keys.

Who of Azure is let into Google Cloud stands with the identity pools there (gcp_identity.py).
"""

from sample.azure_ids import CLAIMS_SYNC_SUBJECT, TENANT
from sample.company import Company
from sample.console import allow, trust
from sample.gcp_ids import COHORT_EXPORT_ID
from sample.production import TRAINING

ISSUER = f"sts.windows.net/{TENANT}/"
GOOGLE = "accounts.google.com"  # AWS knows this issuer; no provider is made for it
EXPORT = "svc-azure-claims-export"


def seed(company: Company) -> None:
    """A user for the export that feeds Azure, the role that was to replace it, and one for the cohort study in Google Cloud.

    All of them read the training data.
    """
    account = company.production
    company.clock.set("2026-08-17")
    reads = [f"arn:aws:s3:::{TRAINING}", f"arn:aws:s3:::{TRAINING}/*"]
    account.user(
        EXPORT,
        allow(["s3:GetObject", "s3:ListBucket"], reads),
        allow("kms:Decrypt"),
        keys=1,
        owner="claims-ml",
    )
    provider = account.client("iam").create_open_id_connect_provider(
        Url=f"https://{ISSUER}",
        ClientIDList=["api://AzureADTokenExchange"],
        ThumbprintList=["626d44e704d1ceabe3bf0d53397464ac8080142c"],
    )["OpenIDConnectProviderArn"]
    account.role(
        "azure-claims-sync",
        trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", StringEquals={f"{ISSUER}:sub": CLAIMS_SYNC_SUBJECT}),
        allow(["s3:GetObject", "s3:ListBucket"], reads), allow("kms:Decrypt"), owner="claims-ml",
    )  # fmt: skip
    account.role(
        "gcp-cohort-exchange",
        trust({"Federated": GOOGLE}, "sts:AssumeRoleWithWebIdentity", StringEquals={f"{GOOGLE}:sub": COHORT_EXPORT_ID}),
        allow(["s3:GetObject", "s3:ListBucket"], reads), allow("kms:Decrypt"), owner="research",
    )  # fmt: skip


def stored_key(company: Company) -> tuple[str, str]:
    """The id of the export's key and the ARN of its user, as somebody wrote them beside the secret."""
    keys = company.production.client("iam").list_access_keys(UserName=EXPORT)["AccessKeyMetadata"]
    return keys[0]["AccessKeyId"], f"arn:aws:iam::{company.production.id}:user/{EXPORT}"
