"""The live Azure collector: only reads, only at its own servers, cancellable, reproducible, and as exports tell it."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.core.rest import HttpRequest

from collectors.azure import calls
from collectors.azure.live import CollectRequest, collect
from collectors.azure.pipeline import OneToken, PatientRetry, Planes, is_here, origin_of
from collectors.azure.reads import QUERY_PATH, all_reads, clouds, queries
from collectors.azure.session import Login, open_credential, subscription_id
from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import Cancelled, CollectionError, CoverageState
from graph.snapshot import write_snapshot
from tests.beds import azure_world as tenant
from tests.beds.azure_bed import TOKEN, FakeCredential, World, acme, everything, running
from tests.beds.canaries import bytes_of
from tests.beds.serving import served
from tests.collectors.azure.answers import arm_exports, read

ACCOUNT = f"/subscriptions/{tenant.SUB}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/a"
STORE = (
    f"/subscriptions/{tenant.SUB}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/s"
)
WORKSPACE = f"/subscriptions/{tenant.SUB}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/w"
KEYS = [
    f"{ACCOUNT}/listKeys", f"{ACCOUNT}/regenerateKey", f"{STORE}/listKeys", f"{STORE}/ListAccountSas",
    f"{WORKSPACE}/listKeys", f"{WORKSPACE}/listNotebookKeys", f"{WORKSPACE}/datastores/d/listSecrets",
    f"{WORKSPACE}/computes/c/listKeys", f"{WORKSPACE}/onlineEndpoints/e/listKeys", f"{WORKSPACE}/onlineEndpoints/e/token",
    f"{WORKSPACE}/connections/c/listsecrets", f"/subscriptions/{tenant.SUB}/resourceGroups/rg/providers/Microsoft.Search/searchServices/s/listAdminKeys",
    f"/subscriptions/{tenant.SUB}/resourceGroups/rg/providers/Microsoft.Search/searchServices/s/listQueryKeys",
    f"/subscriptions/{tenant.SUB}/resourceGroups/rg/providers/Microsoft.Web/sites/s/config/appsettings/list",
    f"/subscriptions/{tenant.SUB}/resourceGroups/rg/providers/Microsoft.DocumentDB/databaseAccounts/d/readonlykeys",
    f"/subscriptions/{tenant.SUB}/providers/Microsoft.MachineLearningServices/register",
    "/providers/Microsoft.ResourceGraph/resourcesHistory",
]  # fmt: skip


def _request(world: World, **more: Any) -> CollectRequest:
    return CollectRequest(endpoint_url=world.url, time="2026-01-01T00:00:00Z", **more)


@pytest.fixture(scope="module")
def ways():
    world = everything()
    with served(world) as url:
        world.url = url
        cloud = clouds()["public"]
        yield (
            world,
            Planes(
                cloud,
                OneToken(FakeCredential()),
                all_reads().values(),
                endpoint_url=url,
                attempts=1,
                timeout=20,
                cancelled=lambda: False,
            ),
        )


@pytest.fixture
def planes(ways):
    """A world that nothing was asked of yet, and the ways to it."""
    ways[0].sent.clear()
    return ways


@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "DELETE", "PATCH", "HEAD"])
@pytest.mark.parametrize("path", KEYS)
def test_keys_and_secrets_cannot_be_asked_for_at_all(planes, method, path):
    world, ways = planes
    for client in ("arm", "graph", "foundry"):
        with pytest.raises(
            CollectionError, match="not on the list of calls that only read; it was not made"
        ):
            ways.get(client).send_request(HttpRequest(method, world.url + path), **ways.options)
    assert world.sent == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_what_is_read_cannot_be_written(planes, method):
    world, ways = planes
    for name, each in all_reads().items():
        path = each.address(tenant.SUB, ACCOUNT).partition("?")[0]
        with pytest.raises(CollectionError, match="only read"):
            ways.get(each.plane).send_request(HttpRequest(method, world.url + path), **ways.options)
        assert name
    assert world.sent == []


def test_the_query_of_resource_graph_is_the_only_post(planes):
    world, ways = planes
    body = {"query": queries()["counts"].text(), "subscriptions": [tenant.SUB], "options": {}}
    ways.get("arm").send_request(
        HttpRequest("POST", world.url + QUERY_PATH, json=body), **ways.options
    )
    assert [method for method, _ in world.sent] == ["POST"]
    found = [(method, target) for method, target in _sent_by_a_run() if method != "GET"]
    assert found == [("POST", f"{QUERY_PATH}?api-version=2021-03-01")] * 3


def _sent_by_a_run() -> list[tuple[str, str]]:
    world = everything()
    with running(world):
        collect(_request(world))
    return world.sent


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/groups/../users", "/v1.0/groups/%2e%2e/members", "/v1.0/groups/a%2f..%2fb/members", "/v1.0/me/messages",
        "/v1.0/users/a/authentication/methods", "/beta/users", "/v1.0/applications/x/extra/owners",
        f"{ACCOUNT}/../accounts", "/subscriptions/x/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v/secrets/s",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(planes, path):
    world, ways = planes
    with pytest.raises(CollectionError, match="only read"):
        ways.get("graph").send_request(HttpRequest("GET", world.url + path), **ways.options)
    assert world.sent == []


def test_a_token_goes_to_its_own_server_alone():
    world = everything()
    with running(world) as credential:
        public = Planes(clouds()["public"], OneToken(credential), all_reads().values(), attempts=1, timeout=1, cancelled=lambda: False)  # fmt: skip
        for plane, url in (
            ("arm", "https://management.azure.com.evil.example/subscriptions"),
            ("arm", "http://management.azure.com/subscriptions"),
            ("arm", f"{world.url}/subscriptions"),
            ("graph", "https://management.azure.com/v1.0/users"),
            ("foundry", "https://a.services.ai.azure.com.evil.example/api/projects/p/agents"),
            ("search", "https://x:1@evil.search.windows.net/indexes"),
            ("foundry", "https://evil.example/.services.ai.azure.com/api/projects/p/agents"),
        ):
            with pytest.raises(CollectionError, match="it was not made"):
                public.get(plane).send_request(HttpRequest("GET", url))
        assert credential.asked == []
        assert world.sent == []


def test_a_missing_provider_is_never_registered():
    """The SDK's own pipeline would answer a 409 of this kind with a POST that registers the provider."""
    world = everything()
    from tests.beds.azure_bed import FAULTS, refused  # noqa: PLC0415 - for this test alone

    with running(world), pytest.MonkeyPatch.context() as patch:
        patch.setitem(FAULTS, "missing", lambda *_: refused(409, "MissingSubscriptionRegistration"))
        world.faults = {"arm:Microsoft.Search/searchServices": "missing"}
        found = collect(_request(world))
    assert not [t for method, t in world.sent if method != "GET" and "ResourceGraph" not in t]
    (line,) = [e for e in found.coverage if e.operation == "arm:Microsoft.Search/searchServices"]
    assert line.state is CoverageState.NOT_OFFERED


