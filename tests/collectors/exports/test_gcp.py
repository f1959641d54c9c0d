"""Google Cloud exports: Asset Inventory in every spelling, searches, policies, lists of gcloud; streams and their gaps."""

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.exports import read_exports
from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import Cancelled, CoverageState, ImportFileError, Snapshot
from graph.snapshot import read_snapshot, write_snapshot
from graph.spool import RecordSpool
from tests.beds import gcp_world as world
from tests.collectors.gcp.answers import edges, estate, records
from tests.collectors.gcp.exports import asset_exports, enveloped, lines, save

ML = f"//cloudresourcemanager.googleapis.com/projects/{world.ML}"
MODEL = f"{world.AI_ID}/models/7"


def _states(snapshot: Snapshot) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in snapshot.coverage:
        found.setdefault(line.operation, set()).add(line.state.value)
    return found


def _same(found: Estate, other: Estate) -> None:
    assert set(found.assets) == set(other.assets)
    assert {r.key for r in found.relationships} == {r.key for r in other.relationships}
    for name, asset in found.assets.items():
        assert dict(asset.properties) == dict(other.assets[name].properties), name


def test_the_four_contents_of_an_export_make_the_shop(tmp_path: Path) -> None:
    snapshot = read_exports([asset_exports(tmp_path / "gcp")])
    _same(map_snapshot(snapshot), estate(records()))
    states = _states(snapshot)
    assert states["gcp:aiplatform.googleapis.com/Model"] == {"complete"}
    assert states["gcp:iam.googleapis.com/AllowPolicy"] == {"complete"}
    assert states["gcp:accesscontextmanager.googleapis.com/ServicePerimeter"] == {"complete"}
    assert isinstance(snapshot.records, RecordSpool)


def test_the_snapshot_of_a_stream_is_one_like_any_other(tmp_path: Path) -> None:
    snapshot = read_exports([asset_exports(tmp_path / "gcp")], name="shop")
    write_snapshot(snapshot, tmp_path / "a.hound")
    again = read_snapshot(tmp_path / "a.hound")
    assert list(again.records) == list(snapshot.records)
    assert again.records[0] == snapshot.records[0]
    assert list(snapshot.records[:2]) == list(again.records[:2])
    write_snapshot(again, tmp_path / "b.hound")
    assert read_snapshot(tmp_path / "b.hound") == again


def test_one_file_of_all_contents_says_the_same(tmp_path: Path) -> None:
    everything = [
        *world.resource_assets(), *world.policy_assets(), *world.org_policy_assets(), *world.access_assets(),
    ]  # fmt: skip
    path = lines(tmp_path / "all.jsonl", everything)
    _same(map_snapshot(read_exports([path])), estate(records()))
    listed = save(tmp_path / "list" / "assets.json", everything)
    _same(map_snapshot(read_exports([listed])), estate(records()))
    merged: dict[str, Any] = {}
    for item in [*world.resource_assets(), *world.policy_assets()]:
        merged.setdefault(item["name"], {}).update(item)
    others = [*world.org_policy_assets(), *world.access_assets()]
    path = lines(tmp_path / "merged.jsonl", [*merged.values(), *others])
    _same(map_snapshot(read_exports([path])), estate(records()))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_comments_and_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = "# exported on Monday\n\n" + "".join(
        json.dumps(item) + "\n" for item in world.resource_assets()
    )
    path = tmp_path / "resource.jsonl"
    path.write_text(text, encoding=encoding)
    found = map_snapshot(read_exports([path]))
    assert MODEL in found.assets


def test_old_asset_types_have_their_present_names(tmp_path: Path) -> None:
    item = {
        "name": f"//compute.googleapis.com/projects/{world.ML}/global/firewalls/ssh",
        "asset_type": "google.compute.Firewall",
        "resource": {"data": {"name": "ssh", "network": world.VPC}},
    }
    found = map_snapshot(read_exports([lines(tmp_path / "old.json", [item, item])]))
    assert found.assets[str(item["name"])].kind == "compute.googleapis.com/Firewall"


def test_the_search_for_resources_is_known_to_be_shallow(tmp_path: Path) -> None:
    item = {
        "name": f"//aiplatform.googleapis.com/{world.AI}/models/7",
        "assetType": "aiplatform.googleapis.com/Model",
        "project": "projects/111",
        "displayName": "ranker",
        "location": world.REGION,
    }
    snapshot = read_exports([save(tmp_path / "search.json", [item])])
    (line,) = snapshot.coverage
    assert line.state is CoverageState.PARTIAL
    assert "search" in line.reason
    assert line.scope.account == "111"


