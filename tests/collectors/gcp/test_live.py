"""The live collector behind the real SDKs: the same shop as from exports, page by page; credentials, addresses, cancel."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors.exports import read_exports
from collectors.gcp.clients import Clients, is_here
from collectors.gcp.live import CollectRequest, collect
from collectors.gcp.reads import inventory_types, rest_reads, rpcs, vertex_reads
from collectors.gcp.session import Login, open_credentials
from collectors.mapping import map_snapshot
from graph.model import Cancelled, CollectionError, CoverageState, Snapshot
from graph.schema import load_schema
from tests.beds import gcp_world as world
from tests.beds.gcp_bed import Google, anonymous, open_google
from tests.collectors.gcp.exports import asset_exports

MOMENT = "2026-01-01T00:00:00Z"


def run(google: Google, **more: Any) -> Snapshot:
    """The shop's organisation, collected."""
    request: dict[str, Any] = {
        "organizations": [world.ORG],
        "endpoint_url": google.url,
        "grpc_target": google.target,
        "time": MOMENT,
    }
    return collect(CollectRequest(**{**request, **more}))


@pytest.fixture(scope="module")
def google() -> Iterator[Google]:
    with open_google(Google()) as made:
        yield made


@pytest.fixture(scope="module")
def shop(google: Google) -> Snapshot:
    return run(google)


def test_live_and_exports_make_the_same_graph_and_differ_in_coverage_alone(
    shop: Snapshot, tmp_path: Path
) -> None:
    live = map_snapshot(shop)
    exported = map_snapshot(read_exports([asset_exports(tmp_path / "gcp")]))
    assert set(live.assets) == set(exported.assets)
    assert {r.key for r in live.relationships} == {r.key for r in exported.relationships}
    told = {"members_read", "security"}  # members are known whole; a look-up tells no labels
    for name, asset in live.assets.items():
        pair = [
            {k: v for k, v in each.properties.items() if k not in told}
            for each in (asset, exported.assets[name])
        ]
        assert pair[0] == pair[1], name
    group = live.assets["group:ml-team@shop.example"]
    assert group.properties["members_read"] is True
    whole = {line.operation for line in shop.coverage if line.state is CoverageState.COMPLETE}
    listed = {line.operation for line in exported.coverage}
    assert listed <= whole | {
        "gcp:cloudidentity.googleapis.com/Membership",
        "gcp:aiplatform.googleapis.com/RagFile",
    }


def test_the_only_gaps_are_of_regions_that_were_not_asked(shop: Snapshot) -> None:
    gaps = [line for line in shop.coverage if line.state is not CoverageState.COMPLETE]
    assert {line.reason.partition(":")[0] for line in gaps} == {"Regions"}


def test_pages_of_one_say_the_same() -> None:
    with open_google(Google(page_size=1)) as google:
        found = map_snapshot(run(google))
        assert google.asked["ListAssets RESOURCE"] > 20
        assert google.asked["ListReasoningEngines"] == 2
    with open_google(Google()) as google:
        other = map_snapshot(run(google))
    assert {r.key for r in found.relationships} == {r.key for r in other.relationships}


def test_two_runs_are_the_same(google: Google, shop: Snapshot) -> None:
    assert run(google) == shop


def test_vertex_ai_is_asked_only_where_something_is_and_where_the_user_says(google: Google) -> None:
    google.asked.clear()
    found = run(google, regions=["us-central1"])
    assert (
        google.asked["ListModels"] == 4
    )  # one project in its region; three projects in the named one
    asked = {
        (line.scope.account, line.scope.region) for line in found.coverage if line.scope.region
    }
    assert (world.ML, world.REGION) in asked
    assert {(project, "us-central1") for project in world.NUMBERS} <= asked
    assert (world.CI, world.REGION) not in asked


def test_one_project_is_asked_for_itself_alone(google: Google) -> None:
    google.asked.clear()
    found = run(google, organizations=[], projects=[world.ML])
    assert google.asked["boundaries"] == 0
    assert google.asked["ListAssets ACCESS_POLICY"] == 0
    estate = map_snapshot(found)
    assert f"{world.AI_ID}/reasoningEngines/41" in estate.assets
    assert found.name == "Google Cloud project shop-ml"
    assert {line.scope.account for line in found.coverage} <= {world.ML, ""}


def test_no_secret_is_kept(google: Google) -> None:
    google.canary = "Zq1000vKx1000canary"
    try:
        text = json.dumps([record.body for record in run(google).records])
    finally:
        google.canary = ""
    assert "Zq1000vKx1000canary" not in text
    assert "HF_TOKEN" in text


def test_nothing_but_reads_is_sent(google: Google, shop: Snapshot) -> None:
    assert shop.records
    assert {method for method, _ in google.sent} == {"GET"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/projects/shop-ml/locations/global/workloadIdentityPools"),
        ("DELETE", "/v1/projects/shop-ml/locations/global/workloadIdentityPools"),
        ("GET", "/v1/projects/shop-ml/secrets/crm-key/versions/latest:access"),
        ("GET", "/v1/projects/shop-ml/serviceAccounts/x:getAccessToken"),
    ],
)
def test_what_is_not_in_the_table_is_refused_before_it_is_sent(
    google: Google, method: str, path: str
) -> None:
    clients = Clients(anonymous(), endpoint_url=google.url, grpc_target=google.target)
    before = len(google.sent)
    with pytest.raises(CollectionError, match="not on the list"):
        clients.session.request(method, clients.url("iam.googleapis.com", path))
    assert len(google.sent) == before
    clients.close_all()


