"""Requests with the answer that Azure's documentation gives, each family under the rule that it tests."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from graph.estate import Estate
from graph.permissions.azure.answers import answerer
from graph.permissions.azure.roles import built_in_names
from graph.permissions.question import Question
from tests.beds.azure_world import (
    ALICE,
    BOB,
    CONTRIBUTOR,
    DEVS,
    GUEST,
    OPS,
    OWNER,
    READER,
    RG,
    ROOT,
    SUB,
    guid,
)
from tests.graph.permissions.azure import tenants
from tests.graph.permissions.azure.tenants import assignment, custom, custom_id, deny, given

A, N, E, U = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied", "Undecided"
S = f"/subscriptions/{SUB}"
OTHER = "/subscriptions/10000000-0000-0000-0000-000000000009"
AI = f"{RG}/providers/Microsoft.CognitiveServices/accounts/oai"
STORE = f"{RG}/providers/Microsoft.Storage/storageAccounts/st"
BLOB = f"{STORE}/blobServices/default/containers/c1/blobs/a/b.txt"
BLOB_READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
KEYS = "Microsoft.CognitiveServices/accounts/listKeys/action"


class Case(NamedTuple):
    rule: str
    estate: Estate
    principal: str
    action: str
    resource: str
    context: dict[str, Any]
    expected: str


def _guid(name: str) -> str:
    return built_in_names()[name.lower()]


# --- roles: which operations a built-in role gives. Rows: role; columns: operation; Y gives, . does not.
OPERATIONS = [
    ("Microsoft.CognitiveServices/accounts/read", None),
    ("Microsoft.CognitiveServices/accounts/write", None),
    (KEYS, None),
    ("Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action", True),
    ("Microsoft.Authorization/roleAssignments/write", None),
    ("Microsoft.MachineLearningServices/workspaces/computes/write", None),
    ("Microsoft.MachineLearningServices/workspaces/jobs/write", None),
    ("Microsoft.MachineLearningServices/workspaces/datastores/listSecrets/action", None),
    ("Microsoft.MachineLearningServices/workspaces/listNotebookKeys/read", None),
    ("Microsoft.Storage/storageAccounts/listKeys/action", None),
    (BLOB_READ, True),
    ("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write", True),
    ("Microsoft.KeyVault/vaults/secrets/getSecret/action", True),
    ("Microsoft.KeyVault/vaults/write", None),
    ("Microsoft.Search/searchServices/listAdminKeys/action", None),
    ("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", None),
    ("Microsoft.Compute/virtualMachines/runCommand/action", None),
    ("Microsoft.Compute/virtualMachines/write", None),
]
MATRIX = {
    "Owner":                                    "YYY.YYYYYY...YYYYY",
    "Contributor":                              "YYY..YYYYY...YYYYY",
    "Reader":                                   "Y.......Y.........",
    "User Access Administrator":                "Y...Y...Y.........",
    "Cognitive Services User":                  "Y.YY..............",
    "Cognitive Services OpenAI User":           "Y..Y..............",
    "Cognitive Services Contributor":           "YYY...............",
    "Azure AI Developer":                       "...Y.YYYY.........",
    "AzureML Data Scientist":                   "......YYY.........",
    "AzureML Compute Operator":                 ".....Y............",
    "Storage Blob Data Reader":                 "..........Y.......",
    "Storage Blob Data Contributor":            "..........YY......",
    "Storage Account Contributor":              ".........Y........",
    "Key Vault Secrets User":                   "............Y.....",
    "Key Vault Contributor":                    ".............Y....",
    "Search Service Contributor":               "..............Y...",
    "Managed Identity Operator":                "...............Y..",
    "Virtual Machine Contributor":              ".........Y......YY",
}  # fmt: skip


def roles() -> Iterator[Case]:
    for role, row in MATRIX.items():
        estate = given(assignment(1, ALICE, _guid(role), S))
        for (operation, data), gives in zip(OPERATIONS, row, strict=True):
            provider = operation.split("/")[0]
            resource = f"{RG}/providers/{provider}/things/x"
            context = {} if data is None else {"isDataAction": data}
            yield Case(
                f"{role}: actions less notActions, planes apart",
                estate,
                ALICE,
                operation,
                resource,
                context,
                A if gives == "Y" else N,
            )


# --- scopes: an assignment is inherited downwards and nowhere else
SCOPES = ["/", ROOT, S, RG, AI, f"{RG}2", OTHER, f"{AI}/deployments/d"]
PLACES = [
    S,
    RG,
    AI,
    f"{AI}/deployments/d",
    f"{RG}2/providers/Microsoft.X/y/z",
    f"{AI}2",
    OTHER,
    f"{RG.upper()}",
]
INHERITED = {
    "/": "YYYYYYYY", ROOT: "YYYYYY.Y", S: "YYYYYY.Y", RG: ".YYY.Y.Y", AI: "..YY....", f"{RG}2": "....Y...",
    OTHER: "......Y.", f"{AI}/deployments/d": "...Y....",
}  # fmt: skip
TREE = {
    "Microsoft.Management/managementGroups": [
        {
            "id": ROOT,
            "name": "root",
            "properties": {"children": [{"id": S, "type": "/subscriptions"}]},
        },
        {
            "id": ROOT.replace("root", "other"),
            "name": "other",
            "properties": {"children": [{"id": OTHER, "type": "/subscriptions"}]},
        },
    ]
}


def scopes() -> Iterator[Case]:
    for scope in SCOPES:
        estate = given(assignment(1, ALICE, READER, scope), arm=TREE)
        for place, inside in zip(PLACES, INHERITED[scope], strict=True):
            yield Case(
                f"assigned at {scope}",
                estate,
                ALICE,
                "Microsoft.X/y/read",
                place,
                {},
                A if inside == "Y" else N,
            )
    unknown = given(assignment(1, ALICE, READER, ROOT))
    yield Case(
        "the tree of management groups was not read",
        unknown,
        ALICE,
        "Microsoft.X/y/read",
        AI,
        {},
        U,
    )


# --- conditions of role assignments
NAME = "Microsoft.Storage/storageAccounts/blobServices/containers:name"
TAG = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags:Project<$key_case_sensitive$>"
OPEN, GONE = object(), None
EXPRESSIONS: list[tuple[str, list[tuple[Any, str]]]] = [
    ("StringEquals 'Blue'", [("Blue", A), ("blue", N), ("Blue2", N), (GONE, N), (OPEN, U)]),
    ("StringEqualsIgnoreCase 'Blue'", [("BLUE", A), ("blu", N), (GONE, N), (OPEN, U)]),
    ("StringNotEquals 'Blue'", [("Blue", N), ("blue", A), (OPEN, U)]),
    ("StringNotEqualsIgnoreCase 'Blue'", [("BLUE", N), ("red", A), (OPEN, U)]),
    ("StringStartsWith 'pre'", [("prefix", A), ("Prefix", N), ("xpre", N), (GONE, N), (OPEN, U)]),
    ("StringStartsWithIgnoreCase 'pre'", [("PREfix", A), ("xpre", N), (OPEN, U)]),
    ("StringNotStartsWith 'pre'", [("prefix", N), ("other", A), (OPEN, U)]),
    ("StringNotStartsWithIgnoreCase 'pre'", [("PRE", N), ("other", A)]),
    ("StringLike 'a*c?'", [("abbbcd", A), ("abc", N), ("Abbcd", N), ("acd", A), (GONE, N), (OPEN, U)]),
    ("StringLikeIgnoreCase 'a*c'", [("ABBC", A), ("abd", N), (OPEN, U)]),
    ("StringNotLike 'a*'", [("abc", N), ("bc", A), (OPEN, U)]),
    ("StringNotLikeIgnoreCase 'a*'", [("ABC", N), ("bc", A)]),
    ("StringLike '[x]*'", [("[x]1", A), ("x1", N)]),
    ("NumericEquals 5", [(5, A), ("5.0", A), (6, N), ("five", N), (OPEN, U)]),
    ("NumericNotEquals 5", [(5, N), (6, A)]),
    ("NumericLessThan 5", [(4, A), (5, N), (6, N), (OPEN, U)]),
    ("NumericLessThanEquals 5", [(5, A), (6, N)]),
    ("NumericGreaterThan 5", [(6, A), (5, N), (10, A), (GONE, N)]),
    ("NumericGreaterThanEquals 5", [(5, A), (4.9, N)]),
    ("BoolEquals true", [(True, A), ("True", A), (False, N), (OPEN, U)]),
    ("BoolNotEquals true", [(True, N), (False, A)]),
    ("DateTimeGreaterThan '2026-05-01T13:00:00.0Z'", [("2026-05-02T00:00:00Z", A), ("2026-05-01T12:00:00Z", N), (OPEN, U)]),
    ("DateTimeLessThan '2026-05-01T13:00:00Z'", [("2026-05-02T00:00:00Z", N), ("2026-05-01T14:00:00+02:00", A)]),
    ("DateTimeEquals '2026-05-01T13:00:00Z'", [("2026-05-01T15:00:00+02:00", A), ("2026-05-01T13:00:01Z", N)]),
    ("DateTimeLessThanEquals '2026-05-01T13:00:00Z'", [("2026-05-01T13:00:00Z", A), ("2026-05-01T13:00:01Z", N)]),
    ("DateTimeGreaterThanEquals '2026-05-01T13:00:00Z'", [("2026-05-01T13:00:00Z", A), ("2026-05-01T12:59:59Z", N)]),
    (f"GuidEquals '{guid(5)}'", [(guid(5).upper(), A), (guid(6), N), (OPEN, U)]),
    (f"GuidNotEquals '{guid(5)}'", [(guid(5), N), (guid(6), A)]),
    ("ForAnyOfAnyValues:StringEquals {'a', 'b'}", [("a", A), (["x", "b"], A), (["x", "y"], N), ([], N), (GONE, N), (OPEN, U)]),
    ("ForAllOfAnyValues:StringEquals {'a', 'b'}", [(["a", "b"], A), (["a", "x"], N), (["b"], A), (OPEN, U)]),
    ("ForAnyOfAllValues:StringNotEquals {'a', 'b'}", [(["a", "x"], A), (["a", "b"], N), (["c"], A)]),
    ("ForAllOfAllValues:StringNotEquals {'a', 'b'}", [(["c", "d"], A), (["c", "a"], N), (OPEN, U)]),
    (f"ForAnyOfAnyValues:GuidEquals {{{guid(1)}, {guid(2)}}}", [(guid(2), A), (guid(3), N), (OPEN, U)]),
    ("ForAnyOfAnyValues:NumericLessThan {5, 2}", [([4, 9], A), ([6], N)]),
    ("ForAllOfAllValues:NumericGreaterThan {5, 2}", [([6, 9], A), ([3, 9], N)]),
    ("StringEquals 'it''s'", [("it's", A), ("its", N)]),
]  # fmt: skip


def _only(expression: str) -> str:
    """The documented form: the condition is about reading blobs, other operations pass."""
    return f"((!(ActionMatches{{'{BLOB_READ}'}})) OR ({expression}))"


def _conditional(condition: str) -> Estate:
    return given(
        assignment(
            1,
            ALICE,
            _guid("Storage Blob Data Owner"),
            RG,
            condition=condition,
            conditionVersion="2.0",
        )
    )


def conditions() -> Iterator[Case]:
    for expression, rows in EXPRESSIONS:
        estate = _conditional(_only(f"@Resource[{TAG}] {expression}"))
        for value, expected in rows:
            context = {} if value is OPEN else {f"@Resource[{TAG}]": value}
            yield Case(
                f"{expression} with {value!r}", estate, ALICE, BLOB_READ, BLOB, context, expected
            )
        yield Case(
            "another operation passes",
            estate,
            ALICE,
            BLOB_READ.replace("read", "delete"),
            BLOB,
            {"isDataAction": True},
            A,
        )


WRITE = BLOB_READ.replace("read", "write")
LOGIC: list[tuple[str, dict[str, Any], str]] = [
    (f"@Resource[{NAME}] StringEquals 'c1'", {}, A),
    (f"@Resource[{NAME}] StringEquals 'c2'", {}, N),
    (f"@Resource[{NAME}] StringEquals 'c2'", {NAME: "c2"}, A),
    ("Exists @Resource[x:a]", {"@Resource[x:a]": "1"}, A),
    ("Exists @Resource[x:a]", {"@Resource[x:a]": None}, N),
    ("Exists @Resource[x:a]", {}, U),
    ("NotExists @Resource[x:a]", {"x:a": None}, A),
    ("NotExists @Resource[x:a]", {"x:a": "1"}, N),
    ("@Principal[x:a] StringEquals 'p' && @Request[x:b] StringEquals 'q'", {"x:a": "p", "x:b": "q"}, A),
    ("@Principal[x:a] StringEquals 'p' && @Request[x:b] StringEquals 'q'", {"x:a": "n"}, N),
    ("@Principal[x:a] StringEquals 'p' && @Request[x:b] StringEquals 'q'", {"x:a": "p"}, U),
    ("@Principal[x:a] StringEquals 'p' || @Request[x:b] StringEquals 'q'", {"x:a": "p"}, A),
    ("@Principal[x:a] StringEquals 'p' OR @Request[x:b] StringEquals 'q'", {"x:a": "n"}, U),
    ("@Principal[x:a] StringEquals 'p' OR @Request[x:b] StringEquals 'q'", {"x:a": "n", "x:b": None}, N),
    ("!(@Principal[x:a] StringEquals 'p')", {"x:a": "p"}, N),
    ("NOT (@Principal[x:a] StringEquals 'p')", {"x:a": "n"}, A),
    ("NOT (@Principal[x:a] StringEquals 'p')", {}, U),
    ("@Principal[x:a] StringEquals @Resource[x:a]", {"@Principal[x:a]": "1", "@Resource[x:a]": "1"}, A),
    ("@Principal[x:a] StringEquals @Resource[x:a]", {"@Principal[x:a]": "1", "@Resource[x:a]": "2"}, N),
    ("@Principal[x:a] StringEquals @Resource[x:a]", {"@Principal[x:a]": "1"}, U),
    ("@Principal[x:a] ForAnyOfAnyValues:StringEquals @Resource[x:a]", {"@Principal[x:a]": ["1", "2"], "@Resource[x:a]": ["2"]}, A),
    ("@Environment[UtcNow] DateTimeLessThan '2030-01-01T00:00:00Z'", {}, U),
    ("@Environment[UtcNow] DateTimeLessThan '2030-01-01T00:00:00Z'", {"@Environment[UtcNow]": "2026-01-01T00:00:00Z"}, A),
    ("@Environment[isPrivateLink] BoolEquals true", {"isPrivateLink": False}, N),
    ("SubOperationMatches{'Blob.List'}", {"subOperation": "Blob.List"}, A),
    ("SubOperationMatches{'Blob.List'}", {"subOperation": "Blob.Read"}, N),
    ("SubOperationMatches{'Blob.List'}", {}, U),
    ("ActionMatches{'Microsoft.Storage/*/read'}", {}, A),
    ("@Resource[x:a] StringWonders 'b'", {"x:a": "b"}, U),
    ("this is no condition", {}, U),
    ("@Resource[x:a] StringEquals 'b' AND @Resource[x:b] StringEquals 'c' OR @Resource[x:d] StringEquals 'e'", {"x:a": "n", "x:d": "e"}, A),
]  # fmt: skip


def logic() -> Iterator[Case]:
    for expression, context, expected in LOGIC:
        yield Case(
            expression, _conditional(_only(expression)), ALICE, BLOB_READ, BLOB, context, expected
        )
    both = given(assignment(1, ALICE, _guid("Storage Blob Data Owner"), RG, condition=_only("@Resource[x:a] StringEquals '1'")),
                 assignment(2, ALICE, _guid("Storage Blob Data Reader"), STORE))  # fmt: skip
    yield Case(
        "a condition denies nothing that another assignment gives",
        both,
        ALICE,
        BLOB_READ,
        BLOB,
        {"x:a": "2"},
        A,
    )
    limited = given(assignment(1, ALICE, _guid("Key Vault Data Access Administrator"), S))
    request = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
    for role, expected in (("4633458b-17de-408a-b874-0445c86b69e6", A), (OWNER, N)):
        yield Case(
            "a built-in role with a condition of its own",
            limited,
            ALICE,
            "Microsoft.Authorization/roleAssignments/write",
            RG,
            {request: role},
            expected,
        )
    yield Case(
        "a built-in role with a condition of its own",
        limited,
        ALICE,
        "Microsoft.Authorization/roleAssignments/write",
        RG,
        {},
        U,
    )


# --- deny assignments
def denies() -> Iterator[Case]:
    owner = assignment(1, ALICE, OWNER, S)
    everyone = "00000000-0000-0000-0000-000000000000"

    def world(*found: dict[str, Any], **more: Any) -> Estate:
        return given(
            owner,
            assignment(2, BOB, READER, S),
            arm={"Microsoft.Authorization/denyAssignments": found},
            **more,
        )

    keys = world(deny(RG, [ALICE], actions=["*/listKeys/action"]))
    yield Case("a deny assignment wins", keys, ALICE, KEYS, AI, {}, E)
    yield Case(
        "another operation", keys, ALICE, "Microsoft.CognitiveServices/accounts/read", AI, {}, A
    )
    yield Case(
        "another principal", keys, BOB, "Microsoft.CognitiveServices/accounts/read", AI, {}, A
    )
    yield Case("another principal without a grant", keys, BOB, KEYS, AI, {}, N)
    yield Case(
        "another scope",
        keys,
        ALICE,
        KEYS,
        f"{S}/resourceGroups/x/providers/Microsoft.CognitiveServices/accounts/a",
        {},
        A,
    )
    yield Case(
        "denied even where no role grants",
        world(deny(S, [GUEST], actions=["*"])),
        GUEST,
        KEYS,
        AI,
        {},
        E,
    )
    everybody = world(
        deny(
            S,
            [everyone],
            excluded=[ALICE],
            sort="SystemDefined",
            actions=["*"],
            notActions=["*/read"],
        )
    )
    yield Case("everybody", everybody, GUEST, KEYS, AI, {}, E)
    yield Case("an excluded principal", everybody, ALICE, KEYS, AI, {}, A)
    yield Case("notActions of a deny assignment", everybody, BOB, "Microsoft.X/y/read", AI, {}, A)
    here = world(deny(RG, [ALICE], only_here=True, actions=["*"]))
    yield Case("it does not apply to child scopes", here, ALICE, KEYS, AI, {}, A)
    yield Case(
        "it applies to its own scope",
        here,
        ALICE,
        "Microsoft.Resources/subscriptions/resourceGroups/delete",
        RG,
        {},
        E,
    )
    data = world(deny(S, [ALICE], dataActions=["*"]))
    yield Case("data actions alone", data, ALICE, KEYS, AI, {}, A)
    yield Case("data actions", data, ALICE, BLOB_READ, BLOB, {}, E)
    group = world(
        deny(S, [DEVS], sort="Group", actions=["*"]),
        members={DEVS: [OPS], OPS: [ALICE]},
        graph={"groups": GROUPS},
    )
    yield Case("through nested groups", group, ALICE, KEYS, AI, {}, E)
    yield Case("not in the group", group, BOB, "Microsoft.X/y/read", AI, {}, A)
    lifted = world(
        deny(S, [everyone], excluded=[DEVS], sort="Group", actions=["*"]),
        members={DEVS: [ALICE]},
        graph={"groups": GROUPS[:1]},
    )
    yield Case("excluded through a group", lifted, ALICE, KEYS, AI, {}, A)
    yield Case("everybody else", lifted, BOB, "Microsoft.X/y/read", AI, {}, E)
    unread = world(deny(S, [DEVS], sort="Group", actions=["*"]))
    yield Case("members of a denied group were not read", unread, ALICE, KEYS, AI, {}, U)
    yield Case("and nothing grants it anyway", unread, GUEST, KEYS, AI, {}, N)


GROUPS = [
    {"id": DEVS, "displayName": "Devs", "securityEnabled": True},
    {"id": OPS, "displayName": "Ops", "securityEnabled": True},
]


def groups() -> Iterator[Case]:
    grant = assignment(1, DEVS, CONTRIBUTOR, RG, "Group")
    nested = given(grant, members={DEVS: [OPS, BOB], OPS: [GUEST]}, graph={"groups": GROUPS})
    for principal, expected in ((BOB, A), (GUEST, A), (ALICE, N), (OPS, A), (DEVS, A)):
        yield Case("membership is transitive", nested, principal, KEYS, AI, {}, expected)
    unread = given(grant, members={DEVS: [OPS]}, graph={"groups": GROUPS})
    yield Case("members of an inner group were not read", unread, ALICE, KEYS, AI, {}, U)
    yield Case(
        "and an operation that it does not give",
        unread,
        ALICE,
        "Microsoft.Authorization/roleAssignments/write",
        AI,
        {},
        N,
    )
    empty = given(grant, members={DEVS: []}, graph={"groups": GROUPS[:1]})
    yield Case("an empty group that was read", empty, ALICE, KEYS, AI, {}, N)
    loop = given(grant, members={DEVS: [OPS], OPS: [DEVS, ALICE]}, graph={"groups": GROUPS})
    yield Case("groups in each other", loop, ALICE, KEYS, AI, {}, A)


def _scheduled(kind: str, **window: Any) -> dict[str, Any]:
    base = assignment(7, ALICE, CONTRIBUTOR, RG, **window)
    return base | {"id": f"{RG}/providers/Microsoft.Authorization/{kind}/{guid(77)}"}


def times() -> Iterator[Case]:
    eligible, active = "roleEligibilityScheduleInstances", "roleAssignmentScheduleInstances"
    before, after = "2026-01-01T00:00:00Z", "2026-12-31T23:59:59.1234567Z"
    for rule, kind, window, at, expected in (
        ("eligible is not active", eligible, {}, tenants.AT, N),
        ("eligible in its window", eligible, {"startDateTime": before, "endDateTime": after}, tenants.AT, N),
        ("activated", active, {"assignmentType": "Activated", "startDateTime": before, "endDateTime": after}, tenants.AT, A),
        ("expired by the snapshot's time", active, {"startDateTime": before, "endDateTime": "2026-05-31T00:00:00Z"}, tenants.AT, N),
        ("not begun", active, {"startDateTime": "2026-07-01T00:00:00Z"}, tenants.AT, N),
        ("still valid at the snapshot's time, expired today", active, {"startDateTime": before, "endDateTime": "2026-06-02T00:00:00Z"}, tenants.AT, A),
        ("no time of the snapshot", active, {"startDateTime": before, "endDateTime": after}, "", U),
        ("without an end", active, {"startDateTime": before}, tenants.AT, A),
        ("revoked", active, {"status": "Revoked"}, tenants.AT, N),
    ):  # fmt: skip
        estate = given(arm={f"Microsoft.Authorization/{kind}": [_scheduled(kind, **window)]}, at=at)
        yield Case(rule, estate, ALICE, KEYS, AI, {}, expected)


def planes() -> Iterator[Case]:
    estate = given(assignment(1, ALICE, CONTRIBUTOR, S), assignment(2, BOB, custom_id(1), S), assignment(3, GUEST, custom_id(2), S),
                   arm={"Microsoft.Authorization/roleDefinitions": [
                       custom(1, {"dataActions": ["Microsoft.X/*"], "notDataActions": ["Microsoft.X/y/delete"]}),
                       custom(2, {"actions": ["*"], "notActions": ["Microsoft.X/*"]}, {"actions": ["Microsoft.X/y/read"]})]})  # fmt: skip
    rows = [
        (ALICE, "Microsoft.X/y/read", {}, A), (ALICE, "Microsoft.X/y/read", {"isDataAction": True}, N),
        (ALICE, "Microsoft.X/y/read", {"isDataAction": False}, A), (ALICE, BLOB_READ, {}, N), (ALICE, BLOB_READ, {"isDataAction": False}, A),
        (ALICE, "Microsoft.KeyVault/vaults/secrets/getSecret/action", {}, N), (ALICE, "Microsoft.KeyVault/vaults/secrets/read", {}, A),
        (BOB, "Microsoft.X/y/read", {}, N), (BOB, "Microsoft.X/y/read", {"isDataAction": True}, A), (BOB, "Microsoft.X/y/delete", {"isDataAction": True}, N),
        (BOB, "MICROSOFT.x/Y/READ", {"isDataAction": True}, A),
        (GUEST, "Microsoft.Y/z/write", {}, A), (GUEST, "Microsoft.X/y/write", {}, N), (GUEST, "Microsoft.X/y/read", {}, A),
        (ALICE, "microsoft.cognitiveservices/accounts/listkeys/action", {}, A), (ALICE, "Microsoft.Authorization/roleAssignments/write", {}, N),
        (ALICE, "Microsoft.Authorization/elevateAccess/Action", {}, N),
    ]  # fmt: skip
    for principal, action, context, expected in rows:
        yield Case(
            "each block and each plane by itself", estate, principal, action, AI, context, expected
        )
    foreign = given(assignment(1, ALICE, custom_id(9), S))
    yield Case("a role that nobody read", foreign, ALICE, "Microsoft.X/y/read", AI, {}, U)
    yield Case(
        "a role that nobody read, for somebody else", foreign, BOB, "Microsoft.X/y/read", AI, {}, N
    )
    unread = tenants.estate(arm={}, read_assignments=False)
    yield Case("role assignments were not read", unread, ALICE, "Microsoft.X/y/read", AI, {}, U)


LIST_KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"


def locks() -> Iterator[Case]:
    for scope, level, action, expected in (
        (S, "ReadOnly", LIST_KEYS, N), (RG, "ReadOnly", LIST_KEYS, N), (STORE, "ReadOnly", LIST_KEYS, N),
        (f"{RG}2", "ReadOnly", LIST_KEYS, A), (RG, "CanNotDelete", LIST_KEYS, A),
        (RG, "CanNotDelete", "Microsoft.Storage/storageAccounts/delete", N), (RG, "ReadOnly", "Microsoft.Storage/storageAccounts/read", A),
        (RG, "ReadOnly", "Microsoft.Storage/storageAccounts/write", N), (RG, "ReadOnly", "Microsoft.Authorization/locks/delete", A),
        (RG, "ReadOnly", BLOB_READ, N),
    ):  # fmt: skip
        lock = {
            "id": f"{scope}/providers/Microsoft.Authorization/locks/l",
            "properties": {"level": level},
        }
        estate = given(
            assignment(1, ALICE, OWNER, S), arm={"Microsoft.Authorization/locks": [lock]}
        )
        yield Case(f"a lock {level} at {scope}", estate, ALICE, action, STORE, {}, expected)


def vaults() -> Iterator[Case]:
    vault = f"{RG}/providers/Microsoft.KeyVault/vaults/kv"
    get = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    policies = [
        {"objectId": BOB, "permissions": {"secrets": ["Get"], "keys": ["all"]}},
        {"objectId": DEVS, "permissions": {"secrets": ["all"]}},
    ]
    for rbac, principal, action, expected in (
        (False, BOB, get, A), (False, ALICE, get, N), (True, BOB, get, N), (True, ALICE, get, A), (None, BOB, get, A),
        (False, GUEST, get, A), (False, BOB, "Microsoft.KeyVault/vaults/keys/sign/action", A),
        (False, BOB, "Microsoft.KeyVault/vaults/secrets/setSecret/action", N), (False, GUEST, "Microsoft.KeyVault/vaults/secrets/setSecret/action", A),
    ):  # fmt: skip
        row = {
            "id": vault,
            "properties": {"enableRbacAuthorization": rbac, "accessPolicies": policies},
        }
        estate = given(assignment(1, ALICE, _guid("Key Vault Secrets User"), S), arm={"Microsoft.KeyVault/vaults": [row]},
                       members={DEVS: [GUEST]}, graph={"groups": GROUPS[:1], "users": [{"id": BOB, "userPrincipalName": "bob"}]})  # fmt: skip
        yield Case(
            f"vault with roles {rbac}",
            estate,
            principal,
            action,
            f"{vault}/secrets/s",
            {},
            expected,
        )


FAMILIES = (roles, scopes, conditions, logic, denies, groups, times, planes, locks, vaults)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.__name__)
def test_family(family: Any) -> None:
    answers: dict[int, Any] = {}
    wrong = []
    for case in family():
        ask = answers.setdefault(id(case.estate), (case.estate, answerer(case.estate)))[1]
        found = ask(
            Question(
                id=1,
                principal=case.principal,
                action=case.action,
                resource=case.resource,
                context=case.context,
            )
        )
        if found.decision != case.expected:
            wrong.append(
                (
                    case.rule,
                    case.principal[-2:],
                    case.action,
                    case.resource[-30:],
                    case.context,
                    case.expected,
                    found.decision,
                    found.reason,
                )
            )
        if found.decision == U:
            assert found.reason, case.rule
    assert not wrong


def test_there_are_enough_requests() -> None:
    assert sum(len(list(family())) for family in FAMILIES) >= 400
