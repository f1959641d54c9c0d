"""`modelhound collect gcp` end to end against a made-up Google, and `modelhound policy gcp`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.__main__ import run
from graph.snapshot import read_snapshot
from tests.beds import gcp_world as world
from tests.beds.gcp_bed import TOKEN, Google, open_google


@pytest.fixture
def google() -> Iterator[Google]:
    with open_google(Google()) as made:
        yield made


def _key_file(folder: Path, google: Google) -> Path:
    """A service account's file whose tokens the made-up server gives."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    content = {
        "type": "service_account",
        "project_id": world.ML,
        "private_key": key.decode(),
        "client_email": world.TRAINER,
        "token_uri": f"{google.url}/token",
    }
    path = folder / "key.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_an_organisation_becomes_a_file_that_can_be_assessed(
    google: Google,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    key = _key_file(tmp_path, google)
    command = ["collect", "gcp", "--credentials-file", str(key), "--organization", world.ORG]
    servers = ["--endpoint-url", google.url, "--grpc-target", google.target]
    assert run([*command, *servers, "--out", "estate.hound"]) == 0
    told = capsys.readouterr().err
    snapshot = read_snapshot(tmp_path / "estate.hound")
    assert f"{len(snapshot.records)} records" in told
    assert snapshot.name == f"Google Cloud organization {world.ORG}"
    content = (tmp_path / "estate.hound").read_bytes()
    assert TOKEN.encode() not in content
    assert b"PRIVATE KEY" not in content
    assert run(["assess", "estate.hound", "--format", "json"]) in {0, 1}
    assert json.loads(capsys.readouterr().out)


def test_credentials_must_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["collect", "gcp", "--project", world.ML, "--out", str(tmp_path / "a.hound")]) == 2
    assert "name where the credentials come from" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_policy_is_a_role_of_gcloud(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "gcp"]) == 0
    role = json.loads(capsys.readouterr().out)
    assert "cloudasset.assets.listResource" in role["includedPermissions"]
    assert run(["policy", "gcp", "--roles"]) == 0
    assert "Groups Reader" in capsys.readouterr().out