def test_a_grpc_method_that_is_not_in_the_table_is_refused(google: Google) -> None:
    from google.cloud import aiplatform_v1  # noqa: PLC0415 - beside its one use

    clients = Clients(anonymous(), endpoint_url=google.url, grpc_target=google.target)
    client = clients.vertex("ModelService", world.REGION)
    with pytest.raises(CollectionError, match="not on the list"):
        client.delete_model(
            request=aiplatform_v1.DeleteModelRequest(name="projects/1/locations/l/models/1")
        )
    with pytest.raises(CollectionError, match="not on the list"):
        client.get_model(name="projects/1/locations/l/models/1")
    clients.close_all()


def test_another_server_is_not_asked_with_the_token(google: Google) -> None:
    clients = Clients(anonymous(), endpoint_url=google.url, grpc_target=google.target)
    with pytest.raises(CollectionError, match="not on the list"):
        clients.session.get(
            "http://203.0.113.9/v1/projects/p/locations/global/workloadIdentityPools"
        )
    clients.close_all()


def test_every_read_only_lists_or_gets() -> None:
    assert all(rpc.rpartition("/")[2].startswith("List") for rpc in rpcs())
    for read in vertex_reads().values():
        assert read.permission.endswith(".list")
    for rest in rest_reads().values():
        assert rest.permission.rpartition(".")[2] in {"list", "get", ""}


def test_every_kind_that_lists_itself_is_asked_for() -> None:
    asked = {*inventory_types(), *vertex_reads(), *rest_reads()}
    own = {k.name for k in load_schema().kinds.values() if k.listed_by == (f"gcp:{k.name}",)}
    by_content = {
        "orgpolicy.googleapis.com/Policy",
        "accesscontextmanager.googleapis.com/ServicePerimeter",
    }
    beside = {
        "accesscontextmanager.googleapis.com/AccessPolicy",
        "accesscontextmanager.googleapis.com/AccessLevel",
    }
    nowhere = {"cloudidentity.googleapis.com/User"}
    assert own - asked == by_content | beside | nowhere


def test_cancel_ends_a_run_that_hangs() -> None:
    with open_google(Google()) as google:
        google.faults["ListAssets RESOURCE"] = "hangs"
        start = time.monotonic()
        with pytest.raises(Cancelled):
            collect(
                CollectRequest(
                    organizations=[world.ORG], endpoint_url=google.url, grpc_target=google.target
                ),
                cancelled=lambda: time.monotonic() - start > 0.5,
            )
        assert time.monotonic() - start < 2.5


def test_progress_grows_to_the_end(google: Google) -> None:
    told: list[float] = []
    collect(
        CollectRequest(
            organizations=[world.ORG], endpoint_url=google.url, grpc_target=google.target
        ),
        progress=lambda fraction, _: told.append(fraction or 0.0),
    )
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"organizations": []}, "name what to read"),
        ({"organizations": ["shop.example"]}, "no organization"),
        ({"organizations": [], "projects": ["Shop!"]}, "no project"),
        ({"regions": ["Europe"]}, "no region"),
        ({"endpoint_url": "http://gcp.example"}, "in the clear"),
        ({"grpc_target": "gcp.example:443"}, "no address of this machine"),
        ({"grpc_target": None}, "needs both"),
        ({"endpoint_url": None}, "needs both"),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused(
    google: Google, more: dict[str, Any], told: str
) -> None:
    with pytest.raises(CollectionError, match=told):
        run(google, **more)


def test_credentials_that_nobody_accepts_are_an_error_and_no_snapshot() -> None:
    with open_google(Google()) as google:
        for content in ("RESOURCE", "IAM_POLICY", "ORG_POLICY", "ACCESS_POLICY"):
            google.faults[f"ListAssets {content}"] = "unauthenticated"
        for name in ("deny list", "boundaries", "bindings"):
            google.faults[name] = "unauthenticated"
        with pytest.raises(CollectionError, match="does not accept the credentials"):
            run(google)


def test_no_source_or_two_sources_of_credentials_are_refused() -> None:
    for login in (Login(), Login(gcloud=True, environment=True)):
        with pytest.raises(CollectionError, match="name where the credentials come from"):
            open_credentials(login)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "no JSON"),
        (
            '{"type": "external_account", "credential_source": {"url": "http://169.254.169.254/"}}',
            "external_account",
        ),
        ('{"type": "service_account"}', "cannot be used"),
        ("[]", "type None"),
    ],
)
def test_other_files_are_no_credentials(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CollectionError, match=told):
        open_credentials(Login(credentials_file=str(path)))


def test_a_login_of_gcloud_is_read_from_its_own_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = {
        "type": "authorized_user",
        "client_id": "i",
        "client_secret": "s",
        "refresh_token": "r",
    }
    (tmp_path / "application_default_credentials.json").write_text(
        json.dumps(content), encoding="utf-8"
    )
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    assert open_credentials(Login(gcloud=True)).refresh_token == "r"
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "none"))
    with pytest.raises(CollectionError, match="no such file"):
        open_credentials(Login(gcloud=True))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with pytest.raises(CollectionError, match="is not set"):
        open_credentials(Login(environment=True))


def test_addresses_of_this_machine() -> None:
    assert all(map(is_here, ("http://127.0.0.1:1", "localhost:1", "[::1]:1")))
    assert not is_here("10.0.0.1:1")
