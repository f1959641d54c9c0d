"""What runs in the children, called here: a cloud whose packages are missing."""

import sys

import pytest

from app.tasks import TASKS
from graph.model import UserError
from graph.progress import never, silent


def test_a_missing_sdk_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    arguments: dict[str, object] = {
        "profile": None,
        "environment": True,
        "regions": [],
        "endpoint_url": None,
        "out": str(tmp_path / "a.hound"),
    }
    with pytest.raises(
        UserError, match=r"needs packages that are not installed \(boto3\); run pip"
    ):
        TASKS["collect-aws"](arguments, progress=silent, cancelled=never)
    assert list(tmp_path.iterdir()) == []


def test_the_sentence_names_the_extra_of_google_cloud(tmp_path, monkeypatch):
    for name in (
        "collectors.gcp.live",
        "collectors.gcp.calls",
        "collectors.gcp.clients",
        "collectors.gcp.asking",
    ):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "grpc", None)
    with pytest.raises(UserError, match=r"Google Cloud needs packages .*modelhound\[gcp\]"):
        TASKS["collect-gcp"]({"out": str(tmp_path / "a.hound")}, progress=silent, cancelled=never)
