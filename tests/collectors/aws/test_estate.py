"""One estate, recorded live and as Terraform state: both say the same, and every statement can be checked."""

import json
from collections.abc import Iterable, Iterator

import pytest

from collectors.mapping import map_snapshot
from graph.derive import derive
from graph.estate import Estate
from graph.model import Asset, CoverageState, Evidence, Record, Scope, Snapshot, Verdict

from .recorded import FIXTURES, answers, at, imported

HERE = "arn:aws:{}:us-east-1:123456789012:{}"
ACCOUNT = "arn:aws:iam::123456789012:root"
ROLE = "arn:aws:iam::123456789012:role/SageMakerExec"
BUCKET = "arn:aws:s3:::acme-train-data"
FUNCTION = HERE.format("lambda", "function:agent-tool")
# Terraform tells no placement of the management account, which no resource of the state sets.
ONLY_LIVE = {"MEMBER_OF"}


def mapped(found: Iterable[Record]) -> Estate:
    return map_snapshot(Snapshot(records=tuple(found), coverage=()))


@pytest.fixture(scope="module")
def live() -> Estate:
    return mapped(answers())


@pytest.fixture(scope="module")
def state() -> Estate:
    return map_snapshot(imported())


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


def test_what_follows_from_the_state_follows_from_the_account_or_is_undecided(live, state):
    """A state lacks documents of AWS's own policies: what they decide is open there, and never the opposite."""
    both = set(_described(state)) & set(_described(live))
    here, there = (
        {r.key: r.verdict for r in derive(of).relationships if {r.source, r.target} <= both}
        for of in (state, live)
    )
    assert len(here) > 60
    differing = {key for key in here if here[key] != there.get(key, Verdict.NO)}
    assert all(here[key] is Verdict.UNDECIDED for key in differing)


def test_the_estates_are_large_enough_to_say_something(live, state):
    assert len(_described(state)) > 30
    assert len({r.key for r in state.relationships} & {r.key for r in live.relationships}) > 55
    keys = [a for a in state.assets.values() if a.kind == "AWS::IAM::AccessKey"]
    assert len(keys) == 1


# What only the live collector can know: made outside Terraform, or made by AWS along with a network, an account, an
# organisation. A state does not speak of them, so nothing may count them as absent.
ONLY_LIVE_LISTS = {
    "AWS::Bedrock::Agent": "bedrock-agent:ListAgents",
    "AWS::Bedrock::CustomModel": "bedrock:ListCustomModels",
    "AWS::Bedrock::KnowledgeBase": "bedrock-agent:ListKnowledgeBases",
    "AWS::Bedrock::ModelCustomizationJob": "bedrock:ListModelCustomizationJobs",
    "AWS::BedrockAgentCore::Gateway": "bedrock-agentcore-control:ListGateways",
    "AWS::BedrockAgentCore::GatewayTarget": "bedrock-agentcore-control:ListGatewayTargets",
    "AWS::BedrockAgentCore::Runtime": "bedrock-agentcore-control:ListAgentRuntimes",
    "AWS::EC2::NetworkAcl": "ec2:DescribeNetworkAcls",
    "AWS::EC2::RouteTable": "ec2:DescribeRouteTables",
    "AWS::EC2::SecurityGroup": "ec2:DescribeSecurityGroups",
    "AWS::EC2::Subnet": "ec2:DescribeSubnets",
    "AWS::EC2::VPC": "ec2:DescribeVpcs",
    "AWS::IAM::ManagedPolicy": "iam:ListPolicies",
    "AWS::KMS::Key": "kms:ListKeys",
    "AWS::OpenSearchServerless::Collection": "opensearchserverless:ListCollections",
    "AWS::Organizations::Policy": "organizations:ListPolicies",
    "AWS::SageMaker::Domain": "sagemaker:ListDomains",
    "AWS::SageMaker::ModelPackage": "sagemaker:ListModelPackages",
    "AWS::SageMaker::ModelPackageGroup": "sagemaker:ListModelPackageGroups",
    "AWS::SageMaker::TrainingJob": "sagemaker:ListTrainingJobs",
}


def test_what_only_the_live_collector_knows_is_a_gap_of_the_state(live, state):
    only = _described(live).keys() - _described(state).keys()
    kinds = {live.assets[name].kind for name in only}
    assert kinds == set(ONLY_LIVE_LISTS)
    here = Scope(provider="aws", account="123456789012", region="us-east-1")
    for kind in kinds:
        assert state.coverage.gap(ONLY_LIVE_LISTS[kind], here), kind
    assert all(entry.reason for entry in state.coverage.gaps())
    assert not [entry for entry in state.coverage if entry.state is CoverageState.COMPLETE]


def test_the_secret_in_the_state_does_not_survive():
    state = json.loads((FIXTURES / "aws" / "estate.tfstate").read_text(encoding="utf-8"))
    (key,) = [
        r["instances"][0]["attributes"]
        for r in state["resources"]
        if r["type"] == "aws_iam_access_key"
    ]
    kept = repr(imported())
    assert key["secret"] not in kept
    assert key["ses_smtp_password_v4"] not in kept
    assert key["id"] not in kept


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


@pytest.mark.parametrize("source", [answers, lambda: imported().records], ids=["live", "terraform"])
def test_every_property_and_relationship_leads_to_its_setting(source):
    found = source()
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


def _setting(
    found: Iterable[Record], estate: Estate, key: tuple[str, str, str]
) -> Iterator[object]:
    bodies = {record.id: record.body for record in found}
    proofs: tuple[Evidence, ...] = next(r for r in estate.relationships if r.key == key).evidence
    for proof in proofs:
        yield at(bodies[proof.record], proof.pointer)


def test_terraform_evidence_points_at_the_raw_attribute(state):
    found = imported().records
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
