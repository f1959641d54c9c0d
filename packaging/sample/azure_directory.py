"""The directory of Larkfield Health, and who may do what in the subscription."""

from collections.abc import Iterable, Mapping

from sample.azure_ids import (
    AI,
    ASSIST,
    BLOB_CONTRIBUTOR,
    BLOB_READER,
    CARE,
    COGNITIVE_CONTRIBUTOR,
    CONTRIBUTOR,
    DATA_SCIENTIST,
    HELPDESK,
    ML,
    ML_GROUP,
    ML_STORE,
    OPENAI_USER,
    OWNER,
    READER,
    SUB,
    SUMMARIES,
    TENANT,
    VAULT,
    VAULT_SECRETS,
    Item,
    item,
    oid,
)


def rights() -> Iterable[Item]:
    granted = (
        ("ines.keller", "User", OWNER, SUB), ("ai-platform", "Group", COGNITIVE_CONTRIBUTOR, ASSIST), ("ml-engineers", "Group", CONTRIBUTOR, ML_GROUP),
        ("auditors", "Group", READER, SUB), ("care-content", "Group", BLOB_CONTRIBUTOR, f"{CARE}/blobServices/default/containers/care-guides"),
        ("id-ml-train", "ServicePrincipal", BLOB_CONTRIBUTOR, ML_STORE), ("id-ml-train", "ServicePrincipal", VAULT_SECRETS, VAULT),
        ("id-model-release", "ServicePrincipal", DATA_SCIENTIST, ML), ("id-model-release", "ServicePrincipal", VAULT_SECRETS, VAULT),
        ("larkfield-search", "ServicePrincipal", BLOB_READER, CARE), ("care-assistant", "ServicePrincipal", OPENAI_USER, AI),
        ("ollama-lab", "ServicePrincipal", BLOB_READER, ML_STORE), ("letters-app", "ServicePrincipal", OPENAI_USER, SUMMARIES),
        ("larkfield-ml", "ServicePrincipal", CONTRIBUTOR, ML_GROUP), ("feature-exchange", "Group", BLOB_CONTRIBUTOR, f"{ML_STORE}/blobServices/default/containers/azureml-blobstore"),
    )  # fmt: skip
    for who, sort, role, scope in granted:
        definition = f"{SUB}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        number = oid(f"{who} {role} {scope}")
        yield item(
            f"{scope}/providers/Microsoft.Authorization/roleAssignments/{number}",
            roleDefinitionId=definition,
            principalId=oid(who),
            principalType=sort,
            scope=scope,
        )


def user(name: str, title: str, *, guest: bool = False) -> Item:
    address = (
        f"{name}_brightline.example#EXT#@larkfield.example"
        if guest
        else f"{name}@larkfield.example"
    )
    return {
        "@odata.type": "#microsoft.graph.user",
        "id": oid(name),
        "displayName": name,
        "userPrincipalName": address,
        "userType": "Guest" if guest else "Member",
        "accountEnabled": True,
        "jobTitle": title,
    }


_PEOPLE = (
    ("ines.keller", "Owner of the platform", True),
    ("paul.brandt", "Platform engineer", True),
    ("noor.rahman", "Machine learning engineer", True),
    ("tess.vogel", "Service desk", False),
    ("emil.sorensen", "Machine learning engineer", False),
)
_GUESTS = (("guest-jortega", "Writer, Brightline"), ("guest-akato", "Data partner, Annotera"))


def graph() -> Mapping[str, list[Item]]:
    people = [user(name, title) for name, title, _ in _PEOPLE] + [
        user(name, title, guest=True) for name, title in _GUESTS
    ]
    groups = [
        {
            "id": oid(name),
            "displayName": name,
            "securityEnabled": True,
            "isAssignableToRole": name == "ai-platform",
            "groupTypes": [],
            "mailNickname": name,
        }
        for name in members()
    ]
    apps = [{"id": oid("app-claims-portal"), "appId": oid("claims-portal client"), "displayName": "claims-portal", "signInAudience": "AzureADMyOrg", "publisherDomain": "larkfield.example",
             "passwordCredentials": [{"keyId": oid("claims-portal secret"), "displayName": "deploy", "endDateTime": "2027-09-01T00:00:00Z"}], "requiredResourceAccess": []}]  # fmt: skip
    names = (
        "larkfield-assist",
        "larkfield-summaries",
        "care-assistant",
        "larkfield-search",
        "larkfield-ml",
        "denial-risk",
        "ollama-lab",
        "id-ml-train",
        "id-model-release",
        "id-claims-sync",
    )
    principals = [
        {
            "id": oid(name),
            "appId": oid(f"{name} client"),
            "displayName": name,
            "servicePrincipalType": "ManagedIdentity",
            "accountEnabled": True,
            "appOwnerOrganizationId": TENANT,
        }
        for name in names
    ]
    principals += [
        {
            "id": oid(name),
            "appId": oid(f"{client} client"),
            "displayName": name,
            "servicePrincipalType": "Application",
            "accountEnabled": True,
            "appOwnerOrganizationId": TENANT,
        }
        for name, client in (("claims-portal", "claims-portal"), ("letters-app", "letters-app"))
    ]
    registered = [
        {
            "id": oid(name),
            "userPrincipalName": f"{name}@larkfield.example",
            "userDisplayName": name,
            "isMfaRegistered": second,
            "isMfaCapable": second,
        }
        for name, _, second in _PEOPLE
    ]
    return {
        "organization": [{"id": TENANT, "displayName": "Larkfield Health", "verifiedDomains": [{"name": "larkfield.example", "isDefault": True}]}],
        "users": people, "groups": groups, "applications": apps, "servicePrincipals": principals,
        "reports/authenticationMethods/userRegistrationDetails": registered,
        "roleManagement/directory/roleAssignments": [{"id": oid("helpdesk assignment"), "principalId": oid("tess.vogel"), "roleDefinitionId": HELPDESK, "directoryScopeId": "/"}],
        "roleManagement/directory/roleDefinitions": [{"id": HELPDESK, "displayName": "Helpdesk Administrator", "isBuiltIn": True, "templateId": HELPDESK, "rolePermissions": []}],
    }  # fmt: skip


def members() -> Mapping[str, list[Item]]:
    return {
        "ai-platform": [user("paul.brandt", "Platform engineer")],
        "ml-engineers": [
            user("noor.rahman", "Machine learning engineer"),
            user("emil.sorensen", "Machine learning engineer"),
        ],
        "auditors": [],
        "care-content": [user("guest-jortega", "Writer, Brightline", guest=True)],
        "feature-exchange": [user("guest-akato", "Data partner, Annotera", guest=True)],
    }
