"""Lambda: functions, who may call them, what they run as."""

from collections.abc import Mapping
from typing import Any

from collectors.aws.convert import (
    function,
    key,
    key_asset,
    names,
    role,
    security_group,
    security_groups,
    subnet,
    subnets,
    tags,
)
from collectors.aws.shape import Edge, Field, Mapper, Shape, document
from collectors.reads import Detail, Read

READS: tuple[Read, ...] = (
    Read(
        client="lambda",
        operation="ListFunctions",
        items="/Functions",
        details=(
            Detail(
                operation="GetPolicy",
                params={"FunctionName": "/FunctionName"},
                absent=("ResourceNotFoundException",),
            ),
            Detail(
                operation="GetFunctionUrlConfig",
                params={"FunctionName": "/FunctionName"},
                absent=("ResourceNotFoundException",),
            ),
            Detail(operation="ListTags", params={"Resource": "/FunctionArn"}),
        ),
    ),
)


_KIND = "AWS::Lambda::Function"


def _function(items: str) -> Shape:
    return Shape(
        kind=_KIND,
        items=items,
        id=("/FunctionArn", function),
        name="/FunctionName",
        fields={
            "runtime": "/Runtime",
            "environment_names": ("/Environment/Variables", names),
            "kms_key": ("/KMSKeyArn", key),
            "subnets": ("/VpcConfig/SubnetIds", subnets),
            "security_groups": ("/VpcConfig/SecurityGroupIds", security_groups),
        },
        edges=(
            Edge(kind="RUNS_AS", at="/Role", to=role),
            Edge(kind="IN_NETWORK", at="/VpcConfig/SubnetIds/*", to=subnet),
            Edge(kind="GUARDED_BY", at="/VpcConfig/SecurityGroupIds/*", to=security_group),
            Edge(kind="ENCRYPTED_BY", at="/KMSKeyArn", to=key_asset),
        ),
    )


def _detail(fields: Mapping[str, Field], param: str = "^/FunctionName") -> Shape:
    """One detail of the function that a call was made for."""
    return Shape(kind=_KIND, id=(param, function), name=(param, _short), fields=fields)


def _short(name: Any, _: object) -> str:
    parts = str(name or "").split(":")
    return parts[6] if len(parts) > 6 else parts[0]  # noqa: PLR2004 - an ARN has the name there


MAPPERS: Mapping[str, Mapper] = {
    "lambda:ListFunctions": _function("/Functions/*"),
    "lambda:GetFunction": _function("/Configuration"),
    "lambda:GetFunctionConfiguration": _function(""),
    "lambda:GetPolicy": _detail({"policy": ("/Policy", document)}),
    "lambda:GetFunctionUrlConfig": _detail({"url_auth": "/AuthType", "url": "/FunctionUrl"}),
    "lambda:ListTags": _detail({"tags": ("/Tags", tags)}, "^/Resource"),
}
