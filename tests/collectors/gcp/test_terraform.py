"""Terraform state of google says what the APIs would, with evidence in the state; what it does not tell stays unread."""

from pathlib import Path
from typing import Any

import pytest

from collectors.exports import read_exports
from collectors.gcp.records import MAPPERS
from collectors.gcp.shape import shapes
from collectors.gcp.terraform import _WORDS, table
from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import Snapshot
from tests.beds import gcp_world as world
from tests.collectors.gcp.answers import edges, estate, records
from tests.collectors.gcp.exports import save

ML, REGION = world.ML, world.REGION
AI = world.AI_ID
TRAINER = f"serviceAccount:{world.TRAINER}"
PROJECT = f"//cloudresourcemanager.googleapis.com/projects/{ML}"
BUCKET = f"//storage.googleapis.com/{world.BUCKET}"
LINK = "https://www.googleapis.com/compute/v1"
RESOURCES: list[tuple[str, dict[str, Any]]] = [
    ("google_project", {"project_id": world.CI, "number": "333", "name": "shop-ci", "org_id": world.ORG}),
    ("google_project", {"project_id": ML, "number": "111", "name": "shop-ml", "folder_id": world.FOLDER, "org_id": "", "labels": {"environment": "production"}}),
    ("google_service_account", {"name": f"projects/{ML}/serviceAccounts/{world.TRAINER}", "email": world.TRAINER, "unique_id": "10001", "project": ML, "disabled": False}),
    ("google_service_account_key", {"name": f"projects/{ML}/serviceAccounts/{world.TRAINER}/keys/k1", "private_key": "state-secret-1", "valid_after": "2024-01-01T00:00:00Z"}),
    ("google_iam_workload_identity_pool", {"name": world.POOL, "project": world.CI, "state": "ACTIVE", "disabled": False}),
    ("google_iam_workload_identity_pool_provider", {"name": f"{world.POOL}/providers/actions", "state": "ACTIVE", "oidc": [{"issuer_uri": "https://token.actions.githubusercontent.com", "allowed_audiences": []}], "attribute_mapping": {"google.subject": "assertion.sub"}}),
    ("google_project_iam_member", {"project": ML, "role": "roles/aiplatform.user", "member": "group:ml-team@shop.example", "condition": []}),
    ("google_project_iam_binding", {"project": ML, "role": "roles/viewer", "members": ["user:ada@shop.example", "user:bob@shop.example"], "condition": [{"title": "t", "expression": "false"}]}),
    ("google_storage_bucket_iam_member", {"bucket": f"b/{world.BUCKET}", "role": "roles/storage.objectViewer", "member": TRAINER}),
    ("google_service_account_iam_member", {"service_account_id": f"projects/{ML}/serviceAccounts/{world.TRAINER}", "role": "roles/iam.workloadIdentityUser", "member": world.GITHUB}),
    ("google_project_iam_custom_role", {"name": f"projects/{ML}/roles/tuner", "title": "Tuner", "stage": "GA", "deleted": False, "permissions": ["aiplatform.tuningJobs.create"]}),
    ("google_iam_deny_policy", {"id": f"cloudresourcemanager.googleapis.com%2Fprojects%2F{ML}/no-keys", "name": "no-keys", "rules": [{"description": "", "deny_rule": [{"denied_principals": ["principalSet://goog/public:all"], "denied_permissions": ["iam.googleapis.com/serviceAccountKeys.create"], "denial_condition": []}]}]}),
    ("google_org_policy_policy", {"name": f"projects/{ML}/policies/iam.disableServiceAccountKeyCreation", "spec": [{"rules": [{"enforce": "TRUE"}], "inherit_from_parent": False}]}),
    ("google_storage_bucket", {"name": world.BUCKET, "project": world.DATA, "location": "EUROPE-WEST4", "uniform_bucket_level_access": True, "public_access_prevention": "inherited", "versioning": [{"enabled": True}], "encryption": [{"default_kms_key_name": world.KEY}], "logging": [], "labels": {"data_classification": "pii"}}),
    ("google_vertex_ai_endpoint", {"id": f"projects/{ML}/locations/{REGION}/endpoints/9", "project": ML, "display_name": "rank", "network": "projects/111/global/networks/ml", "deployed_models": [{"id": "91", "model": f"projects/111/locations/{REGION}/models/7", "service_account": world.TRAINER}]}),
    ("google_workbench_instance", {"id": f"projects/{ML}/locations/{REGION}-a/instances/lab", "project": ML, "state": "ACTIVE", "gce_setup": [{"machine_type": "e2-standard-4", "disable_public_ip": False, "service_accounts": [{"email": world.COMPUTE_SA}], "network_interfaces": [{"network": f"{LINK}/{world.VPC}", "subnet": f"{LINK}/{world.SUBNET}"}], "metadata": {"startup-script": "state-secret-2"}}]}),
    ("google_compute_network", {"self_link": f"{LINK}/{world.VPC}", "name": "ml", "auto_create_subnetworks": False, "project": ML}),
    ("google_compute_subnetwork", {"self_link": f"{LINK}/{world.SUBNET}", "name": "ml", "network": f"{LINK}/{world.VPC}", "ip_cidr_range": "10.0.0.0/20", "project": ML}),
    ("google_compute_firewall", {"self_link": f"{LINK}/projects/{ML}/global/firewalls/ssh", "name": "ssh", "network": f"{LINK}/{world.VPC}", "direction": "INGRESS", "priority": 1000, "disabled": False, "source_ranges": ["0.0.0.0/0"], "allow": [{"protocol": "tcp", "ports": ["22"]}], "deny": [], "target_tags": ["ssh"]}),
    ("google_compute_instance", {"self_link": f"{LINK}/projects/{ML}/zones/{REGION}-a/instances/bastion", "name": "bastion", "machine_type": "e2-small", "tags": ["ssh"], "service_account": [{"email": world.TRAINER, "scopes": []}], "network_interface": [{"network": f"{LINK}/{world.VPC}", "subnetwork": f"{LINK}/{world.SUBNET}", "network_ip": "10.0.0.2", "access_config": [{"nat_ip": "203.0.113.7"}]}], "metadata_startup_script": "state-secret-3", "project": ML}),
    ("google_cloudfunctions_function", {"id": f"projects/{ML}/locations/{REGION}/functions/hook", "runtime": "python312", "service_account_email": world.AGENT_SA, "environment_variables": {"TOKEN": "state-secret-4"}, "https_trigger_url": "https://x", "project": ML}),
    ("google_kms_crypto_key", {"id": world.KEY, "purpose": "ENCRYPT_DECRYPT", "rotation_period": "7776000s"}),
    ("google_secret_manager_secret", {"name": "projects/111/secrets/crm-key", "rotation": []}),
    ("google_secret_manager_secret_version", {"secret_data": "state-secret-5"}),
    ("google_logging_project_sink", {"id": f"projects/{ML}/sinks/audit", "name": "audit", "destination": f"storage.googleapis.com/{world.DOCS}", "project": ML}),
]  # fmt: skip


