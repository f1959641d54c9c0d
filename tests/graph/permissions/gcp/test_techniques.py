"""Each technique of Google Cloud: an estate in which it fires, and ones in which a single changed fact stops it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.derive import derive
from graph.estate import Estate
from graph.model import Asset, Relationship, Verdict
from graph.permissions.escalation import Escalation, PairQuestion
from graph.permissions.gcp import roles
from graph.permissions.gcp.derive import derive_gcp_identity
from graph.permissions.gcp.ways import ACT_AS, Way, ways
from graph.permissions.techniques import of_cloud
from tests.graph.permissions.gcp.estates import (
    ADMIN,
    ANN,
    BOB,
    BUCKET,
    CI,
    CLOSED,
    DEFAULT,
    DEVS,
    ENDPOINT,
    FOLDER,
    LAB,
    MODEL,
    ORG,
    POOL,
    SHOP,
    TRAIN,
    VM,
    asset,
    binding,
    contains,
    custom,
    deny,
    organisation,
)

REFERENCE = Path(__file__).parents[5] / "shared" / "reference" / "identity"
CATALOGUE = REFERENCE / "gcp_escalation_catalogue.csv"
ROLE = "organizations/100/roles/r"
BASE = "//{service}.googleapis.com/projects/shop/locations/us-central1"
MADE = {  # a target of each kind that the little organisation lacks
    "apikeys.googleapis.com/Key": "//apikeys.googleapis.com/projects/shop/locations/global/keys/k",
    "orgpolicy.googleapis.com/Policy": "//orgpolicy.googleapis.com/projects/shop/policies/iam.disableServiceAccountKeyCreation",
    "cloudfunctions.googleapis.com/CloudFunction": f"{BASE.format(service='cloudfunctions')}/functions/f",
    "run.googleapis.com/Service": f"{BASE.format(service='run')}/services/s",
    "aiplatform.googleapis.com/Dataset": f"{BASE.format(service='aiplatform')}/datasets/d",
    "aiplatform.googleapis.com/ReasoningEngine": f"{BASE.format(service='aiplatform')}/reasoningEngines/a",
    "notebooks.googleapis.com/Instance": f"{BASE.format(service='notebooks')}/instances/nb",
}
THERE = {
    "iam.googleapis.com/ServiceAccount": TRAIN,
    "cloudresourcemanager.googleapis.com/Project": SHOP,
    "cloudresourcemanager.googleapis.com/Folder": FOLDER,
    "cloudresourcemanager.googleapis.com/Organization": ORG,
    "compute.googleapis.com/Instance": VM,
    "aiplatform.googleapis.com/Model": MODEL,
}
RUNS_AS = {VM, *MADE.values()}


def _estate(permissions: list[str], *more: Asset | Relationship, **holders: Any) -> Estate:
    """Ann holds these permissions in the organisation; the train account may mint tokens of the admin account."""
    policies = {
        ORG: [binding(ROLE, ANN)],
        ADMIN: [binding("roles/iam.serviceAccountTokenCreator", TRAIN)],
        BUCKET: [binding("roles/storage.objectViewer", CI)],
        **holders,
    }
    made = [asset(name, kind) for kind, name in MADE.items()]
    runs = [Relationship(source=one, kind="RUNS_AS", target=TRAIN) for one in sorted(RUNS_AS)]
    return organisation(
        policies,
        custom(ROLE, *permissions),
        *made,
        *contains(SHOP, *MADE.values()),
        *runs,
        asset(f"principal://{POOL}/subject/x"),
        *more,
    )


def _steps(estate: Estate, technique: str, source: str = ANN) -> list[Relationship]:
    return [
        item
        for item in derive_gcp_identity(estate)
        if isinstance(item, Relationship)
        and item.source == source
        and item.properties.get("technique") == technique
    ]


def _needed(way: Way) -> list[str]:
    """One permission of each set of alternatives; the least that makes the technique fire."""
    asked = [any_of[0] for any_of in (*way.needed, *way.project)]
    return [*asked, ACT_AS] if way.act_as and ACT_AS not in asked else asked


def _target(way: Way) -> str:
    if way.way == "agent":
        return f"serviceAccount:{way.agents[-1].format(number=300)}"  # of several, the one that is there
    special = {"pool": CI, "delegate": ADMIN, "definition": ORG}
    return special.get(way.way) or {**THERE, **MADE}[way.on[0]]


TECHNIQUES = [way for way in ways() if way.technique]


@pytest.mark.parametrize("way", TECHNIQUES, ids=lambda way: way.technique)
def test_it_fires_and_without_one_permission_it_does_not(way: Way) -> None:
    needed = _needed(way)
    found = {step.target: step for step in _steps(_estate(needed), way.technique)}
    step = found[_target(way)]
    assert step.kind == way.kind
    assert step.verdict is (Verdict.UNDECIDED if way.open else Verdict.YES)
    assert bool(step.missing) == bool(way.open)
    assert step.evidence
    for position in range(len(needed)):
        fewer = needed[:position] + needed[position + 1 :]
        assert not _steps(_estate(fewer), way.technique), needed[position]


@pytest.mark.parametrize("way", TECHNIQUES, ids=lambda way: way.technique)
def test_a_deny_policy_stops_it(way: Way) -> None:
    for permission in _needed(way):
        rule = {
            "deniedPrincipals": ["principalSet://goog/public:all"],
            "deniedPermissions": [roles.full(permission)],
        }
        assert not _steps(_estate(_needed(way), *deny(ORG, rule)), way.technique)


@pytest.mark.parametrize(
    ("rules", "stops"),
    [
        ([{"enforce": True}], True),
        ([{"enforce": False}], False),
        ([{"enforce": True}, {"enforce": False, "condition": {"expression": "true"}}], False),
        ([], False),
    ],
)
@pytest.mark.parametrize(
    "way", [way for way in TECHNIQUES if way.unless], ids=lambda w: w.technique
)
def test_an_organisation_policy_stops_it_where_it_is_surely_enforced(
    way: Way, rules: list[dict[str, Any]], *, stops: bool
) -> None:
    policy = f"//orgpolicy.googleapis.com/folders/200/policies/{way.unless[0]}"
    items: list[Asset | Relationship] = [
        asset(policy, constraint=way.unless[0], document={"rules": rules}),
        Relationship(source=policy, kind="APPLIES_TO", target=FOLDER),
    ]
    found = {step.target for step in _steps(_estate(_needed(way), *items), way.technique)}
    assert (_target(way) in found) is not stops


def test_every_technique_of_the_catalogue_is_there() -> None:
    if not CATALOGUE.is_file():
        pytest.skip("the catalogue is not on this machine")
    with CATALOGUE.open(encoding="utf-8") as stream:
        wanted = {row["technique"] for row in csv.DictReader(stream)}
    told = [item.row["catalogue"] for item in of_cloud("gcp") if "catalogue" in item.row]
    assert len(told) == len(set(told))
    assert set(told) == wanted


def _permissions() -> Iterator[str]:
    for way in ways():
        yield from way.actions


def test_every_permission_of_the_tables_is_one_that_google_publishes() -> None:
    """But for the old names of API keys, which only custom roles may still hold."""
    published = set(roles.published_permissions())
    unheard = {name for name in _permissions() if not published & set(roles.spellings(name))}
    assert unheard == {"serviceusage.apiKeys.create", "serviceusage.apiKeys.list"}


def test_act_as_decides_account_by_account() -> None:
    """aiplatform.user alone runs as no account of one's choice; actAs on one account is enough for that one."""
    user = organisation({SHOP: [binding("roles/aiplatform.user", ANN)]})
    assert not _steps(user, "gcp-vertex-custom-job")
    assert _steps(user, "gcp-vertex-custom-code-agent")
    one = organisation(
        {
            SHOP: [binding("roles/aiplatform.user", ANN)],
            DEFAULT: [binding("roles/iam.serviceAccountUser", ANN)],
        }
    )
    assert [step.target for step in _steps(one, "gcp-vertex-custom-job")] == [DEFAULT]
    elsewhere = organisation(
        {
            LAB: [binding("roles/aiplatform.user", ANN)],
            DEFAULT: [binding("roles/iam.serviceAccountUser", ANN)],
        }
    )
    assert not _steps(elsewhere, "gcp-vertex-custom-job")


