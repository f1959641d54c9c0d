"""Mutated rule files: each loads or is refused with one sentence; none hangs, none brings anything else to light."""

import copy
import random
import tomllib
from typing import Any

import pytest

from graph.content import toml_files
from graph.model import ContentError
from graph.rules.load import read_rule

FILES = [content for kind in ("posture", "toxic") for _, content in toml_files(f"rules/{kind}")]
_VALUES: tuple[Any, ...] = (
    "", "x", "{notebook}", "a -CAN_READ-> b", "a -[CAN_READ*0..]-> a", "(((((a+)+)+)+)+)+$", "\x00\u202e", "__import__('os')",
    0, -1, 10**30, 1.5, float("nan"), True, None, [], [[]], ["x", 1], {}, {"eq": {}}, {"matches": "["}, {"cidr": "1.2.3"},
    {"any": [{}]}, [{"steps": 1}], [{"steps": "a -A-> b"}],
)  # fmt: skip
_KEYS = ("x", "where", "applies", "any", "is", "label", "kind", "rests_on", "steps", "\u202e", "")
COUNT = 10_000


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every (container, key) below a value."""
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        for key in keys:
            found.append((value, key))
            _places(value[key], found)
    return found


def _mutated(content: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    made = copy.deepcopy(content)
    for _ in range(chance.randint(1, 3)):
        places = _places(made, [])
        if not places:
            break
        container, key = chance.choice(places)
        match chance.randrange(5):
            case 0:
                container[key] = copy.deepcopy(chance.choice(_VALUES))
            case 1:
                del container[key]
            case 2 if isinstance(container, dict):
                container[chance.choice(_KEYS)] = container.pop(key)
            case 3 if isinstance(container[key], str):
                container[key] = _garbled(container[key], chance)
            case _:
                other, there = chance.choice(places)
                if there in (other if isinstance(other, dict) else range(len(other))):
                    container[key] = copy.deepcopy(other[there])
    return made


def _garbled(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice("{}[]()<>|/*-\\\"'\x00é") + text[at + chance.randrange(3) :]


def _sentence(content: Any) -> str:
    """Nothing if it loads, else what the refusal says; anything else is a failure of the test."""
    try:
        read_rule(content, "rules/x.toml")
    except ContentError as error:
        return str(error)
    return ""


def test_ten_thousand_mutated_rules() -> None:
    chance = random.Random(20261126)
    refused = 0
    for _ in range(COUNT):
        said = _sentence(_mutated(chance.choice(FILES), chance))
        refused += bool(said)
        assert not said or said.startswith("rules/x.toml"), said
        assert "\n" not in said
        assert len(said) < 400
    assert COUNT / 10 < refused < COUNT  # the mutations do reach what is checked


@pytest.mark.parametrize("content", [None, [], "x", 1, {}, {"kind": "posture"}])
def test_what_is_no_rule_at_all(content: Any) -> None:
    assert _sentence(content).startswith("rules/x.toml")


def test_a_bomb_of_brackets_is_refused() -> None:
    with pytest.raises((ContentError, tomllib.TOMLDecodeError, RecursionError)):
        read_rule(tomllib.loads("a = " + "[" * 5000 + "]" * 5000), "rules/x.toml")