def _state(folder: Path) -> Path:
    resources = [
        {
            "mode": "managed",
            "type": kind,
            "name": f"r{number}",
            "instances": [{"attributes": attributes}],
        }
        for number, (kind, attributes) in enumerate(RESOURCES)
    ]
    return save(
        folder / "shop.tfstate",
        {"version": 4, "terraform_version": "1.9.0", "resources": resources},
    )


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return read_exports([_state(tmp_path_factory.mktemp("state"))])


@pytest.fixture(scope="module")
def shop(snapshot: Snapshot) -> Estate:
    return map_snapshot(snapshot)


def test_the_table_names_what_is_mapped_and_words_that_exist() -> None:
    for kind, translations in table().items():
        for each in translations:
            mapped = each.operation.removeprefix("gcp:")
            assert mapped in shapes() or mapped in MAPPERS, kind
            for source in each.sources.values():
                assert not source.word or source.word in _WORDS, kind


def test_every_resource_is_the_asset_that_the_apis_know(shop: Estate) -> None:
    whole = estate(records())
    mine = {a.id for a in shop.assets.values() if a.evidence}
    other = {"/keys/k1", "user:bob", "policies/iam.disable"}
    assert {
        name for name in mine - set(whole.assets) if not any(part in name for part in other)
    } == set()
    for name in mine & set(whole.assets):
        assert shop.assets[name].kind == whole.assets[name].kind


