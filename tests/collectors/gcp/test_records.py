"""The Google Cloud mapping: every asset type of the shop, its wiring, and where each value stands."""

from typing import Any

import pytest

from collectors.gcp import names
from collectors.gcp.item import snake
from collectors.gcp.shape import shapes
from graph.estate import Estate
from graph.schema import load_schema
from tests.beds import gcp_world as world
from tests.collectors.gcp.answers import bare, edges, estate, record, records

ML = f"//cloudresourcemanager.googleapis.com/projects/{world.ML}"
DATA = f"//cloudresourcemanager.googleapis.com/projects/{world.DATA}"
FOLDER = f"//cloudresourcemanager.googleapis.com/folders/{world.FOLDER}"
ORG = f"//cloudresourcemanager.googleapis.com/organizations/{world.ORG}"
AI = world.AI_ID
TRAINER = f"serviceAccount:{world.TRAINER}"
AGENT = f"serviceAccount:{world.AGENT_SA}"
VPC, SUBNET = f"//compute.googleapis.com/{world.VPC}", f"//compute.googleapis.com/{world.SUBNET}"
BUCKET, DOCS = f"//storage.googleapis.com/{world.BUCKET}", f"//storage.googleapis.com/{world.DOCS}"
SEARCH = f"//discoveryengine.googleapis.com/projects/{world.ML}/locations/global/collections/default_collection"
LAB = f"//notebooks.googleapis.com/projects/{world.ML}/locations/{world.REGION}-a/instances/lab"
BASTION = f"//compute.googleapis.com/projects/{world.ML}/zones/{world.REGION}-a/instances/bastion"
PERIMETER = f"//accesscontextmanager.googleapis.com/{world.PERIMETER}"


@pytest.fixture(scope="module")
def shop() -> Estate:
    return estate(records())


def test_every_resource_is_an_asset_of_its_own_kind(shop: Estate) -> None:
    kinds = {asset.kind for asset in shop.assets.values()}
    unmapped = {
        "cloudidentity.googleapis.com/Membership",
        "aiplatform.googleapis.com/RagFile",
        f"{world.CRM}/TagBinding",
    }
    assert set(world.RESOURCES) - unmapped <= kinds
    assert not [a.id for a in shop.assets.values() if a.kind == "Modelhound::Unknown"]


def test_ids_hold_the_project_by_its_id_and_never_by_its_number(shop: Estate) -> None:
    ends = {end for r in shop.relationships for end in (r.source, r.target)} | set(shop.assets)
    assert not [end for end in ends if names.numbered(end)]
    accounts = {asset.account for asset in shop.assets.values()}
    assert accounts == {"", world.ML, world.DATA, world.CI}


def test_every_property_is_in_the_schema(shop: Estate) -> None:
    schema = load_schema()
    missing = {
        (asset.kind, name)
        for asset in shop.assets.values()
        for name in asset.properties
        if not schema.property(shop.label(asset.id), name)
    }
    table = {
        (kind, name)
        for kind, shape in shapes().items()
        for name in (*shape.fields, *shape.constants)
        if not schema.property(schema.label(kind).name, name)
    }
    assert not missing | table


