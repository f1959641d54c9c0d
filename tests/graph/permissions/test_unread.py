"""What nobody read decides a question only where it matters, and is named."""

from typing import Any

import pytest

from graph.coverage import Coverage
from graph.estate import Estate
from graph.model import CoverageEntry, CoverageState, Relationship, Scope, Verdict
from graph.permissions.aws.answers import answerer
from graph.permissions.aws.derive import derive_identity
from graph.permissions.question import Answer, Question
from tests.graph.factories import ACCOUNT, arn, asset, edge, estate
from tests.graph.permissions.corpus_parts import EVE, OTHER, deny, doc, grant

ALICE, APP = arn("iam", "user/alice"), arn("iam", "role/app")
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BUCKET, OBJECT = arn("s3", "data"), arn("s3", "data/x")
MANAGEMENT = "999999999999"
ORGANISATION = f"arn:aws:organizations::{MANAGEMENT}:organization/o-1"
TOP = f"arn:aws:organizations::{MANAGEMENT}:root/o-1/r-1"
UNIT = f"arn:aws:organizations::{MANAGEMENT}:ou/o-1/ou-1"
SCP = f"arn:aws:organizations::{MANAGEMENT}:policy/o-1/service_control_policy/p-1"
FULL = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"


def read(operation: str, account: str = ACCOUNT, **params: str) -> CoverageEntry:
    return CoverageEntry(
        operation=operation,
        scope=Scope(provider="aws", account=account),
        params=params,
        state=CoverageState.COMPLETE,
    )


def known(*more: Any, entries: tuple[CoverageEntry, ...] = ()) -> Estate:
    """Alice may do everything."""
    policy = asset(f"{ALICE}/inline/all", "AWS::IAM::Policy", document=doc(grant()))
    return estate(
        asset(ALICE, "AWS::IAM::User", tags={}),
        policy,
        edge(policy.id, "ATTACHED_TO", ALICE),
        *more,
        coverage=Coverage(entries),
    )


def ask(of: Estate, principal: str = ALICE, action: str = "s3:GetObject", **more: Any) -> Answer:
    question = {"resource": OBJECT, "context": {}, **more}
    return answerer(of)(Question(id=1, principal=principal, action=action, **question))


def bucket(**properties: Any) -> Any:
    return asset(BUCKET, "AWS::S3::Bucket", **properties)


PUBLIC = doc(grant(Principal="*", Action="s3:GetObject"))


@pytest.mark.parametrize(
    ("properties", "account", "decision", "named"),
    [
        ({"policy": PUBLIC}, {}, "Undecided", "Block Public Access of data"),
        ({"policy": PUBLIC, "public_access_block": None}, {}, "Allowed", ""),
        (
            {"policy": PUBLIC, "public_access_block": {"RestrictPublicBuckets": True}},
            {},
            "ExplicitlyDenied",
            "",
        ),
        (
            {"policy": PUBLIC, "public_access_block": None},
            {"public_access_block": {"RestrictPublicBuckets": True}},
            "ExplicitlyDenied",
            "",
        ),
        ({"policy": None}, {}, "ImplicitlyDenied", ""),
    ],
)
def test_public_access_waits_for_block_public_access(properties, account, decision, named):
    of = known(bucket(**properties), asset(ROOT, "AWS::Account::Account", **account))
    answer = ask(of, "anonymous")
    assert answer.decision == decision
    assert named in answer.reason
    assert ask(of).decision == "Allowed"  # whose account it is needs no public grant


@pytest.mark.parametrize(
    ("block", "caller", "action", "decision"),
    [
        (None, "anonymous", "s3:ListBucket", "Allowed"),
        (None, "anonymous", "s3:PutBucketAcl", "ImplicitlyDenied"),
        (None, EVE, "s3:PutBucketAcl", "Undecided"),  # her own policies are not here
        ({"IgnorePublicAcls": True}, "anonymous", "s3:ListBucket", "ImplicitlyDenied"),
        ({"RestrictPublicBuckets": True}, "anonymous", "s3:ListBucket", "ExplicitlyDenied"),
    ],
)
def test_an_acl_lets_everybody_in_unless_it_is_ignored(block, caller, action, decision):
    acl = ["AllUsers READ", "AuthenticatedUsers WRITE_ACP"]
    of = known(bucket(policy=None, acl=acl, public_access_block=block))
    assert ask(of, caller, action, resource=BUCKET).decision == decision


def test_what_another_account_allows_its_own_is_not_known():
    named = doc(grant(Principal={"AWS": [EVE, OTHER]}))
    of = known(bucket(policy=named, public_access_block=None))
    answer = ask(of, EVE)
    assert answer.decision == "Undecided"
    assert f"the policies of {EVE}" in answer.reason
    assert ask(of, f"arn:aws:iam::{OTHER}:root").decision == "Allowed"
    assert ask(known(bucket(policy=None)), EVE).decision == "ImplicitlyDenied"


def test_a_bucket_that_a_whole_list_does_not_show_is_another_accounts():
    assert ask(known()).decision == "Allowed"  # nobody listed the buckets
    listed = known(entries=(read("s3:ListBuckets"),))
    answer = ask(listed)
    assert answer.decision == "Undecided"
    assert "resource policy of arn:aws:s3:::data/x" in answer.reason
    assert ask(listed, action="s3:CreateBucket", resource=BUCKET).decision == "Allowed"


