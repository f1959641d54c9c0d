"""Questions answered from an estate: organisation, what was not read, grants on keys."""

from typing import Any

from graph.coverage import Coverage
from graph.estate import Estate
from graph.model import Asset, CoverageEntry, CoverageState, Scope
from graph.permissions.aws.answers import answerer
from graph.permissions.question import Answer, Question
from tests.graph.factories import ACCOUNT, arn, asset, edge, estate
from tests.graph.permissions.corpus_parts import deny, doc, grant

ALICE, APP, OPS = arn("iam", "user/alice"), arn("iam", "role/team/app"), arn("iam", "group/ops")
QUEUE = arn("sqs", "jobs")
KEY = arn("kms", "key/1")
UNIT = "arn:aws:organizations::999999999999:ou/o-1/ou-1"
ORGANISATION = "arn:aws:organizations::999999999999:organization/o-1"
SCP = "arn:aws:organizations::999999999999:policy/o-1/service_control_policy/p-1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def known(*more: Any, states: tuple[CoverageState, ...] = ()) -> Estate:
    """Alice may do everything through her group."""
    policy = asset(f"{OPS}/inline/all", "AWS::IAM::Policy", document=doc(grant()))
    entries = [
        CoverageEntry(
            operation="organizations:ListPolicies",
            scope=Scope(provider="aws", account=ACCOUNT),
            state=state,
        )
        for state in states
    ]
    return estate(
        asset(ALICE, "AWS::IAM::User", tags={}),
        asset(OPS, "AWS::IAM::Group"),
        policy,
        edge(policy.id, "ATTACHED_TO", OPS),
        edge(ALICE, "MEMBER_OF", OPS),
        *more,
        coverage=Coverage(entries),
    )


def ask(of: Estate, action: str = "sqs:SendMessage", resource: str = QUEUE, **more: Any) -> Answer:
    question = {"principal": ALICE, "context": {}, **more}
    return answerer(of)(Question(id=1, action=action, resource=resource, **question))


def member() -> list[Any]:
    return [
        asset(ORGANISATION, "AWS::Organizations::Organization"),
        asset(UNIT, "AWS::Organizations::OrganizationalUnit"),
        asset(ROOT, "AWS::Account::Account"),
        edge(ROOT, "MEMBER_OF", UNIT),
    ]


def scp(**properties: Any) -> list[Any]:
    policy = asset(
        SCP, "AWS::Organizations::Policy", policy_type="SERVICE_CONTROL_POLICY", **properties
    )
    return [policy, edge(SCP, "APPLIES_TO", UNIT)]


def test_policies_of_groups_count():
    answer = ask(known())
    assert (answer.decision, answer.layer) == ("Allowed", "identity")


def test_an_scp_of_a_unit_binds_its_accounts():
    frozen = doc(deny(Sid="Frozen", Action="sqs:*"))
    answer = ask(known(*member(), *scp(document=frozen)))
    assert (answer.decision, answer.layer) == ("ExplicitlyDenied", "scp")
    assert answer.statement.endswith("Frozen")
    assert (
        ask(known(*member(), *scp(document=frozen)), "s3:ListAllMyBuckets", "*").decision
        == "Allowed"
    )


def test_the_management_account_is_bound_by_none():
    items = [item for item in member() if not isinstance(item, Asset) or item.id != ROOT]
    management = asset(ROOT, "AWS::Account::Account", management=True)
    answer = ask(known(*items, management, *scp(document=doc(deny()))))
    assert answer.decision == "Allowed"


def test_an_scp_that_nobody_read_leaves_it_open_and_is_named():
    answer = ask(known(*member(), *scp()))
    assert answer.decision == "Undecided"
    assert "p-1" in answer.reason


def test_scps_that_could_not_be_listed_leave_it_open():
    answer = ask(known(*member(), states=(CoverageState.DENIED,)))
    assert answer.decision == "Undecided"
    assert "service control policies" in answer.reason
    assert ask(known(*member(), states=(CoverageState.COMPLETE,))).decision == "Allowed"
    assert (
        ask(known(states=(CoverageState.DENIED,))).decision == "Allowed"
    )  # no organisation is seen


