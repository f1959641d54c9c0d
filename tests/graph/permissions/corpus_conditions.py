"""Requests that test one condition each, from tables of AWS's documented rules; nothing here asks the evaluator."""

from collections.abc import Iterator
from typing import Any

from tests.graph.permissions.corpus_parts import ACCOUNT, Case, case, deny, doc, grant

OPERATORS = "IAM User Guide, Condition operators"
SETS = "IAM User Guide, Single-valued vs. multivalued context keys"
LOGIC = "IAM User Guide, Conditions with multiple context keys or values"
VARIABLES = "IAM User Guide, Variables and tags"
KEY = "aws:PrincipalTag/team"
ARN_KEY = "aws:SourceArn"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"

# (operator, value or values in the policy, value in the request, whether it holds)
Row = tuple[str, Any, str, bool]
SINGLE: dict[str, list[Row]] = {
    "StringEquals compares exactly, case-sensitively; a wildcard is a character": [
        ("StringEquals", "red", "red", True),
        ("StringEquals", "red", "Red", False),
        ("StringEquals", "red", "red ", False),
        ("StringEquals", "re*", "red", False),
        ("StringEquals", "re*", "re*", True),
        ("StringEquals", "re?", "red", False),
        ("StringEquals", ["blue", "red"], "red", True),
        ("StringEquals", ["blue", "green"], "red", False),
        ("StringEquals", "", "", True),
        ("StringEquals", "7", "7", True),
        ("StringEquals", "Straße", "Straße", True),
        ("StringEquals", "a.b", "axb", False),
    ],
    "StringNotEquals is true when no value is equal": [
        ("StringNotEquals", "red", "red", False),
        ("StringNotEquals", "red", "Red", True),
        ("StringNotEquals", ["blue", "red"], "red", False),
        ("StringNotEquals", ["blue", "green"], "red", True),
        ("StringNotEquals", "re*", "red", True),
    ],
    "StringEqualsIgnoreCase ignores case": [
        ("StringEqualsIgnoreCase", "red", "RED", True),
        ("StringEqualsIgnoreCase", "RED", "red", True),
        ("StringEqualsIgnoreCase", "red", "blue", False),
        ("StringEqualsIgnoreCase", "r*", "RED", False),
        ("StringNotEqualsIgnoreCase", "red", "RED", False),
        ("StringNotEqualsIgnoreCase", "red", "blue", True),
        ("StringNotEqualsIgnoreCase", ["RED", "blue"], "red", False),
    ],
    "StringLike knows * and ?, case-sensitively, over colons and slashes": [
        ("StringLike", "re*", "red", True),
        ("StringLike", "re*", "re", True),
        ("StringLike", "re?", "red", True),
        ("StringLike", "re?", "re", False),
        ("StringLike", "re?", "reds", False),
        ("StringLike", "RE*", "red", False),
        ("StringLike", "*", "", True),
        ("StringLike", "*", "anything:at/all", True),
        ("StringLike", "a*c*e", "abcde", True),
        ("StringLike", "a*c*e", "aecd", False),
        ("StringLike", "*ed", "red", True),
        ("StringLike", "*ed", "reds", False),
        ("StringLike", "a*a", "a", False),
        ("StringLike", "a*b*b", "ab", False),
        ("StringLike", "a:*:c", "a:b/x:c", True),
        ("StringLike", "?*", "", False),
        ("StringLike", "?*", "x", True),
        ("StringLike", "r.d", "red", False),
        ("StringLike", "[r]ed", "red", False),
        ("StringLike", ["x*", "r*"], "red", True),
        ("StringNotLike", "re*", "red", False),
        ("StringNotLike", "re*", "blue", True),
        ("StringNotLike", ["bl*", "re*"], "red", False),
        ("StringNotLike", ["bl*", "gr*"], "red", True),
    ],
    "Numeric operators compare numbers, not texts": [
        ("NumericEquals", "10", "10", True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", 10, "10", True),
        ("NumericEquals", "10", "11", False),
        ("NumericEquals", "10", "ten", False),
        ("NumericNotEquals", "10", "11", True),
        ("NumericNotEquals", "10", "10", False),
        ("NumericNotEquals", ["10", "11"], "11", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThan", "9", "10", False),
        ("NumericLessThan", "100", "20", True),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericLessThanEquals", "10", "10.5", False),
        ("NumericGreaterThan", "10", "11", True),
        ("NumericGreaterThan", "10", "10", False),
        ("NumericGreaterThan", "9", "10", True),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericGreaterThanEquals", "10", "9.99", False),
        ("NumericLessThan", "0", "-1", True),
        ("NumericLessThan", ["5", "50"], "20", True),
    ],
    "Date operators know ISO 8601 and seconds since 1970": [
        ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", True),
        ("DateEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
        ("DateEquals", "1767225600", "2026-01-01T00:00:00Z", True),
        ("DateEquals", "2026-01-01T00:00:00Z", "1767225600", True),
        ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", False),
        ("DateNotEquals", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", True),
        ("DateNotEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
        ("DateLessThan", "2026-06-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
        ("DateLessThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("DateLessThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", False),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", True),
        ("DateGreaterThan", "2026-06-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
        ("DateGreaterThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "yesterday", False),
    ],
    "Bool compares true and false": [
        ("Bool", "true", "true", True),
        ("Bool", "true", "false", False),
        ("Bool", "false", "false", True),
        ("Bool", True, "true", True),
        ("Bool", False, "true", False),
        ("Bool", "True", "true", True),
    ],
    "BinaryEquals compares base-64 texts exactly": [
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("BinaryEquals", "QmluYXJ5", "qmluyxj5", False),
    ],
    "IpAddress matches addresses and CIDR ranges of IPv4 and IPv6": [
        ("IpAddress", "203.0.113.0/24", "203.0.113.5", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.5", False),
        ("IpAddress", "203.0.113.5", "203.0.113.5", True),
        ("IpAddress", "203.0.113.5", "203.0.113.6", False),
        ("IpAddress", "203.0.113.5/32", "203.0.113.5", True),
        ("IpAddress", "0.0.0.0/0", "198.51.100.1", True),
        ("IpAddress", ["198.51.100.0/25", "203.0.113.0/24"], "198.51.100.127", True),
        ("IpAddress", ["198.51.100.0/25", "203.0.113.0/24"], "198.51.100.128", False),
        ("IpAddress", "2001:db8::/32", "2001:db8:1::5", True),
        ("IpAddress", "2001:db8::/32", "2001:db9::5", False),
        ("IpAddress", "2001:db8::1", "2001:0db8:0:0:0:0:0:1", True),
        ("IpAddress", "203.0.113.0/24", "2001:db8::1", False),
        ("IpAddress", "2001:db8::/32", "203.0.113.5", False),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.5", False),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
        ("NotIpAddress", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", False),
        ("NotIpAddress", "203.0.113.0/24", "2001:db8::1", True),
    ],
    "ArnLike and ArnEquals behave alike: each of the six parts by itself, with wildcards": [
        (operator, wanted, found, holds)
        for operator in ("ArnLike", "ArnEquals")
        for wanted, found, holds in (
            (TOPIC, TOPIC, True),
            (f"arn:aws:sns:*:{ACCOUNT}:alerts", TOPIC, True),
            ("arn:aws:sns:*:*:*", TOPIC, True),
            ("arn:aws:sns:*:alerts", TOPIC, False),
            ("arn:aws:*:alerts", TOPIC, False),
            (f"arn:aws:sns:eu-*:{ACCOUNT}:al*", TOPIC, True),
            (f"arn:aws:sns:eu-west-?:{ACCOUNT}:alerts", TOPIC, True),
            (f"arn:aws:sns:us-*:{ACCOUNT}:alerts", TOPIC, False),
            ("arn:aws:sns:*:999999999999:alerts", TOPIC, False),
            (f"arn:aws:sns:*:{ACCOUNT}:ALERTS", TOPIC, False),
            ("arn:aws:s3:::b*", "arn:aws:s3:::bucket", True),
            ("arn:aws:s3:::b*", TOPIC, False),
            ("arn:aws:lambda:*:*:function:*", "arn:aws:lambda:eu-west-1:1:function:f:1", True),
            (["arn:aws:s3:::x", TOPIC], TOPIC, True),
        )
    ],
    "ArnNotLike and ArnNotEquals are true when no value matches": [
        (operator, wanted, found, holds)
        for operator in ("ArnNotLike", "ArnNotEquals")
        for wanted, found, holds in (
            (TOPIC, TOPIC, False),
            ("arn:aws:sns:*:*:*", TOPIC, False),
            ("arn:aws:s3:::b*", TOPIC, True),
            (["arn:aws:s3:::x", "arn:aws:sns:*:*:al*"], TOPIC, False),
            (["arn:aws:s3:::x", "arn:aws:s3:::y"], TOPIC, True),
        )
    ],
}
KEYS = {
    "Numeric": "aws:MultiFactorAuthAge",
    "Date": "aws:CurrentTime",
    "Bool": "aws:SecureTransport",
    "IpA": "aws:SourceIp",
    "NotIp": "aws:SourceIp",
    "Arn": ARN_KEY,
}


def key_of(operator: str) -> str:
    """A key whose type suits the operator."""
    return next((key for start, key in KEYS.items() if operator.startswith(start)), KEY)


def both_effects(
    rule: str, source: str, block: Any, context: Any, *, holds: bool
) -> Iterator[Case]:
    """An Allow that takes effect only if the block holds, and a Deny likewise."""
    allowed = "Allowed" if holds else "ImplicitlyDenied"
    denied = "ExplicitlyDenied" if holds else "Allowed"
    yield case(
        rule, source, allowed, context=context, identityPolicies=[doc(grant(Condition=block))]
    )
    policies = [doc(grant(), deny(Condition=block))]
    yield case(rule, source, denied, context=context, identityPolicies=policies)


def operators() -> Iterator[Case]:
    """Each row as it stands, with IfExists, and as an element of a set."""
    for rule, rows in SINGLE.items():
        for operator, wanted, found, holds in rows:
            key = key_of(operator)
            yield from both_effects(
                rule, OPERATORS, {operator: {key: wanted}}, {key: found}, holds=holds
            )
            more = f"{rule}; IfExists changes nothing when the key is there"
            block = {f"{operator}IfExists": {key: wanted}}
            yield from both_effects(more, OPERATORS, block, {key: found}, holds=holds)


def absent_keys() -> Iterator[Case]:
    """What a condition says of a key that the request does not carry."""
    names = sorted({row[0] for rows in SINGLE.values() for row in rows})
    value = {
        "Arn": TOPIC,
        "Numeric": "1",
        "Date": "2026-01-01",
        "Bool": "true",
        "IpA": "10.0.0.0/8",
    }
    for name in names:
        key = key_of(name)
        wanted = next((v for start, v in value.items() if name.startswith(start)), "10.0.0.0/8")
        negated = "Not" in name
        rules = (
            ("a key that is absent: positive operators are false", f"{name}", False),
            ("...IfExists is true when the key is absent", f"{name}IfExists", True),
            ("ForAllValues is true when the key is absent", f"ForAllValues:{name}", True),
            ("ForAnyValue is false when the key is absent", f"ForAnyValue:{name}", False),
        )
        for rule, operator, holds in rules:
            plain = operator == name
            text = "a key that is absent: negated operators are true" if plain and negated else rule
            really = holds or (plain and negated)
            yield from both_effects(text, OPERATORS, {operator: {key: wanted}}, {}, holds=really)


def nulls() -> Iterator[Case]:
    """Null asks whether the key is there."""
    for context, there in (({KEY: "red"}, True), ({}, False), ({"aws:username": "x"}, False)):
        for value in ("true", "false", True, False):
            holds = (str(value).lower() == "false") is there
            yield from both_effects(
                "Null: true if the key is absent, false if it is there",
                OPERATORS, {"Null": {KEY: value}}, context, holds=holds,
            )  # fmt: skip


TAGS = "aws:TagKeys"
# (operator, values of the policy, values of the request, whether it holds)
SEVERAL: list[tuple[str, list[str], list[str], bool]] = [
    ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", ["a", "b"], ["c"], False),
    ("ForAllValues:StringEquals", ["a"], ["A"], False),
    ("ForAllValues:StringLike", ["a*"], ["ab", "ac"], True),
    ("ForAllValues:StringLike", ["a*"], ["ab", "b"], False),
    ("ForAllValues:StringEqualsIgnoreCase", ["a"], ["A", "a"], True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], False),
    ("ForAllValues:StringNotLike", ["a*"], ["b", "c"], True),
    ("ForAllValues:StringNotLike", ["a*"], ["b", "ac"], False),
    ("ForAnyValue:StringEquals", ["a", "b"], ["a"], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
    ("ForAnyValue:StringEquals", ["a"], ["A"], False),
    ("ForAnyValue:StringLike", ["a*"], ["x", "ab"], True),
    ("ForAnyValue:StringLike", ["a*"], ["x", "y"], False),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], True),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
    ("ForAnyValue:StringNotLike", ["a*"], ["ab", "c"], True),
    ("ForAnyValue:StringNotLike", ["a*"], ["ab", "ac"], False),
]


def sets() -> Iterator[Case]:
    """Keys of several values."""
    for operator, wanted, found, holds in SEVERAL:
        rule = (
            "ForAllValues: every value of the request must pass"
            if operator.startswith("ForAll")
            else "ForAnyValue: one value of the request that passes is enough"
        )
        block = {operator: {TAGS: wanted}}
        yield from both_effects(rule, SETS, block, {TAGS: found}, holds=holds)
        if len(found) == 1:
            more = "a set operator takes a single value as a set of one"
            yield from both_effects(more, SETS, block, {TAGS: found[0]}, holds=holds)
    for operator in ("ForAllValues:StringEquals", "ForAnyValue:StringEquals"):
        holds = operator.startswith("ForAll")
        rule = "an empty set: ForAllValues is true, ForAnyValue false"
        yield from both_effects(rule, SETS, {operator: {TAGS: ["a"]}}, {TAGS: []}, holds=holds)
    for operator in ("StringEquals", "StringLike", "StringEqualsIgnoreCase"):
        rule = "a key of several values needs a set operator"
        block = {operator: {TAGS: ["a", "b"]}}
        yield from both_effects(rule, SETS, block, {TAGS: ["a", "b"]}, holds=False)


def logic() -> Iterator[Case]:
    """Operators and keys are joined by AND, values by OR, values of negated operators by NOR."""
    red, tls = {KEY: "red"}, {"aws:SecureTransport": "true"}
    both = {"StringEquals": red, "Bool": tls}
    one = {"StringEquals": {KEY: "red", "aws:PrincipalOrgID": "o-1"}}
    rule = "several operators: all must hold"
    for team, secure in (("red", "true"), ("red", "false"), ("blue", "true"), ("blue", "false")):
        context = {KEY: team, "aws:SecureTransport": secure}
        holds = (team, secure) == ("red", "true")
        yield from both_effects(rule, LOGIC, both, context, holds=holds)
    rule = "several keys of one operator: all must hold"
    for team, org in (("red", "o-1"), ("red", "o-2"), ("blue", "o-1"), ("blue", "o-2")):
        context = {KEY: team, "aws:PrincipalOrgID": org}
        yield from both_effects(rule, LOGIC, one, context, holds=(team, org) == ("red", "o-1"))
    yield from both_effects("an empty Condition always holds", LOGIC, {}, {}, holds=True)
    rule = "names of keys are compared without case, values with it"
    for written in ("AWS:PRINCIPALTAG/TEAM", "aws:principaltag/team", "Aws:PrincipalTag/Team"):
        block = {"StringEquals": {written: "red"}}
        yield from both_effects(rule, LOGIC, block, {KEY: "red"}, holds=True)
        yield from both_effects(rule, LOGIC, block, {KEY: "RED"}, holds=False)


# (text in the policy, context, value of the request, whether it is equal)
PUT_IN: list[tuple[str, dict[str, Any], str, bool]] = [
    ("${aws:username}", {"aws:username": "alice"}, "alice", True),
    ("${aws:username}", {"aws:username": "alice"}, "bob", False),
    ("${AWS:UserName}", {"aws:username": "alice"}, "alice", True),
    ("x-${aws:username}-y", {"aws:username": "alice"}, "x-alice-y", True),
    ("${aws:username}/${aws:PrincipalTag/unit}",
     {"aws:username": "a", "aws:PrincipalTag/unit": "u"}, "a/u", True),
    ("${aws:username}", {}, "", False),
    ("${aws:username}", {}, "${aws:username}", False),
    ("${aws:username, 'nobody'}", {}, "nobody", True),
    ("${aws:username, 'nobody'}", {"aws:username": "alice"}, "alice", True),
    ("${aws:username, 'nobody'}", {"aws:username": "alice"}, "nobody", False),
    ("${$}5", {}, "$5", True),
    ("${*}", {}, "*", True),
    ("${*}", {}, "x", False),
    ("${?}", {}, "?", True),
    ("${?}", {}, "x", False),
    ("a${*}b", {}, "a*b", True),
    ("${aws:TagKeys}", {"aws:TagKeys": ["a", "b"]}, "a", False),
]  # fmt: skip


def variables() -> Iterator[Case]:
    """Policy variables, by version of the policy."""
    rule = "policy variables are put in before values are compared"
    for text, context, found, holds in PUT_IN:
        for operator in ("StringEquals", "StringLike"):
            block = {operator: {KEY: text}}
            yield from both_effects(rule, VARIABLES, block, {KEY: found, **context}, holds=holds)
        block = {"StringNotEquals": {KEY: text}}
        more = "a variable without a value equals nothing: negated operators hold"
        yield from both_effects(more, VARIABLES, block, {KEY: found, **context}, holds=not holds)
    old = "in policies of version 2008-10-17, or without Version, variables are literal text"
    for version in ("2008-10-17", None):
        for found, equal in (("alice", False), ("${aws:username}", True)):
            context = {KEY: found, "aws:username": "alice"}
            statement = grant(Condition={"StringEquals": {KEY: "${aws:username}"}})
            expected = "Allowed" if equal else "ImplicitlyDenied"
            yield case(
                old, VARIABLES, expected, context=context,
                identityPolicies=[doc(statement, version=version)],
            )  # fmt: skip
    no = "policy variables stand in string and ARN operators only"
    for operator, key, found in (
        ("NumericEquals", "aws:MultiFactorAuthAge", "5"),
        ("DateEquals", "aws:CurrentTime", "2026-01-01"),
        ("Bool", "aws:SecureTransport", "true"),
        ("IpAddress", "aws:SourceIp", "203.0.113.5"),
    ):
        block = {operator: {key: "${aws:PrincipalTag/v}"}}
        context = {key: found, "aws:PrincipalTag/v": found}
        yield from both_effects(no, VARIABLES, block, context, holds=False)


def cases() -> Iterator[Case]:
    """All of them."""
    for group in (operators, absent_keys, nulls, sets, logic, variables):
        yield from group()
