"""IAM and STS: who there is, who may become whom, and every policy document."""

from collectors.reads import Detail, Read

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