def test_a_list_of_names_is_known_to_be_shallow(tmp_path: Path) -> None:
    items = [
        {
            "name": f"//aiplatform.googleapis.com/{world.AI}/models/7",
            "assetType": "aiplatform.googleapis.com/Model",
            "ancestors": ["projects/111"],
        }
    ]
    (line,) = read_exports(
        [save(tmp_path / "assets.json", {"assets": items, "nextPageToken": "x"})]
    ).coverage
    assert line.state is CoverageState.PARTIAL


def test_the_search_for_policies_grants_but_does_not_tell_who_is_not_granted(
    tmp_path: Path,
) -> None:
    item = {
        "resource": f"//cloudresourcemanager.googleapis.com/projects/{world.ML}",
        "assetType": "cloudresourcemanager.googleapis.com/Project",
        "project": "projects/111",
        "policy": {"bindings": [{"role": "roles/owner", "members": ["user:Eve@shop.example"]}]},
    }
    snapshot = read_exports([save(tmp_path / "policies.json", [item])])
    found = map_snapshot(snapshot)
    assert found.assets[ML].properties["iam_policy"]["bindings"][0]["members"] == [
        "user:eve@shop.example"
    ]
    assert _states(snapshot) == {"gcp:iam.googleapis.com/AllowPolicy": {"partial"}}


POLICY = {
    "bindings": [{"role": "roles/owner", "members": ["user:eve@shop.example"]}],
    "etag": "BwX",
    "version": 1,
}


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("shop-ml.iam.json", ML),
        ("projects_get-iam-policy_shop-ml.json", ML),
        ("iam-policy.shop-ml.json", ML),
        ("projects/shop-ml/iam-policy.json", ML),
        (
            "organization_1000000.json",
            "//cloudresourcemanager.googleapis.com/organizations/1000000",
        ),
        (
            "folders-get-iam-policy-2000000.json",
            "//cloudresourcemanager.googleapis.com/folders/2000000",
        ),
        ("buckets_get-iam-policy_shop-docs.json", "//storage.googleapis.com/shop-docs"),
        (f"{world.TRAINER}.iam.json", f"serviceAccount:{world.TRAINER}"),
    ],
)
def test_a_policy_is_of_what_its_file_is_named_after(tmp_path: Path, name: str, owner: str) -> None:
    save(tmp_path / name, POLICY)
    found = map_snapshot(read_exports([tmp_path]))
    assert found.assets[owner].properties["iam_policy"]["bindings"][0]["role"] == "roles/owner"


@pytest.mark.parametrize("name", ["policy.json", "iam-policy.json", "exports/get-iam-policy.json"])
def test_a_policy_that_says_of_nothing_asks_for_a_name(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / name, POLICY)
    with pytest.raises(ImportFileError, match=r"name the file after it"):
        read_exports([path])


def test_a_policy_that_binds_nobody_was_read(tmp_path: Path) -> None:
    save(tmp_path / "shop-ml.iam.json", {"etag": "ACAB"})
    assert map_snapshot(read_exports([tmp_path])).assets[ML].properties["iam_policy"] is None


UNTOLD = {
    "cloudresourcemanager.googleapis.com/TagBinding",
    "aiplatform.googleapis.com/RagFile", "aiplatform.googleapis.com/FeatureGroup",
    "iam.googleapis.com/PolicyBinding",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(set(world.RESOURCES) - UNTOLD))
def test_the_list_of_every_api_is_recognised(tmp_path: Path, kind: str) -> None:
    items = [data for _, data in world.RESOURCES[kind]]
    snapshot = read_exports([save(tmp_path / "list.json", items)])
    assert _states(snapshot) == {f"gcp:{kind}": {"complete"}}
    wrapped = {"things": items, "nextPageToken": "more"}
    snapshot = read_exports([save(tmp_path / "pages" / "list.json", wrapped)])
    assert _states(snapshot) == {f"gcp:{kind}": {"partial"}}


def test_lists_of_gcloud_make_the_same_wiring(tmp_path: Path) -> None:
    for number, items in enumerate(world.RESOURCES.values()):
        name = (
            f"logging-sinks-list_{world.ML}" if items[0][1].get("writerIdentity") else str(number)
        )
        save(tmp_path / f"{name}.json", [data for _, data in items])
    found, whole = map_snapshot(read_exports([tmp_path])), estate(records())
    for kind in (
        "RUNS_AS",
        "SERVES",
        "STORED_IN",
        "IN_NETWORK",
        "ENCRYPTED_BY",
        "LOGS_TO",
        "TRUSTS",
    ):
        assert edges(found, kind) <= edges(whole, kind)
    lost = {r.key for r in whole.relationships} - {r.key for r in found.relationships}
    untold = {"GROUNDED_ON", "APPLIES_TO", "ATTACHED_TO", "GUARDED_BY", "MEMBER_OF", "CONTAINS"}
    assert {
        kind for _, kind, _ in lost if kind != "STORED_IN"
    } <= untold  # policies, files, feature groups


