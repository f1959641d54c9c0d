"""Who works on Google Cloud at Larkfield Health, who is let in from outside, and who may do what."""

from collections.abc import Iterator, Mapping

from sample.azure_ids import TENANT
from sample.gcp_ids import (
    ACCOUNTS,
    AGENTS,
    CLAIMS_SYNC,
    COHORT,
    CRM,
    DEFAULT,
    DOMAIN,
    FOLDER,
    GITHUB,
    MODELS,
    NOTES,
    NUMBER,
    ORGANISATION,
    POOLS,
    PROJECT,
    SHARED_AGENT,
    SURVEYS,
    Item,
    email,
    plain,
)

# Group -> its members; nobody else is in it.
GROUPS = {
    "research-ml": ["ravi.menon", "contractor-lpark"],
    "research-leads": ["ada.lindholm"],
}
_LET_IN = "roles/iam.workloadIdentityUser"


def containers() -> Mapping[str, list[tuple[str, Item]]]:
    """Organisation, folder and project."""
    active = {"lifecycleState": "ACTIVE"}
    above = {"type": "folder", "id": FOLDER}
    labels = {"environment": "production", "owner": "research"}
    return {
        f"{CRM}/Organization": [plain("cloudresourcemanager", f"organizations/{ORGANISATION}", displayName=DOMAIN, **active)],
        f"{CRM}/Folder": [plain("cloudresourcemanager", f"folders/{FOLDER}", displayName="research", parent=f"organizations/{ORGANISATION}", **active)],
        f"{CRM}/Project": [
            (f"//{CRM}/projects/{NUMBER}", {"projectNumber": NUMBER, "projectId": PROJECT, "name": PROJECT, "labels": labels, "parent": above, **active})
        ],
    }  # fmt: skip


def identities() -> Mapping[str, list[tuple[str, Item]]]:
    """Service accounts with the one key that is left, groups, and the pools with their doors."""
    accounts = [
        (f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{unique}",
         {"name": f"projects/{PROJECT}/serviceAccounts/{address}", "projectId": PROJECT, "uniqueId": unique, "email": address})
        for address, unique in ACCOUNTS.items()
    ]  # fmt: skip
    exporter = email("cohort-export")
    key = "keys/3f9a17c2d8e04b5596ab"
    held = {"keyType": "USER_MANAGED", "keyOrigin": "GOOGLE_PROVIDED", "validAfterTime": "2024-05-02T09:00:00Z", "validBeforeTime": "9999-12-31T23:59:59Z"}  # fmt: skip
    groups = [
        plain("cloudidentity", f"groups/{name}", groupKey={"id": f"{name}@{DOMAIN}"}, displayName=name, labels={"cloudidentity.googleapis.com/groups.security": ""})
        for name in GROUPS
    ]  # fmt: skip
    github = {
        "attributeMapping": {"google.subject": "assertion.sub", "attribute.repository": "assertion.repository"},
        "attributeCondition": "assertion.repository_owner == 'larkfield-health'",
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
    }  # fmt: skip
    entra = {
        "attributeMapping": {"google.subject": "assertion.sub"},
        "oidc": {"issuerUri": f"https://sts.windows.net/{TENANT}/", "allowedAudiences": ["api://larkfield-research"]},
    }  # fmt: skip
    return {
        "iam.googleapis.com/ServiceAccount": accounts,
        "iam.googleapis.com/ServiceAccountKey": [
            (f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{ACCOUNTS[exporter]}/{key}", {"name": f"projects/{PROJECT}/serviceAccounts/{exporter}/{key}", **held})
        ],
        "cloudidentity.googleapis.com/Group": groups,
        "iam.googleapis.com/WorkloadIdentityPool": [
            plain("iam", f"{POOLS}/{name}", displayName=name, state="ACTIVE") for name in ("github", "azure")
        ],
        "iam.googleapis.com/WorkloadIdentityPoolProvider": [
            plain("iam", f"{POOLS}/github/providers/actions", state="ACTIVE", **github),
            plain("iam", f"{POOLS}/azure/providers/entra", state="ACTIVE", **entra),
        ],
    }  # fmt: skip


def members(group: str) -> list[Item]:
    """What `gcloud identity groups memberships list` prints of a group."""
    return [
        {
            "name": f"groups/{group}/memberships/{name}",
            "preferredMemberKey": {"id": f"{name}@{DOMAIN}"},
            "type": "USER",
            "roles": [{"name": "MEMBER"}],
        }
        for name in GROUPS[group]
    ]


def _user(name: str) -> str:
    return f"user:{name}@{DOMAIN}"


def _account(name: str) -> str:
    return f"serviceAccount:{email(name)}"


def policies() -> Iterator[tuple[str, str, list[tuple[str, list[str]]]]]:
    """(asset type, full name, (role, members)) of every policy that grants something."""
    default, shared = f"serviceAccount:{DEFAULT}", f"serviceAccount:{SHARED_AGENT}"
    trainer, jenkins = _account("research-trainer"), _user("jenkins-research")
    scientists, leads = f"group:research-ml@{DOMAIN}", f"group:research-leads@{DOMAIN}"
    yield f"{CRM}/Organization", f"//{CRM}/organizations/{ORGANISATION}", [
        ("roles/resourcemanager.organizationAdmin", [_user("ines.keller")]),
    ]  # fmt: skip
    yield f"{CRM}/Folder", f"//{CRM}/folders/{FOLDER}", [("roles/browser", [leads])]
    # Scientists were to start jobs as the trainer; on the project, the role lets them act as every account in it.
    yield f"{CRM}/Project", f"//{CRM}/projects/{NUMBER}", [
        ("roles/editor", [default]),
        ("roles/storage.objectViewer", [default]),
        ("roles/owner", [_account("research-terraform")]),
        ("roles/aiplatform.user", [scientists, GITHUB]),
        ("roles/iam.serviceAccountUser", [scientists]),
        ("roles/aiplatform.viewer", [leads]),
    ]  # fmt: skip
    buckets: dict[str, list[tuple[str, list[str]]]] = {
        COHORT: [
            ("roles/storage.objectViewer", [trainer, _account("cohort-export"), _account("github-release")]),
            ("roles/storage.objectUser", [_account("claims-import")]),
        ],
        SURVEYS: [("roles/storage.objectViewer", ["allUsers", trainer]), ("roles/storage.objectUser", [GITHUB])],
        NOTES: [("roles/storage.objectViewer", [shared])],
        MODELS: [("roles/storage.objectViewer", [jenkins]), ("roles/storage.objectUser", [trainer, _account("github-release")])],
        AGENTS: [("roles/storage.objectUser", [jenkins])],
    }  # fmt: skip
    for name, bindings in buckets.items():
        yield "storage.googleapis.com/Bucket", f"//storage.googleapis.com/{name}", bindings
    for account, bindings in {
        "github-release": [(_LET_IN, [GITHUB])],
        "claims-import": [(_LET_IN, [CLAIMS_SYNC])],
        "cohort-export": [("roles/iam.serviceAccountTokenCreator", [_account("github-release")])],
    }.items():
        unique = ACCOUNTS[email(account)]
        name = f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{unique}"
        yield "iam.googleapis.com/ServiceAccount", name, bindings
