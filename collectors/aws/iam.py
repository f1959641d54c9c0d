"""IAM and STS: who there is, who may become whom, and every policy document."""

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws import iam_policies, trust
from collectors.aws.answer import Answer, Fact, Facts
from collectors.aws.convert import role, tags
from collectors.aws.shape import Edge, Field, Mapper, Shape, document, each, relationship
from collectors.reads import Detail, Read
from collectors.tags import belongs
from graph.estate import Piece
from graph.model import Evidence

READS: tuple[Read, ...] = (
    Read(client="sts", operation="GetCallerIdentity", scope="global"),
    Read(
        client="iam",
        operation="GetAccountAuthorizationDetails",
        scope="global",
        params={"Filter": ["User", "Role", "Group", "LocalManagedPolicy"]},
        items="/UserDetailList",
        details=(
            Detail(operation="ListAccessKeys", params={"UserName": "/UserName"}),
            Detail(operation="ListMFADevices", params={"UserName": "/UserName"}),
            Detail(
                operation="GetLoginProfile",
                params={"UserName": "/UserName"},
                absent=("NoSuchEntity",),
            ),
        ),
    ),
    # Unfiltered, the call above brings every AWS managed policy; only those in use matter.
    Read(
        client="iam",
        operation="ListPolicies",
        scope="global",
        params={"Scope": "AWS", "OnlyAttached": True},
        items="/Policies",
        details=(
            Detail(
                operation="GetPolicyVersion",
                params={"PolicyArn": "/Arn", "VersionId": "/DefaultVersionId"},
            ),
        ),
    ),
    Read(client="iam", operation="ListInstanceProfiles", scope="global"),
    Read(client="iam", operation="ListAccountAliases", scope="global"),
    Read(
        client="iam",
        operation="ListOpenIDConnectProviders",
        scope="global",
        items="/OpenIDConnectProviderList",
        details=(
            Detail(
                operation="GetOpenIDConnectProvider", params={"OpenIDConnectProviderArn": "/Arn"}
            ),
        ),
    ),
    Read(client="iam", operation="ListSAMLProviders", scope="global"),
)


def _attached(at: str, how: str) -> Edge:
    return Edge(kind="ATTACHED_TO", at=at, to=lambda v, _: v, reverse=True, properties={"as": how})


_POLICIES = (
    _attached("/AttachedManagedPolicies/*/PolicyArn", "identity"),
    _attached("/PermissionsBoundary/PermissionsBoundaryArn", "boundary"),
)
_BOUNDARY = "/PermissionsBoundary/PermissionsBoundaryArn"


def _group_arn(name: str, answer: Answer) -> str:
    return answer.principal("group", name)


def _belongs(topic: str) -> tuple[str, Any]:
    return "", lambda user, answer: belongs(
        topic, user.get("UserName", ""), tags(user.get("Tags"), answer)
    )


USER = Shape(
    kind="AWS::IAM::User",
    id="/Arn",
    name="/UserName",
    fields={
        "created": "/CreateDate",
        "tags": ("/Tags", tags),
        "permissions_boundary": _BOUNDARY,
        "ci": _belongs("ci"),
        "external": _belongs("external"),
    },
    edges=(*_POLICIES, Edge(kind="MEMBER_OF", at="/GroupList/*", to=_group_arn)),
)
GROUP = Shape(
    kind="AWS::IAM::Group",
    id="/Arn",
    name="/GroupName",
    fields={"created": "/CreateDate"},
    edges=_POLICIES[:1],
)
_TRUST: Mapping[str, Field] = {
    "trust_policy": ("/AssumeRolePolicyDocument", trust.policy_of),
    "trust_services": ("/AssumeRolePolicyDocument", trust.services),
    "wildcard_oidc_subject": ("/AssumeRolePolicyDocument", trust.wildcard_subject),
    "service_linked": ("/Path", lambda path, _: str(path).startswith("/aws-service-role/")),
    "created": "/CreateDate",
}
ROLE = Shape(
    kind="AWS::IAM::Role",
    id="/Arn",
    name="/RoleName",
    fields={
        **_TRUST,
        "tags": ("/Tags", tags),
        "permissions_boundary": _BOUNDARY,
        "last_used": "/RoleLastUsed/LastUsedDate",
    },
    edges=_POLICIES,
)
PROFILE = Shape(
    kind="AWS::IAM::InstanceProfile",
    id="/Arn",
    name="/InstanceProfileName",
    fields={"created": "/CreateDate"},
    edges=(Edge(kind="HAS_ROLE", at="/Roles/*/Arn", to=role),),
)
_PRINCIPALS = (
    (USER, "UserDetailList", "UserPolicyList"),
    (GROUP, "GroupDetailList", "GroupPolicyList"),
    (ROLE, "RoleDetailList", "RolePolicyList"),
)


def authorization_details(answer: Answer) -> Iterator[Piece]:
    """The account dump: users, groups, roles, their policies and instance profiles."""
    for shape, items, inline in _PRINCIPALS:
        for pointer, item in each(answer.body, (items, "*")):
            yield from shape.read(answer, item, pointer)
            if shape is ROLE:
                yield from role_extras(answer, item, pointer)
            for at, policy in each(item, (inline, "*"), pointer):
                yield from iam_policies.inline(item["Arn"], policy, answer, at)
    for pointer, item in each(answer.body, ("Policies", "*")):
        yield from iam_policies.managed(answer, item, pointer)


def role_extras(answer: Answer, item: Mapping[str, Any], pointer: str) -> Iterator[Piece]:
    """The identity providers that a role trusts and the instance profiles that carry it."""
    for at, profile in each(item, ("InstanceProfileList", "*"), pointer):
        yield from PROFILE.read(answer, profile, at)
    trusted = document(item.get("AssumeRolePolicyDocument"), answer)
    for at, provider in trust.providers(trusted):
        proof = Evidence(record=answer.record, pointer=f"{pointer}/AssumeRolePolicyDocument{at}")
        yield relationship((item["Arn"], "TRUSTS", provider), proof)


