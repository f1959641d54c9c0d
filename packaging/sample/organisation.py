"""The organisation: units, accounts, and the policies that hold for whole accounts."""

from collections.abc import Callable
from typing import Any

from sample.company import Company
from sample.console import Account, Clock, deny, document, trust

UNITS = {
    "Security": ["security"],
    "Production": ["data", "production", "apps"],
    "Development": ["development"],
}
NAMES = {
    "security": "larkfield-security",
    "data": "larkfield-data-platform",
    "production": "larkfield-ml-production",
    "development": "larkfield-ml-development",
    "apps": "larkfield-patient-apps",
}
_AUDITOR = "arn:aws:iam::*:role/security-audit"


def found(management: Account, enter: Callable[[str], Account], clock: Clock) -> Company:
    """The organisation with its units and accounts; `enter` gives an account by its id."""
    clock.set("2022-03-14")
    organizations = management.client("organizations")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
    accounts: dict[str, Account] = {}
    for unit, members in UNITS.items():
        unit_id = organizations.create_organizational_unit(ParentId=root, Name=unit)[
            "OrganizationalUnit"
        ]["Id"]
        for name in members:
            status = organizations.create_account(
                AccountName=NAMES[name], Email=f"aws+{name}@larkfield-health.example"
            )["CreateAccountStatus"]
            organizations.move_account(
                AccountId=status["AccountId"], SourceParentId=root, DestinationParentId=unit_id
            )
            accounts[name] = enter(status["AccountId"])
    return Company(management=management, organisation=made["Id"], **accounts)


def rule(company: Company) -> None:
    """What the security team forbids everywhere, and what it forgot to forbid."""
    company.clock.set("2024-05-06")
    organizations = company.management.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    units = {
        unit["Name"]: unit["Id"]
        for unit in organizations.list_organizational_units_for_parent(ParentId=root)[
            "OrganizationalUnits"
        ]
    }

    def attach(
        name: str, why: str, statement: dict[str, Any], *targets: str, kind: str = "SERVICE"
    ) -> None:
        made = organizations.create_policy(
            Name=name, Description=why, Type=f"{kind}_CONTROL_POLICY", Content=document(statement)
        )["Policy"]["PolicySummary"]
        for target in targets:
            organizations.attach_policy(PolicyId=made["Id"], TargetId=target)

    not_auditor = {"ArnNotLike": {"aws:PrincipalArn": _AUDITOR}}
    attach(
        "keep-audit-trail", "Nobody but the security team touches trails.",
        deny(["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "organizations:LeaveOrganization"], **not_auditor),
        root,
    )  # fmt: skip
    attach(
        "stay-in-europe", "Data of patients stays in the EU.",
        {
            "Sid": "OnlyEurope", "Effect": "Deny",
            "NotAction": ["iam:*", "organizations:*", "sts:*", "s3:*", "support:*"], "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1"]}, **not_auditor},
        },
        units["Production"], units["Security"],
    )  # fmt: skip
    attach(
        "no-models-in-patient-apps", "Apps ask the ML platform; they do not call models themselves.",
        deny(["bedrock:Invoke*", "bedrock:Converse*", "sagemaker:InvokeEndpoint*"]),
        company.apps.id,
    )  # fmt: skip
    attach(
        "no-new-users-in-security", "People reach this account through single sign-on alone.",
        deny(["iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile"]), units["Security"],
    )  # fmt: skip
    outsiders = {
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": company.organisation},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    attach(
        "research-data-stays-inside", "Nobody outside the organisation reads de-identified records.",
        {
            "Sid": "OnlyUs", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::larkfield-deid-research/*", "Condition": outsiders,
        },
        company.data.id, kind="RESOURCE",
    )  # fmt: skip


def baseline(account: Account, company: Company) -> None:
    """What the landing zone puts into every account."""
    account.clock.set("2022-03-15")
    alias = "larkfield-" + next(name for name, item in company.accounts.items() if item is account)
    account.client("iam").create_account_alias(AccountAlias=alias)
    account.role(
        "security-audit", trust({"AWS": f"arn:aws:iam::{company.security.id}:role/security-audit-hub"}),
        managed=["arn:aws:iam::aws:policy/SecurityAudit"], owner="security", managed_by="landing-zone",
    )  # fmt: skip
