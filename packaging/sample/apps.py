"""The patients' portal: functions, tables, and the keys of vendors."""

from sample import network
from sample.company import Company
from sample.console import allow, service, trust

DOCUMENTS, ASSETS = "larkfield-portal-documents", "larkfield-portal-assets"


def seed(company: Company) -> None:
    """What patients touch."""
    account = company.apps
    company.clock.set("2023-08-28")
    net = network.network(account, "patient-apps", "50")
    network.endpoints(account, net, "s3", "secretsmanager")
    key = account.key("patient-data", **{"data-classification": "phi"})
    appointments = account.table(
        "appointments", key, **{"data-classification": "phi", "owner": "portal"}
    )
    messages = account.table(
        "patient-messages", key, **{"data-classification": "phi", "owner": "portal"}
    )
    account.table("feature-flags", owner="portal")
    documents = account.bucket(
        DOCUMENTS,
        key=key,
        versions=True,
        **{"data-classification": "phi", "owner": "portal", "environment": "production"},
    )
    # Pictures and scripts of the web site: public, and meant to be.
    everyone = {
        "Sid": "WebSite",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{ASSETS}/*",
    }
    account.bucket(
        ASSETS, everyone, closed=False, **{"data-classification": "public", "owner": "portal"}
    )
    inside = {"subnets": net.private, "groups": [net.closed_group]}

    booking = account.role(
        "booking-api",
        service("lambda"),
        allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], appointments),
        allow("kms:Decrypt", key),
        owner="portal",
    )
    account.function(
        "booking-api", booking, **inside, url="AWS_IAM", owner="portal", environment="production"
    )
    reminders = account.role(
        "reminder-sender",
        service("lambda"),
        allow("dynamodb:Query", appointments),
        allow("ses:SendEmail"),
        owner="portal",
    )
    account.function(
        "reminder-sender",
        reminders,
        **inside,
        variables={"TWILIO_AUTH_TOKEN": "not-a-secret"},
        owner="portal",
        environment="production",
    )
    company.clock.set("2026-07-06")
    # Quick win of a hackathon: a chat for symptoms, open to all, with the vendor's key in a variable.
    chat = account.role(
        "triage-chat", service("lambda"), allow(["dynamodb:GetItem", "dynamodb:PutItem"], messages), allow("bedrock:InvokeModel"),
        allow("secretsmanager:GetSecretValue"), allow("kms:Decrypt", key), owner="portal",
    )  # fmt: skip
    account.function(
        "triage-chat",
        chat,
        url="NONE",
        variables={"OPENAI_API_KEY": "not-a-secret", "MODEL": "gpt-4.1"},
        owner="portal",
        environment="production",
    )
    upload = account.role(
        "symptom-intake",
        service("lambda"),
        allow("s3:PutObject", ["arn:aws:s3:::larkfield-support-inbox/*", f"{documents}/*"]),
        owner="portal",
    )
    account.function("symptom-intake", upload, url="NONE", owner="portal", environment="production")
    account.secret("prod/openai/api-key", "Symptom chat", owner="portal", environment="production")
    account.secret(
        "prod/twilio/auth-token", "Text messages", owner="portal", environment="production"
    )
    account.secret(
        "prod/portal/session-signing", "Cookies", owner="portal", environment="production"
    )

    company.clock.set("2024-06-03")
    account.group(
        "portal-developers",
        allow(["lambda:*", "logs:*", "dynamodb:DescribeTable"]),
        allow("iam:PassRole", f"arn:aws:iam::{account.id}:role/booking-api"),
    )
    account.user("kenji.mori", groups=["portal-developers"], console=True, mfa=True, team="portal")
    account.user("elif.demir", groups=["portal-developers"], console=True, mfa=True, team="portal")
    account.user("svc-portal-deploy", groups=["portal-developers"], keys=1, purpose="ci")
    account.role(
        "portal-support",
        trust(
            {"AWS": f"arn:aws:iam::{account.id}:root"}, Bool={"aws:MultiFactorAuthPresent": "true"}
        ),
        allow("dynamodb:GetItem", [appointments, messages]),
        owner="support",
    )
    for name in ("booking-api", "triage-chat", "reminder-sender"):
        account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