def test_plain_http_to_another_machine_is_refused_before_any_token():
    with pytest.raises(CollectionError, match="in the clear; use https"):
        collect(CollectRequest(endpoint_url="http://arm.example", login=Login(cli=True)))
    assert is_here("http://127.0.0.1:1/x")
    assert is_here("http://localhost")
    assert not is_here("https://127.0.0.1.evil.example")
    assert origin_of("https://a.example:443/x") == origin_of("https://A.example/y")


# --- the same estate


def _told(estate: Estate) -> tuple[dict[str, Any], set[tuple[str, str, str]]]:
    assets = {
        a.id: (a.kind, a.name, a.account, a.region, dict(a.properties))
        for a in estate.assets.values()
    }
    return assets, {r.key for r in estate.relationships}


@pytest.mark.parametrize("page_size", [1000, 1])
def test_live_and_exports_tell_the_same_estate_and_coverage_what_differs(tmp_path, page_size):
    world = acme(page_size)
    with running(world):
        found = collect(_request(world))
    exported, estate = read(arm_exports(tmp_path))
    assert _told(map_snapshot(found)) == _told(estate)
    assert len(estate.relationships) > 60
    assert {entry.state for entry in found.coverage} == {CoverageState.COMPLETE}
    live, files = ({e.operation for e in s.coverage} for s in (found, exported))
    assert files <= live
    assert (
        "arm:Microsoft.Authorization/denyAssignments" in live - files
    )  # asked for live, and there are none
    assert "graph:roleAssignments" in live - files


