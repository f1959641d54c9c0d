"""The live collector against a real server: what it sees, what it admits not to have seen, whose credentials it uses."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest

from collectors.aws import asking, live
from collectors.aws.asking import Run, ask_all
from collectors.aws.live import CollectRequest, _first, allowed_operations, collect
from collectors.aws.services import READS
from collectors.aws.session import Clients, home_region, open_session
from collectors.mapping import map_snapshot
from collectors.reads import Read
from graph.estate import Estate
from graph.model import Cancelled, CollectionError, CoverageState, Scope, Snapshot
from graph.snapshot import read_snapshot, write_snapshot
from tests.beds.aws_estate import ACCOUNT, BUCKET, COPY, HOME, ROLE, SECOND
from tests.beds.aws_world import World
from tests.beds.serving import served

CLOCK = "2026-01-01T00:00:00Z"
# What moto 5.2.5 does not answer, of what this estate makes the collector ask.
NOT_IN_MOTO = {
    "bedrock-agent:ListAgentActionGroups",
    "bedrock-agent:ListAgentAliases",
    "bedrock-agent:ListAgentCollaborators",
    "bedrock-agent:ListAgentKnowledgeBases",
    "bedrock-agent:ListDataSources",
    "bedrock-agentcore-control:ListCodeInterpreters",
    "bedrock:GetModelCustomizationJob",
    "bedrock:ListFoundationModels",
    "bedrock:ListGuardrails",
    "bedrock:ListInferenceProfiles",
    "sagemaker:GetModelPackageGroupPolicy",
    "sagemaker:ListTags",
}


def _request(url: str, **more: Any) -> CollectRequest:
    given: dict[str, Any] = {"environment": True, "regions": (HOME, SECOND), "time": CLOCK}
    return CollectRequest(endpoint_url=url, **given | more)


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture(scope="module")
def told() -> list[tuple[float | None, str]]:
    return []


@pytest.fixture(scope="module")
def snapshot(aws_bed, told) -> Snapshot:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        return collect(_request(aws_bed.url), progress=lambda *said: told.append(said))


@pytest.fixture(scope="module")
def estate(snapshot) -> Estate:
    return map_snapshot(snapshot)


def _arn(service: str, name: str, region: str = HOME) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{name}"


def test_every_asset_of_the_estate_is_seen(estate, aws_bed):
    ids = aws_bed.ids
    for service, kind, name in (
        ("ec2", "vpc", "vpc"),
        ("ec2", "subnet", "subnet"),
        ("ec2", "internet-gateway", "gateway"),
        ("ec2", "route-table", "table"),
        ("ec2", "security-group", "group"),
        ("ec2", "vpc-endpoint", "endpoint"),
    ):
        assert _arn(service, f"{kind}/{ids[name]}") in estate.assets
        assert _arn(service, f"{kind}/{ids['second-' + name]}", SECOND) in estate.assets
    assert {a for n, a in ids.items() if a.startswith("arn:") and n != "runtime"} <= set(
        estate.assets
    )
    expected = {
        "AWS::SageMaker::NotebookInstance": {"nb1", "nb-eu"},
        "AWS::SageMaker::Model": {"fraud-model"},
        "AWS::SageMaker::Endpoint": {"fraud-ep"},
        "AWS::SageMaker::EndpointConfig": {"fraud-ec"},
        "AWS::SageMaker::Pipeline": {"pipe"},
        "AWS::SageMaker::TrainingJob": {"tj"},
        "AWS::SageMaker::ModelPackageGroup": {"fraud", "fraud2"},
        "AWS::SageMaker::Domain": {"studio"},
        "AWS::Bedrock::Agent": {"support-agent"},
        "AWS::Bedrock::KnowledgeBase": {"kb"},
        "AWS::Bedrock::CustomModel": {"seed-ft"},
        "AWS::BedrockAgentCore::Runtime": {"rt"},
        "AWS::BedrockAgentCore::Gateway": {"gw"},
        "AWS::BedrockAgentCore::GatewayTarget": {"orders"},
        "AWS::S3::Bucket": {BUCKET, COPY},
        "AWS::IAM::User": {"data-scientist"},
        "AWS::IAM::Group": {"scientists"},
        "AWS::IAM::Role": {"SageMakerExec", "Deployer"},
        "AWS::Lambda::Function": {"agent-tool"},
        "AWS::DynamoDB::Table": {"features"},
        "AWS::ECR::Repository": {"inference"},
        "AWS::SecretsManager::Secret": {"third-party-llm-key"},
        "AWS::OpenSearchServerless::Collection": {"vec"},
    }
    for kind, names in expected.items():
        found = {a.name for a in estate.assets.values() if a.kind == kind}
        assert found == names, kind


def test_every_relationship_of_the_estate_is_seen(estate, aws_bed):
    ids, found = aws_bed.ids, {relationship.key for relationship in estate.relationships}
    user, bucket = f"arn:aws:iam::{ACCOUNT}:user/data-scientist", f"arn:aws:s3:::{BUCKET}"
    group = f"arn:aws:iam::{ACCOUNT}:group/ml/scientists"
    model, notebook = (
        _arn("sagemaker", "model/fraud-model"),
        _arn("sagemaker", "notebook-instance/nb1"),
    )
    tool = _arn("lambda", "function:agent-tool")
    subnet, guard = (
        _arn("ec2", f"subnet/{ids['subnet']}"),
        _arn("ec2", f"security-group/{ids['group']}"),
    )
    expected = {
        (user, "MEMBER_OF", group),
        (ids["policy"], "ATTACHED_TO", group),
        (f"{user}/inline/pass", "ATTACHED_TO", user),
        (f"{ROLE}/inline/too-wide", "ATTACHED_TO", ROLE),
        ("arn:aws:iam::aws:policy/AmazonSageMakerFullAccess", "ATTACHED_TO", ROLE),
        (
            f"arn:aws:iam::{ACCOUNT}:access-key/data-scientist/{ids['key'][-4:]}",
            "AUTHENTICATES_TO",
            user,
        ),
        (f"arn:aws:iam::{ACCOUNT}:instance-profile/ml-node", "HAS_ROLE", ROLE),
        (f"arn:aws:iam::{ACCOUNT}:role/Deployer", "TRUSTS", ids["oidc"]),
        (notebook, "RUNS_AS", ROLE),
        (notebook, "IN_NETWORK", subnet),
        (notebook, "GUARDED_BY", guard),
        (subnet, "IN_NETWORK", _arn("ec2", f"vpc/{ids['vpc']}")),
        (_arn("sagemaker", "notebook-instance/nb-eu", SECOND), "RUNS_AS", ROLE),
        (model, "RUNS_AS", ROLE),
        (model, "STORED_IN", bucket),
        (model, "STORED_IN", _arn("ecr", "repository/inference")),
        (_arn("sagemaker", "endpoint/fraud-ep"), "SERVES", model),
        (_arn("sagemaker", "endpoint-config/fraud-ec"), "WRITES_TO", bucket),
        (_arn("sagemaker", "endpoint-config/fraud-ec"), "ENCRYPTED_BY", ids["kms"]),
        (bucket, "ENCRYPTED_BY", ids["kms"]),
        (_arn("sagemaker", "training-job/tj"), "READS_FROM", bucket),
        (_arn("sagemaker", "training-job/tj"), "WRITES_TO", bucket),
        (ids["domain"], "RUNS_AS", ROLE),
        (ids["model"], "TRAINED_ON", bucket),
        (ids["agent"], "RUNS_AS", ROLE),
        (ids["knowledge"], "INDEXED_IN", ids["collection"]),
        (ids["knowledge"], "RUNS_AS", ROLE),
        (ids["tools"], "RUNS_AS", ROLE),
        (tool, "RUNS_AS", ROLE),
        (_arn("bedrock", "settings"), "LOGS_TO", _arn("logs", "log-group:/bedrock/invocations")),
        (f"arn:aws:iam::{ACCOUNT}:root", "CONTAINS", ids["second-kms"]),
    }
    assert expected - found == set()
    kinds = Counter(relationship.kind for relationship in estate.relationships)
    assert kinds["EXPOSES_TOOL"] == kinds["INVOKES"] == 1
    assert kinds["APPLIES_TO"] > 1


def test_what_moto_lacks_is_a_gap_with_a_reason_and_nothing_else_is(snapshot):
    gaps = [entry for entry in snapshot.coverage if entry.state is not CoverageState.COMPLETE]
    assert {entry.operation for entry in gaps} == NOT_IN_MOTO
    assert all(entry.reason for entry in gaps)
    whole = {e.operation for e in snapshot.coverage if e.state is CoverageState.COMPLETE}
    assert len(whole) > 85


def test_every_read_is_asked_in_every_region_that_it_has(snapshot):
    asked = {(entry.operation, entry.scope.region) for entry in snapshot.coverage}
    for read in READS:
        for region in (HOME, SECOND) if read.scope == "region" else ("",):
            assert (f"{read.client}:{read.operation}", region) in asked
    assert {entry.scope.account for entry in snapshot.coverage} == {ACCOUNT}


def test_an_estate_says_what_it_does_not_know(estate):
    here = Scope(provider="aws", account=ACCOUNT, region=HOME)
    assert "failed" in str(estate.coverage.gap("bedrock:ListGuardrails", here))
    assert estate.coverage.gap("bedrock-agent:ListAgents", here) is None
    elsewhere = Scope(provider="aws", account=ACCOUNT, region="ap-south-1")
    assert "was not read" in str(estate.coverage.gap("bedrock-agent:ListAgents", elsewhere))


def test_progress_grows_from_nothing_to_all(snapshot, told):
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert len(told) > len(snapshot.records)
    assert any(text.endswith(f"in {SECOND}") for _, text in told)


def test_two_runs_give_the_same_bytes(aws_bed, snapshot, tmp_path):
    again = collect(_request(aws_bed.url))
    digests = set()
    for name, found in (("one", snapshot), ("two", again)):
        path: Path = tmp_path / f"{name}.hound"
        write_snapshot(found, path)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
        kept = read_snapshot(path)
        assert {record.id for record in kept.records} == {record.id for record in found.records}
        assert len(kept.coverage) == len(found.coverage)
    assert len(digests) == 1


def test_without_regions_all_enabled_ones_are_read(aws_bed):
    reads = [read for read in READS if read.operation == "ListSecrets"]
    found = collect(_request(aws_bed.url, regions=(), reads=reads))
    regions = {entry.scope.region for entry in found.coverage}
    assert {HOME, SECOND, "ap-northeast-1"} <= regions
    assert len(regions) > 10


def test_no_secret_of_the_estate_is_kept(snapshot):
    assert "not-for-us" not in repr(snapshot)
    assert snapshot.redactions["environment value"] >= 1


# --- cancel


def test_cancel_ends_within_a_second_also_while_calls_hang():
    read = Read(client="secretsmanager", operation="ListSecrets")
    world = World(["sts", "secretsmanager"])
    world.faults = {("secretsmanager", "ListSecrets"): "hang"}
    cancelled_at: list[float] = []

    def cancelled() -> bool:
        if world.asked.get(("secretsmanager", "ListSecrets")) and not cancelled_at:
            cancelled_at.append(time.monotonic())
        return bool(cancelled_at)

    with served(world) as url:
        with pytest.raises(Cancelled):
            collect(_request(url, reads=[read], timeout=3.0), cancelled=cancelled)
        assert time.monotonic() - cancelled_at[0] < 1


def test_cancel_asks_nothing_more(aws_bed):
    told: list[str] = []
    with pytest.raises(Cancelled):
        collect(
            _request(aws_bed.url),
            progress=lambda _, text: told.append(text),
            cancelled=lambda: len(told) > 10,
        )
    assert len(told) < 40


def test_clients_of_a_region_go_when_it_has_been_read(aws_bed, monkeypatch):
    made: list[tuple[str, str]] = []
    most = 0

    class Watched(Clients):
        def _new(self, service: str, region: str) -> Any:
            nonlocal most
            made.append((service, region))
            most = max(most, len(self._made) + 1)
            return super()._new(service, region)

    monkeypatch.setattr(live, "Clients", Watched)
    monkeypatch.setattr(asking, "WORKERS", 2)  # or all these few calls would be under way at once
    regions = (SECOND, "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "ap-south-1")
    reads = [read for read in READS if read.client in {"secretsmanager", "logs", "ecr", "dynamodb"}]
    collect(_request(aws_bed.url, regions=regions, reads=reads))
    assert {region for _, region in made} == {HOME, *regions}
    assert len(made) == len(set(made)) == 1 + 4 * len(regions)
    assert most < len(made) / 2


# --- what may be called


def test_what_is_not_on_the_list_is_refused_before_it_is_sent():
    world = World(["secretsmanager", "s3", "sts"])
    with served(world) as url:
        session = open_session(None, environment=True)
        clients = Clients(session, allowed_operations(READS), url)
        with pytest.raises(CollectionError, match="GetSecretValue is not on the list"):
            clients.get("secretsmanager", HOME).get_secret_value(SecretId="x")
        with pytest.raises(CollectionError, match="s3:DeleteBucket is not on the list"):
            clients.get("s3", HOME).delete_bucket(Bucket="x")
        assert world.asked == {}
        clients.get("secretsmanager", HOME).list_secrets()  # the control: this one goes out
        assert list(world.asked) == [("secretsmanager", "ListSecrets")]


def test_nothing_on_the_list_writes_or_reads_content():
    for name in allowed_operations(READS):
        operation = name.partition(":")[2]
        assert operation.startswith(("Get", "List", "Describe"))
        assert operation not in {"GetSecretValue", "GetObject", "GetParameter", "GetFunction"}


# --- whose credentials


@contextmanager
def metadata_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What answers at 169.254.169.254 on an instance and at 169.254.170.2 in a container, here; every request is noted."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def _note(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_GET = do_PUT = _note  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
    monkeypatch.setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_DEFAULTS_MODE", "auto")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/container")
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _profiles(home: Path, text: str) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(text, encoding="utf-8")


KEYS = "aws_access_key_id = testing\naws_secret_access_key = testing\n"


def test_the_metadata_address_is_never_asked(monkeypatch, own_folders):
    _profiles(
        own_folders,
        "[profile empty]\nregion = eu-central-1\n"
        + "".join(
            f"[profile {source}]\nrole_arn = {ROLE}\ncredential_source = {source}\n"
            for source in ("Ec2InstanceMetadata", "EcsContainer")
        )
        + f"[profile keys]\n{KEYS}",
    )
    world = World(["sts", "s3"])
    with metadata_service(monkeypatch) as asked, served(world) as url:
        for given in (
            {"environment": True},
            {"profile": "empty"},
            {"profile": "Ec2InstanceMetadata"},
            {"profile": "EcsContainer"},
        ):
            with pytest.raises(CollectionError):
                collect(CollectRequest(endpoint_url=url, regions=(HOME,), reads=(), **given))
        collect(CollectRequest(endpoint_url=url, regions=(HOME,), reads=(), profile="keys"))
        assert asked == []


def test_the_usual_chain_would_ask_it(monkeypatch, own_folders):
    """The red control of the test before."""
    _profiles(own_folders, "[default]\nregion = eu-central-1\n")
    with metadata_service(monkeypatch) as asked:
        try:
            found = boto3.Session().get_credentials()
        except Exception:  # noqa: BLE001 - what it makes of a 404 is no matter
            found = None
        monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        found = boto3.Session().get_credentials()
    assert found is None
    assert any("container" in path for path in asked)
    assert any("latest" in path for path in asked)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "name where the credentials come from"),
        ({"profile": "a", "environment": True}, "name where the credentials come from"),
        ({"profile": "nobody"}, r"profile 'nobody' is not in your AWS configuration; it has: keys"),
        ({"environment": True}, r"the environment \(AWS_ACCESS_KEY_ID, ...\) holds no credentials"),
        ({"profile": "keys", "regions": ("mars-1",)}, "there is no AWS region 'mars-1'"),
    ],
)
def test_missing_credentials_are_one_sentence(monkeypatch, own_folders, given, said):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    _profiles(own_folders, f"[profile keys]\n{KEYS}")
    with pytest.raises(CollectionError, match=said) as caught:
        collect(CollectRequest(endpoint_url="http://127.0.0.1:9", **given))
    assert "\n" not in str(caught.value)


def test_a_profile_that_asks_for_a_code_is_one_sentence(own_folders):
    """The collecting process has no keyboard; the SDK would ask there and fail."""
    _profiles(
        own_folders,
        f"[profile keys]\n{KEYS}[profile strict]\nrole_arn = {ROLE}\nsource_profile = keys\n"
        f"mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/me\n",
    )
    with pytest.raises(CollectionError, match="profile 'strict' asks for an MFA code"):
        collect(CollectRequest(profile="strict", endpoint_url="http://127.0.0.1:9"))


def test_a_wrong_profile_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "gone")
    with pytest.raises(CollectionError, match=r"profile 'gone' \(from AWS_PROFILE\)"):
        collect(CollectRequest(environment=True))


def test_a_profile_is_used_and_not_the_environment(monkeypatch, own_folders):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-environment")
    _profiles(own_folders, f"[profile keys]\n{KEYS}")
    session = open_session("keys", environment=False)
    assert session.get_credentials().access_key == "testing"
    session = open_session(None, environment=True)
    assert session.get_credentials().access_key == "of-the-environment"


# --- what a missing host means


@pytest.mark.parametrize(
    ("client", "region", "resolver", "state"),
    [
        ("sagemaker", "eu-central-1", "Name or service not known", CoverageState.FAILED),
        ("bedrock-agent", "ap-east-2", "Name or service not known", CoverageState.NOT_OFFERED),
        (
            "bedrock-agent",
            "ap-east-2",
            "Temporary failure in name resolution",
            CoverageState.FAILED,
        ),
    ],
)
def test_only_a_name_that_does_not_exist_means_not_offered(
    monkeypatch, client, region, resolver, state
):
    """A service that the SDK knows in a region, and a resolver that fails, say nothing about what is there."""
    import socket  # noqa: PLC0415 - patched below

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, resolver)

    session = open_session(None, environment=True)
    clients = Clients(session, allowed_operations(READS), retries={"total_max_attempts": 1})
    run = Run(clients=clients, account=ACCOUNT, home=HOME, time=CLOCK, cancelled=lambda: False)
    reads = [read for read in READS if read.client == client][:1]
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    ledger = ask_all(_first(reads, [region]), run, lambda *_: None)
    assert {entry.state for entry in ledger.coverage} == {state}


def test_global_services_answer_at_home_in_each_partition():
    session = open_session(None, environment=True)
    assert home_region(session, None) == "us-east-1"
    assert home_region(session, "eu-central-1") == "us-east-1"
    assert home_region(session, "cn-northwest-1") == "cn-north-1"
    assert home_region(session, "us-gov-east-1") == "us-gov-west-1"
