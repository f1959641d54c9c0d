"""A Google Cloud estate from configuration to findings: rights, reachability and influence are derived, not given."""

from graph.asset_graph import AssetGraph
from graph.derive import derive
from graph.model import Asset, Relationship, RuleVerdict
from graph.rules.evaluate import evaluate
from graph.rules.load import load_rules
from tests.graph.permissions.gcp.estates import (
    ADMIN,
    BOB,
    BUCKET,
    DEFAULT,
    ENDPOINT,
    LAB,
    MODEL,
    POOL,
    SHOP,
    TRAIN,
    VM,
    asset,
    binding,
    contains,
    organisation,
)

AI = "//aiplatform.googleapis.com/projects/shop/locations/us-central1"
NOTEBOOK = "//notebooks.googleapis.com/projects/shop/locations/us-central1-a/instances/nb"
JOB, AGENT, SECOND = f"{AI}/customJobs/1", f"{AI}/reasoningEngines/1", f"{AI}/reasoningEngines/2"
DEPLOYED = f"{ENDPOINT}/deployedModels/1"
APP = "//discoveryengine.googleapis.com/projects/shop/locations/global/engines/help"
STORE = "//discoveryengine.googleapis.com/projects/shop/locations/global/dataStores/docs"
CODE = "//storage.googleapis.com/agent-code"
KEY = "//apikeys.googleapis.com/projects/shop/locations/global/keys/k"
GEMINI = "//aiplatform.googleapis.com/publishers/google/models/gemini-2.5-pro"
NETWORK = "//compute.googleapis.com/projects/shop/global/networks/n"
FIREWALL = "//compute.googleapis.com/projects/shop/global/firewalls/in"
POLICY = "//compute.googleapis.com/locations/global/firewallPolicies/1"
SHARED = "serviceAccount:service-300@gcp-sa-aiplatform-re.iam.gserviceaccount.com"
CI = "user:ci@example.com"
ANYBODY = f"principalSet://{POOL}/*"
EXPECTED = {
    "AP-012", "AP-013", "AP-054", "TC-001", "TC-015", "TC-023", "TC-028", "TC-029", "TC-030", "TC-031", "TC-032", "TC-033",
    "TC-037",
}  # fmt: skip
POLICIES = {
    SHOP: [
        binding("roles/editor", DEFAULT),
        binding("roles/aiplatform.user", CI, ANYBODY),
        binding("roles/discoveryengine.user", BOB),
    ],
    BUCKET: [
        binding("roles/storage.objectViewer", "allUsers"),
        binding("roles/storage.objectAdmin", CI, ANYBODY, DEFAULT, SHARED, TRAIN),
    ],
    CODE: [binding("roles/storage.objectAdmin", ANYBODY)],
    ADMIN: [binding("roles/iam.serviceAccountKeyAdmin", TRAIN)],
    DEFAULT: [binding("roles/iam.serviceAccountUser", CI)],
    TRAIN: [binding("roles/iam.serviceAccountKeyAdmin", BOB)],
    LAB: [binding("roles/owner", ADMIN)],
}
LISTS = (
    "compute.googleapis.com/Firewall",
    "cloudidentity.googleapis.com/User",
    "iam.googleapis.com/ServiceAccount",
)
WIRED = [
    (NOTEBOOK, "RUNS_AS", DEFAULT), (JOB, "RUNS_AS", TRAIN), (JOB, "TRAINED_ON", BUCKET), (JOB, "PRODUCES", MODEL),
    (MODEL, "STORED_IN", BUCKET), (ENDPOINT, "RESOURCE", DEPLOYED), (DEPLOYED, "USES_MODEL", MODEL), (ENDPOINT, "SERVES", MODEL),
    (DEPLOYED, "RUNS_AS", TRAIN), (AGENT, "RUNS_AS", SHARED), (SECOND, "RUNS_AS", SHARED), (AGENT, "STORED_IN", CODE),
    (APP, "USES_KNOWLEDGE_BASE", STORE), (STORE, "GROUNDED_ON", BUCKET), (VM, "RUNS_AS", DEFAULT), (NETWORK, "GUARDED_BY", FIREWALL),
]  # fmt: skip


def _items(*, key_limited: bool = False) -> list[Asset | Relationship]:
    rules = [{"allow": True, "priority": 1, "layers": [{"protocol": "tcp", "ports": ["22"]}], "cidrs": ["0.0.0.0/0"]}]  # fmt: skip
    return [
        asset(BUCKET, classification="pii"),
        asset(NOTEBOOK, proxy_access=True),
        asset(ENDPOINT, vpc=None, private_service_connect=None),
        asset(MODEL, custom=True),
        asset(VM, public_addresses=["203.0.113.9"], vpc=NETWORK),
        asset(FIREWALL, ingress=rules),
        asset(KEY, api_targets=["generativelanguage.googleapis.com"], restricted=key_limited),
        asset(CI, ci=True, external=False),
        asset(SHARED),
        *(
            asset(one)
            for one in (JOB, AGENT, SECOND, DEPLOYED, APP, STORE, CODE, GEMINI, NETWORK, POLICY)
        ),
        *contains(SHOP, NOTEBOOK, JOB, AGENT, SECOND, APP, STORE, CODE, KEY, NETWORK),
        *(Relationship(source=a, kind=kind, target=b) for a, kind, b in WIRED),
    ]


def _fired(*items: Asset | Relationship) -> set[str]:
    graph = AssetGraph.build(derive(organisation(POLICIES, *items, lists=LISTS)))
    found = evaluate(graph, load_rules()).findings
    return {
        item.rule for item in found if item.kind == "toxic" and item.verdict is RuleVerdict.FAIL
    }


def test_combinations_fire_on_what_was_configured() -> None:
    assert not EXPECTED - _fired(*_items())


def test_one_changed_setting_takes_one_combination_away() -> None:
    assert "TC-032" not in _fired(*_items(key_limited=True))
    closed = asset(BUCKET, classification="pii", public_access="enforced")
    assert "AP-012" not in _fired(*_items(), closed)