def test_two_runs_give_the_same_bytes(tmp_path):
    written = []
    for name in ("a.hound", "b.hound"):
        world = acme()
        with running(world):
            write_snapshot(collect(_request(world)), tmp_path / name)
        written.append((tmp_path / name).read_bytes())
        assert TOKEN.encode() not in bytes_of(tmp_path / name)
    assert written[0] == written[1]


def test_a_named_subscription_alone_is_read():
    other = "10000000-0000-0000-0000-000000000099"
    world = acme()
    world.arm.append({"id": f"/subscriptions/{other}", "subscriptionId": other, "displayName": "other", "state": "Enabled"})  # fmt: skip
    world.arm.append({"id": f"/subscriptions/{other}/resourceGroups/r/providers/Microsoft.Web/sites/s", "name": "s"})  # fmt: skip
    with running(world):
        one = collect(_request(world, subscriptions=[tenant.SUB]))
        both = collect(_request(world))
        with pytest.raises(
            CollectionError, match=f"do not show the subscription {tenant.TENANT}; they show: "
        ):
            collect(_request(world, subscriptions=[tenant.TENANT]))
    assert one.name == f"Azure subscription {tenant.SUB}"
    assert {e.scope.account for e in one.coverage} == {"", tenant.SUB}
    assert both.name == "Azure subscriptions"
    assert {e.scope.account for e in both.coverage} == {"", tenant.SUB, other}
    assert (
        f"/subscriptions/{other}/resourceGroups/r/providers/Microsoft.Web/sites/s"
        in map_snapshot(both).assets
    )


# --- progress and cancel


