"""Edges of an estate: what the index leaves out, no request would have allowed."""

import itertools
from typing import Any

import pytest

from graph.estate import Estate
from graph.model import Relationship, Verdict
from graph.permissions.aws.access import access_edges, table
from graph.permissions.aws.assume import assume_edges
from graph.permissions.aws.holders import literal_start
from graph.permissions.aws.world import World, verdict_of
from tests.graph.factories import ACCOUNT, arn, asset, edge, estate
from tests.graph.permissions.corpus_parts import deny, doc, grant

BUCKETS = [arn("s3", name) for name in ("raw", "raw-2", "models", "public")]
KEY = arn("kms", "key/1")
TEXTS = [
    "*", "arn:aws:s3:::raw/*", "arn:aws:s3:::raw*", "arn:aws:s3:::*/*", "arn:aws:s3:::r?w/*",
    "arn:aws:s3:::models/*", "arn:aws:s3:::nothing/*", "arn:aws:kms:*:*:key/*", "arn:aws:s3:::raw/team/*",
]  # fmt: skip


def small(*more: Any) -> Estate:
    """One user for each pattern, as Resource and as NotResource, with and without a Deny."""
    items: list[Any] = [asset(bucket, "AWS::S3::Bucket", policy=None) for bucket in BUCKETS[:3]]
    items.append(
        asset(BUCKETS[3], "AWS::S3::Bucket", policy=doc(grant(Principal="*", Action="s3:Get*")))
    )
    items.append(asset(KEY, "AWS::KMS::Key", policy=doc(grant(Principal={"AWS": ACCOUNT}))))
    for number, (text, how) in enumerate(
        itertools.product(TEXTS, ("Resource", "NotResource", "Deny"))
    ):
        statement = grant(Resource=None) | {
            "NotResource" if how == "NotResource" else "Resource": text
        }
        statements = [statement, deny(Resource=BUCKETS[0] + "/*")] if how == "Deny" else [statement]
        user = arn("iam", f"user/u{number:02}")
        policy = asset(f"{user}/inline/p", "AWS::IAM::Policy", document=doc(*statements))
        items += [asset(user, "AWS::IAM::User"), policy, edge(policy.id, "ATTACHED_TO", user)]
    return estate(*items, *more)


def test_access_edges_are_those_that_every_single_request_would_give():
    world = World(small())
    found = {
        (item.source, item.kind, item.target): item.verdict
        for item in access_edges(world, frozenset())
        if "part" not in item.properties
    }
    expected = {}
    for row in table():
        for target in world.estate.of_label(row.label):
            if row.kinds and target.kind not in row.kinds:
                continue
            for caller in world.principals:
                verdict = Verdict.weakest(
                    verdict_of(
                        world.decide(caller.id, action, row.request_resource(target), target)
                    )
                    for action in row.actions
                )
                if verdict is not Verdict.NO:
                    expected[caller.id, row.kind, target.id] = verdict
    assert {key: value for key, value in found.items() if key[0] != "anonymous"} == expected
    assert ("anonymous", "CAN_READ", BUCKETS[3]) in found


def test_a_part_of_a_bucket_is_access_to_it_and_names_the_part():
    world = World(small())
    parts = [
        item
        for item in access_edges(world, frozenset())
        if item.kind == "CAN_READ" and "part" in item.properties
    ]
    assert {item.properties["part"] for item in parts} == {"arn:aws:s3:::raw/team/*"}
    assert {item.target for item in parts} == {BUCKETS[0]}


@pytest.mark.parametrize("principal", [{"AWS": ACCOUNT}, "*", {"AWS": arn("iam", "user/u01")}])
def test_who_can_assume_a_role_is_what_every_single_request_says(principal):
    trust = doc(grant(Principal=principal, Action="sts:AssumeRole", Resource=None))
    role = asset(arn("iam", "role/r"), "AWS::IAM::Role", trust_policy=trust)
    world = World(small(role))
    found = {
        item.source: item.verdict
        for item in assume_edges(world, frozenset())
        if isinstance(item, Relationship) and item.source in world.estate.assets
    }
    expected = {
        caller.id: verdict
        for caller in world.principals
        if caller.id != role.id
        and (verdict := verdict_of(world.decide(caller.id, "sts:AssumeRole", role.id, role)))
        is not Verdict.NO
    }
    assert found == expected


def test_what_a_pattern_begins_with():
    assert literal_start("arn:aws:s3:::b/*") == "arn:aws:s3:::b/"
    assert literal_start("arn:aws:s3:::${aws:username}") == "arn:aws:s3:::"
    assert literal_start("a?b*") == "a"
    assert literal_start("whole") == "whole"
