"""Who is and who can become administrator: the account with every known escalation, chains, pairs, what was not read."""

import json
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from app import sources
from collectors.mapping import map_snapshot
from graph.derive import derive
from graph.model import Relationship, Verdict
from graph.permissions.aws.derive import derive_identity
from graph.permissions.escalation import Escalation, PairQuestion, PrincipalVerdict
from graph.permissions.techniques import technique
from tests.graph.factories import ACCOUNT, arn, asset, edge, estate

FIXTURES = Path(__file__).parents[2] / "fixtures" / "identity"
DEFAULT = ("iam_vulnerable_gaad.json",)
FULL = ("iam_vulnerable_full_gaad.json", "iam_vulnerable_full_inventory.json")
EXPECTED = json.loads((FIXTURES / "iam_vulnerable_expected.json").read_text(encoding="utf-8"))
CASES = [
    (files, principal, verdict)
    for files, key in ((DEFAULT, "default"), (FULL, "allModules"))
    for principal, verdict in EXPECTED[key].items()
]


@cache
def opened(files: tuple[str, ...]) -> Escalation:
    snapshot = sources.load([FIXTURES / name for name in files])
    return Escalation(derive(map_snapshot(snapshot), [derive_identity]))


@cache
def verdicts(files: tuple[str, ...]) -> dict[str, PrincipalVerdict]:
    return {item.principal.split(":")[-1]: item for item in opened(files).verdicts()}


@pytest.mark.parametrize(("files", "principal", "verdict"), CASES)
def test_iam_vulnerable(files: tuple[str, ...], principal: str, verdict: str) -> None:
    found = verdicts(files)[principal]
    assert found.verdict == verdict
    assert bool(found.missing) is (verdict == "conditional")
    assert bool(found.steps) is (verdict != "no")
    for step in found.steps:
        assert step.evidence, step
        assert not step.technique or technique(step.technique)


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        (DEFAULT, {"admin": 5, "yes": 44, "conditional": 26, "no": 12}),
        (FULL, {"admin": 8, "yes": 58, "conditional": 12, "no": 12}),
    ],
)
def test_every_principal_has_one_verdict(files: tuple[str, ...], counts: dict[str, int]) -> None:
    assert Counter(item.verdict for item in verdicts(files).values()) == counts


def test_what_nobody_read_is_the_missing_fact() -> None:
    found = verdicts(DEFAULT)["user/privesc17-EditExistingLambdaFunctionWithRole-user"]
    assert [step.technique for step in found.steps] == ["lambda-003"]
    assert "lambda:ListFunctions was not read" in found.missing[0]


def test_steps_tell_the_chain() -> None:
    found = verdicts(DEFAULT)["role/privesc-AssumeRole-starting-role"]
    assert [step.technique for step in found.steps] == ["sts-001", "sts-001", ""]
    assert found.steps[0].target == found.steps[1].source


@pytest.mark.parametrize(
    ("principal", "target", "gain", "verdict"),
    [
        ("role/privesc-AssumeRole-starting-role", "role/privesc-AssumeRole-ending-role", "", "yes"),
        ("role/privesc-AssumeRole-ending-role", "user/fp3-deny-iam-user", "identity", "yes"),
        ("user/fp3-deny-iam-user", "role/privesc-AssumeRole-ending-role", "identity", "no"),
        ("user/privesc4-CreateAccessKey-user", "user/terraform-operator", "", "yes"),
        ("user/privesc6-UpdateLoginProfile-user", "user/terraform-operator", "", "conditional"),
    ],
)
def test_pairs(principal: str, target: str, gain: str, verdict: str) -> None:
    prefix = "arn:aws:iam::123456789012:"
    question = PairQuestion(id=7, principal=prefix + principal, target=prefix + target, gain=gain)
    found = opened(DEFAULT).answer(question)
    assert (found.id, found.verdict) == (7, verdict)
    assert bool(found.missing) is (verdict == "conditional")


