"""No secret that Google's exports or APIs may hold reaches a single byte of the snapshot, in whatever spelling."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from collectors.exports import inventory, read_exports, reading
from collectors.gcp.live import CollectRequest, collect
from graph.snapshot import write_snapshot
from tests.beds import gcp_world as world
from tests.beds.canaries import Canaries, bytes_of, leaked
from tests.beds.gcp_bed import Google, open_google
from tests.collectors.gcp.exports import enveloped, lines, save

AI, ML, REGION = world.AI, world.ML, world.REGION
Secret = dict[str, list[tuple[str, dict[str, Any]]]]


def _variables(c: Canaries) -> list[dict[str, str]]:
    return [{"name": "DB_PASSWORD", "value": c.plain()}, {"name": "MODE", "value": c.plain()}]


def _resources(c: Canaries) -> Secret:
    """Each type whose answers may hold secrets, with one in each place."""
    container = {
        "imageUri": "x",
        "args": [f"--api-key={c.plain()}", *c.looks()],
        "env": _variables(c),
    }
    job = {"workerPoolSpecs": [{"containerSpec": container}]}
    found: Secret = {
        f"aiplatform.googleapis.com/{kind}": [(f"//aiplatform.googleapis.com/{name}", {"name": name, **data})]
        for kind, name, data in (
            ("Model", f"{AI}/models/7", {"description": " ".join(c.looks()), "containerSpec": container, "artifactUri": f"gs://b/m?token={c.plain()}"}),
            ("CustomJob", f"{AI}/customJobs/1", {"jobSpec": job, "error": {"message": " ".join(c.looks())}}),
            ("TrainingPipeline", f"{AI}/trainingPipelines/1", {"trainingTaskInputs": {**job, "hyperParameters": {"token": c.plain()}}}),
            ("PipelineJob", f"{AI}/pipelineJobs/1", {"pipelineSpec": {"root": {"x": c.plain()}}, "runtimeConfig": {"parameterValues": {"key": c.plain()}}}),
            ("ReasoningEngine", f"{AI}/reasoningEngines/1", {"spec": {"deploymentSpec": {"env": _variables(c)}, "sourceCodeSpec": {"inlineSource": {"sourceArchive": c.encoded()}}}}),
            ("RagCorpus", f"{AI}/ragCorpora/1", {"description": " ".join(c.looks())}),
        )
    }  # fmt: skip
    instance = f"projects/{ML}/zones/{REGION}-a/instances/vm"
    items = [
        {"key": "startup-script", "value": f"export A={c.plain()}"},
        {"key": "db-password", "value": c.plain()},
    ]
    notebook = f"projects/{ML}/locations/{REGION}-a/instances/nb"
    service = f"projects/{ML}/locations/{REGION}/services/s"
    function = f"projects/{ML}/locations/{REGION}/functions/f"
    job_name = f"projects/{ML}/locations/{REGION}/jobs/j"
    table = {"projectId": ML, "datasetId": "d", "tableId": "t"}
    more: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("compute.googleapis.com/Instance", instance, {"selfLink": f"{world.COMPUTE}/{instance}", "networkInterfaces": [], "metadata": {"items": items}}),
        ("notebooks.googleapis.com/Instance", notebook, {"gceSetup": {"metadata": {"startup-script": c.plain(), "api-key": c.plain()}}}),
        ("run.googleapis.com/Service", service, {"template": {"containers": [{"image": "x", "env": _variables(c)}]}}),
        ("cloudfunctions.googleapis.com/CloudFunction", function, {"entryPoint": "m", "environmentVariables": {"A": c.plain(), "B_TOKEN": c.plain()}, "buildEnvironmentVariables": {"C": c.plain()}}),
        ("cloudscheduler.googleapis.com/Job", job_name, {"schedule": "* * * * *", "httpTarget": {"uri": f"https://x/?key={c.plain()}", "body": c.encoded(), "headers": {"Authorization": f"Bearer {c.plain()}"}}}),
        ("bigquery.googleapis.com/Table", f"projects/{ML}/datasets/d/tables/t", {"tableReference": table, "view": {"query": f"select '{c.plain()}'"}}),
        ("workflows.googleapis.com/Workflow", f"projects/{ML}/locations/{REGION}/workflows/w", {"revisionId": "1", "sourceContents": c.plain(), "userEnvVars": {"A": c.plain()}}),
        ("cloudbuild.googleapis.com/BuildTrigger", f"projects/{ML}/triggers/t", {"build": {"steps": [{"script": c.plain(), "args": [c.plain()], "env": [f"API_KEY={c.plain()}"]}]}, "substitutions": {"_A": c.plain()}}),
        ("iam.googleapis.com/ServiceAccountKey", f"projects/{ML}/serviceAccounts/{world.TRAINER}/keys/1", {"keyType": "USER_MANAGED", "privateKeyData": c.encoded()}),
        ("apikeys.googleapis.com/Key", "projects/111/locations/global/keys/1", {"uid": "1", "keyString": c.plain()}),
        ("sqladmin.googleapis.com/Instance", f"projects/{ML}/instances/i", {"databaseVersion": "P", "backendType": "S", "kind": "sql#instance", "project": ML, "rootPassword": c.plain()}),
    )  # fmt: skip
    for kind, name, data in more:
        own = data if "tableReference" in data else {"name": name, **data}
        found[kind] = [(f"//{kind.partition('/')[0]}/{name}", own)]
    return found


def _asset_lines(folder: Path) -> None:
    lines(folder / "resource.jsonl", enveloped(world.resource_assets()))


def _lists(folder: Path) -> None:
    for number, items in enumerate(world.RESOURCES.values()):
        save(folder / f"{number}.json", [data for _, data in items])


def _assets(folder: Path) -> None:
    save(folder / "assets.json", list(world.resource_assets()))


@pytest.fixture
def canaries() -> Iterator[Canaries]:
    made = Canaries()
    with mock.patch.object(world, "RESOURCES", _resources(made)):
        yield made


def _kept(snapshot: Any, folder: Path) -> bytes:
    write_snapshot(snapshot, folder / "out.hound")
    return bytes_of(folder / "out.hound")


@pytest.mark.parametrize("written", [_asset_lines, _lists, _assets])
def test_no_export_carries_a_secret_into_the_snapshot(
    canaries: Canaries, tmp_path: Path, written: Callable[[Path], None]
) -> None:
    written(tmp_path)
    kept = _kept(read_exports([tmp_path]), tmp_path)
    assert len(canaries.secrets) > 80
    assert b"DB_PASSWORD" in kept
    assert leaked(canaries.secrets, kept) == []


def test_no_answer_carries_a_secret_into_the_snapshot(canaries: Canaries, tmp_path: Path) -> None:
    with open_google(Google()) as google:
        snapshot = collect(
            CollectRequest(projects=[ML], endpoint_url=google.url, grpc_target=google.target)
        )
    kinds = {
        record.operation for record in snapshot.records if record.body and record.body["items"]
    }
    assert "gcp:aiplatform.googleapis.com/ReasoningEngine" in kinds
    assert leaked(canaries.secrets, _kept(snapshot, tmp_path)) == []


def test_an_importer_that_does_not_redact_is_caught(canaries: Canaries, tmp_path: Path) -> None:
    _asset_lines(tmp_path)
    with mock.patch.object(inventory, "redact", lambda _, value: (value, [])):
        kept = _kept(read_exports([tmp_path]), tmp_path)
    assert len(leaked(canaries.secrets, kept)) > 80
    (tmp_path / "resource.jsonl").unlink()
    _lists(tmp_path)
    with mock.patch.object(reading, "redact", lambda _, value: (value, [])):
        kept = _kept(read_exports([tmp_path]), tmp_path)
    assert len(leaked(canaries.secrets, kept)) > 80
