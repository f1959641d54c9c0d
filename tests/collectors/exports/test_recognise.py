"""Every operation of the table is recognised from an answer built by the SDK's own model."""

from typing import Any

import botocore
import botocore.session
import pytest

from collectors.exports.recognise import named_by, operations, recognise

SESSION = botocore.session.Session()
NAMES = sorted(operations())
AMBIGUOUS = 45  # answers alike in every key: only the file's name can tell them apart


def _example(shape: Any, depth: int = 0) -> Any:
    if shape.type_name == "structure":
        if depth > 3:
            return {}
        return {name: _example(member, depth + 1) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [_example(shape.member, depth + 1)]
    if shape.type_name == "map":
        return {"name": _example(shape.value, depth + 1)}
    return {"boolean": True, "integer": 1, "long": 1, "double": 1.5, "float": 1.5}.get(
        shape.type_name, "text"
    )


def _answer(name: str) -> dict[str, Any]:
    client, _, api = name.partition(":")
    shape = SESSION.get_service_model(client).operation_model(api).output_shape
    return {
        key: value
        for key, value in _example(shape).items()
        if key not in {"NextToken", "nextToken", "Marker"}
    }


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_with_a_telling_file_name_is_recognised(name):
    operation = operations()[name]
    file_name = f"{operation.client}_{operation.cli}_eu-west-1.json"
    found = recognise(_answer(name), ("dumps", file_name)).operation
    assert found is not None
    assert found.name == name


def test_almost_every_answer_is_recognised_by_its_content_alone():
    unsure = set()
    for name in NAMES:
        found = recognise(_answer(name), ("a.json",))
        if found.operation is None or found.operation.name != name:
            assert name in found.between, (name, found)
            unsure.add(name)
    assert len(unsure) <= AMBIGUOUS, sorted(unsure)


@pytest.mark.parametrize(
    "parts",
    [
        ("sagemaker_list-models_us-east-1.json",),
        ("sagemaker", "us-east-1", "ListModels.json"),
        ("us-east-1", "sagemaker-list_models.json.gz"),
        ("list-models", "sagemaker.json"),
    ],
    ids="/".join,
)
def test_names_hint_at_operations(parts):
    assert [operation.name for operation in named_by(parts)] == ["sagemaker:ListModels"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "left-pad", "version": "1.3.0", "dependencies": {}},
        {"openapi": "3.0.0", "info": {}, "paths": {}},
        {"Version": "2012-10-17", "Statement": []},
        {"data": [1, 2, 3]},
        {"name": "x", "status": "y"},
        {"items": [{"id": 1, "title": "a song", "artist": "b"}]},
        {"id": 3, "tags": ["a"]},
        {},
    ],
    ids=str,
)
def test_other_peoples_json_is_not_recognised(body):
    assert recognise(body, ("folder", "data.json")).operation is None
