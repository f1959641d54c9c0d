"""Hand-written answers, checked against the SDK's own model of the API: a field that the API lacks fails the test."""

from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape

from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import Record, RecordError, Scope, Snapshot

ACCOUNT = "111122223333"
HERE = Scope(provider="aws", account=ACCOUNT, region="us-east-1")


@cache
def _service(client: str) -> Any:
    return botocore.session.Session().get_service_model(client)


def answer(operation: str, body: Any = None, *, scope: Scope = HERE, **params: Any) -> Record:
    """The record of one call."""
    client, _, name = operation.partition(":")
    model = _service(client).operation_model(name)
    _check(params, model.input_shape, operation)
    _check(body, model.output_shape, operation)
    return Record(source="aws", operation=operation, scope=scope, params=params, body=body)


def failed(operation: str, code: str, **params: Any) -> Record:
    """The record of a call that ended with an error."""
    return Record(
        source="aws", operation=operation, scope=HERE, params=params, error=RecordError(code=code)
    )


def resource(address: str, **attributes: Any) -> Record:
    """The record of one Terraform resource."""
    kind = address.partition(".")[0]
    return Record(
        source="terraform",
        operation=f"terraform:{kind}",
        scope=HERE,
        params={"address": address},
        body=attributes,
    )


def estate(*records: Record) -> Estate:
    """What the records say."""
    return map_snapshot(Snapshot(records=records, coverage=()))


def edges(found: Estate, kind: str) -> set[tuple[str, str]]:
    """(source, target) of every relationship of a kind."""
    return {(r.source, r.target) for r in found.relationships if r.kind == kind}


def arn(service: str, name: str) -> str:
    """An ARN of the test account."""
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{name}"


def _check(value: Any, shape: Shape | None, where: str) -> None:
    if shape is None or value is None:
        return
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        assert isinstance(value, dict), where
        for name, item in value.items():
            assert name in shape.members, f"{where}: the API has no {name}"
            _check(item, shape.members[name], f"{where}/{name}")
    elif shape.type_name == "list":
        assert isinstance(value, list), where
        for item in value:
            _check(item, shape.member, where)