@pytest.mark.parametrize(
    ("source", "kind", "target"),
    [
        (ORG, "CONTAINS", FOLDER),
        (FOLDER, "CONTAINS", ML),
        (ML, "CONTAINS", f"{AI}/models/7"),
        (ML, "CONTAINS", TRAINER),
        (DATA, "CONTAINS", BUCKET),
        (f"{AI}/models/7", "STORED_IN", f"//storage.googleapis.com/{world.MODELS}"),
        (f"{AI}/models/7", "ENCRYPTED_BY", world.KEY_ID),
        (f"{AI}/models/7", "TRAINED_ON", f"{AI}/datasets/3"),
        (f"{AI}/models/7", "TRAINED_ON", BUCKET),
        (f"{AI}/models/8", "BASED_ON", world.GEMINI),
        (f"{AI}/trainingPipelines/5", "PRODUCES", f"{AI}/models/7"),
        (f"{AI}/tuningJobs/12", "READS_FROM", BUCKET),
        (f"{AI}/endpoints/9", "RESOURCE", f"{AI}/endpoints/9/deployedModels/91"),
        (f"{AI}/endpoints/9", "SERVES", f"{AI}/models/7"),
        (f"{AI}/endpoints/9", "IN_NETWORK", VPC),
        (f"{AI}/endpoints/9/deployedModels/91", "RUNS_AS", TRAINER),
        (f"{AI}/reasoningEngines/41", "RUNS_AS", AGENT),
        (f"{AI}/reasoningEngines/41", "READS_FROM", f"//secretmanager.googleapis.com/projects/{world.ML}/secrets/crm-key"),
        (f"{AI}/ragCorpora/31", "GROUNDED_ON", DOCS),
        (f"{AI}/ragCorpora/31", "INDEXED_IN", f"{AI}/indexes/21"),
        (f"{AI}/indexEndpoints/22", "GROUNDED_ON", f"{AI}/indexes/21"),
        (f"{SEARCH}/engines/help", "USES_KNOWLEDGE_BASE", f"{SEARCH}/dataStores/wiki"),
        (LAB, "RUNS_AS", f"serviceAccount:{world.COMPUTE_SA}"),
        (LAB, "OWNED_BY", "user:ada@shop.example"),
        (LAB, "IN_NETWORK", SUBNET),
        (SUBNET, "IN_NETWORK", VPC),
        (BASTION, "RUNS_AS", TRAINER),
        (VPC, "GUARDED_BY", f"//compute.googleapis.com/projects/{world.ML}/global/firewalls/ssh"),
        (ML, "GUARDED_BY", PERIMETER),
        ("user:ada@shop.example", "MEMBER_OF", "group:ml-team@shop.example"),
        (world.GITHUB, "MEMBER_OF", world.POOL_ID),
        (world.POOL_ID, "TRUSTS", f"{world.POOL_ID}/providers/actions"),
        (ML, "LOGS_TO", f"//logging.googleapis.com/projects/{world.ML}/sinks/audit"),
        (f"//logging.googleapis.com/projects/{world.ML}/sinks/audit", "LOGS_TO", DOCS),
        (f"//iam.googleapis.com/policies/{world.CRM}%2Fprojects%2F{world.ML}/denypolicies/no-keys", "APPLIES_TO", ML),
        (f"//orgpolicy.googleapis.com/organizations/{world.ORG}/policies/vertexai.allowedModels", "APPLIES_TO", ORG),
        (f"//iam.googleapis.com/projects/{world.ML}/serviceAccounts/{world.TRAINER}/keys/aa1", "AUTHENTICATES_TO", TRAINER),
    ],
)  # fmt: skip
def test_wiring(shop: Estate, source: str, kind: str, target: str) -> None:
    assert (source, target) in edges(shop, kind)


def test_a_key_that_google_holds_opens_nothing_for_others(shop: Estate) -> None:
    assert not [s for s, _ in edges(shop, "AUTHENTICATES_TO") if s.endswith("/keys/aa2")]


def test_what_names_nobody_runs_as_the_default_of_its_service(shop: Estate) -> None:
    runs_as = dict(edges(shop, "RUNS_AS"))
    agent = "serviceAccount:service-111@gcp-sa-aiplatform-re.iam.gserviceaccount.com"
    assert runs_as[f"{AI}/reasoningEngines/42"] == agent
    assert shop.assets[agent].kind == "iam.googleapis.com/ServiceAgent"
    old = LAB.replace("lab", "old")
    assert runs_as[old] == f"serviceAccount:{world.COMPUTE_SA}"
    assert shop.assets[f"serviceAccount:{world.COMPUTE_SA}"].properties["default"] is True


