"""The least that the live collector needs: an IAM policy made of what it reads."""

from collections.abc import Iterable
from typing import Any

from collectors.aws.live import allowed_operations
from collectors.aws.services import READS
from graph.content import read_toml


def read_policy() -> dict[str, Any]:
    """An identity policy document that allows every call of the collector, and nothing else."""
    statement = {
        "Sid": "ModelhoundRead",
        "Effect": "Allow",
        "Action": sorted(set(actions(allowed_operations(READS)))),
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def actions(operations: Iterable[str]) -> Iterable[str]:
    """The IAM actions that operations (`client:Operation`) need; most are named alike."""
    facts = read_toml("permissions/aws_actions.toml")
    for operation in operations:
        client, _, name = operation.partition(":")
        if operation not in facts["free"]:
            yield facts["named"].get(operation) or f"{facts['prefix'].get(client, client)}:{name}"
