"""KMS: keys, who may use them (key policy, grants), whether they rotate."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.answer import Answer, Fact, Facts
from collectors.aws.convert import arn, tags
from collectors.aws.shape import Field, Mapper, Shape, document, each
from collectors.reads import Detail, Read
from graph.estate import Piece
from graph.model import Asset, Evidence

READS: tuple[Read, ...] = (
    Read(
        client="kms",
        operation="ListKeys",
        items="/Keys",
        details=(
            Detail(operation="DescribeKey", params={"KeyId": "/KeyId"}),
            Detail(
                operation="GetKeyPolicy",
                params={"KeyId": "/KeyId"},
                fixed={"PolicyName": "default"},
            ),
            Detail(
                operation="GetKeyRotationStatus",
                params={"KeyId": "/KeyId"},
                absent=("UnsupportedOperationException",),
            ),
            Detail(operation="ListGrants", params={"KeyId": "/KeyId"}),
            Detail(operation="ListResourceTags", params={"KeyId": "/KeyId"}),
        ),
    ),
    Read(client="kms", operation="ListAliases"),
)


_key = arn("kms", "key/")


def _name(key: Any, answer: Answer) -> str | None:
    """A key's alias if one is known, else its id."""
    if not key:
        return None
    short = str(key).rpartition("/")[2]
    return answer.fact("kms-key-alias", short) or short


def _detail(fields: Mapping[str, Field]) -> Shape:
    return Shape(kind="AWS::KMS::Key", id=("^/KeyId", _key), name=("^/KeyId", _name), fields=fields)


KEY = Shape(
    kind="AWS::KMS::Key",
    items="/KeyMetadata",
    id="/Arn",
    name=("/KeyId", _name),
    fields={"state": "/KeyState", "manager": "/KeyManager", "created": "/CreationDate"},
)


def _aliases(answer: Answer) -> Iterator[Piece]:
    aliases: dict[str, list[str]] = defaultdict(list)
    for _, alias in each(answer.body, ("Aliases", "*")):
        if alias.get("TargetKeyId"):
            aliases[alias["TargetKeyId"]].append(alias["AliasName"])
    proof = Evidence(record=answer.record, fields={"aliases": "/Aliases"})
    for key, found in aliases.items():
        yield Asset(
            id=_key(key, answer) or key,
            kind="AWS::KMS::Key",
            name=_name(key, answer) or "",
            account=answer.account,
            region=answer.region,
            properties={"aliases": sorted(found)},
            evidence=(proof,),
        )


def _alias_facts(answer: Answer) -> Iterator[Fact]:
    for _, alias in each(answer.body, ("Aliases", "*")):
        key, name = alias.get("TargetKeyId"), alias.get("AliasName", "").removeprefix("alias/")
        if key:
            yield "kms-alias", f"{answer.region}/{name}", _key(key, answer) or ""
            yield "kms-key-alias", str(key).rpartition("/")[2], name


FACTS: Mapping[str, Facts] = {"kms:ListAliases": _alias_facts}

MAPPERS: Mapping[str, Mapper] = {
    "kms:ListKeys": Shape(
        kind="AWS::KMS::Key", items="/Keys/*", id="/KeyArn", name=("/KeyId", _name)
    ),
    "kms:DescribeKey": KEY,
    "kms:GetKeyPolicy": _detail({"policy": ("/Policy", document)}),
    "kms:GetKeyRotationStatus": _detail({"rotation_enabled": "/KeyRotationEnabled"}),
    "kms:ListGrants": _detail({"grants": ("/Grants", lambda grants, _: grants or [])}),
    "kms:ListResourceTags": _detail({"tags": ("/Tags", tags)}),
    "kms:ListAliases": _aliases,
}
