"""Terraform state of AWS as if the API had answered (see collectors.translation)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from collectors import translation
from collectors.aws.answer import Answer
from collectors.aws.arn import is_arn
from collectors.translation import Source, Translation, restored, value_at
from graph.estate import Piece

__all__ = ["PREFIX", "joined", "restored", "translated"]
PREFIX = "terraform:aws_"

# Lists that several resources make up together: what each says is joined.
_JOINED = {
    "AWS::EC2::RouteTable": ("routes", "subnets"),
    "AWS::EC2::SecurityGroup": ("ingress", "egress"),
    "AWS::EC2::InternetGateway": ("vpcs",),
    "AWS::KMS::Key": ("aliases",),
    "AWS::Bedrock::KnowledgeBase": ("data_sources",),
    "AWS::Lambda::Function": ("policy",),
}


@cache
def _table() -> Mapping[str, tuple[Translation, ...]]:
    return translation.table("mapping/terraform_aws.toml")


def translated(resources: Iterable[Answer]) -> Iterator[Answer]:
    """The API answers that resources stand for; unknown types give none."""
    found = list(resources)
    described = {(_type(answer), str(_bucket(answer))) for answer in found}
    for answer in found:
        for each in _table().get(_type(answer), ()):
            doubled = (each.unless, str(_bucket(answer))) in described
            if not doubled and each.applies(answer.body):
                yield _translate(answer, each)


def _type(answer: Answer) -> str:
    return answer.operation.removeprefix("terraform:")


def _bucket(answer: Answer) -> Any:
    return answer.body.get("bucket") if isinstance(answer.body, Mapping) else None


def _translate(answer: Answer, each: Translation) -> Answer:
    made = each.translate(answer.body, partial(_spelled, answer))
    region = value_at(answer.body, each.region) if each.region else None
    return replace(
        answer,
        operation=each.operation,
        params=made.params,
        body=made.body,
        origin=made.origin,
        region=region or answer.region,
    )


def _spelled(answer: Answer, value: Any, source: Source) -> Any:
    if not source.arn or is_arn(value):
        return value
    service, resource = source.arn
    return answer.arn(service, f"{resource}{value}")


def joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Make one list of what several resources say of one asset (routes, rules, aliases, permissions)."""
    yield from translation.joined(pieces, _JOINED)
