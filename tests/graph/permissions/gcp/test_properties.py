"""What holds of every organisation: a deny never grants, order never matters, more policies above never take away, cost is bounded."""

import time
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.permissions.gcp.cel import evaluate
from graph.permissions.gcp.scene import Asked
from tests.graph.permissions.gcp.estates import (
    ANN,
    BUCKET,
    CI,
    CLOSED,
    DEVS,
    FOLDER,
    LAB,
    MANAGER,
    OBJECT,
    ORG,
    POOL,
    SHOP,
    TRAIN,
    ask,
    binding,
    boundary,
    deny,
    organisation,
)

HOLDERS = [ORG, FOLDER, SHOP, LAB, BUCKET]
ROLES = ["roles/storage.objectViewer", "roles/viewer", "roles/storage.admin", "roles/unheard.of"]
MEMBERS = [
    ANN,
    DEVS,
    CLOSED,
    TRAIN,
    CI,
    "allUsers",
    "allAuthenticatedUsers",
    f"principalSet://{POOL}/*",
]
CONDITIONS = [
    "",
    "",
    "true",
    "false",
    "request.host == 'h'",
    "resource.type == 'storage.googleapis.com/Object'",
]
CALLERS = [ANN, TRAIN, CI, "allUsers"]
RANK = {"ExplicitlyDenied": 0, "ImplicitlyDenied": 0, "Undecided": 1, "Allowed": 2}

bindings = st.builds(
    lambda holder, role, members, condition: (holder, binding(role, *members, condition=condition)),
    st.sampled_from(HOLDERS),
    st.sampled_from(ROLES),
    st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=3),
    st.sampled_from(CONDITIONS),
)
rules = st.fixed_dictionaries(
    {
        "deniedPrincipals": st.lists(st.sampled_from([*MEMBERS, "principalSet://goog/public:all"]), max_size=2),
        "exceptionPrincipals": st.lists(st.sampled_from(MEMBERS), max_size=2),
        "deniedPermissions": st.lists(st.sampled_from(["storage.googleapis.com/*.*", "storage.googleapis.com/objects.get", "x.googleapis.com/*.*"]), max_size=2),
    }
)  # fmt: skip


def _policies(rows: Sequence[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for holder, row in rows:
        found.setdefault(holder, []).append(row)
    return found


def _decided(caller: str, rows: Sequence[tuple[str, Any]], *more: Any) -> str:
    return ask(organisation(_policies(rows), *more), caller, "storage.objects.get", OBJECT).decision


@settings(max_examples=60, deadline=None)
@given(
    st.lists(bindings, max_size=5),
    rules,
    st.sampled_from([ORG, SHOP, LAB]),
    st.sampled_from(CALLERS),
)
def test_a_deny_never_grants(rows: Any, rule: Any, holder: str, caller: str) -> None:
    with_deny = _decided(caller, rows, *deny(holder, rule))
    assert RANK[with_deny] <= RANK[_decided(caller, rows)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(bindings, max_size=5),
    st.sampled_from([ORG, SHOP]),
    st.sampled_from([SHOP, LAB, ORG]),
    st.sampled_from(CALLERS),
)
def test_a_boundary_never_grants(rows: Any, target: str, listed: str, caller: str) -> None:
    with_boundary = _decided(caller, rows, *boundary(target, listed))
    assert RANK[with_boundary] <= RANK[_decided(caller, rows)]


@settings(max_examples=60, deadline=None)
@given(st.lists(bindings, max_size=6), st.randoms(use_true_random=False), st.sampled_from(CALLERS))
def test_order_never_matters(rows: Any, random: Any, caller: str) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert _decided(caller, rows) == _decided(caller, shuffled)


@settings(max_examples=60, deadline=None)
@given(st.lists(bindings, max_size=5), bindings, st.sampled_from(CALLERS))
def test_one_more_binding_never_takes_away(rows: Any, more: Any, caller: str) -> None:
    assert RANK[_decided(caller, [*rows, more])] >= RANK[_decided(caller, rows)]


@settings(max_examples=40, deadline=None)
@given(st.lists(bindings, max_size=5), st.sampled_from(CALLERS))
def test_what_the_policy_of_a_child_says_counts_no_more_above(rows: Any, caller: str) -> None:
    low = [row for row in rows if row[0] != BUCKET]
    estate = organisation(_policies(rows))
    there = ask(estate, caller, "storage.objects.get", MANAGER + "/projects/shop").decision
    assert there == ask(organisation(_policies(low)), caller, "storage.objects.get", SHOP).decision


words = st.sampled_from(["resource.name", "request.host", "'x'", "1", "true", "request.time", "[1]", "api.getAttribute('a', '')"])  # fmt: skip
joints = st.sampled_from([" && ", " || ", " == ", " + ", " in ", " < ", " ? ", " : ", ".size()", "(", ")", "!", ".extract('{a}')", "[", "]", ".", ","])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(words, joints), max_size=30))
def test_any_condition_comes_to_yes_no_or_named_facts(parts: list[str]) -> None:
    found = evaluate("".join(parts), Asked(permission="p", resource=OBJECT))
    assert found.value is not None or found.missing


HOSTILE = {
    "brackets": "(" * 16_000,
    "lists": "[" * 8_000 + "]" * 8_000,
    "nots": "!" * 16_000 + "true",
    "sums": "1" + "+1" * 8_000,
    "ors": "true" + "||true" * 2_700,
    "parts": "a" + ".a" * 8_000,
    "calls": "'a'" + ".size()" * 2_000,
    "choices": "true?" * 3_000 + "1",
    "number": "9" * 16_000 + " == 1",
    "pattern": "resource.name.matches('" + "(a*)*" * 2_000 + "b')",
    "short pattern": "resource.name.matches('" + "(a*)*" * 190 + "b')",
    "repeats": "resource.name.matches('((a{900}){900}){900}')",
    "text": "'" + "x" * 15_000,
    "long": "true && " * 100_000 + "true",
    "times": "timestamp('" + "9" * 9_000 + "') < request.time",
    "zone": "request.time.getHours('../../etc/passwd') == 1",
    "year": "timestamp('9999-12-31T00:00:00Z') + duration('999999999h') > request.time",
}


def test_hostile_conditions_cost_little() -> None:
    asked = Asked(permission="p", resource=OBJECT, at="2026-01-01T00:00:00Z")
    for name, text in HOSTILE.items():
        start = time.process_time()
        found = evaluate(text, asked)
        assert time.process_time() - start < 1, name
        assert found.value in {None, True, False}, name