def test_pairs_know_the_account_by_its_number() -> None:
    user = "arn:aws:iam::123456789012:user/privesc1-CreateNewPolicyVersion-user"
    found = opened(DEFAULT).answer(PairQuestion(id=1, principal=user, target="123456789012"))
    assert found.verdict == "yes"


def test_a_pair_with_a_stranger_is_open() -> None:
    found = opened(DEFAULT).answer(PairQuestion(id=1, principal="arn:x", target="123456789012"))
    assert found.verdict == "conditional"
    assert found.missing == ("arn:x is not in the snapshot",)


def test_a_gain_that_nobody_knows_is_an_error() -> None:
    found = opened(DEFAULT).answer(PairQuestion(id=1, principal="a", target="b", gain="fame"))
    assert found.verdict == "error"
    assert "fame" in found.reason


USER, ROLE, SECRET = (
    arn("iam", "user/u"),
    arn("iam", "role/r"),
    arn("secretsmanager", "secret:s"),
)


def test_gains_that_are_less_than_control() -> None:
    known = Escalation(
        estate(
            asset(USER, "AWS::IAM::User"),
            asset(ROLE, "AWS::IAM::Role"),
            asset(SECRET, "AWS::SecretsManager::Secret"),
            edge(USER, "CAN_ASSUME", ROLE),
            edge(ROLE, "CAN_READ", SECRET),
        )
    )
    asked = {
        gain: known.answer(PairQuestion(id=1, principal=USER, target=SECRET, gain=gain)).verdict
        for gain in ("secret", "owner", "invoke", "")
    }
    assert asked == {"secret": "yes", "owner": "no", "invoke": "no", "": "no"}


def test_a_sure_detour_is_shown_before_an_open_shortcut() -> None:
    account = f"arn:aws:iam::{ACCOUNT}:root"
    known = Escalation(
        estate(
            asset(USER, "AWS::IAM::User"),
            asset(ROLE, "AWS::IAM::Role"),
            edge(USER, "CAN_GRANT", account, missing=["x"], verdict=Verdict.UNDECIDED),
            edge(USER, "CAN_ASSUME", ROLE),
            edge(ROLE, "CAN_ADMIN", account),
        )
    )
    found = known.verdict(USER)
    assert found.verdict == "yes"
    assert [step.target for step in found.steps] == [ROLE, account]
    assert known.verdict(ROLE).verdict == "admin"


def reached(start: str, edges: list[Relationship], verdicts: set[Verdict], goal: str) -> bool:
    """By trying everything."""
    seen, todo = {start}, [start]
    while todo:
        node = todo.pop()
        for item in edges:
            if item.source == node and item.verdict in verdicts and item.target not in seen:
                seen.add(item.target)
                todo.append(item.target)
    return goal in seen


@pytest.mark.parametrize("seed", range(40))
def test_verdicts_are_those_of_trying_everything(seed: int) -> None:
    dice, account = Random(seed), f"arn:aws:iam::{ACCOUNT}:root"
    roles = [arn("iam", f"role/r{number}") for number in range(8)]
    edges = [
        edge(
            dice.choice(roles),
            "CAN_ASSUME",
            dice.choice(roles),
            dice.choice([Verdict.YES, Verdict.UNDECIDED]),
            missing=["a fact"],
        )
        for _ in range(10)
    ]
    edges.append(edge(roles[0], "CAN_ADMIN", account))
    known = Escalation(estate(*(asset(role, "AWS::IAM::Role") for role in roles), *edges))
    sure = list(known.estate.relationships)
    for role in roles:
        found = known.verdict(role)
        expected = "no"
        if reached(role, sure, {Verdict.YES, Verdict.UNDECIDED}, account):
            expected = "conditional"
        if reached(role, sure, {Verdict.YES}, account):
            expected = "admin" if role == roles[0] else "yes"
        assert found.verdict == expected
        ends = [(step.source, step.target) for step in found.steps]
        assert all(left[1] == right[0] for left, right in pairwise(ends))
