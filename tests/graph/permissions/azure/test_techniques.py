"""Each technique of Azure and Entra: an estate in which it fires, and one in which a single changed fact stops it."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.derive import derive
from graph.estate import Estate
from graph.model import Verdict
from graph.permissions.escalation import Escalation, PairQuestion
from graph.permissions.techniques import of_cloud
from tests.beds import azure_world as world
from tests.beds.azure_world import (
    ALICE,
    BOB,
    CI,
    CI_APP,
    CLIENT,
    DEVS,
    GUEST,
    OWNER,
    RG,
    SUB,
    guid,
    item,
)
from tests.graph.permissions.azure.tenants import assignment, custom, custom_id, estate

GA = "entra-role:Global Administrator"
S = f"/subscriptions/{SUB}"
WEB = f"{RG}/providers/Microsoft.Web/sites/app"
LOGIC = f"{RG}/providers/Microsoft.Logic/workflows/flow"
AUTO = f"{RG}/providers/Microsoft.Automation/automationAccounts/auto"
AKS = f"{RG}/providers/Microsoft.ContainerService/managedClusters/aks"
CONNECTION = f"{world.ML}/connections/openai"
SECRET = f"{world.VAULT}/secrets/s"
EXTRA = {
    "Microsoft.Web/sites": [item(WEB)],
    "Microsoft.Logic/workflows": [item(LOGIC)],
    "Microsoft.Automation/automationAccounts": [item(AUTO)],
    "Microsoft.ContainerService/managedClusters": [item(AKS)],
    "Microsoft.MachineLearningServices/workspaces/connections": [item(CONNECTION, authType="ApiKey", category="AzureOpenAI")],
    "Microsoft.KeyVault/vaults/secrets": [item(SECRET)],
}  # fmt: skip

# technique, target, kind of the edge
ON_RESOURCES = [
    ("azure-role-assignment", RG, "CAN_GRANT"),
    ("azure-role-definition", RG, "CAN_GRANT"),
    ("azure-assign-identity", world.IDENTITY, "CAN_ESCALATE_TO"),
    ("azure-identity-federation", world.IDENTITY, "CAN_ESCALATE_TO"),
    ("azure-vm-run-command", world.VM, "CAN_EXECUTE"),
    ("azure-vm-extension", world.VM, "CAN_EXECUTE"),
    ("azure-vm-login", world.VM, "CAN_EXECUTE"),
    ("azure-vm-write", world.VM, "CAN_MODIFY"),
    ("azure-automation-runbook", AUTO, "CAN_EXECUTE"),
    ("azure-web-app-code", WEB, "CAN_MODIFY"),
    ("azure-logic-app", LOGIC, "CAN_MODIFY"),
    ("azure-aks-admin", AKS, "CAN_EXECUTE"),
    ("azure-vault-policy", SECRET, "CAN_READ"),
    ("azure-vault-read", world.VAULT, "CAN_READ"),
    ("azure-ml-compute", f"{world.ML}/computes/nb", "CAN_EXECUTE"),
    ("azure-ml-job", f"{world.ML}/computes/nb", "CAN_EXECUTE"),
    ("azure-ml-endpoint", f"{world.ML}/onlineEndpoints/rank", "CAN_MODIFY"),
    ("azure-ml-workspace-identity", world.ML, "CAN_MODIFY"),
    ("azure-ml-connection-secrets", CONNECTION, "CAN_READ"),
    ("azure-ml-datastore-secrets", f"{world.ML}/datastores/corpus", "CAN_LIST_KEYS"),
    ("azure-ml-workspace-keys", world.ML, "CAN_LIST_KEYS"),
    ("azure-ml-storage-keys", world.ML, "CAN_LIST_KEYS"),
    ("azure-ml-compute-keys", f"{world.ML}/computes/nb", "CAN_LIST_KEYS"),
    ("azure-ml-notebook-keys", world.ML, "CAN_READ"),
    ("azure-ml-endpoint-keys", f"{world.ML}/onlineEndpoints/rank", "CAN_LIST_KEYS"),
    ("azure-ai-account-keys", world.AI, "CAN_LIST_KEYS"),
    ("azure-ai-connection-secrets", f"{world.PROJECT}/connections/search", "CAN_READ"),
    ("azure-search-admin-key", world.SEARCH, "CAN_LIST_KEYS"),
    ("azure-search-query-key", world.SEARCH, "CAN_READ"),
    ("azure-ml-data-poisoning", f"{world.ML}/data/docs", "CAN_WRITE"),
    ("azure-storage-keys", world.BLOBS, "CAN_WRITE"),
]  # fmt: skip


def _needed(technique: str) -> tuple[list[str], bool]:
    row = next(t.row for t in of_cloud("azure") if t.id == technique)
    first = [text.split("|")[0] for text in (*row["all"], *row.get("also", ()))]
    if technique == "azure-assign-identity":
        first.append("Microsoft.Compute/virtualMachines/write")
    return first, bool(row.get("data"))


def _tenant(
    actions: list[str],
    *,
    data: bool,
    rbac: bool = False,
    change: Callable[[dict[str, Any]], None] | None = None,
) -> Estate:
    arm: dict[str, Any] = {
        kind: [dict(one) for one in items] for kind, items in {**world.ARM, **EXTRA}.items()
    }
    arm["Microsoft.Authorization/roleAssignments"] = [assignment(1, ALICE, custom_id(1), RG)]
    arm["Microsoft.Authorization/roleDefinitions"] = [
        custom(1, {"dataActions" if data else "actions": actions})
    ]
    vault = arm["Microsoft.KeyVault/vaults"][0]
    vault["properties"] = vault["properties"] | {"enableRbacAuthorization": rbac}
    if change:
        change(arm)
    return derive(estate(arm=arm, graph={"users": world.GRAPH["users"]}, members={DEVS: []}))


def _found(
    tenant: Estate, technique: str, kind: str, target: str, source: str = ALICE
) -> list[Verdict]:
    return [
        edge.verdict
        for edge in tenant.relationships
        if edge.key == (source, kind, target) and edge.properties.get("technique") == technique
    ]


@pytest.mark.parametrize(("technique", "target", "kind"), ON_RESOURCES)
def test_it_fires_and_without_one_operation_it_does_not(
    technique: str, target: str, kind: str
) -> None:
    actions, data = _needed(technique)
    rbac = technique == "azure-vault-read"
    assert _found(_tenant(actions, data=data, rbac=rbac), technique, kind, target) == [Verdict.YES]
    for missing in range(len(actions)):
        fewer = actions[:missing] + actions[missing + 1 :]
        assert not _found(_tenant(fewer, data=data, rbac=rbac), technique, kind, target)


def _set(kind: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    def change(arm: dict[str, Any]) -> None:
        one = arm[kind][0]
        one["properties"] = one["properties"] | values

    return change


@pytest.mark.parametrize(
    ("technique", "target", "edge", "kind", "values"),
    [
        ("azure-ai-account-keys", world.AI, "CAN_LIST_KEYS", "Microsoft.CognitiveServices/accounts", {"disableLocalAuth": True}),
        ("azure-search-admin-key", world.SEARCH, "CAN_LIST_KEYS", "Microsoft.Search/searchServices", {"disableLocalAuth": True}),
        ("azure-storage-keys", world.STORE, "CAN_LIST_KEYS", "Microsoft.Storage/storageAccounts", {"allowSharedKeyAccess": False}),
        ("azure-vault-policy", world.VAULT, "CAN_READ", "Microsoft.KeyVault/vaults", {"enableRbacAuthorization": True}),
        ("azure-ml-endpoint-keys", f"{world.ML}/onlineEndpoints/rank", "CAN_LIST_KEYS", "Microsoft.MachineLearningServices/workspaces/onlineEndpoints", {"authMode": "AADToken"}),
        ("azure-ai-connection-secrets", f"{world.PROJECT}/connections/search", "CAN_READ", "Microsoft.CognitiveServices/accounts/projects/connections", {"authType": "AAD"}),
    ],
)  # fmt: skip
def test_a_setting_of_the_target_stops_it(
    technique: str, target: str, edge: str, kind: str, values: dict[str, Any]
) -> None:
    actions, data = _needed(technique)
    assert _found(_tenant(actions, data=data), technique, edge, target)
    assert not _found(
        _tenant(actions, data=data, change=_set(kind, **values)), technique, edge, target
    )


def test_whoever_may_write_the_account_switches_keys_on_again() -> None:
    off = _set("Microsoft.CognitiveServices/accounts", disableLocalAuth=True)
    actions = [
        "Microsoft.CognitiveServices/accounts/listKeys/action",
        "Microsoft.CognitiveServices/accounts/write",
    ]
    assert _found(
        _tenant(actions, data=False, change=off), "azure-ai-account-keys", "CAN_LIST_KEYS", world.AI
    )


def test_a_flag_that_was_not_read_leaves_it_open() -> None:
    def unread(arm: dict[str, Any]) -> None:
        arm["Microsoft.CognitiveServices/accounts"] = [{"id": world.AI, "name": "oai", "type": "x"}]

    actions, data = _needed("azure-ai-account-keys")
    assert _found(
        _tenant(actions, data=data, change=unread),
        "azure-ai-account-keys",
        "CAN_LIST_KEYS",
        world.AI,
    ) == [Verdict.UNDECIDED]


def test_an_eligible_role_is_a_named_missing_fact() -> None:
    def eligible(arm: dict[str, Any]) -> None:
        one = arm["Microsoft.Authorization/roleAssignments"].pop()
        kind = "Microsoft.Authorization/roleEligibilityScheduleInstances"
        arm[kind] = [one | {"id": f"{RG}/providers/{kind}/{guid(900)}"}]

    tenant = _tenant(
        ["Microsoft.Compute/virtualMachines/runCommand/action"], data=False, change=eligible
    )
    assert _found(tenant, "azure-vm-run-command", "CAN_EXECUTE", world.VM) == [Verdict.UNDECIDED]
    answer = Escalation(tenant).answer(PairQuestion(id=1, principal=ALICE, target=world.VM_MI))
    assert answer.verdict == "conditional"
    assert "the activation of the eligible role" in answer.missing


# --- Entra: what Graph tells, the pair, and the one fact without which there is no way
SP = {"id": CI, "appId": CLIENT, "displayName": "ci", "servicePrincipalType": "Application"}
APP = {"id": CI_APP, "appId": CLIENT, "displayName": "ci", "signInAudience": "AzureADMyOrg"}
ROLE_IDS = {
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "Groups Administrator": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
}
PERMISSIONS = {
    "RoleManagement.ReadWrite.Directory": "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
    "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
    "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
}


def _holds(principal: str, role: str) -> dict[str, Any]:
    return {"principalId": principal, "roleDefinitionId": ROLE_IDS[role], "directoryScopeId": "/"}


def _permitted(principal: str, name: str) -> dict[str, Any]:
    return {"principalId": principal, "appRoleId": PERMISSIONS[name], "resourceId": guid(60)}


OTHER_APP = {
    "id": guid(70),
    "appId": guid(71),
    "displayName": "other",
    "signInAudience": "AzureADMyOrg",
}
USERS = world.GRAPH["users"]
GROUP = {"id": DEVS, "displayName": "Devs", "securityEnabled": True, "isAssignableToRole": False}
ENTRA: list[tuple[str, dict[str, list[dict[str, Any]]], str, str, str, tuple[str, list[dict[str, Any]]]]] = [
    ("entra-privileged-role-administrator", {"roleAssignments": [_holds(ALICE, "Privileged Role Administrator")]}, ALICE, GA, "role", ("roleAssignments", [_holds(ALICE, "Helpdesk Administrator")])),
    ("entra-application-credential", {"roleAssignments": [_holds(ALICE, "Application Administrator")], "applications": [APP], "servicePrincipals": [SP]}, ALICE, CI, "identity", ("roleAssignments", [_holds(BOB, "Application Administrator")])),
    ("entra-application-credential", {"applications": [APP | {"owners": [{"id": ALICE}]}], "servicePrincipals": [SP]}, ALICE, CI, "identity", ("applications", [APP | {"owners": [{"id": BOB}]}])),
    ("entra-password-reset", {"roleAssignments": [_holds(ALICE, "Helpdesk Administrator")]}, ALICE, BOB, "identity", ("roleAssignments", [_holds(ALICE, "Helpdesk Administrator"), _holds(BOB, "Global Administrator")])),
    ("entra-group-member", {"roleAssignments": [_holds(ALICE, "Groups Administrator")], "groups": [GROUP]}, ALICE, DEVS, "identity", ("groups", [GROUP | {"isAssignableToRole": True}])),
    ("entra-group-member", {"groups": [GROUP | {"owners": [{"id": ALICE}]}]}, ALICE, DEVS, "identity", ("groups", [GROUP | {"owners": [{"id": ALICE}], "membershipRule": "user.department -eq 'x'"}])),
    ("graph-role-management", {"servicePrincipals": [SP], "appRoleAssignments": [_permitted(CI, "RoleManagement.ReadWrite.Directory")]}, CI, GA, "role", ("appRoleAssignments", [])),
    ("graph-app-role-assignment", {"servicePrincipals": [SP], "appRoleAssignments": [_permitted(CI, "AppRoleAssignment.ReadWrite.All")]}, CI, GA, "role", ("appRoleAssignments", [_permitted(CI, "Application.ReadWrite.All")])),
    ("graph-application-write", {"servicePrincipals": [SP], "applications": [OTHER_APP], "appRoleAssignments": [_permitted(CI, "Application.ReadWrite.All")]}, CI, guid(70), "identity", ("appRoleAssignments", [])),
    ("azure-elevate-access", {"roleAssignments": [_holds(ALICE, "Global Administrator")]}, ALICE, S, "owner", ("roleAssignments", [_holds(ALICE, "Helpdesk Administrator")])),
]  # fmt: skip


def _directory(graph: dict[str, list[dict[str, Any]]]) -> Escalation:
    arm = {"Microsoft.Resources/subscriptions": world.ARM["Microsoft.Resources/subscriptions"]}
    return Escalation(derive(estate(arm=arm, graph={"users": USERS, **graph})))


@pytest.mark.parametrize("case", ENTRA, ids=[str(n) for n in range(len(ENTRA))])
def test_entra(case: tuple[str, Any, str, str, str, Any]) -> None:
    technique, graph, principal, target, gain, changed = case
    question = PairQuestion(id=1, principal=principal, target=target, gain=gain)
    answer = _directory(graph).answer(question)
    assert answer.verdict == "yes"
    assert technique in {step.technique for step in answer.steps}
    name, items = changed
    assert _directory({**graph, name: items}).answer(question).verdict != "yes"


def test_every_technique_has_its_estates() -> None:
    tried = {row[0] for row in ON_RESOURCES} | {row[0] for row in ENTRA}
    assert {technique.id for technique in of_cloud("azure")} == tried


def test_an_owner_is_administrator_and_a_guest_of_a_group_goes_far() -> None:
    arm: dict[str, Any] = {**world.ARM}
    found = derive(
        estate(
            arm=arm,
            graph={**world.GRAPH},
            members={g: [m["id"] for m in ms] for g, ms in world.MEMBERS.items()},
        )
    )
    escalation = Escalation(found)
    assert escalation.verdict(ALICE).verdict == "admin"
    assert (
        escalation.answer(PairQuestion(id=1, principal=GUEST, target=world.TRAIN_MI)).verdict
        == "yes"
    )
    assert (
        escalation.answer(PairQuestion(id=1, principal=BOB, target=world.TRAIN_MI)).verdict == "no"
    )
    assert OWNER