def test_the_tags_that_several_bindings_give_are_one_map(shop: Estate) -> None:
    tags = shop.assets[ML].properties["resource_tags"]
    assert tags == {f"{world.ORG}/env": "prod", f"{world.ORG}/team": "ml"}


def test_an_agent_with_an_identity_of_its_own_runs_as_nobody_else() -> None:
    item = {"name": f"{world.AI}/reasoningEngines/43", "spec": {"identityType": "AGENT_IDENTITY"}}
    found = estate([*records(), record("aiplatform.googleapis.com/ReasoningEngine", [item])])
    assert f"{AI}/reasoningEngines/43" in found.assets
    assert f"{AI}/reasoningEngines/43" not in dict(edges(found, "RUNS_AS"))


def test_what_notebooks_and_guards_let_through() -> None:
    found = _read_alone(
        ("notebooks.googleapis.com/Instance", {"name": f"projects/{world.ML}/locations/z/instances/n", "gceSetup": {"metadata": {"notebook-disable-terminal": "true", "notebook-disable-downloads": "false", "notebook-upgrade-schedule": "00 19 * * MON"}, "shieldedInstanceConfig": {"enableSecureBoot": True}}}),
        ("modelarmor.googleapis.com/Template", {"name": f"projects/{world.ML}/locations/r/templates/t", "filterConfig": {"sdpSettings": {"basicConfig": {"filterEnforcement": "ENABLED"}}}}),
        ("modelarmor.googleapis.com/FloorSetting", {"name": f"projects/{world.ML}/locations/global/floorSetting", "googleMcpServerFloorSetting": {"inspectAndBlock": True}}),
        ("aiplatform.googleapis.com/Tensorboard", {"name": f"{world.AI}/tensorboards/1", "encryptionSpec": {"kmsKeyName": world.KEY_ID.removeprefix("//cloudkms.googleapis.com/")}}),
    )  # fmt: skip
    notebook, template = found["instances/n"], found["templates/t"]
    assert (notebook["terminal"], notebook["file_downloads"]) == (False, True)
    assert (notebook["upgrade_schedule"], notebook["secure_boot"]) == ("00 19 * * MON", True)
    assert template["sensitive_data_filter"] == "ENABLED"
    assert template["inspect_template"] is None  # read, and not set
    assert found["global/floorSetting"]["mcp_block"] is True
    assert found["tensorboards/1"]["kms_key"] == world.KEY_ID


def test_a_memory_is_known_only_where_an_answer_tells_of_it() -> None:
    kind, ttl = "aiplatform.googleapis.com/ReasoningEngine", {"defaultTtl": "86400s"}
    agents: dict[str, dict[str, Any]] = {"1": {}, "2": {"contextSpec": {"memoryBankConfig": {"disableMemoryRevisions": True}}}, "3": {"contextSpec": {"memoryBankConfig": {"ttlConfig": ttl}}}}  # fmt: skip
    found = _read_alone(*((kind, {"name": f"{world.AI}/reasoningEngines/{n}", **more}) for n, more in agents.items()))  # fmt: skip
    told = {n: found[f"reasoningEngines/{n}"] for n in agents}
    assert "memory" not in told["1"]  # the first version of the API leaves it out
    assert (told["2"]["memory"], told["2"]["memory_ttl"]) == (True, None)
    assert told["3"]["memory_ttl"] == "86400s"


