"""Statements of policies and rules of firewalls, as conditions."""

from typing import Any

import pytest

from graph.rules.structured import allows, allows_problem, opens, opens_problem

ACCOUNT = "111122223333"


def statement(**parts: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", **parts}]}


ANYONE = {"principal": "anyone"}


@pytest.mark.parametrize(
    ("document", "wanted", "expected"),
    [
        (statement(Principal="*"), ANYONE, True),
        (statement(Principal={"AWS": ["*"]}), ANYONE, True),
        (statement(Principal={"AWS": "arn:aws:iam::999999999999:root"}), ANYONE, False),
        (statement(Principal="*", Effect="Deny"), ANYONE, False),
        (None, ANYONE, False),
        (statement(Principal={"AWS": "999999999999"}), {"principal": "outsider"}, True),
        (statement(Principal={"AWS": ACCOUNT}), {"principal": "outsider"}, False),
        (
            statement(Principal={"Service": "bedrock.amazonaws.com"}),
            {"principal": "outsider"},
            False,
        ),
        (
            statement(Principal={"Service": ["bedrock.amazonaws.com"]}),
            {"principal": "service:bedrock.amazonaws.com"},
            True,
        ),
        (statement(Action="iam:*"), {"actions": ["iam:PassRole"]}, True),
        (statement(Action=["s3:GetObject"]), {"actions": ["s3:PutObject"]}, False),
        (statement(NotAction=["iam:*"]), {"actions": ["iam:PassRole"]}, False),
        (statement(NotAction=["iam:*"]), {"actions": ["s3:GetObject"]}, True),
        (statement(Action="*", Resource="*"), {"resource": "*"}, True),
        (statement(Action="*", Resource=["arn:aws:s3:::a"]), {"resource": "*"}, False),
    ],
)
def test_a_statement_allows(document: Any, wanted: dict[str, Any], expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert allows(document, wanted, ACCOUNT) is expected


def test_a_condition_on_a_named_key_excuses() -> None:
    limited = statement(Principal="*", Condition={"StringEquals": {"AWS:SourceAccount": ACCOUNT}})
    assert not allows(limited, ANYONE | {"unless": ["aws:SourceAccount"]}, ACCOUNT)
    assert not allows(limited, ANYONE | {"unless": ["*"]}, ACCOUNT)
    assert allows(limited, ANYONE | {"unless": ["aws:PrincipalOrgID"]}, ACCOUNT)
    assert allows(limited, ANYONE, ACCOUNT)


def rule(low: int | None, high: int | None, cidr: str = "0.0.0.0/0", protocol: str = "tcp") -> Any:
    return [{"protocol": protocol, "from_port": low, "to_port": high, "cidrs": [cidr]}]


def test_firewall_rules() -> None:
    jupyter = {"ports": [8888]}
    assert opens(rule(8000, 9000), jupyter)
    assert opens(rule(None, None, protocol="-1"), jupyter)
    assert opens(rule(8888, 8888, "::/0"), jupyter)
    assert not opens(rule(443, 443), jupyter)
    assert not opens(rule(8888, 8888, "10.0.0.0/8"), jupyter)
    assert opens(rule(8888, 8888, "10.0.0.0/8"), jupyter | {"from": ["10.0.0.0/8"]})
    assert not opens(rule(8888, 8888, protocol="udp"), jupyter)
    assert not opens([{**rule(8888, 8888)[0], "allow": False}], jupyter)
    assert not opens(None, jupyter)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("*", "must be a table"),
        ({"principals": "anyone"}, "no such key 'principals' (did you mean principal?)"),
        ({"principal": "everyone"}, "principal must be anyone"),
        ({"actions": "s3:*"}, "actions must be a list"),
        ({"resource": "arn:aws:s3:::a"}, "resource can only be"),
    ],
)
def test_wrong_statement_conditions(value: Any, problem: str) -> None:
    assert problem in allows_problem(value)


def test_wrong_firewall_conditions() -> None:
    assert "ports must be" in opens_problem({"ports": ["80"]})
    assert "from must be" in opens_problem({"ports": [80], "from": "0.0.0.0/0"})
    assert not opens_problem({"ports": [80]})
