"""Commands and Bicep of Azure remediations: every option is one that the real `az` offers.

`tests/fixtures/azure/az_commands.json` was written from `az COMMAND --help` (its version stands in it); run this file as a
program, where az is on the PATH, to write it anew.
"""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.rules.load import load_rules
from graph.rules.model import Rule
from graph.schema import load_schema

FIXTURE = Path(__file__).parents[2] / "fixtures" / "azure" / "az_commands.json"
RULES = [rule for rule in load_rules().values() if rule.remediation.cloud == "azure"]
_PLACEHOLDER = re.compile(r"(?<!\$)\{[a-z][a-z0-9_.]*\}")
_OPTION = re.compile(r"^    (-[^:\[]+)(\[Required\])?", re.MULTILINE)
_BICEP = re.compile(r"^resource [a-z]\w* '(Microsoft[^@']+)@\d{4}-\d\d-\d\d(?:-preview)?' (?:existing )?= \{$", re.MULTILINE)  # fmt: skip


def commands(rule: Rule) -> Iterator[tuple[str, set[str]]]:
    """(command, its options) of every line."""
    for line in _PLACEHOLDER.sub("VALUE", rule.remediation.cli).splitlines():
        words = shlex.split(line)
        first = next(i for i, word in enumerate(words) if word.startswith("-"))
        yield " ".join(words[1:first]), {word for word in words if re.match("-{1,2}[a-z]", word)}


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(FIXTURE.read_text("utf-8"))["commands"]
    return found


@pytest.mark.parametrize("rule", [r for r in RULES if r.remediation.cli], ids=lambda r: r.id)
def test_options_exist_and_none_that_is_required_is_missing(
    rule: Rule, known: dict[str, dict[str, Any]]
) -> None:
    for command, given in commands(rule):
        assert command in known, f"az has no {command}"
        every = {name for names in known[command]["options"] for name in names.split()}
        assert given <= every, f"az {command} has no {given - every}"
        for names in known[command]["required"]:
            assert given & set(names.split()), f"az {command} needs {names}"


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_bicep_is_balanced_and_of_known_types(rule: Rule) -> None:
    text = rule.remediation.bicep
    if text:
        types = _BICEP.findall(text)
        assert types, text
        kinds = {kind.lower() for kind in load_schema().kinds} | {"microsoft.insights/diagnosticsettings"}  # fmt: skip
        assert {found.lower() for found in types} <= kinds
        bare = re.sub(r"'(?:[^'\\]|\\.)*'", "", text)
        for opened, closed in ("{}", "[]", "()"):
            assert bare.count(opened) == bare.count(closed)
        assert text.count("'") % 2 == 0


def test_every_rule_of_azure_can_be_mended_by_more_than_clicking() -> None:
    bare = [r.id for r in RULES if not (r.remediation.cli or r.remediation.terraform or r.remediation.bicep)]  # fmt: skip
    assert set(bare) <= {
        "AZ-FD-004",  # a supplier is assessed by people
        "AZ-ML-011",  # the image comes with a new instance
        "AZ-ML-018",  # a model is reviewed by people
    }


def _help(az: str, command: str) -> dict[str, list[str]]:
    """Options, and those that are required; all spellings of one in one text."""
    words = [az, *command.split(), "--help"]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    found = [(names.strip(), mark) for names, mark in _OPTION.findall(told)]
    return {
        "options": sorted(names for names, _ in found),
        "required": sorted(names for names, mark in found if mark),
    }


def main() -> None:
    """Ask az for every command that a remediation uses."""
    az = shutil.which("az") or "az"
    used = sorted({command for rule in RULES if rule.remediation.cli for command, _ in commands(rule)})  # fmt: skip
    version = subprocess.run([az, "version"], capture_output=True, text=True, check=True).stdout
    content = {"az": json.loads(version)["azure-cli"], "commands": {c: _help(az, c) for c in used}}
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
