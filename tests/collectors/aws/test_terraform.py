"""The translation of Terraform attributes: its table against the API's own model, and the way back of the evidence."""

from functools import cache
from typing import Any

import botocore.session

from collectors.aws.services import MAPPERS
from collectors.aws.terraform import _table
from collectors.origin import Origin

from .answers import arn, edges, estate, resource

FREE_FORM = {"lambda:GetPolicy"}  # its answer holds a document as text


@cache
def _service(client: str) -> Any:
    return botocore.session.Session().get_service_model(client)


def _at(shape: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        shape = shape.member if part == "*" or part.isdigit() else shape.members[part]
    return shape


def test_every_pointer_of_the_table_exists_in_the_api():
    for kind, translations in _table().items():
        for translation in translations:
            client, _, name = translation.operation.partition(":")
            model = _service(client).operation_model(name)
            assert translation.operation in MAPPERS, kind
            for pointer in (*translation.sources, *translation.constants):
                shape = model.input_shape if pointer.startswith("^") else model.output_shape
                if translation.operation not in FREE_FORM:
                    _at(shape, pointer.removeprefix("^"))


def test_a_pointer_leads_back_to_the_attribute_and_below_it():
    origin = Origin()
    origin.note("/VpcConfig/Subnets", "/vpc_config/0/subnets")
    origin.note("/VpcConfig/SecurityGroupIds", "/vpc_config/0/security_group_ids")
    assert origin.pointer("/VpcConfig/Subnets") == "/vpc_config/0/subnets"
    assert origin.pointer("/VpcConfig/Subnets/3") == "/vpc_config/0/subnets/3"
    assert origin.pointer("/VpcConfig") == "/vpc_config/0"
    assert origin.pointer("/VpcConfig/VpcId") is None
    assert origin.pointer("/Status") is None


def test_settings_spread_over_a_resource_lead_back_to_the_whole_of_it():
    origin = Origin()
    origin.note("/Block/BlockPublicAcls", "/block_public_acls")
    origin.note("/Block/IgnorePublicAcls", "/ignore_public_acls")
    assert origin.pointer("/Block") == ""


def test_a_block_may_stand_without_its_list():
    logging = {"text_data_delivery_enabled": True, "s3_config": {"bucket_name": "logs"}}
    for spelled in (logging, [{**logging, "s3_config": [logging["s3_config"]]}]):
        found = estate(
            resource(
                "aws_bedrock_model_invocation_logging_configuration.l",
                id="eu-west-1",
                logging_config=spelled,
            )
        )
        settings = "arn:aws:bedrock:eu-west-1:111122223333:settings"
        assert edges(found, "LOGS_TO") == {(settings, "arn:aws:s3:::logs")}
        assert found.assets[settings].properties["log_text"] is True


def test_null_was_read_and_a_missing_attribute_was_not():
    notebook = arn("sagemaker", "notebook-instance/n")
    found = estate(
        resource("aws_sagemaker_notebook_instance.n", arn=notebook, name="n", kms_key_id=None)
    ).assets[notebook]
    assert found.properties["kms_key"] is None
    assert "root_access" not in found.properties
    assert "subnet" not in found.properties


def test_resources_of_unknown_types_and_odd_shapes_are_left_alone():
    found = estate(
        resource("aws_not_yet_known.x", arn="arn:aws:x:us-east-1:111122223333:y"),
        resource("aws_sagemaker_model.m", arn=None, name=None),
        resource("aws_security_group.g", id="sg-1", name="g", ingress={"cidr_blocks": 7}),
    )
    assert set(found.assets) == {
        "arn:aws:iam::111122223333:root",
        arn("ec2", "security-group/sg-1"),
    }


def test_a_model_is_served_from_its_bucket():
    model, config = arn("sagemaker", "model/m"), arn("sagemaker", "endpoint-config/c")
    found = estate(
        resource(
            "aws_sagemaker_model.m",
            arn=model,
            name="m",
            execution_role_arn="arn:aws:iam::111122223333:role/r",
            primary_container=[{"image": "i", "model_data_url": "s3://acme-models/m.tgz"}],
            container=[{"image": "j", "model_data_url": "s3://acme-other/m.tgz"}],
        ),
        resource(
            "aws_sagemaker_endpoint_configuration.c",
            arn=config,
            name="c",
            production_variants=[{"model_name": "m", "initial_instance_count": 2}],
            data_capture_config=[],
        ),
        resource(
            "aws_sagemaker_endpoint.e",
            arn=arn("sagemaker", "endpoint/e"),
            name="e",
            endpoint_config_name="c",
        ),
    )
    assert edges(found, "STORED_IN") == {
        (model, "arn:aws:s3:::acme-models"),
        (model, "arn:aws:s3:::acme-other"),
    }
    assert edges(found, "SERVES") == {(arn("sagemaker", "endpoint/e"), model)}
    assert found.assets[config].properties["instance_count"] == 2
    assert found.assets[config].properties["data_capture"] is False