def test_progress_grows_to_the_end():
    world, told = everything(), []
    with running(world):
        collect(_request(world), progress=lambda fraction, text: told.append((fraction, text)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert {"Microsoft Graph users", "Resource Graph workloads"} <= {text for _, text in told}


def test_cancel_ends_soon_although_a_server_hangs():
    world = everything()
    world.faults = {"graph:users": "hang"}
    stop = threading.Event()

    def progress(_: float | None, text: str) -> None:
        if "deployments" in text:
            stop.set()

    with running(world):
        began = time.monotonic()
        with pytest.raises(Cancelled):
            collect(_request(world), progress=progress, cancelled=stop.is_set)
    assert time.monotonic() - began < 4


def test_a_wait_that_the_server_asks_for_ends_with_the_users_cancel():
    began = time.monotonic()
    with pytest.raises(Cancelled):
        PatientRetry(3, lambda: time.monotonic() - began > 0.3).wait(50)
    assert time.monotonic() - began < 5


# --- credentials


def test_nothing_is_guessed():
    for login in (Login(), Login(cli=True, environment=True), Login(cli=True, client_id="x")):
        with pytest.raises(
            CollectionError, match="name where the credentials come from: --az-login"
        ):
            open_credential(login, clouds()["public"])
    with pytest.raises(CollectionError, match="a client also needs --secret-variable and --tenant"):
        open_credential(Login(client_id="x"), clouds()["public"])


def test_each_source_is_that_one_and_no_chain(monkeypatch):
    cloud = clouds()["public"]
    for name, value in {
        "AZURE_TENANT_ID": tenant.TENANT,
        "AZURE_CLIENT_ID": tenant.CLIENT,
        "MY_SECRET": "s3cret",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(
        CollectionError, match="set AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH"
    ):
        open_credential(Login(environment=True), cloud)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "s3cret")
    client = Login(client_id=tenant.CLIENT, secret_variable="MY_SECRET", tenant=tenant.TENANT)
    kinds = [
        type(open_credential(login, cloud)).__name__
        for login in (Login(cli=True), Login(environment=True), client)
    ]
    assert kinds == ["AzureCliCredential", "ClientSecretCredential", "ClientSecretCredential"]
    monkeypatch.delenv("MY_SECRET")
    with pytest.raises(CollectionError, match="the environment variable MY_SECRET is not set"):
        open_credential(client, cloud)
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PATH", "/no/such.pem")
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    with pytest.raises(CollectionError, match=r"the certificate /no/such\.pem cannot be used"):
        open_credential(Login(environment=True), cloud)


def test_the_environment_may_name_another_authority(monkeypatch):
    for name, value in {
        "AZURE_TENANT_ID": tenant.TENANT,
        "AZURE_CLIENT_ID": tenant.CLIENT,
        "AZURE_CLIENT_SECRET": "s3cret",
        "AZURE_AUTHORITY_HOST": "https://login.stack.example",
    }.items():
        monkeypatch.setenv(name, value)
    found = open_credential(Login(environment=True), clouds()["public"])
    assert found._authority == "https://login.stack.example"
    assert found._instance_discovery is False
    monkeypatch.delenv("AZURE_AUTHORITY_HOST")
    found = open_credential(Login(environment=True), clouds()["usgovernment"])
    assert found._authority == "https://login.microsoftonline.us"
    assert found._instance_discovery is True


@pytest.mark.parametrize(
    ("region", "kept"), [("TryAutoDetect", None), ("true", None), ("westeurope", "westeurope")]
)
def test_no_region_is_found_out_at_the_metadata_address(monkeypatch, region, kept):
    for name, value in {
        "AZURE_TENANT_ID": tenant.TENANT,
        "AZURE_CLIENT_ID": tenant.CLIENT,
        "AZURE_CLIENT_SECRET": "s",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AZURE_REGIONAL_AUTHORITY_NAME", region)
    assert open_credential(Login(environment=True), clouds()["public"])._regional_authority == kept


def test_no_source_of_ours_names_the_default_chain_or_managed_identities():
    for path in Path("collectors").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for name in (
            "DefaultAzureCredential",
            "ManagedIdentityCredential",
            "EnvironmentCredential",
            "ChainedToken",
        ):
            assert name not in text, path


def test_a_cli_without_login_is_one_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        CollectionError, match=r"Azure does not accept the credentials .*CLI not found"
    ):
        collect(CollectRequest(login=Login(cli=True), endpoint_url="http://127.0.0.1:9"))


def test_a_name_that_nobody_knows_is_told_as_such():
    """Such as the address of a project whose account is only reached from its own network."""
    text = "<urllib3.connection.HTTPSConnection object>: Failed to resolve 'a.services.ai.azure.com' ([Errno -2] Name or service not known)"  # fmt: skip
    found = calls._failure(ServiceRequestError(text))
    assert (found.state, found.code) == (CoverageState.FAILED, "NoSuchHost")
    assert calls._failure(ServiceRequestError("refused")).code == "ServiceRequestError"


def test_a_server_that_is_not_there_is_one_sentence():
    world = everything()
    with running(world), pytest.raises(CollectionError, match="Azure does not answer"):
        collect(CollectRequest(endpoint_url="http://127.0.0.1:9"))


def test_a_token_is_asked_for_once_for_each_audience():
    class Slow:
        calls = 0

        def get_token(self, *_: str) -> Any:
            Slow.calls += 1
            time.sleep(0.05)
            from azure.core.credentials import AccessToken  # noqa: PLC0415 - for this test alone

            return AccessToken("t", int(time.time()) + 3600)

    token = OneToken(Slow())
    threads = [threading.Thread(target=token.get_token, args=("a",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Slow.calls == 1
    assert token.get_token_info("b").token == "t"
    assert Slow.calls == 2


@pytest.mark.parametrize(
    "text", ["prod", "", "/subscriptions/x", "10000000-0000-0000-0000-00000000000"]
)
def test_what_is_no_subscription_is_one_sentence(text):
    with pytest.raises(
        CollectionError, match="is no subscription id; take it from `az account list`"
    ):
        subscription_id(text)
    assert subscription_id(f"/subscriptions/{tenant.SUB.upper()}") == tenant.SUB