def _read_alone(*items: tuple[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The properties of resources, by the last two steps of their names."""
    found = estate([record(kind, [item]) for kind, item in items])
    return {"/".join(a.split("/")[-2:]): dict(one.properties) for a, one in found.assets.items()}


def test_an_allow_policy_is_a_property_and_its_members_are_assets(shop: Estate) -> None:
    policy = shop.assets[ML].properties["iam_policy"]
    assert policy["bindings"][1]["members"] == ["user:ada@shop.example"]
    assert policy["auditConfigs"]
    assert policy["version"] == 3
    assert not [a for a in shop.assets if a.startswith("deleted:")]
    assert shop.assets["allUsers"].kind == "iam.googleapis.com/AllUsers"
    assert shop.assets[BUCKET].properties["iam_policy"] is None  # read, and nobody is named
    deployer = shop.assets[f"serviceAccount:{world.DEPLOYER}"]
    assert deployer.properties["iam_policy"]["bindings"][0]["members"] == [world.GITHUB]
    assert deployer.properties["enabled"] is False


@pytest.mark.parametrize(
    ("policy", "logged"),
    [
        ({"etag": "a", "bindings": []}, []),
        ({"bindings": []}, None),  # what only names bindings does not tell
        ({"auditConfigs": [{"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}, {"logType": "DATA_WRITE", "exemptedMembers": ["user:ada@shop.example"]}]}]}, ["allServices DATA_READ"]),
    ],
)  # fmt: skip
def test_what_a_project_logs_of_data_access(policy: dict[str, Any], logged: list[str]) -> None:
    kind = f"{world.CRM}/Project"
    item = {"name": ML, "assetType": kind, "iamPolicy": policy}
    found = estate([record("iam.googleapis.com/AllowPolicy", [item])])
    assert found.assets[ML].properties.get("audit_logs") == logged


def test_a_federated_principal_knows_who_vouches_for_it(shop: Estate) -> None:
    principal = shop.assets[world.GITHUB].properties
    assert principal["subject"] == "attribute.repository/shop/*"
    assert principal["issuer"] == "https://token.actions.githubusercontent.com"


def test_organisation_policies_of_the_first_form_are_told_in_the_second(shop: Estate) -> None:
    scope = f"//orgpolicy.googleapis.com/organizations/{world.ORG}/policies/"
    keys = shop.assets[f"{scope}iam.disableServiceAccountKeyCreation"].properties
    assert keys["document"] == {"rules": [{"enforce": True}]}
    models = shop.assets[f"{scope}vertexai.allowedModels"].properties["document"]
    assert models["inheritFromParent"] is True
    assert models["rules"][0]["values"]["allowedValues"]


def test_a_perimeter_in_trial_guards_as_a_trial(shop: Estate) -> None:
    modes = {
        r.source: r.properties["mode"]
        for r in shop.relationships
        if r.target == PERIMETER and r.kind == "GUARDED_BY"
    }
    assert modes == {ML: "enforced", DATA: "dry-run"}


def test_evidence_stands_where_it_says(shop: Estate) -> None:
    bodies = {item.id: item.body for item in records()}
    model = shop.assets[f"{AI}/models/7"]
    proof = model.evidence_for("artifact")
    assert proof
    assert _at(bodies[proof.record], proof.pointer) == f"gs://{world.MODELS}/ranker/2"
    proof = shop.assets[ML].evidence_for("iam_policy")
    assert proof
    assert _at(bodies[proof.record], proof.pointer)["bindings"]
    for asset in shop.assets.values():
        for item in asset.evidence:
            _at(bodies[item.record], item.pointer)
    for edge in shop.relationships:
        for item in edge.evidence:
            _at(bodies[item.record], item.pointer)


def _at(body: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        body = body[int(name)] if isinstance(body, list) else body[name]
    return body


def test_lists_without_envelopes_say_the_same(shop: Estate) -> None:
    other = estate(bare())
    assert set(other.assets) == set(shop.assets)
    assert {r.key for r in other.relationships} == {r.key for r in shop.relationships}


def _snaked(value: Any) -> Any:
    if isinstance(value, dict):
        plain = {"labels", "metadata", "attributeMapping", "annotations"}
        return {snake(k): v if k in plain else _snaked(v) for k, v in value.items()}
    return [_snaked(item) for item in value] if isinstance(value, list) else value


def test_snake_case_says_the_same(shop: Estate) -> None:
    found = []
    for item in records():
        keep = item.operation.endswith(("Dataset", "CloudFunction"))  # hold free-form maps
        body = item.body if keep else _snaked(item.body)
        found.append(record(item.operation.removeprefix("gcp:"), body["items"]))
    other = estate(found)
    assert {r.key for r in other.relationships} == {r.key for r in shop.relationships}
    assert other.assets[PERIMETER].properties == shop.assets[PERIMETER].properties


def test_a_search_result_tells_what_it_tells_and_nothing_more() -> None:
    item = {
        "name": f"//aiplatform.googleapis.com/{world.AI}/models/7",
        "assetType": "aiplatform.googleapis.com/Model",
        "project": "projects/111",
        "displayName": "ranker",
        "location": world.REGION,
        "kmsKeys": [world.KEY],
        "labels": {"data_classification": "confidential"},
        "effectiveTags": [{"attachedResource": "//x", "effectiveTags": [{"tagKey": "1000/env", "tagValue": "1000/env/prod"}]}],
    }  # fmt: skip
    found = estate([record("aiplatform.googleapis.com/Model", [item])])
    model = found.assets[f"//aiplatform.googleapis.com/{world.AI}/models/7"]
    assert model.name == "ranker"
    assert model.properties["resource_tags"] == {"1000/env": "prod"}
    assert model.properties["classification"] == "confidential"
    assert "artifact" not in model.properties
    assert not edges(found, "RUNS_AS")
    assert edges(found, "ENCRYPTED_BY")


def test_a_role_without_its_permissions_is_not_an_empty_role() -> None:
    found = estate(
        [
            record(
                "iam.googleapis.com/Role",
                [{"name": "roles/aiplatform.user", "title": "Vertex AI User"}],
            )
        ]
    )
    role = found.assets["//iam.googleapis.com/roles/aiplatform.user"].properties
    assert "document" not in role
    assert role["role_name"] == "roles/aiplatform.user"


def test_a_read_list_of_members_is_known_whole_be_it_empty() -> None:
    found = estate(
        [record("cloudidentity.googleapis.com/Membership", [], group="empty@shop.example")]
    )
    assert found.assets["group:empty@shop.example"].properties["members_read"] is True


def test_an_answer_that_is_not_built_like_one_counts_as_not_read() -> None:
    bad = record("iam.googleapis.com/Role", [{"name": "roles/x", "includedPermissions": 7}])
    (line,) = estate([bad]).coverage
    assert line.state == "failed"


@pytest.mark.parametrize(
    ("member", "kind"),
    [
        ("user:a@b.c", "cloudidentity.googleapis.com/User"),
        ("domain:b.c", "cloudidentity.googleapis.com/Domain"),
        ("serviceAccount:p.svc.id.goog[ns/sa]", "iam.googleapis.com/Principal"),
        ("serviceAccount:9@cloudservices.gserviceaccount.com", "iam.googleapis.com/ServiceAgent"),
        ("projectViewer:shop", "iam.googleapis.com/ConvenienceGroup"),
        ("allAuthenticatedUsers", "iam.googleapis.com/AllAuthenticatedUsers"),
        ("principal://iam.googleapis.com/locations/global/workforcePools/w/subject/x", "iam.googleapis.com/Principal"),
    ],
)  # fmt: skip
def test_members_tell_their_kind(member: str, kind: str) -> None:
    assert names.kind_of(member) == kind


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.googleapis.com/compute/v1/projects/p/global/networks/n", "//compute.googleapis.com/projects/p/global/networks/n"),
        ("https://compute.googleapis.com/compute/beta/projects/p/global/networks/n", "//compute.googleapis.com/projects/p/global/networks/n"),
        ("projects/p/global/networks/n", "//compute.googleapis.com/projects/p/global/networks/n"),
    ],
)  # fmt: skip
def test_addresses_become_full_resource_names(address: str, name: str) -> None:
    assert names.full("compute.googleapis.com", address) == name
