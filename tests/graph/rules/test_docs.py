"""The table in docs/rules.md is that of the shipped rules. Run as a program, this renews it."""

import re
from pathlib import Path

from graph.rules.load import load_rules

DOCS = Path(__file__).resolve().parents[3] / "docs" / "rules.md"
MARK = "renew the table -->\n"


def table() -> str:
    """Every shipped rule on a line."""
    rules = load_rules().values()
    counts = {kind: sum(rule.kind == kind for rule in rules) for kind in ("toxic", "posture")}
    lines = [
        f"\n{counts['toxic']} toxic combinations, {counts['posture']} posture rules.\n",
        "| id | severity | what is wrong |",
        "|---|---|---|",
        *(
            f"| {rule.id} | {rule.severity.value} | {rule.title} |"
            for rule in sorted(rules, key=lambda rule: (rule.kind == "posture", rule.id))
        ),
    ]
    return "\n".join(lines) + "\n"


def test_every_known_attack_path_names_its_rules() -> None:
    section = DOCS.read_text(encoding="utf-8").partition("\n## Known attack paths\n")[2]
    rows = re.findall(r"^\| (\d+) \| .+ \| (.+) \|$", section.partition("\n## ")[0], re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 59))
    named = {rule_id for _, ids in rows for rule_id in ids.split(", ")}
    assert named <= set(load_rules())
    of_paths = {rule_id for rule_id in load_rules() if rule_id.startswith("AP-")}
    assert of_paths - named == set()


def test_the_comparison_counts_the_combinations_that_there_are() -> None:
    toxic = sum(rule.kind == "toxic" for rule in load_rules().values())
    assert f"| {toxic} combinations on connected paths;" in DOCS.read_text(encoding="utf-8")


def test_the_table_is_that_of_the_rules() -> None:
    written = DOCS.read_text(encoding="utf-8").partition(MARK)[2]
    assert written == table(), f"run: python {Path(__file__).name}"


if __name__ == "__main__":
    before = DOCS.read_text(encoding="utf-8").partition(MARK)[0]
    DOCS.write_text(before + MARK + table(), encoding="utf-8", newline="\n")