def test_a_group_that_nobody_read_leaves_the_step_open() -> None:
    policies = {
        TRAIN: [binding("roles/iam.serviceAccountTokenCreator", CLOSED)],
        SHOP: [binding("roles/owner", TRAIN)],
    }
    escalation = Escalation(derive(organisation(policies)))
    verdict = escalation.verdict(BOB)
    assert verdict.verdict == "conditional"
    assert f"the members of {CLOSED}" in verdict.missing
    known = organisation({TRAIN: [binding("roles/iam.serviceAccountTokenCreator", DEVS)]})
    assert [step.verdict for step in _steps(known, "gcp-access-token")] == [Verdict.YES]
    assert not _steps(known, "gcp-access-token", BOB)


def test_people_and_unread_groups_meet_in_one_hub() -> None:
    groups = [f"group:g{n}@example.com" for n in range(30)]
    estate = organisation({SHOP: [binding("roles/viewer", *groups)]})
    edges = [
        item
        for item in derive_gcp_identity(estate)
        if isinstance(item, Relationship) and item.kind == "CAN_ACT_AS"
    ]
    people = [item for item in estate.assets if item.startswith(("user:", "serviceAccount:"))]
    assert len(edges) == len(people) + len(groups)


def test_unread_policies_are_a_gap_and_no_step_of_everybody() -> None:
    estate = organisation({SHOP: [binding("roles/viewer", ANN)]}, read=False)
    assert not [item for item in derive_gcp_identity(estate) if getattr(item, "source", "") == BOB]


