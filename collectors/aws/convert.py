"""Conversions that mapping tables name: from what an API writes to ids, documents and plain values."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from collectors.aws.answer import Answer
from collectors.aws.arn import bucket_of, is_arn, partition_of, repository_of
from collectors.aws.shape import Convert

IdOf = Callable[[Any, Answer], str | None]
_KEY_ID = re.compile(r"(mrk-)?[0-9a-f]{8}-?[0-9a-f-]{23,}")


def tags(value: Any, _: Answer) -> dict[str, Any] | None:
    """Tags as a map, from any of the four ways that AWS writes them; no tags are an empty map."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return dict(value)
    found = {}
    for tag in value:
        name = next((tag[key] for key in ("Key", "key", "TagKey") if key in tag), None)
        text = next((tag[key] for key in ("Value", "value", "TagValue") if key in tag), "")
        if name is not None:
            found[str(name)] = text
    return found


def equals(expected: str) -> Convert:
    """True if the value is this text."""
    return lambda value, _: None if value is None else str(value).lower() == expected.lower()


def present(value: Any, _: Answer) -> bool:
    """True if anything is set."""
    return bool(value)


def truth(value: Any, _: Answer) -> bool:
    """True only if set so."""
    return value is True


def names(value: Any, _: Answer) -> list[str] | None:
    """The names of a map, such as environment variables, without their values."""
    return sorted(value) if isinstance(value, Mapping) and value else None


def arn(service: str, resource: str, *, region: str | None = None) -> IdOf:
    """An ARN of the answer's account from a short name; an ARN stays as it is."""

    def convert(value: Any, answer: Answer) -> str | None:
        if not value or is_arn(value):
            return str(value) if value else None
        return answer.arn(service, f"{resource}{value}", region=region)

    return convert


def same(value: Any, _: Answer) -> str | None:
    """An id as it stands; text that is no ARN names nothing."""
    return value if is_arn(value) else None


def each_of(convert: Convert) -> Convert:
    """The conversion of every element of a list; no list is None."""

    def all_of(value: Any, answer: Answer) -> list[Any] | None:
        return [convert(item, answer) for item in value] if value else None

    return all_of


vpc = arn("ec2", "vpc/")
subnet = arn("ec2", "subnet/")
security_group = arn("ec2", "security-group/")
subnets = each_of(subnet)
security_groups = each_of(security_group)
log_group = arn("logs", "log-group:")
function_name = arn("lambda", "function:")


def function(value: Any, answer: Answer) -> str | None:
    """The ARN of a function, without version or alias."""
    found = function_name(value, answer)
    return ":".join(found.split(":")[:7]) if found else None


def role(value: Any, answer: Answer) -> str | None:
    """The ARN of a role, from its ARN or name."""
    return answer.principal("role", value) if value else None


def bucket(value: Any, answer: Answer) -> str | None:
    """The ARN of a bucket from its name."""
    if not value or is_arn(value):
        return bucket_in(value, answer)
    return f"arn:{partition_of(answer.region)}:s3:::{value}"


def bucket_in(value: Any, answer: Answer) -> str | None:
    """The ARN of the bucket that an S3 address lies in."""
    name = bucket_of(value) if isinstance(value, str) else None
    return f"arn:{partition_of(answer.region)}:s3:::{name}" if name else None


def repository_in(value: Any, answer: Answer) -> str | None:
    """The ARN of the account's own ECR repository that an image comes from; AWS's own images are no asset."""
    found = repository_of(value) if isinstance(value, str) else None
    if not found or found[0] != answer.account:
        return None
    return answer.arn("ecr", f"repository/{found[2]}", region=found[1])


def key(value: Any, answer: Answer) -> str | None:
    """A KMS key: its ARN from ARN, id or known alias; other names stay as they stand."""
    if not value or (is_arn(value) and ":key/" in value):
        return value or None
    text = str(value)
    if _KEY_ID.fullmatch(text):
        return answer.arn("kms", f"key/{text}")
    alias = text.partition(":alias/")[2] if is_arn(text) else text.removeprefix("alias/")
    return answer.fact("kms-alias", f"{answer.region}/{alias}") or text


def key_asset(value: Any, answer: Answer) -> str | None:
    """A KMS key as the end of a relationship: only if its ARN is known."""
    found = key(value, answer)
    return found if is_arn(found) and ":key/" in str(found) else None


def foundation_model(value: Any, answer: Answer) -> str | None:
    """A Bedrock model: ARN, foundation model id, or the id of an inference profile (us.anthropic...)."""
    if not value or is_arn(value):
        return value or None
    text = str(value)
    if re.match(r"(us|us-gov|eu|apac|jp|au|ca|global)\.", text):
        return answer.arn("bedrock", f"inference-profile/{text}")
    return f"arn:{partition_of(answer.region)}:bedrock:{answer.region}::foundation-model/{text}"


def item_arn(service: str, resource: str, name: str) -> IdOf:
    """The ARN of a whole item that has no ARN of its own, in the account that owns it."""

    def convert(item: Any, answer: Answer) -> str | None:
        value = item.get(name) if isinstance(item, Mapping) else None
        if not value:
            return None
        owner = item.get("OwnerId") or answer.account
        return (
            f"arn:{partition_of(answer.region)}:{service}:{answer.region}:{owner}:{resource}{value}"
        )

    return convert


def tag_name(otherwise: str) -> Convert:
    """The tag Name of a whole item, or another of its fields."""

    def convert(item: Any, answer: Answer) -> str:
        return str((tags(item.get("Tags"), answer) or {}).get("Name") or item.get(otherwise, ""))

    return convert
