"""From files that Google's tools wrote to files of answers."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from app.cli import cli
from tests.beds import gcp_world as world
from tests.collectors.gcp.exports import asset_exports, save

ADA, ZOE = "user:ada@shop.example", "user:zoe@shop.example"
DOC = f"//storage.googleapis.com/projects/_/buckets/{world.DOCS}/objects/handbook.pdf"
ACCOUNT = f"//iam.googleapis.com/projects/{world.ML}/serviceAccounts/{world.TRAINER}"
EXPORTED = [
    (ADA, "aiplatform.endpoints.predict", f"{world.AI_ID}/endpoints/9", {}, "Allowed"),
    (ADA, "aiplatform.tuningJobs.create", f"//{world.CRM}/projects/111", {"request.time": "2031-01-01T00:00:00Z"}, "Allowed"),
    (ADA, "iam.serviceAccounts.actAs", ACCOUNT, {"request.time": "2029-01-01T00:00:00Z"}, "Allowed"),
    (ADA, "iam.serviceAccounts.actAs", ACCOUNT, {"request.time": "2031-01-01T00:00:00Z"}, "ImplicitlyDenied"),
    (ADA, "iam.serviceAccountKeys.create", ACCOUNT, {}, "ImplicitlyDenied"),
    ("serviceAccount:x@y.iam.gserviceaccount.com", "iam.serviceAccountKeys.create", ACCOUNT, {}, "ImplicitlyDenied"),
    ("allUsers", "iam.serviceAccountKeys.create", ACCOUNT, {}, "ExplicitlyDenied"),
    (ZOE, "aiplatform.endpoints.predict", f"{world.AI_ID}/endpoints/9", {}, "Undecided"),
    ("allUsers", "storage.objects.get", DOC, {}, "Allowed"),
    ("allUsers", "storage.objects.delete", DOC, {}, "ImplicitlyDenied"),
    (ZOE, "read", DOC, {}, "Error"),
]  # fmt: skip


def _answers(tmp_path: Path, estate: Path, questions: list[Any], *flags: str) -> list[Any]:
    lines = [json.dumps(row) for row in questions]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "a.jsonl"
    arguments = ["access", str(estate), *flags, "--batch", str(tmp_path / "q.jsonl"), "--out", str(out)]  # fmt: skip
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_from_asset_inventory_to_answers(tmp_path: Path) -> None:
    folder = asset_exports(tmp_path / "exports")
    questions = [
        {"id": n, "principal": p, "action": a, "resource": r, "context": c}
        for n, (p, a, r, c, _) in enumerate(EXPORTED)
    ]
    found = _answers(tmp_path, folder, questions)
    assert [row["decision"] for row in found] == [row[-1] for row in EXPORTED], found
    assert all(row["reason"] for row in found)


def test_one_policy_file_says_what_it_grants_and_no_more(tmp_path: Path) -> None:
    policy = {"bindings": [{"role": "roles/viewer", "members": [ADA]}], "etag": "x", "version": 1}
    folder = tmp_path / "exports"
    save(folder / f"{world.ML}.iam.json", policy)
    asked = [(ADA, f"{world.AI_ID}/endpoints/9"), (ZOE, f"{world.AI_ID}/endpoints/9")]
    questions = [
        {"id": n, "principal": p, "action": "aiplatform.endpoints.predict", "resource": r}
        for n, (p, r) in enumerate(asked)
    ]
    found = _answers(tmp_path, folder, questions)
    assert [row["decision"] for row in found] == ["Allowed", "Undecided"]
    assert "the folders and the organisation above shop-ml" in found[1]["reason"]


def test_pairs_from_exports(tmp_path: Path) -> None:
    folder = asset_exports(tmp_path / "exports")
    account = f"serviceAccount:{world.TRAINER}"
    pairs = [
        {"id": 1, "principal": ADA, "target": account},
        {"id": 2, "principal": world.GITHUB, "target": account},
        {"id": 3, "principal": "allUsers", "target": f"//storage.googleapis.com/{world.DOCS}", "gain": "data"},
        {"id": 4, "principal": "user:nobody@else.example", "target": account},
    ]  # fmt: skip
    found = _answers(tmp_path, folder, pairs, "--escalation")
    assert [row["verdict"] for row in found] == ["conditional", "no", "yes", "conditional"], found
    assert found[0]["missing"] == ["the value of request.time"]
