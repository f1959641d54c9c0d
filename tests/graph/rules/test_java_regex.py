"""What Java would read differently is carried over or refused."""

import pytest

from graph.model import ContentError
from graph.rules.java_regex import java_regex
from graph.rules.load import load_rules


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|aa)*b",
        "((x?)y)+",
        "(a*){9}",
        r"\pN",
        r"\C",
        "[[:alpha:]]",
        "(?U)a",
        "(?m)^a",
        r"\Qa\E",
    ],
)
def test_what_cannot_be_carried_over_is_refused(pattern: str) -> None:
    with pytest.raises(ContentError, match="cannot be asked of a graph server"):
        java_regex(pattern)


@pytest.mark.parametrize(
    ("pattern", "body"),
    [
        ("a$", r"a\z"),
        ("(?P<n>x)", "(?:x)"),
        ("[[a&b]", r"[\[a\&b]"),
        ("[]a]", r"[\]a]"),
        ("[^]a]", r"[^\]a]"),
        ("[$a-z]", "[$a-z]"),
        ("x{2,}{", r"x{2,}\{"),
        (r"(ab)+\[?", r"(?:ab)+\[?"),
        (r"\v", r"\x0B"),
    ],
)
def test_what_java_writes_otherwise_is_rewritten(pattern: str, body: str) -> None:
    assert java_regex(pattern) == rf"(?diu)[\s\S]*(?:{body})[\s\S]*"


def test_every_shipped_expression_can_be_carried_over() -> None:
    for rule in load_rules().values():
        for node in rule.pattern.nodes.values():
            for selector in node.selectors:
                for item in (*selector.applies, *selector.where):
                    if item.operator in {"matches", "not_matches"}:
                        java_regex(item.value)
