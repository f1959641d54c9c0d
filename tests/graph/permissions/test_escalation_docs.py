"""docs/escalation.md shows every technique as it is shipped."""

from pathlib import Path

from graph.permissions.aws.catalogue import rows
from graph.permissions.techniques import techniques

PAGE = Path(__file__).parents[3] / "docs" / "escalation.md"
HEAD = ["| id | what | way | permissions | ATT&CK |", "|---|---|---|---|---|"]


def table() -> list[str]:
    lines = []
    for row in rows():
        known = techniques()[row.id]
        actions = [*(["iam:PassRole"] if row.way == "pass" else []), *row.actions]
        needed = (
            ", ".join(f"`{action}`" for action in actions) or "the tagging action of the target"
        )
        attack = ", ".join(known.attack)
        lines.append(f"| {row.id} | {known.title} | {row.way} | {needed} | {attack} |")
    return HEAD + lines


def test_the_table_is_that_of_the_data() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = [line for line in text[text.index(HEAD[0]) :].splitlines() if line.startswith("|")]
    assert shown == table(), "put the lines of table() into docs/escalation.md"
