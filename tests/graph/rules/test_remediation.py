"""Commands of every remediation: no operation or option that does not exist."""

import re
import shlex
from functools import cache
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session

from graph.rules.load import load_rules
from graph.rules.model import Rule

RULES = tuple(load_rules().values())
_PLACEHOLDER = re.compile(r"(?<!\$)\{[a-z][a-z0-9_.]*\}")
_GLOBAL = {"region", "output", "query", "profile"}
_SERVICES = {"s3api": "s3"}


@cache
def _model(service: str) -> dict[str, Any]:
    session = Session()
    loader = session.get_component("data_loader")
    model: dict[str, Any] = loader.load_service_model(_SERVICES.get(service, service), "service-2")
    return model


def _commands(rule: Rule) -> list[list[str]]:
    lines = _PLACEHOLDER.sub("VALUE", rule.remediation.cli).splitlines()
    return [shlex.split(line) for line in lines if line.startswith("aws ")]


def _parameters(service: str, operation: str) -> tuple[dict[str, Any], set[str]]:
    model = _model(service)
    by_name = {xform_name(name, "-"): name for name in model["operations"]}
    assert operation in by_name, f"aws {service} has no {operation}"
    shape = model["operations"][by_name[operation]].get("input", {}).get("shape")
    members = model["shapes"][shape] if shape else {}
    options = {xform_name(name, "-"): member for name, member in members.get("members", {}).items()}
    required = {xform_name(name, "-") for name in members.get("required", ())}
    types = {name: model["shapes"][member["shape"]]["type"] for name, member in options.items()}
    return types, required


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_commands_exist_with_all_that_they_require(rule: Rule) -> None:
    for _, service, operation, *rest in _commands(rule):
        types, required = _parameters(service, operation)
        given = {word.removeprefix("--") for word in rest if word.startswith("--")} - _GLOBAL
        positive = {n.removeprefix("no-") if n not in types else n for n in given}
        assert positive <= set(types), f"{operation}: no option {positive - set(types)}"
        assert required <= positive, f"{operation}: needs {required - positive}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_line_of_a_command_is_a_command(rule: Rule) -> None:
    for line in rule.remediation.cli.splitlines():
        assert line.startswith(("aws ", "az ", "gcloud ", "#")), line


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_how_it_is_mended_and_why_it_matters(rule: Rule) -> None:
    remedy = rule.remediation
    assert rule.why.endswith(".")
    assert remedy.short.endswith(".")
    assert remedy.console
    assert rule.references
    assert rule.frameworks
    if rule.kind == "toxic":
        assert rule.cut, "a combination names its cheapest cuts"
