"""AWS: one module a service says what to read and how to map it; this table joins them."""

from collectors.aws import (
    agentcore,
    bedrock,
    bedrock_agent,
    ec2,
    iam,
    kms,
    lambda_,
    organizations,
    s3,
    sagemaker,
    secretsmanager,
    stores,
)
from collectors.reads import Read

_SERVICES = (
    iam,
    organizations,
    s3,
    kms,
    ec2,
    lambda_,
    secretsmanager,
    sagemaker,
    bedrock,
    bedrock_agent,
    agentcore,
    stores,
)

READS: tuple[Read, ...] = tuple(read for service in _SERVICES for read in service.READS)
