"""Terraform of every remediation: no resource type, argument or block that its provider does not have, none missing.

The tables are written by `packaging/terraform_schemas.py`; newer.json is by hand, from documentation.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.rules.load import load_rules
from graph.rules.model import Rule
from tests.graph.rules import hcl

SCHEMAS = Path(__file__).parents[2] / "fixtures" / "terraform"
RULES = [rule for rule in load_rules().values() if rule.remediation.terraform]
OF_CLOUD = {"aws": "aws", "azure": "azurerm", "gcp": "google"}


def _schema() -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for path in sorted(SCHEMAS.glob("*.json")):  # newer.json adds to the tables of the providers
        table = json.loads(path.read_text("utf-8"))
        for kind in ("resource", "data"):
            for name, level in table[kind].items():
                known = found.setdefault(
                    (kind, name), {"attributes": [], "blocks": {}, "required": []}
                )
                known["attributes"] += level["attributes"]
                known["blocks"] |= level["blocks"]
                known["required"] += level["required"]
    return found


SCHEMA = _schema()


def _wrong(block: hcl.Block, level: dict[str, Any], where: str) -> Iterator[str]:
    blocks = {each.type for each in block.blocks}
    for name in block.arguments:
        if name not in level["attributes"]:
            yield f"{where}.{name}: {'a block' if name in level['blocks'] else 'no such argument'}"
    for name in level["required"]:
        if name not in blocks.union(block.arguments):
            yield f"{where}.{name}: required"
    for each in block.blocks:
        if each.type not in level["blocks"]:
            given = "an argument" if each.type in level["attributes"] else "no such block"
            yield f"{where}.{each.type}: {given}"
        else:
            yield from _wrong(each, level["blocks"][each.type], f"{where}.{each.type}")


def _faults(text: str) -> list[str]:
    found = []
    for block in hcl.read(text):
        kind, (name, _) = block.type, block.labels
        if (kind, name) not in SCHEMA:
            found.append(f"{kind} {name}: not in the provider")
        else:
            found += _wrong(block, SCHEMA[kind, name], name)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_terraform_is_what_its_provider_takes(rule: Rule) -> None:
    assert _faults(rule.remediation.terraform) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_terraform_is_of_the_cloud_of_its_rule(rule: Rule) -> None:
    blocks = hcl.read(rule.remediation.terraform)
    providers = {block.labels[0].partition("_")[0] for block in blocks}
    assert providers == {OF_CLOUD[rule.remediation.cloud]}


BUCKET = 'resource "aws_s3_bucket_versioning" "this" {\n  bucket = "a"\n%s}\n'
STATUS = '  versioning_configuration {\n    status = "Enabled"\n  }\n'


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "aws_s3_bucket_versioning.versioning_configuration: required"),
        (STATUS + "  buckett = 1\n", "aws_s3_bucket_versioning.buckett: no such argument"),
        (STATUS + "  mfaa {\n  }\n", "aws_s3_bucket_versioning.mfaa: no such block"),
        (STATUS + "  mfa {\n  }\n", "aws_s3_bucket_versioning.mfa: an argument"),
        ("  versioning_configuration = 1\n", "aws_s3_bucket_versioning.versioning_configuration: a block"),
        (
            STATUS.replace("status", "state"),
            "aws_s3_bucket_versioning.versioning_configuration.state: no such argument",
        ),
    ],
)  # fmt: skip
def test_what_a_provider_does_not_take_is_seen(body: str, fault: str) -> None:
    assert _faults(BUCKET % STATUS) == []
    assert fault in _faults(BUCKET % body)


def test_a_type_that_no_provider_has_is_seen() -> None:
    assert _faults('resource "aws_dream" "x" {}') == ["resource aws_dream: not in the provider"]


@pytest.mark.parametrize(
    "text",
    [
        'resource "a" "b" {',
        'resource "a" "b" {\n  c = \n}',
        'resource "a" "b" {\n  c = [1\n}',
        'resource "a" "b" {\n  c = 1]\n}',
        'resource "a" "b" {\n  c = 1\n  c = 2\n}',
        'resource "a" "b" {\n  c d {\n  }\n}',
        'resource "a" "b" {\n  c {} d = 1\n}',
        'resource "a" "b" {\n  c = "open\n}',
        "c = 1",
        'resource "a" "b" {}\n}',
    ],
)
def test_what_is_not_terraform_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        hcl.read(text)


def test_every_type_has_one_table_and_every_table_is_used() -> None:
    used = {
        (block.type, block.labels[0])
        for rule in RULES
        for block in hcl.read(rule.remediation.terraform)
    }
    assert used == set(SCHEMA)
