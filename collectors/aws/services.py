"""The services that are read: their calls, mappers and facts in one table each."""

from collections.abc import Iterator, Mapping

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
    workloads,
)
from collectors.aws.answer import Facts
from collectors.aws.shape import Mapper
from collectors.reads import Detail, Read

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
    workloads,
)

READS: tuple[Read, ...] = tuple(read for service in _SERVICES for read in service.READS)
MAPPERS: Mapping[str, Mapper] = {
    operation: mapper for service in _SERVICES for operation, mapper in service.MAPPERS.items()
}
FACTS: Mapping[str, Facts] = {
    operation: facts
    for service in (iam, organizations, kms, bedrock_agent, stores)
    for operation, facts in service.FACTS.items()
}


def _absent(client: str, call: Read | Detail) -> Iterator[tuple[str, tuple[str, ...]]]:
    if call.absent:
        yield f"{client}:{call.operation}", call.absent
    for detail in call.details:
        yield from _absent(detail.client or client, detail)


# Operation -> error codes that mean "read, and not set".
ABSENT: Mapping[str, tuple[str, ...]] = dict(
    pair for read in READS for pair in _absent(read.client, read)
)
