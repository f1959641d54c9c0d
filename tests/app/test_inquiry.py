"""Access questions on a small estate: who can, what can, why not, and the review."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app import inquiry
from graph.asset_graph import AssetGraph
from graph.derive import derive
from graph.estate import Estate
from graph.model import UserError, Verdict
from graph.permissions.question import ALLOWED, EXPLICIT, IMPLICIT, UNDECIDED
from tests.graph.factories import arn, asset, edge, estate

BUCKET = arn("s3", "train-data")
OBJECT = f"{BUCKET}/cases.csv"
READER, DEPLOY, USER = arn("iam", "role/reader"), arn("iam", "role/deploy"), arn("iam", "user/ann")
BOUNDED, OFFICE = arn("iam", "role/bounded"), arn("iam", "role/office")
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}


def policy(name: str, *statements: Mapping[str, Any]):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return asset(arn("iam", f"policy/{name}"), "AWS::IAM::ManagedPolicy", name, document=document)


def attached(name: str, to: str, how: str = "identity"):
    return replace(edge(arn("iam", f"policy/{name}"), "ATTACHED_TO", to), properties={"as": how})


def trust(who: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": who}}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture(scope="module")
def known() -> Estate:
    only_logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    from_office = {**READ, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
    no_ci = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": f"{BUCKET}/*",
        "Principal": {"AWS": DEPLOY},
    }
    return derive(
        estate(
            asset(
                BUCKET,
                "AWS::S3::Bucket",
                "train-data",
                classification="pii",
                policy={"Version": "2012-10-17", "Statement": [{**no_ci, "Sid": "NoCi"}]},
            ),
            asset(USER, "AWS::IAM::User", "ann", mfa=False, last_used="2026-10-30T08:00:00Z"),
            asset(READER, "AWS::IAM::Role", "reader", trust_policy=trust(USER), last_used=None),
            asset(DEPLOY, "AWS::IAM::Role", "deploy", trust_policy=trust(arn("iam", "root"))),
            asset(BOUNDED, "AWS::IAM::Role", "bounded", trust_policy=trust(arn("iam", "root"))),
            asset(OFFICE, "AWS::IAM::Role", "office", trust_policy=trust(arn("iam", "root"))),
            policy("read", READ),
            policy("from-office", from_office),
            policy("only-logs", only_logs),
            attached("read", READER),
            attached("read", DEPLOY),
            attached("read", BOUNDED),
            attached("only-logs", BOUNDED, "boundary"),
            attached("from-office", OFFICE),
        )
    )


@pytest.fixture(scope="module")
def graph(known: Estate) -> AssetGraph:
    return AssetGraph.build(known)


def test_who_can_names_direct_indirect_and_undecided_holders(known, graph) -> None:
    found = {item.principal: item for item in inquiry.who_can(known, graph, "s3:GetObject", OBJECT)}
    assert set(found) == {READER, USER, OFFICE}
    assert (found[READER].decision, found[READER].through) == (ALLOWED, ())
    assert (found[USER].decision, found[USER].through) == (ALLOWED, (READER,))
    assert found[OFFICE].decision == UNDECIDED
    assert "aws:sourceip" in " ".join(found[OFFICE].missing).lower()


def test_what_can_follows_the_roles_that_a_user_can_become(graph) -> None:
    (right,) = inquiry.what_can(graph, USER)
    assert (right.kind, right.target, right.through) == ("CAN_READ", BUCKET, (READER,))
    assert right.verdict is Verdict.YES
    assert right.relationship.evidence


@pytest.mark.parametrize(
    ("principal", "decision", "layers"),
    [
        (USER, IMPLICIT, ["identity"]),
        (DEPLOY, EXPLICIT, ["resource"]),
        (BOUNDED, IMPLICIT, ["boundary"]),
    ],
    ids=["nothing allows it", "the bucket denies it", "the boundary stops it"],
)
def test_why_names_each_layer_that_stops_it_and_what_would_have_to_change(
    known, principal, decision, layers
) -> None:
    found = inquiry.why(known, principal, "s3:GetObject", OBJECT)
    assert found.decision.decision == decision
    assert [item.layer for item in found.obstacles] == layers
    assert all(item.change and "{" not in item.change for item in found.obstacles)
    assert found.without.decision == ALLOWED


def test_why_finds_the_obstacle_behind_the_obstacle(known) -> None:
    found = inquiry.why(known, BOUNDED, "s3:PutObject", OBJECT)
    assert [item.layer for item in found.obstacles] == ["identity", "boundary"]
    assert found.without.decision == ALLOWED


def test_why_shows_the_statement_that_allows(known) -> None:
    found = inquiry.why(known, READER, "s3:GetObject", OBJECT)
    assert (found.decision.decision, found.obstacles) == (ALLOWED, ())
    assert [item.pointer for item in found.evidence] == ["/document/Statement/0"]


def test_the_review_has_a_row_for_each_holder_and_says_how(graph) -> None:
    rows = {row["principal"]: row for row in inquiry.review(graph)}
    assert set(rows) == {"ann", "reader", "office"}
    assert (rows["ann"]["path"], rows["ann"]["mfa"]) == ("reader", "no")
    assert (rows["reader"]["path"], rows["reader"]["mfa"]) == ("direct", "")
    assert (rows["office"]["verdict"], rows["office"]["rights"]) == ("undecided", "can read")
    assert json.dumps(list(rows.values()))


def test_unused_leaves_out_who_was_used_lately_and_who_is_not_known(graph) -> None:
    def names(days: int) -> set[str]:
        rows = inquiry.unused(inquiry.review(graph), days, "2026-11-01T00:00:00Z")
        return {row["principal"] for row in rows}

    assert names(1) == {"ann", "reader"}
    assert names(90) == {"reader"}


def test_unused_needs_the_time_of_the_snapshot(graph) -> None:
    with pytest.raises(UserError, match="does not tell when"):
        list(inquiry.unused(inquiry.review(graph), 90, ""))


def test_trust_in_everybody_is_trust_in_every_account() -> None:
    open_role = arn("iam", "role/open")
    of = derive(estate(asset(open_role, "AWS::IAM::Role", "open", trust_policy=trust("*"))))
    found = inquiry.who_can(of, AssetGraph.build(of), "sts:AssumeRole", open_role)
    assert [(item.principal, item.decision) for item in found if item.principal == "anonymous"] == [
        ("anonymous", ALLOWED)
    ]
    answer = inquiry.why(of, "anonymous", "sts:AssumeRole", open_role).decision
    assert answer.decision == IMPLICIT
    assert "everybody who has an AWS account" in answer.reason
