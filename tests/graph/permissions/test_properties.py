"""What must hold of every request, whatever the policies say."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.permissions.aws.patterns import matches, pattern
from graph.permissions.aws.whatif import answer_case
from tests.graph.permissions.corpus_parts import ACCOUNT, ALICE, APP, EVE, QUEUE, ROOT, SESSION

ACTIONS = ("sqs:SendMessage", "sqs:ReceiveMessage")
names = st.sampled_from(
    ["*", "sqs:*", "sqs:Send*", "sqs:Receive*", "sqs:?endMessage", "s3:*", *ACTIONS]
)
places = st.sampled_from(["*", QUEUE, QUEUE[:-1] + "*", QUEUE + "x", "arn:aws:sqs:*:*:*"])
tests = st.sampled_from(
    [
        {"StringEquals": {"aws:PrincipalTag/team": "red"}},
        {"StringNotEquals": {"aws:PrincipalTag/team": "red"}},
        {"StringLikeIfExists": {"aws:username": "a*"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Null": {"aws:SourceIp": "true"}},
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    ]
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "aws:PrincipalTag/team": st.sampled_from(["red", "blue"]),
        "aws:username": st.sampled_from(["alice", "bob"]),
        "aws:SecureTransport": st.sampled_from(["true", "false"]),
        "aws:SourceIp": st.sampled_from(["203.0.113.5", "198.51.100.1"]),
        "aws:TagKeys": st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
    },
)
whom = st.sampled_from(
    ["*", {"AWS": ALICE}, {"AWS": ROOT}, {"AWS": APP}, {"AWS": SESSION}, {"AWS": EVE}]
)


def statements(
    *, principal: bool = False, effects: tuple[str, ...] = ("Allow", "Allow", "Deny")
) -> Any:
    parts: dict[str, Any] = {
        "Effect": st.sampled_from(effects),
        "Action": names,
        "Resource": places,
    }
    if principal:
        parts["Principal"] = whom
    return st.fixed_dictionaries(parts, optional={"Condition": tests})


def documents(**more: Any) -> Any:
    found = st.lists(statements(**more), min_size=1, max_size=4)
    return found.map(lambda items: {"Version": "2012-10-17", "Statement": items})


cases = st.fixed_dictionaries(
    {
        "principal": st.sampled_from(
            [ALICE, APP, SESSION, EVE, "anonymous", "sns.amazonaws.com", ROOT]
        ),
        "action": st.sampled_from(ACTIONS),
        "resource": st.just(QUEUE),
        "context": contexts,
        "identityPolicies": st.lists(documents(), max_size=3),
    },
    optional={
        "resourcePolicy": documents(principal=True),
        "permissionBoundary": documents(),
        "sessionPolicy": documents(),
        "scps": st.lists(st.lists(documents(), min_size=1, max_size=2), max_size=3),
        "rcps": st.lists(st.lists(documents(principal=True), max_size=2), max_size=2),
        "vpcEndpointPolicies": st.lists(documents(principal=True), min_size=1, max_size=2),
    },
)
DENY_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
}
ALLOW_ALL: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
FOR_ALL = {"Version": "2012-10-17", "Statement": [{**ALLOW_ALL["Statement"][0], "Principal": "*"}]}
MANY = settings(max_examples=300)


def decided(case: dict[str, Any]) -> str:
    decision = answer_case(json.dumps({"id": 1, **case}).encode()).decision
    assert decision in {"Allowed", "ImplicitlyDenied", "ExplicitlyDenied"}
    return decision


@MANY
@given(cases, documents(effects=("Deny",)), st.sampled_from(["identityPolicies", "permissionBoundary", "sessionPolicy", "scps", "resourcePolicy"]))  # fmt: skip
def test_adding_a_deny_never_grants(case, more, where):
    before = decided(case)
    case = json.loads(json.dumps(case))
    if where == "identityPolicies":
        case[where].append(more)
    elif where == "scps":
        case[where] = [[ALLOW_ALL, more], *case.get(where, [])]
    elif where == "resourcePolicy":
        spoken = [{**item, "Principal": "*"} for item in more["Statement"]]
        case.setdefault(where, {"Version": "2012-10-17", "Statement": []})["Statement"] += spoken
    elif where in case:
        case[where]["Statement"] += more["Statement"]
    after = decided(case)
    assert before == "Allowed" or after != "Allowed"
    assert before != "ExplicitlyDenied" or after == "ExplicitlyDenied"


@MANY
@given(cases, documents(effects=("Allow",)))
def test_adding_an_allow_never_removes(case, more):
    if decided(case) == "Allowed":
        assert decided({**case, "identityPolicies": [*case["identityPolicies"], more]}) == "Allowed"


@MANY
@given(cases)
def test_a_wider_allow_never_removes(case):
    wider = json.loads(json.dumps(case))
    for document in wider["identityPolicies"]:
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                statement.update(Action="*", Resource="*")
                statement.pop("Condition", None)
    assert decided(case) != "Allowed" or decided(wider) == "Allowed"


@MANY
@given(cases, st.randoms(use_true_random=False))
def test_order_never_matters(case, random):
    other = json.loads(json.dumps(case))
    random.shuffle(other["identityPolicies"])
    for document in [*other["identityPolicies"], other.get("resourcePolicy", {})]:
        random.shuffle(document.get("Statement", []))
    for level in [*other.get("scps", []), *other.get("rcps", [])]:
        random.shuffle(level)
    random.shuffle(other.get("scps", []))
    assert decided(other) == decided(case)


@MANY
@given(
    cases, st.sampled_from(["permissionBoundary", "sessionPolicy", "scps", "vpcEndpointPolicies"])
)
def test_what_limits_never_grants(case, layer):
    without = {key: value for key, value in case.items() if key != layer}
    assert decided(case) != "Allowed" or decided(without) == "Allowed"


@MANY
@given(cases)
def test_what_limits_nothing_changes_nothing(case):
    open_ = {"permissionBoundary": ALLOW_ALL, "sessionPolicy": ALLOW_ALL, "scps": [[ALLOW_ALL]],
             "vpcEndpointPolicies": [FOR_ALL], "rcps": [[]]}  # fmt: skip
    for layer, value in open_.items():
        if layer not in case:
            assert decided({**case, layer: value}) == decided(case)


@MANY
@given(cases)
def test_an_explicit_deny_of_everything_always_wins(case):
    if case["principal"] in {ALICE, APP, SESSION, EVE}:
        policies = [*case["identityPolicies"], DENY_ALL]
        assert decided({**case, "identityPolicies": policies}) == "ExplicitlyDenied"
    assert decided({**case, "rcps": [[{"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}]]}) == "ExplicitlyDenied"  # fmt: skip


@MANY
@given(cases)
def test_across_accounts_nothing_is_allowed_by_one_side(case):
    far = {**case, "principal": EVE}
    assert decided({**far, "identityPolicies": []}) != "Allowed"
    far.pop("resourcePolicy", None)
    assert decided(far) != "Allowed"
    assert ACCOUNT not in EVE


texts = st.text(alphabet="ab*?", max_size=8)


@settings(max_examples=1_000)
@given(texts, st.text(alphabet="ab", max_size=10))
def test_wildcards_match_as_their_definition_says(text, value):
    assert matches(text, value) is by_definition(text, value)


def by_definition(text: str, value: str) -> bool:
    """Wildcards, the slow way."""
    if not text:
        return not value
    if text[0] == "*":
        return by_definition(text[1:], value) or (bool(value) and by_definition(text, value[1:]))
    return bool(value) and text[0] in {"?", value[0]} and by_definition(text[1:], value[1:])


@given(st.text(max_size=20))
def test_a_text_without_wildcards_matches_itself_alone(text):
    plain = text.replace("*", "").replace("?", "")
    assert pattern(plain).matches(plain)
    assert not pattern(plain).matches(plain + "x")
