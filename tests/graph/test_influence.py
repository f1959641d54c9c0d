"""Who decides about the data steers what is made of it, and every such step shows its base facts."""

import pytest

from graph.estate import assemble
from graph.influence import derive_influence, load_turned
from graph.model import Asset, Relationship, Verdict
from graph.paths import paths_between
from graph.schema import load_schema
from tests.graph.factories import arn, asset, edge, estate, graph

BUCKET = arn("s3", "::corpus")
BASE = arn("bedrock", "knowledge-base/KB1")
AGENT = arn("bedrock", "agent/A1")
MODEL = arn("sagemaker", "model/churn")
ENDPOINT = arn("sagemaker", "endpoint/churn")
JOB = arn("sagemaker", "training-job/j1")
WRITER = arn("iam", "user/contractor")

THINGS = (
    asset(BUCKET, "AWS::S3::Bucket"),
    asset(BASE, "AWS::Bedrock::KnowledgeBase", data_sources=[]),
    asset(AGENT, "AWS::Bedrock::Agent"),
    asset(MODEL, "AWS::SageMaker::Model"),
    asset(ENDPOINT, "AWS::SageMaker::Endpoint"),
    asset(JOB, "AWS::SageMaker::TrainingJob"),
)


def derived(*items: Asset | Relationship) -> dict[tuple[str, str, str], Relationship]:
    pieces = derive_influence(estate(*THINGS, *items))
    return {piece.key: piece for piece in pieces if isinstance(piece, Relationship)}


@pytest.mark.parametrize(
    ("source", "lineage", "target", "gives"),
    [
        (BASE, "GROUNDED_ON", BUCKET, "CAN_INFLUENCE"),
        (AGENT, "USES_KNOWLEDGE_BASE", BASE, "CAN_INFLUENCE"),
        (AGENT, "USES_MODEL", MODEL, "CAN_INFLUENCE"),
        (MODEL, "TRAINED_ON", BUCKET, "CAN_POISON"),
        (MODEL, "STORED_IN", BUCKET, "CAN_POISON"),
        (JOB, "READS_FROM", BUCKET, "CAN_POISON"),
        (ENDPOINT, "SERVES", MODEL, "CAN_POISON"),
    ],
)
def test_lineage_is_turned_round_with_its_evidence(source, lineage, target, gives):
    base = edge(source, lineage, target)
    (found,) = derived(base).values()
    assert found.key == (target, gives, source)
    assert (found.verdict, found.evidence) == (Verdict.YES, base.evidence)
    assert found.properties["because"]


def test_a_model_loaded_from_the_very_file_that_a_job_wrote_learns_what_the_job_read():
    file = "s3://artifacts/churn/j1/output/model.tar.gz"
    job = asset(JOB, "AWS::SageMaker::TrainingJob", artifact=file)
    model = asset(MODEL, "AWS::SageMaker::Model", artifact=file)
    other = asset(ENDPOINT + "-old", "AWS::SageMaker::Model", artifact=file + ".old")
    found = derived(job, model, other, edge(JOB, "READS_FROM", BUCKET))
    assert (BUCKET, "CAN_POISON", MODEL) in found
    assert not [key for key in found if key[2] == other.id]


def test_the_weakest_base_fact_decides():
    unsure = edge(JOB, "PRODUCES", MODEL, Verdict.UNDECIDED, missing=["the output path"])
    read = edge(JOB, "READS_FROM", BUCKET)
    found = derived(read, unsure)[BUCKET, "CAN_POISON", MODEL]
    assert found.verdict is Verdict.UNDECIDED
    assert found.missing == ("the output path",)
    assert found.evidence == read.evidence + unsure.evidence


def test_a_job_that_reads_and_was_trained_on_the_same_bucket_poisons_once():
    items = (edge(JOB, kind, BUCKET) for kind in ("READS_FROM", "TRAINED_ON"))
    found = assemble(
        derive_influence(estate(*THINGS, *items, edge(JOB, "PRODUCES", MODEL))),
        schema=load_schema(),
        coverage=estate().coverage,
    )
    assert [item.key for item in found.relationships] == [
        (BUCKET, "CAN_POISON", MODEL),
        (BUCKET, "CAN_POISON", JOB),
    ]


def test_other_labels_and_other_lineage_give_nothing():
    assert derived(edge(JOB, "WRITES_TO", BUCKET), edge(BUCKET, "STORED_IN", BUCKET)) == {}


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [("WEB", Verdict.YES), (None, Verdict.UNDECIDED), ("S3", None), ("CONFLUENCE", None)],
)
def test_a_crawler_takes_in_what_anyone_publishes(kind, verdict):
    sources = [{"id": "DS1", "name": "docs", "type": kind}]
    other = arn("bedrock", "knowledge-base/KB2")
    found = derived(asset(other, "AWS::Bedrock::KnowledgeBase", data_sources=sources))
    edge_of = found.get(("internet", "CAN_INFLUENCE", other))
    assert (edge_of.verdict if edge_of else None) == verdict
    if edge_of:
        assert [item.note for item in edge_of.evidence] == ["data_sources"]
        assert bool(edge_of.missing) == (verdict is Verdict.UNDECIDED)


def test_sources_that_were_not_read_may_be_crawlers():
    other = arn("bedrock", "knowledge-base/KB2")
    found = derived(asset(other, "AWS::Bedrock::KnowledgeBase"))["internet", "CAN_INFLUENCE", other]
    assert found.verdict is Verdict.UNDECIDED
    assert "bedrock-agent:ListDataSources" in found.missing[0]


def test_a_writer_walks_to_the_agent():
    base = (
        edge(WRITER, "CAN_WRITE", BUCKET),
        edge(BASE, "GROUNDED_ON", BUCKET),
        edge(AGENT, "USES_KNOWLEDGE_BASE", BASE),
    )
    of = graph(*THINGS, *base, *derive_influence(estate(*THINGS, *base)))
    (path,) = paths_between(of, WRITER, AGENT)
    assert [step.target for step in path.steps] == [BUCKET, BASE, AGENT]
    assert path.verdict is Verdict.YES
    assert all(step.evidence for step in path.steps)


def test_every_shipped_row_speaks_the_schema():
    schema = load_schema()
    for lineage, rows in load_turned().items():
        assert lineage in schema.relationships
        for row in rows:
            assert schema.relationships[row.gives].attack_class == "influence"
            assert row.source_labels | row.target_labels <= set(schema.labels)
