"""The bundled sample estate tells the story of docs/sample-estate.md: every row of its tables is found, and what is done well is not."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from app import lookup
from app.assess import open_assessment
from app.sample import sample_path
from graph.assessment import Assessment
from graph.model import AttackPath, CoverageState, RuleVerdict, Verdict

STORY = (Path(__file__).parents[1] / "docs" / "sample-estate.md").read_text(encoding="utf-8")
NAME = re.compile(r"`([^`]+)`")
COMMANDS = {
    "modelhound demo",
    "modelhound open",
    "aws",
    "tests/test_sample.py",
    "packaging/sample/azure.py",
    "packaging/sample/gcp.py",
    "packaging/sample/crossing.py",
    "claims-etl",
    "model-release",
    "cohort-models",
    "gcloud",
}
LARGEST = 1_000_000  # bytes


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = STORY.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


WRONG = [(row[2], NAME.findall(row[1])) for row in _rows("What is wrong, and where to look")]
PATHS = [tuple(NAME.findall(" ".join(row))) for row in _rows("Attack paths worth following")]


@pytest.fixture(scope="module")
def sample() -> Assessment:
    return open_assessment(sample_path())


def _name(sample: Assessment, asset: str) -> str:
    return lookup.name(sample.graph, asset)


def _about(sample: Assessment, *verdicts: RuleVerdict) -> dict[str, set[str]]:
    """Rule -> names of all the assets that its findings bind."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in sample.findings:
        if item.verdict in (verdicts or tuple(RuleVerdict)):
            found[item.rule] |= {_name(sample, asset) for asset in item.assets}
    return found


def _way(sample: Assessment, path: AttackPath) -> list[str]:
    return [_name(sample, path.entry), *(_name(sample, step.target) for step in path.steps)]


def test_it_is_as_large_as_the_story_says(sample):
    assert sample_path().stat().st_size < LARGEST
    assert 500 <= sample.graph.node_count <= 700
    assert len({asset.account for asset in sample.graph.assets() if asset.account}) >= 8
    assert len(sample.attack_paths) >= 8
    toxic = {
        item.rule
        for item in sample.findings
        if item.kind == "toxic" and item.verdict is RuleVerdict.FAIL
    }
    assert len(toxic) >= 10


def _cloud(sample: Assessment, asset: str) -> str:
    """The cloud of an asset by its kind, or "" for what is of none."""
    kind = str(sample.graph.asset(sample.graph.index_of(asset)).kind)
    if ".googleapis.com/" in kind:
        return "gcp"
    return {"AWS": "aws", "Microsoft": "azure"}.get(kind.replace(".", ":").partition(":")[0], "")


@pytest.mark.parametrize(("cloud", "number"), [("azure", 16), ("gcp", 11)])
def test_many_combinations_lie_in_one_cloud_alone(sample, cloud, number):
    fired = {
        item.rule
        for item in sample.findings
        if item.kind == "toxic"
        and item.verdict is RuleVerdict.FAIL
        and {_cloud(sample, asset) for asset in item.assets} - {""} == {cloud}
    }
    assert len(fired) >= number


def test_the_project_of_google_cloud_is_whole(sample):
    count = sum(_cloud(sample, asset.id) == "gcp" for asset in sample.graph.assets())
    assert 50 <= count <= 80
    read = [entry for entry in sample.snapshot.coverage if "googleapis.com" in entry.operation]
    assert read
    assert all(entry.state is CoverageState.COMPLETE for entry in read)


@pytest.mark.parametrize(
    ("rule", "assets"), WRONG, ids=[f"{rule} {assets[0]}" for rule, assets in WRONG]
)
def test_each_mistake_is_found_where_the_story_says(sample, rule, assets):
    assert set(assets) <= _about(sample, RuleVerdict.FAIL)[rule]


@pytest.mark.parametrize("story", PATHS, ids=" to ".join)
def test_each_path_of_the_story_is_there(sample, story):
    entry, target, *through = story
    ways = [_way(sample, path) for path in sample.attack_paths]
    fitting = [way for way in ways if way[0] == entry and way[-1] == target]
    assert any(set(through) <= set(way) for way in fitting), fitting