def _one_role(answer: Answer) -> Iterator[Piece]:
    for pointer, item in each(answer.body, ("Role",)):
        yield from ROLE.read(answer, item, pointer)
        yield from role_extras(answer, item, pointer)


def _of_principal(what: str, name: str, *edges: Edge) -> Shape:
    """Relationships of the principal that a call was made for."""
    return Shape(
        kind=f"AWS::IAM::{what.capitalize()}",
        id=(f"^/{name}", lambda n, answer: answer.principal(what, n) if n else None),
        edges=edges,
        edges_only=True,
    )


_LISTED = _attached("/AttachedPolicies/*/PolicyArn", "identity")
_MEMBERS = Shape(
    kind="AWS::IAM::Group",
    id=("/Group/GroupName", lambda name, answer: answer.principal("group", name) if name else None),
    edges_only=True,
    edges=(
        Edge(
            kind="MEMBER_OF",
            at="/Users/*/UserName",
            to=lambda name, answer: answer.principal("user", name),
            reverse=True,
        ),
    ),
)


def _user_fact(name: str, at: str, read: Any) -> Mapper:
    """A property of the user that a call was made for."""
    return Shape(
        kind="AWS::IAM::User",
        id=("^/UserName", lambda user, answer: answer.principal("user", user) if user else None),
        name="^/UserName",
        fields={name: (at, read)},
    )


def _access_key_id(item: Mapping[str, Any], answer: Answer) -> str | None:
    """Access keys are named by their user and last four characters; the whole id is of no use here."""
    user, key = item.get("UserName"), item.get("AccessKeyId")
    if not user or not key:
        return None
    return answer.arn("iam", f"access-key/{user}/{key[-4:]}", region="")


ACCESS_KEY = Shape(
    kind="AWS::IAM::AccessKey",
    items="/AccessKeyMetadata/*",
    id=("", _access_key_id),
    name=("/AccessKeyId", lambda key, _: f"key ...{key[-4:]}" if key else None),
    fields={"status": "/Status", "created": "/CreateDate"},
    edges=(
        Edge(
            kind="AUTHENTICATES_TO",
            at="/UserName",
            to=lambda user, answer: answer.principal("user", user),
        ),
    ),
)


def _account(answer: Answer) -> Any:
    return answer.arn("iam", "root", region="") if answer.account else None


ALIAS = Shape(
    kind="AWS::Account::Account",
    id=("", lambda _, answer: _account(answer)),
    name="/AccountAliases/0",
    fields={"alias": "/AccountAliases/0"},
)
CALLER = Shape(
    kind="AWS::Account::Account",
    id=("/Account", lambda number, _: f"arn:aws:iam::{number}:root" if number else None),
)
_OIDC_LIST = Shape(kind="AWS::IAM::OIDCProvider", items="/OpenIDConnectProviderList/*", id="/Arn")
OIDC = Shape(
    kind="AWS::IAM::OIDCProvider",
    id="^/OpenIDConnectProviderArn",
    name="/Url",
    fields={"url": "/Url", "audiences": "/ClientIDList", "tags": ("/Tags", tags)},
)
SAML = Shape(kind="AWS::IAM::SAMLProvider", items="/SAMLProviderList/*", id="/Arn")


_LISTS = (
    ("user", "UserDetailList", "UserName"),
    ("group", "GroupDetailList", "GroupName"),
    ("role", "RoleDetailList", "RoleName"),
)


def _principals(answer: Answer) -> Iterator[Fact]:
    """Names of principals whose path only their own description tells."""
    for what, items, name in _LISTS:
        for _, item in each(answer.body, (items, "*")):
            if item.get("Path", "/") != "/" and item.get("Arn"):
                yield what, item.get(name, ""), item["Arn"]


FACTS: Mapping[str, Facts] = {"iam:GetAccountAuthorizationDetails": _principals}

MAPPERS: Mapping[str, Mapper] = {
    "sts:GetCallerIdentity": CALLER,
    "iam:GetAccountAuthorizationDetails": authorization_details,
    "iam:GetRole": _one_role,
    **iam_policies.MAPPERS,
    "iam:ListAttachedUserPolicies": _of_principal("user", "UserName", _LISTED),
    "iam:ListAttachedRolePolicies": _of_principal("role", "RoleName", _LISTED),
    "iam:ListAttachedGroupPolicies": _of_principal("group", "GroupName", _LISTED),
    "iam:ListGroupsForUser": _of_principal(
        "user", "UserName", Edge(kind="MEMBER_OF", at="/Groups/*/GroupName", to=_group_arn)
    ),
    "iam:GetGroup": _MEMBERS,
    "iam:ListAccessKeys": ACCESS_KEY,
    "iam:ListMFADevices": _user_fact("mfa", "/MFADevices", lambda devices, _: bool(devices)),
    "iam:GetLoginProfile": _user_fact(
        "console_password", "/LoginProfile", lambda profile, _: bool(profile)
    ),
    "iam:ListInstanceProfiles": Shape(
        kind=PROFILE.kind,
        items="/InstanceProfiles/*",
        id=PROFILE.id,
        name=PROFILE.name,
        fields=PROFILE.fields,
        edges=PROFILE.edges,
    ),
    "iam:ListAccountAliases": ALIAS,
    "iam:ListOpenIDConnectProviders": _OIDC_LIST,
    "iam:GetOpenIDConnectProvider": OIDC,
    "iam:ListSAMLProviders": SAML,
}
