"""Where AI keeps things besides S3: tables, vectors, images, logs."""

from collectors.reads import Detail, Read

READS: tuple[Read, ...] = (
    Read(
        client="dynamodb",
        operation="ListTables",
        items="/TableNames",
        details=(Detail(operation="DescribeTable", params={"TableName": ""}),),
    ),
    Read(
        client="ecr",
        operation="DescribeRepositories",
        items="/repositories",
        details=(
            Detail(
                operation="GetRepositoryPolicy",
                params={"repositoryName": "/repositoryName"},
                absent=("RepositoryPolicyNotFoundException",),
            ),
            Detail(operation="ListTagsForResource", params={"resourceArn": "/repositoryArn"}),
        ),
    ),
    Read(client="logs", operation="DescribeLogGroups"),
    Read(client="opensearchserverless", operation="ListCollections"),
    *(
        Read(
            client="opensearchserverless",
            operation="ListSecurityPolicies",
            params={"type": policy_type},
            items="/securityPolicySummaries",
            details=(
                Detail(operation="GetSecurityPolicy", params={"type": "/type", "name": "/name"}),
            ),
        )
        for policy_type in ("encryption", "network")
    ),
)
