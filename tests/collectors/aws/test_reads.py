"""Every read exists in the SDK's own models, takes these parameters, and only reads."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape

from collectors.aws import READS
from collectors.reads import Detail, Read

NEVER = {"GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetObject"}


@cache
def _service(client: str) -> Any:
    return botocore.session.Session().get_service_model(client)


def _operation(client: str, name: str) -> OperationModel:
    return _service(client).operation_model(name)


def _steps(client: str, parent: Detail | Read) -> Iterator[tuple[str, Detail | Read, Detail]]:
    """(client of the parent, parent, detail) for every detail below a call."""
    for detail in parent.details:
        yield client, parent, detail
        yield from _steps(detail.client or client, detail)


STEPS = [step for read in READS for step in _steps(read.client, read)]
CALLS: list[tuple[str, Read | Detail]] = [(read.client, read) for read in READS] + [
    (detail.client or client, detail) for client, _, detail in STEPS
]


def _params(call: Read | Detail) -> Mapping[str, Any]:
    return {**call.params, **call.fixed} if isinstance(call, Detail) else call.params


def _at(shape: Shape, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        shape = shape.member if part.isdigit() else shape.members[part]
    return shape


def test_every_call_only_reads():
    for client, call in CALLS:
        assert re.match(r"(Get|List|Describe)[A-Z]", call.operation), (client, call.operation)
        assert call.operation not in NEVER


def test_every_call_exists_and_takes_its_parameters():
    for client, call in CALLS:
        shape = _operation(client, call.operation).input_shape
        members = set(shape.members) if shape else set()
        required = set(shape.required_members) if shape else set()
        assert required <= set(_params(call)) <= members, (client, call.operation)


def test_items_point_at_a_list():
    for client, call in CALLS:
        if call.items or call.details:
            items = _at(_operation(client, call.operation).output_shape, call.items)
            assert items.type_name == "list", (client, call.operation)


def test_details_take_parameters_that_their_parent_has():
    for client, parent, detail in STEPS:
        item = _at(_operation(client, parent.operation).output_shape, parent.items).member
        for pointer in detail.params.values():
            if pointer.startswith("^"):
                assert pointer.removeprefix("^/") in _params(parent), detail.operation
            else:
                assert _at(item, pointer).type_name == "string", detail.operation


def test_no_call_stands_twice():
    asked = [(read.client, read.operation, repr(read.params)) for read in READS]
    assert len(asked) == len(set(asked))
