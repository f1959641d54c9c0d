"""One estate, recorded live and as Terraform state: both say the same, and every statement can be checked."""

from collections.abc import Iterator

import pytest

from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import Asset, Evidence, Record, Snapshot

from .recorded import at, records

HERE = "arn:aws:{}:us-east-1:123456789012:{}"
ACCOUNT = "arn:aws:iam::123456789012:root"
ROLE = "arn:aws:iam::123456789012:role/SageMakerExec"
BUCKET = "arn:aws:s3:::acme-train-data"
FUNCTION = HERE.format("lambda", "function:agent-tool")
# Terraform tells no placement of the management account, which no resource of the state sets.
ONLY_LIVE = {"MEMBER_OF"}


def mapped(found: list[Record]) -> Estate:
    return map_snapshot(Snapshot(records=tuple(found), coverage=()))


@pytest.fixture(scope="module")
def live() -> Estate:
    return mapped(records("live"))


@pytest.fixture(scope="module")
def state() -> Estate:
    return mapped(records("terraform", source="terraform"))


def _described(estate: Estate) -> dict[str, Asset]:
    return {a.id: a for a in estate.assets.values() if a.properties.get("described") is not False}


def test_terraform_knows_nothing_that_the_account_does_not_have(live, state):
    assert set(_described(state)) <= set(_described(live))
    assert {r.key for r in state.relationships} <= {r.key for r in live.relationships}


def test_both_agree_on_every_relationship_between_what_both_describe(live, state):
    both = set(_described(state)) & set(_described(live))
    here = {r.key for r in state.relationships}
    there = {
        r.key
        for r in live.relationships
        if r.source in both and r.target in both and r.kind not in ONLY_LIVE
    }
    assert there <= here


def test_both_agree_on_kinds_names_and_places(live, state):
    for asset in _described(state).values():
        other = live.assets[asset.id]
        assert (asset.kind, asset.name, asset.account, asset.region) == (
            other.kind,
            other.name,
            other.account,
            other.region,
        )


def test_both_agree_on_what_both_have_read(live, state):
    told = {
        "routes",
        "policy",
        "created",
    }  # local routes, permissions of URLs, fractions of seconds
    for asset in _described(state).values():
        other = live.assets[asset.id].properties
        for name, value in asset.properties.items():
            if name in other and name not in told:
                assert other[name] == value, (asset.id, name)


@pytest.mark.parametrize("name", ["live", "terraform"])
def test_every_property_and_relationship_leads_to_its_setting(name):
    found = records(name)
    bodies = {record.id: record.body for record in found}
    estate = mapped(found)
    for asset in estate.assets.values():
        for text, value in asset.properties.items():
            proof = asset.evidence_for(text)
            if proof and value not in (None, False, [], {}):
                at(bodies[proof.record], proof.pointer)
    for relationship in estate.relationships:
        for proof in relationship.evidence:
            at(bodies[proof.record], proof.pointer)
        assert relationship.evidence, relationship.key


def _setting(found: list[Record], estate: Estate, key: tuple[str, str, str]) -> Iterator[object]:
    bodies = {record.id: record.body for record in found}
    proofs: tuple[Evidence, ...] = next(r for r in estate.relationships if r.key == key).evidence
    for proof in proofs:
        yield at(bodies[proof.record], proof.pointer)


def test_terraform_evidence_points_at_the_raw_attribute(state):
    found = records("terraform", source="terraform")
    key = (HERE.format("sagemaker", "notebook-instance/nb1"), "RUNS_AS", ROLE)
    assert list(_setting(found, state, key)) == [ROLE]
    bucket = state.assets[BUCKET]
    proof = bucket.evidence_for("public_access_block")
    assert proof is not None
    body = {r.id: r for r in found}[proof.record]
    assert body.params["address"] == "aws_s3_bucket_public_access_block.train"
    assert proof.pointer == ""
    proof = bucket.evidence_for("policy")
    assert proof is not None
    assert proof.pointer == "/policy"


