"""Take any one condition out of a rule: one of its cases must notice. What survives is listed with the reason."""

from pathlib import Path

from graph.rules.cases import ask
from graph.rules.load import load_rules
from graph.rules.model import Rule
from tests.graph.rules.mutate import mutants

_COUNTS = "only says which assets count as passed; the verdict of no case can change"
SURVIVORS = {
    ("AWS-BR-012", "role: applies trust_services has"): _COUNTS,
    ("X-MD-001", "model: applies artifact matches"): _COUNTS,
}
DOCS = Path(__file__).resolve().parents[3] / "docs" / "rules.md"


def _notices(rule: Rule) -> bool:
    return any(ask(rule, case)[0] != case.expect for case in rule.cases)


def test_a_rule_without_one_of_its_conditions_fails_a_case() -> None:
    rules = [rule for rule in load_rules().values() if rule.cases]
    made = [(rule.id, text, mutant) for rule in rules for text, mutant in mutants(rule)]
    survivors = {(rule_id, text) for rule_id, text, mutant in made if not _notices(mutant)}
    assert len(made) > 200
    assert survivors == set(SURVIVORS)


def test_the_survivors_stand_in_the_docs() -> None:
    written = DOCS.read_text(encoding="utf-8")
    for rule_id, text in SURVIVORS:
        assert f"{rule_id} ({text})" in written