def test_a_boundary_that_is_only_named_leaves_it_open():
    boundary = arn("iam", "policy/limit")
    policy = asset(f"{ALICE}/inline/p", "AWS::IAM::Policy", document=doc(grant()))
    attached = edge(policy.id, "ATTACHED_TO", ALICE)
    of = estate(asset(ALICE, "AWS::IAM::User", permissions_boundary=boundary), policy, attached)
    answer = ask(of)
    assert answer.decision == "Undecided"
    assert "limit" in answer.reason


def test_a_policy_that_is_only_named_may_allow_and_may_deny():
    named = asset(arn("iam", "policy/named"), "AWS::IAM::ManagedPolicy")
    attached = edge(named.id, "ATTACHED_TO", ALICE)
    alone = estate(asset(ALICE, "AWS::IAM::User"), named, attached)
    assert ask(alone).decision == "Undecided"
    beside = ask(known(named, attached))
    assert beside.decision == "Undecided"
    assert "named" in beside.reason


def test_a_condition_names_the_key_that_would_decide():
    block = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    policy = asset(f"{APP}/inline/p", "AWS::IAM::Policy", document=doc(grant(Condition=block)))
    of = estate(asset(APP, "AWS::IAM::Role"), policy, edge(policy.id, "ATTACHED_TO", APP))
    assert ask(of, principal=APP).reason == "it depends on aws:SourceIp"
    for address, expected in (("203.0.113.9", "Allowed"), ("198.51.100.1", "ImplicitlyDenied")):
        answer = ask(of, principal=APP, context={"aws:SourceIp": address})
        assert answer.decision == expected
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s"
    answer = ask(of, principal=session, context={"aws:SourceIp": "203.0.113.9"})
    assert answer.decision == "Allowed"


def test_a_key_policy_that_nobody_read_leaves_it_open():
    of = known(asset(KEY, "AWS::KMS::Key"))
    assert ask(of, "kms:Decrypt", KEY).decision == "Undecided"
    read = known(asset(KEY, "AWS::KMS::Key", policy=doc(grant(Principal={"AWS": ACCOUNT}))))
    assert ask(read, "kms:Decrypt", KEY).decision == "Allowed"


def test_grants_on_keys_allow_what_they_name_within_their_constraints():
    grants = [
        {
            "GranteePrincipal": APP,
            "Operations": ["Decrypt"],
            "Constraints": {"EncryptionContextSubset": {"team": "red"}},
            "Name": "for-app",
        }
    ]
    own = doc(grant(Principal={"AWS": arn("iam", "user/boss")}))
    of = known(asset(APP, "AWS::IAM::Role"), asset(KEY, "AWS::KMS::Key", policy=own, grants=grants))
    assert ask(of, "kms:Decrypt", KEY, principal=APP).decision == "Undecided"
    for team, expected in (("red", "Allowed"), ("blue", "ImplicitlyDenied")):
        context = {"kms:EncryptionContext:team": team}
        answer = ask(of, "kms:Decrypt", KEY, principal=APP, context=context)
        assert answer.decision == expected
    assert ask(of, "kms:Encrypt", KEY, principal=APP).decision == "ImplicitlyDenied"
    assert ask(of, "kms:Decrypt", KEY).decision == "ImplicitlyDenied"


def test_a_grant_counts_beside_a_key_policy_that_delegates():
    grants = [{"GranteePrincipal": APP, "Operations": ["Decrypt"], "GrantId": "g"}]
    delegated = doc(grant(Principal={"AWS": ROOT}))
    key = asset(KEY, "AWS::KMS::Key", policy=delegated, grants=grants)
    of = known(asset(APP, "AWS::IAM::Role"), key)
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s"
    for caller in (APP, session):
        answer = ask(of, "kms:Decrypt", KEY, principal=caller)
        assert (answer.decision, answer.layer) == ("Allowed", "grant")
    assert ask(of, "kms:Encrypt", KEY, principal=APP).decision == "ImplicitlyDenied"
    assert ask(of, "kms:Decrypt", KEY).layer == "identity"
