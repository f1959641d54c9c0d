"""Commands of Google remediations: options that the reference of gcloud has."""

import re
import shlex
from collections.abc import Iterator

import pytest

from graph.rules.load import load_rules
from graph.rules.model import Rule

RULES = [rule for rule in load_rules().values() if rule.remediation.cloud == "gcp"]
_PLACEHOLDER = re.compile(r"(?<!\$)\{[a-z][a-z0-9_.]*\}")
_EVERYWHERE = {"--project", "--region", "--location"}

# Command -> options, of which those before the bar are required. Source: gcloud CLI reference.
COMMANDS = {
    "access-context-manager perimeters update": "--policy|--add-resources --add-restricted-services",
    "ai custom-jobs create": "--display-name --config|--service-account --network --enable-web-access",
    "ai endpoints create": "--display-name|--network --encryption-kms-key-name --request-response-logging-rate --request-response-logging-table",
    "ai endpoints deploy-model": "--model --display-name|--service-account --enable-access-logging",
    "ai index-endpoints create": "--display-name|--network --public-endpoint-enabled",
    "ai model-monitoring-jobs create": "--display-name --endpoint --emails --prediction-sampling-rate|--feature-thresholds",
    "compute network-attachments create": "--subnets|--connection-preference",
    "iam service-accounts remove-iam-policy-binding": "--member --role|",
    "org-policies set-policy": "|--update-mask",
    "services disable": "|--force",
    "model-armor floorsettings update": "--full-uri|--enable-floor-setting-enforcement",
    "model-armor templates update": "--location|--template-metadata-enforcement-type --pi-and-jailbreak-filter-settings-enforcement --pi-and-jailbreak-filter-settings-confidence-level --basic-config-filter-enforcement",
    "projects remove-iam-policy-binding": "--member --role|",
    "services api-keys update": "|--api-target --allowed-ips",
    "storage buckets remove-iam-policy-binding": "--member --role|",
    "storage buckets update": "|--versioning --public-access-prevention --uniform-bucket-level-access",
    "workbench instances create": "--location|--disable-public-ip --network --subnet --subnet-region --service-account-email --boot-disk-encryption --boot-disk-kms-key --data-disk-encryption --data-disk-kms-key",
    "workbench instances update": "--location|--metadata",
}  # fmt: skip


def _commands(rule: Rule) -> Iterator[tuple[str, set[str]]]:
    for line in _PLACEHOLDER.sub("VALUE", rule.remediation.cli).splitlines():
        words = shlex.split(line)
        plain = " ".join(words[1:])
        found = [name for name in COMMANDS if plain.startswith(f"{name} ")]
        assert found, f"no such command: {line}"
        yield found[0], {word.partition("=")[0] for word in words if word.startswith("--")}


@pytest.mark.parametrize("rule", [r for r in RULES if r.remediation.cli], ids=lambda r: r.id)
def test_options_exist_and_none_that_is_required_is_missing(rule: Rule) -> None:
    for command, given in _commands(rule):
        required, _, more = COMMANDS[command].partition("|")
        every = {*required.split(), *more.split(), *_EVERYWHERE}
        assert given <= every, f"gcloud {command} has no {given - every}"
        assert set(required.split()) <= given, f"gcloud {command} needs more"


def test_every_rule_of_google_says_how_it_is_mended() -> None:
    assert len([rule for rule in RULES if rule.kind == "posture"]) >= 25
    for rule in RULES:
        assert rule.remediation.console
        assert rule.remediation.cli or rule.remediation.terraform or rule.remediation.recreate