def test_what_terraform_does_not_tell_is_not_read(state):
    role = state.assets[ROLE].properties
    assert role["trust_services"] == [
        "bedrock.amazonaws.com",
        "lambda.amazonaws.com",
        "sagemaker.amazonaws.com",
    ]
    assert "last_used" not in role
    assert "status" not in state.assets[HERE.format("sagemaker", "endpoint/fraud-ep")].properties


def test_the_bucket_is_whole(live):
    properties = live.assets[BUCKET].properties
    assert properties["classification"] == "pii"
    assert properties["encryption"] == "aws:kms"
    assert properties["versioning"] is True
    assert properties["access_logging"] is False
    assert properties["acl_public"] is False
    assert properties["ownership"] is None
    assert properties["public_access_block"]["BlockPublicPolicy"] is False
    assert properties["policy"]["Statement"][0]["Principal"] == "*"


@pytest.mark.parametrize(
    ("source", "kind", "target"),
    [
        (HERE.format("sagemaker", "endpoint/fraud-ep"), "SERVES", "model/fraud-model"),
        (HERE.format("sagemaker", "endpoint-config/fraud-ec"), "WRITES_TO", BUCKET),
        (HERE.format("sagemaker", "model/fraud-model"), "STORED_IN", BUCKET),
        (
            HERE.format("sagemaker", "model/fraud-model"),
            "STORED_IN",
            HERE.format("ecr", "repository/inference"),
        ),
        (HERE.format("sagemaker", "training-job/tj"), "READS_FROM", BUCKET),
        (HERE.format("sagemaker", "training-job/tj"), "TRAINED_ON", BUCKET),
        (HERE.format("sagemaker", "training-job/tj"), "WRITES_TO", BUCKET),
        (HERE.format("bedrock", "custom-model/seed-ft"), "TRAINED_ON", BUCKET),
        (HERE.format("sagemaker", "domain/d-studio"), "RUNS_AS", ROLE),
        (FUNCTION, "RUNS_AS", ROLE),
        (
            HERE.format("bedrock", "settings"),
            "LOGS_TO",
            HERE.format("logs", "log-group:/bedrock/invocations"),
        ),
        (ACCOUNT, "CONTAINS", FUNCTION),
        (
            "arn:aws:iam::123456789012:access-key/data-scientist/IO6W",
            "AUTHENTICATES_TO",
            "arn:aws:iam::123456789012:user/data-scientist",
        ),
        (ROLE + "/inline/too-wide", "ATTACHED_TO", ROLE),
    ],
)
def test_the_estate_has(live, source, kind, target):
    wanted = target if target.startswith("arn:") else HERE.format("sagemaker", target)
    assert (source, kind, wanted) in {r.key for r in live.relationships}


def test_wiring_of_the_ai_services(live):
    agents = [a for a in live.assets.values() if a.kind == "AWS::Bedrock::Agent"]
    assert {a.name for a in agents} == {"support-agent"}
    assert all(a.properties["guardrail"] is None for a in agents)
    knowledge = next(a for a in live.assets.values() if a.kind == "AWS::Bedrock::KnowledgeBase")
    assert knowledge.properties["storage_type"] == "OPENSEARCH_SERVERLESS"
    kinds = {r.kind for r in live.outgoing[knowledge.id]}
    assert kinds == {"RUNS_AS", "USES_EMBEDDING_MODEL", "INDEXED_IN"}
    gateway = next(a for a in live.assets.values() if a.kind == "AWS::BedrockAgentCore::Gateway")
    assert gateway.properties["auth"] == "NONE"


def test_organisation_policies_bind_what_they_target(live):
    policies = [a for a in live.assets.values() if a.kind == "AWS::Organizations::Policy"]
    assert {a.properties["policy_type"] for a in policies} == {
        "SERVICE_CONTROL_POLICY",
        "RESOURCE_CONTROL_POLICY",
    }
    assert all("Statement" in a.properties["document"] for a in policies)


def test_every_kind_property_and_relationship_is_in_the_schema(live, state):
    for estate in (live, state):
        schema = estate.schema
        for asset in estate.assets.values():
            label = schema.label(asset.kind).name
            undeclared = {n for n in asset.properties if not schema.property(label, n)}
            assert not undeclared, (asset.kind, undeclared)
        assert {r.kind for r in estate.relationships} <= set(schema.relationships)