def test_roles_without_permissions_are_a_part(tmp_path: Path) -> None:
    items = [{"name": "roles/aiplatform.user", "title": "Vertex AI User", "stage": "GA"}]
    (line,) = read_exports([save(tmp_path / "roles.json", items)]).coverage
    assert line.state is CoverageState.PARTIAL
    assert "includedPermissions" in line.reason


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("gcloud-ai-models-list.json", "aiplatform.googleapis.com/Model"),
        ("iam_service-accounts_keys_list.json", "iam.googleapis.com/ServiceAccountKey"),
    ],
)
def test_an_empty_list_is_known_by_its_command(tmp_path: Path, name: str, kind: str) -> None:
    assert _states(read_exports([save(tmp_path / name, [])])) == {f"gcp:{kind}": {"complete"}}


def test_members_of_a_group_are_those_of_the_group_in_the_name(tmp_path: Path) -> None:
    items = [
        {
            "name": "groups/g9/memberships/m",
            "preferredMemberKey": {"id": "bob@shop.example"},
            "roles": [{"name": "MEMBER"}],
        }
    ]
    save(tmp_path / "memberships-list_ops@shop.example.json", items)
    found = map_snapshot(read_exports([tmp_path]))
    assert ("user:bob@shop.example", "group:ops@shop.example") in edges(found, "MEMBER_OF")
    assert found.assets["group:ops@shop.example"].properties["members_read"] is True


def test_a_file_that_is_cut_off_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    path = lines(tmp_path / "resource.jsonl", world.resource_assets())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 200])
    snapshot = read_exports([path])
    assert MODEL in map_snapshot(snapshot).assets
    assert _states(snapshot).pop("file:read") == {"failed"}
    assert {line.state for line in snapshot.coverage if line.operation.startswith("gcp:")} == {
        CoverageState.PARTIAL
    }
    (told,) = [line.reason for line in snapshot.coverage if line.operation == "file:read"]
    assert "resource.jsonl: line" in told
    assert str(tmp_path) not in told


def test_a_gzip_that_is_cut_off_likewise(tmp_path: Path) -> None:
    path = lines(tmp_path / "resource.jsonl.gz", [*world.resource_assets()] * 50)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 20])
    snapshot = read_exports([path])
    assert MODEL in map_snapshot(snapshot).assets
    assert _states(snapshot)["gcp:aiplatform.googleapis.com/Model"] == {"partial"}


def test_no_secret_of_an_asset_reaches_the_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "out.hound"
    write_snapshot(read_exports([asset_exports(tmp_path / "gcp")]), path)
    text = " ".join(json.dumps(record.body) for record in read_snapshot(path).records)
    for secret in ("env-value-", "script-", "arg-secret-", "parameter-1", "spec-1"):
        assert secret not in text
    assert "HF_TOKEN" in text


def test_progress_and_cancel_in_a_long_file(tmp_path: Path) -> None:
    path = lines(tmp_path / "resource.jsonl", [*world.resource_assets()] * 100)
    told: list[float] = []
    read_exports([path], progress=lambda fraction, _: told.append(fraction or 0.0))
    assert told == sorted(told)
    assert len([fraction for fraction in told if 0 < fraction < 1]) >= 2
    calls = iter(range(1000))
    with pytest.raises(Cancelled):
        read_exports([path], cancelled=lambda: next(calls) > 2)


def test_records_stay_small_and_depend_on_nothing_but_the_file(tmp_path: Path) -> None:
    items = [
        {"name": f"//storage.googleapis.com/b{n}", "assetType": "storage.googleapis.com/Bucket", "resource": {"data": {"name": f"b{n}"}}}
        for n in range(1_200)
    ]  # fmt: skip
    path = lines(tmp_path / "buckets.jsonl", items)
    first, second = read_exports([path]), read_exports([path])
    assert sorted(len(record.body["items"]) for record in first.records) == [200, 500, 500]
    assert [r.id for r in first.records] == [r.id for r in second.records]
    assert len(map_snapshot(first).assets) == 1_200


def test_the_project_of_a_file_is_that_of_all_its_lines(tmp_path: Path) -> None:
    items = [
        item
        for item in world.resource_assets()
        if "shop-ml" in item["name"] or "/111/" in item["name"]
    ]
    snapshot = read_exports([lines(tmp_path / "one.jsonl", enveloped(items))])
    assert {line.scope.account for line in snapshot.coverage} == {world.ML}
    snapshot = read_exports([asset_exports(tmp_path / "all")])
    assert {line.scope.account for line in snapshot.coverage} == {""}