def organisation(*edges: Any, above: str = UNIT) -> list[Any]:
    return [
        asset(ORGANISATION, "AWS::Organizations::Organization"),
        asset(TOP, "AWS::Organizations::Root"),
        asset(UNIT, "AWS::Organizations::OrganizationalUnit"),
        edge(UNIT, "MEMBER_OF", TOP),
        asset(ROOT, "AWS::Account::Account", organization="o-1"),
        *([edge(ROOT, "MEMBER_OF", above)] if above else []),
        *edges,
    ]


def scp(*targets: str) -> list[Any]:
    frozen = {"policy_type": "SERVICE_CONTROL_POLICY", "document": doc(deny(Action="s3:*"))}
    policy = asset(SCP, "AWS::Organizations::Policy", name="guard", **frozen)
    return [policy, *(edge(SCP, "APPLIES_TO", target) for target in targets)]


def full(*targets: str) -> list[Any]:
    open_ = {"policy_type": "SERVICE_CONTROL_POLICY", "document": doc(grant())}
    policy = asset(FULL, "AWS::Organizations::Policy", name="FullAWSAccess", **open_)
    return [policy, *(edge(FULL, "APPLIES_TO", target) for target in targets)]


LISTED = read("organizations:ListPolicies", MANAGEMENT)
TARGETS = read("organizations:ListTargetsForPolicy", MANAGEMENT, PolicyId="p-1")


def test_a_level_from_which_full_access_was_detached_allows_nothing():
    whole = known(*organisation(), *full(TOP, UNIT, ROOT), entries=(LISTED,))
    assert ask(whole).decision == "Allowed"
    answer = ask(known(*organisation(), *full(TOP, UNIT), entries=(LISTED,)))
    assert (answer.decision, answer.layer) == ("ImplicitlyDenied", "scp")


def test_an_scp_whose_targets_nobody_read_leaves_it_open():
    answer = ask(known(*organisation(), *scp(), entries=(LISTED,)))
    assert answer.decision == "Undecided"
    assert "where service control policy guard is attached" in answer.reason
    assert ask(known(*organisation(), *scp(), entries=(LISTED, TARGETS))).decision == "Allowed"


def test_an_account_whose_place_nobody_read_may_be_under_an_scp():
    loose = known(*organisation(above=""), *scp(UNIT), entries=(LISTED,))
    answer = ask(loose)
    assert answer.decision == "Undecided"
    assert f"the place of account {ACCOUNT}" in answer.reason
    assert ask(known(*organisation(), *scp(UNIT), entries=(LISTED,))).layer == "scp"


def test_an_organisation_without_its_accounts_may_hold_this_one():
    of = known(asset(ORGANISATION, "AWS::Organizations::Organization"))
    assert "service control policies" in ask(of).reason
    own = asset(ROOT, "AWS::Account::Account", management=True)
    of = known(asset(ORGANISATION, "AWS::Organizations::Organization"), own)
    assert ask(of).decision == "Allowed"


@pytest.mark.parametrize(
    ("policy", "is_open"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", True),
        (arn("iam", "policy/own"), True),
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", False),
        ("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", False),
    ],
)
def test_an_unread_policy_may_make_an_administrator(policy, is_open):
    bob = arn("iam", "user/bob")
    of = known(
        asset(bob, "AWS::IAM::User"),
        asset(policy, "AWS::IAM::ManagedPolicy"),
        edge(policy, "ATTACHED_TO", bob),
    )
    found = [
        item
        for item in derive_identity(of)
        if isinstance(item, Relationship) and (item.source, item.kind) == (bob, "CAN_ADMIN")
    ]
    assert bool(found) is is_open
    for item in found:
        assert item.verdict is Verdict.UNDECIDED
        assert item.missing == (f"the document of policy {policy.rpartition('/')[2]}",)
        assert item.evidence


@pytest.mark.parametrize(
    ("caller", "condition", "decision"),
    [
        (APP, {"StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}}, "ImplicitlyDenied"),
        (APP, {"StringLike": {"aws:username": "*"}}, "ImplicitlyDenied"),
        (APP, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, "ImplicitlyDenied"),
        (APP, {"StringNotEquals": {"aws:SourceAccount": OTHER}}, "Allowed"),
        (APP, {"Bool": {"aws:SecureTransport": "true"}}, "Allowed"),
        (APP, {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, "Allowed"),
        (APP, {"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "Undecided"),
        (ALICE, {"StringEquals": {"aws:username": "alice"}}, "Allowed"),
        (ALICE, {"Null": {"aws:PrincipalServiceName": "true"}}, "Allowed"),
    ],
)
def test_keys_that_follow_from_the_caller_are_known(caller, condition, decision):
    name = "user" if ":user/" in caller else "role"
    policy = asset(
        f"{caller}/inline/p", "AWS::IAM::Policy", document=doc(grant(Condition=condition))
    )
    of = estate(
        asset(caller, f"AWS::IAM::{name.title()}", tags={}),
        policy,
        edge(policy.id, "ATTACHED_TO", caller),
        bucket(policy=None, tags={}),
    )
    assert ask(of, caller).decision == decision
    assert ask(of, caller, context={"aws:SourceArn": BUCKET}).decision in {decision, "Allowed"}