def test_the_first_paths_are_certain_and_prove_every_step(sample):
    for path in sample.attack_paths[:8]:
        assert path.verdict is Verdict.YES
        assert all(step.evidence for step in path.steps)
        for step in path.steps:
            texts = lookup.step_texts(sample.graph, step)
            assert texts.why
            assert texts.abuse
            assert texts.remedy


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("amara.okafor", {"TC-003", "TC-004", "TC-005", "TC-009", "TC-014"}),
        ("ruth.adeyemi", {"TC-003", "TC-004", "TC-005", "TC-009", "TC-014"}),
        ("risk-review", {"TC-001", "TC-002", "AWS-SM-001", "AWS-SM-002", "AWS-SM-003"}),
        ("readmission-risk-v3", {"TC-015", "AWS-SM-014"}),
        ("clinical-summary", {"TC-006", "TC-007", "AWS-BR-010"}),
        ("clinical-safety", {"AWS-BR-005", "AWS-BR-006", "TC-043"}),
        ("clinician-tools", {"TC-008", "AWS-AC-002"}),
        ("label-studio", {"TC-037"}),
        ("lena.fischer", {"TC-036"}),
        (
            "larkfield-summaries",
            {
                "TC-020",
                "TC-021",
                "AP-001",
                "AZ-AIS-001",
                "AZ-AIS-004",
                "AZ-AIS-005",
                "AZ-AIS-006",
                "AZ-AIS-008",
                "AZ-AIS-009",
            },
        ),
        ("letters", {"AZ-AIS-010", "AZ-AIS-011", "AZ-AIS-015", "AP-003"}),
        ("strict", {"AZ-AIS-013"}),
        ("letter-clerk", {"AP-044", "AP-045", "AP-059"}),
        ("train-cluster", {"TC-025", "TC-038", "AZ-ML-007", "AZ-ML-008", "AZ-ML-009"}),
        ("id-claims-sync", {"X-ID-004", "TC-035"}),
        ("trial-matcher", {"TC-023", "TC-030", "TC-031"}),
        ("larkfield-cohort-training", {"AP-012"}),
        ("larkfield-research-audit", {"AP-012", "TC-001", "TC-037"}),
        ("ada.lindholm@larkfield.example", {"TC-029", "TC-031", "TC-036", "AP-013", "AP-054"}),
        ("trial-matcher@larkfield-research-ai.iam.gserviceaccount.com", {"TC-029", "TC-030"}),
    ],
)
def test_what_is_done_well_is_not_reported(sample, name, rules):
    assert lookup.resolve(sample.graph, [name])
    about = _about(sample)
    assert not [rule for rule in rules if name in about[rule]]


def _edges(sample: Assessment, kind: str) -> dict[tuple[str, str], Verdict]:
    return {
        (_name(sample, edge.source), _name(sample, edge.target)): edge.verdict
        for edge in sample.graph.relationships()
        if edge.kind == kind
    }


def test_organisation_policies_stop_what_the_own_policies_allow(sample):
    calls = _edges(sample, "CAN_INVOKE")
    assert not [pair for pair in calls if pair[0] == "triage-chat"]
    assert ("research-inference", "Nova Lite") in calls


def test_the_ledger_says_what_was_refused(sample):
    refused = {
        (entry.operation, entry.scope.region)
        for entry in sample.snapshot.coverage
        if entry.state is CoverageState.DENIED
    }
    assert refused >= {
        ("bedrock-agent:ListAgents", "us-east-1"),
        ("bedrock-agent:ListKnowledgeBases", "us-east-1"),
        ("bedrock:GetModelInvocationLoggingConfiguration", "us-east-1"),
        ("bedrock:ListCustomModels", "us-east-1"),
        ("bedrock:ListGuardrails", "us-east-1"),
        ("sagemaker:ListEndpoints", "us-east-1"),
        ("sagemaker:ListNotebookInstances", "us-east-1"),
        ("lambda:GetPolicy", "eu-central-1"),
        ("s3:GetBucketPolicy", ""),
    }


def test_what_was_refused_leaves_its_step_undecided(sample):
    reached = _edges(sample, "CAN_REACH")
    assert reached["Internet", "symptom-intake"] is Verdict.UNDECIDED
    assert reached["Internet", "triage-chat"] is Verdict.YES
    edge = next(
        edge
        for edge in sample.graph.relationships()
        if edge.kind == "CAN_REACH" and _name(sample, edge.target) == "symptom-intake"
    )
    assert any("symptom-intake" in fact for fact in edge.missing)


def _path(sample: Assessment, entry: str, *through: str) -> AttackPath:
    return next(
        path
        for path in sample.attack_paths
        if _way(sample, path)[0] == entry and set(through) <= set(_way(sample, path))
    )


def test_a_pipeline_goes_through_azure_into_the_training_data_of_aws(sample):
    path = _path(
        sample, "repo:larkfield-health/claims-etl:ref:refs/heads/main", "azure-claims-sync"
    )
    assert path.verdict is Verdict.YES
    assert [step.kind for step in path.steps][-3:] == ["CAN_ACT_AS", "CAN_ASSUME", "CAN_READ"]
    assert _way(sample, path)[-1] == "larkfield-claims-training"
    kinds = [sample.graph.asset(sample.graph.index_of(step.target)).kind for step in path.steps]
    assert kinds[0].startswith("Microsoft.")
    assert kinds[-1].startswith("AWS::")
    assert all(step.evidence for step in path.steps)