def test_many_accounts_go_through_a_hub_that_callers_share() -> None:
    accounts = [f"serviceAccount:a{n}@shop.iam.gserviceaccount.com" for n in range(20)]
    estate = organisation(
        {SHOP: [binding("roles/iam.serviceAccountTokenCreator", ANN, BOB)]},
        *(asset(one) for one in accounts),
    )
    edges = [item for item in derive_gcp_identity(estate) if isinstance(item, Relationship)]
    out = [edge for edge in edges if edge.properties.get("technique") == "gcp-access-token"]
    hubs = {edge.target for edge in out if edge.source in {ANN, BOB}}
    assert len(hubs) == 1
    assert len(out) == 2 + 22  # two callers in; 20 accounts, train and default out


def test_who_owns_a_project_administers_it_and_what_a_chain_leads_to() -> None:
    estate = derive(
        organisation(
            {
                SHOP: [binding("roles/owner", BOB), binding("roles/editor", DEFAULT)],
                TRAIN: [binding("roles/iam.serviceAccountTokenCreator", CI)],
                LAB: [binding("roles/owner", ADMIN)],
                ADMIN: [binding("roles/iam.serviceAccountKeyAdmin", TRAIN)],
            }
        )
    )
    escalation = Escalation(estate)
    assert escalation.verdict(BOB).verdict == "admin"
    chain = escalation.answer(PairQuestion(id=1, principal=CI, target=LAB))
    assert (chain.verdict, [step.technique for step in chain.steps]) == (
        "yes",
        ["gcp-access-token", "gcp-account-key", ""],
    )
    data = escalation.answer(PairQuestion(id=2, principal=BOB, target=ENDPOINT, gain="invoke"))
    assert data.verdict == "yes"


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"api_targets": ["generativelanguage.googleapis.com"]}, Verdict.YES),
        ({"api_targets": ["maps-backend.googleapis.com"]}, None),
        ({"api_targets": []}, Verdict.UNDECIDED),
        ({}, Verdict.UNDECIDED),
    ],
)
def test_a_key_calls_what_nothing_keeps_it_from(
    told: dict[str, Any], verdict: Verdict | None
) -> None:
    model = "//aiplatform.googleapis.com/publishers/google/models/gemini-2.5-pro"
    key = MADE["apikeys.googleapis.com/Key"]
    items = [asset(model), asset(key, **told)]
    found = [
        item
        for item in derive_gcp_identity(organisation({}, *items))
        if isinstance(item, Relationship) and item.key == (key, "CAN_INVOKE", model)
    ]
    assert [item.verdict for item in found] == ([verdict] if verdict else [])
    assert all(bool(item.missing) == (item.verdict is Verdict.UNDECIDED) for item in found)


@pytest.mark.parametrize(
    ("told", "public"),
    [
        ({"acl_public": True, "uniform_access": False}, True),
        ({"acl_public": True}, True),
        ({"acl_public": False, "uniform_access": False}, False),
        ({"acl_public": True, "uniform_access": True}, False),
        ({"acl_public": True, "public_access": "enforced"}, False),
    ],
)
def test_a_list_that_names_everybody_opens_a_bucket(told: dict[str, Any], *, public: bool) -> None:
    keys = [
        item.key
        for item in derive_gcp_identity(organisation({}, asset(BUCKET, **told)))
        if isinstance(item, Relationship)
    ]
    assert (("allUsers", "CAN_READ", BUCKET) in keys) is public