@pytest.mark.parametrize(
    ("source", "kind", "target"),
    [
        (f"//cloudresourcemanager.googleapis.com/folders/{world.FOLDER}", "CONTAINS", PROJECT),
        (PROJECT, "CONTAINS", TRAINER),
        (f"{AI}/endpoints/9", "SERVES", f"{AI}/models/7"),
        (f"{AI}/endpoints/9/deployedModels/91", "RUNS_AS", TRAINER),
        (BUCKET, "ENCRYPTED_BY", world.KEY_ID),
        (world.POOL_ID, "TRUSTS", f"{world.POOL_ID}/providers/actions"),
        (f"//compute.googleapis.com/projects/{ML}/zones/{REGION}-a/instances/bastion", "RUNS_AS", TRAINER),
        (f"//notebooks.googleapis.com/projects/{ML}/locations/{REGION}-a/instances/lab", "RUNS_AS", f"serviceAccount:{world.COMPUTE_SA}"),
        (f"//iam.googleapis.com/policies/{world.CRM}%2Fprojects%2F{ML}/denypolicies/no-keys", "APPLIES_TO", PROJECT),
        (f"//iam.googleapis.com/projects/{ML}/serviceAccounts/{world.TRAINER}/keys/k1", "AUTHENTICATES_TO", TRAINER),
        (f"//logging.googleapis.com/projects/{ML}/sinks/audit", "LOGS_TO", f"//storage.googleapis.com/{world.DOCS}"),
    ],
)  # fmt: skip
def test_wiring(shop: Estate, source: str, kind: str, target: str) -> None:
    assert (source, target) in edges(shop, kind)


def test_bindings_of_several_resources_are_one_policy(shop: Estate) -> None:
    policy = shop.assets[PROJECT].properties["iam_policy"]
    assert [binding["role"] for binding in policy["bindings"]] == [
        "roles/viewer",
        "roles/aiplatform.user",
    ] or [binding["role"] for binding in policy["bindings"]] == [
        "roles/aiplatform.user",
        "roles/viewer",
    ]
    conditions = {b["role"]: b.get("condition") for b in policy["bindings"]}
    assert conditions["roles/viewer"]["expression"] == "false"
    assert not conditions["roles/aiplatform.user"]
    assert shop.assets[TRAINER].properties["iam_policy"]["bindings"][0]["members"] == [world.GITHUB]
    assert shop.assets[BUCKET].properties["iam_policy"]["bindings"][0]["members"] == [TRAINER]


def test_what_a_state_does_not_tell_stays_unread(shop: Estate) -> None:
    bucket = shop.assets[BUCKET].properties
    assert bucket["versioning"] is True
    assert bucket["classification"] == "pii"
    assert "acl_public" not in bucket
    assert "retention" not in bucket
    endpoint = shop.assets[f"{AI}/endpoints/9"].properties
    assert "monitoring" not in endpoint
    key = shop.assets[f"//iam.googleapis.com/projects/{ML}/serviceAccounts/{world.TRAINER}/keys/k1"]
    assert key.properties["status"] == "Active"


def test_evidence_stands_in_the_state(shop: Estate, snapshot: Snapshot) -> None:
    bodies = {record.id: record.body for record in snapshot.records}
    bucket = shop.assets[BUCKET]
    for name, wanted in (
        ("public_access", "inherited"),
        ("versioning", True),
        ("uniform_access", True),
    ):
        proof = bucket.evidence_for(name)
        assert proof
        assert _at(bodies[proof.record], proof.pointer) == wanted
    for asset in shop.assets.values():
        for item in asset.evidence:
            _at(bodies[item.record], item.pointer)


def _at(body: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body


def test_no_secret_of_a_state_is_kept(snapshot: Snapshot) -> None:
    text = str([record.body for record in snapshot.records])
    assert "state-secret" not in text


def test_what_the_apis_say_counts_where_both_tell(tmp_path: Path) -> None:
    _state(tmp_path)
    save(
        tmp_path / "shop-ml.iam.json",
        {"bindings": [{"role": "roles/owner", "members": ["user:eve@shop.example"]}], "etag": "x"},
    )
    policy = map_snapshot(read_exports([tmp_path])).assets[PROJECT].properties["iam_policy"]
    assert [binding["role"] for binding in policy["bindings"]] == ["roles/owner"]


def test_a_state_never_claims_to_be_whole(snapshot: Snapshot) -> None:
    assert {line.state.value for line in snapshot.coverage} == {"partial"}