def test_a_key_of_aws_in_a_vault_of_azure_is_open_for_its_value_was_not_read(sample):
    entry = "repo:larkfield-health/model-release:ref:refs/heads/main"
    path = _path(sample, entry, "aws-claims-export", "larkfield-claims-training")
    assert path.verdict is Verdict.UNDECIDED
    kept = next(step for step in path.steps if step.kind == "HAS_CREDENTIAL")
    assert "aws-access-key-id" in kept.missing[0]


GITHUB_COHORT = (
    "repo:larkfield-health/cohort-models:* where assertion.repository_owner == 'larkfield-health'"
)
RESEARCH = "@larkfield-research-ai.iam.gserviceaccount.com"


def test_a_pipeline_comes_through_the_pool_to_the_training_data_of_google_cloud(sample):
    path = _path(sample, GITHUB_COHORT, f"github-release{RESEARCH}", "larkfield-cohort-training")
    assert path.verdict is Verdict.YES
    assert [step.kind for step in path.steps] == ["CAN_ACT_AS", "CAN_ASSUME", "CAN_READ"]
    assert {_cloud(sample, step.target) for step in path.steps} == {"gcp"}
    assert all(step.evidence for step in path.steps)


def test_the_same_pipeline_goes_on_into_the_training_data_of_aws(sample):
    path = _path(sample, GITHUB_COHORT, f"cohort-export{RESEARCH}", "larkfield-claims-training")
    assert path.verdict is Verdict.YES
    assert [step.kind for step in path.steps][-3:] == ["CAN_ACT_AS", "CAN_ASSUME", "CAN_READ"]
    assert [_cloud(sample, step.target) for step in path.steps] == [
        "gcp", "gcp", "gcp", "", "aws", "aws",
    ]  # fmt: skip
    assert all(step.evidence for step in path.steps)


def test_a_pipeline_goes_through_azure_into_google_cloud(sample):
    entry = "repo:larkfield-health/claims-etl:ref:refs/heads/main"
    path = _path(sample, entry, "id-claims-sync", f"claims-import{RESEARCH}")
    assert path.verdict is Verdict.YES
    assert [_cloud(sample, step.target) for step in path.steps] == ["azure", "gcp", "gcp", "gcp"]
    assert all(step.evidence for step in path.steps)


def test_the_pool_lets_in_no_other_repository_and_nobody_else_of_the_tenant(sample):
    let_in = {
        pair
        for pair in _edges(sample, "CAN_ACT_AS")
        if pair[1].startswith("attribute.") or pair[0] == "id-claims-sync"
    }
    cohort = "attribute.repository/larkfield-health/cohort-models"
    assert {pair for pair in let_in if pair[1] == cohort} == {(GITHUB_COHORT, cohort)}
    sync = {
        _name(sample, edge.source)
        for edge in sample.graph.relationships()
        if edge.kind == "CAN_ACT_AS" and edge.target.startswith("principal://")
    }
    assert sync == {"id-claims-sync"}


def test_policies_of_one_cloud_reach_nothing_of_another(sample):
    crossing = {
        (_cloud(sample, edge.source), edge.kind, _cloud(sample, edge.target))
        for edge in sample.graph.relationships()
        if len({_cloud(sample, edge.source), _cloud(sample, edge.target)} - {""}) > 1
    }
    assert crossing == {("azure", "HAS_CREDENTIAL", "aws"), ("azure", "CAN_ACT_AS", "gcp")}


def test_the_collection_had_no_failures_of_its_own(sample):
    failed = [entry for entry in sample.snapshot.coverage if entry.state is CoverageState.FAILED]
    assert not failed


def test_it_comes_from_every_way_in(sample):
    assert {record.source for record in sample.snapshot.records} == {
        "aws",
        "aws-cli",
        "gaad",
        "terraform",
        "arm",
        "foundry",
        "gcp-export",
    }


def test_no_value_of_a_secret_is_in_it(sample):
    assert sum(sample.snapshot.redactions.values()) > 0
    assert "not-a-secret" not in "".join(str(record.body) for record in sample.snapshot.records)


def test_every_name_in_the_story_is_in_the_estate(sample):
    known = {asset.name for asset in sample.graph.assets()} | COMMANDS
    assert not [name for name in NAME.findall(STORY) if name not in known]
