"""Requests with the answer that Google Cloud's documentation gives, each family under the rule that it tests."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from graph.estate import Estate
from graph.model import Relationship
from graph.permissions.gcp.answers import answerer
from graph.permissions.question import Question
from tests.graph.permissions.gcp.estates import (
    ADMIN,
    ANN,
    BOB,
    BUCKET,
    CI,
    CLOSED,
    DATASET,
    DEFAULT,
    DEVS,
    ENDPOINT,
    EVE,
    FOLDER,
    INNER,
    KEY,
    LAB,
    MANAGER,
    MODEL,
    OBJECT,
    ORG,
    OUTER,
    POOL,
    SECRET,
    SHOP,
    TABLE,
    TRAIN,
    VM,
    asset,
    binding,
    boundary,
    custom,
    deny,
    in_group,
    organisation,
)

A, N, E, U = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied", "Undecided"
ANYBODY, SIGNED = "allUsers", "allAuthenticatedUsers"
READ, PREDICT = "storage.objects.get", "aiplatform.endpoints.predict"
GITHUB = "https://token.actions.githubusercontent.com"
WORDS = {"Y": A, ".": N, "?": U, "X": E}


class Case(NamedTuple):
    rule: str
    estate: Estate
    principal: str
    action: str
    resource: str
    context: Mapping[str, Any]
    expected: str


# --- roles: IAM roles and permissions index. Columns: permission; Y the role holds it, . it does not. Basic roles reach objects and
# tables only through the convenience members that buckets and datasets are born with.
PERMISSIONS = [
    (PREDICT, ENDPOINT),
    ("aiplatform.models.export", MODEL),
    ("aiplatform.datasets.import", SHOP),
    ("aiplatform.customJobs.create", SHOP),
    ("iam.serviceAccounts.actAs", f"//iam.googleapis.com/projects/shop/serviceAccounts/{TRAIN[15:]}"),
    ("iam.serviceAccounts.getAccessToken", f"//iam.googleapis.com/projects/shop/serviceAccounts/{TRAIN[15:]}"),
    ("iam.serviceAccountKeys.create", f"//iam.googleapis.com/projects/shop/serviceAccounts/{TRAIN[15:]}"),
    (READ, OBJECT),
    ("storage.objects.create", BUCKET),
    ("storage.buckets.setIamPolicy", BUCKET),
    ("resourcemanager.projects.setIamPolicy", SHOP),
    ("secretmanager.versions.access", SECRET),
    ("cloudkms.cryptoKeyVersions.useToDecrypt", KEY),
    ("bigquery.tables.getData", TABLE),
    ("apikeys.keys.getKeyString", SHOP),
    ("compute.instances.setMetadata", VM),
]  # fmt: skip
MATRIX = {
    "roles/owner":                              "YYYYY.Y...YYY.YY",
    "roles/editor":                             "YYYYY.Y.......YY",
    "roles/viewer":                             "Y.............Y.",
    "roles/aiplatform.user":                    "YYYY............",
    "roles/aiplatform.admin":                   "YYYY............",
    "roles/aiplatform.viewer":                  "................",
    "roles/iam.serviceAccountUser":             "....Y...........",
    "roles/iam.serviceAccountTokenCreator":     ".....Y..........",
    "roles/iam.workloadIdentityUser":           ".....Y..........",
    "roles/iam.serviceAccountKeyAdmin":         "......Y.........",
    "roles/iam.dataScientist":                  "YYYYY..YY...YY..",
    "roles/iam.securityAdmin":                  ".........YY.....",
    "roles/storage.objectViewer":               ".......Y........",
    "roles/storage.objectCreator":              "........Y.......",
    "roles/storage.objectAdmin":                ".......YY.......",
    "roles/storage.admin":                      ".......YYY......",
    "roles/resourcemanager.projectIamAdmin":    "..........Y.....",
    "roles/secretmanager.secretAccessor":       "...........Y....",
    "roles/cloudkms.cryptoKeyDecrypter":        "............Y...",
    "roles/cloudkms.admin":                     "................",
    "roles/bigquery.dataViewer":                ".............Y..",
    "roles/serviceusage.apiKeysViewer":         "..............Y.",
    "roles/compute.instanceAdmin.v1":           "...............Y",
}  # fmt: skip


def roles() -> Iterator[Case]:
    for role, row in MATRIX.items():
        estate = organisation({SHOP: [binding(role, ANN)]})
        for (permission, resource), gives in zip(PERMISSIONS, row, strict=True):
            yield Case(
                f"{role} holds what its page lists",
                estate,
                ANN,
                permission,
                resource,
                {},
                WORDS[gives],
            )
    unknown = organisation({SHOP: [binding("roles/notPublished.yet", ANN)]})
    yield Case("a role that nobody described may hold anything", unknown, ANN, READ, OBJECT, {}, U)
    mine = "projects/shop/roles/mine"
    for name, more, expected in (
        ("a custom role holds its includedPermissions", {}, A),
        ("a disabled custom role grants nothing", {"role_stage": "DISABLED"}, N),
        ("a deleted custom role grants nothing", {"deleted": True}, N),
        ("a deprecated custom role grants all the same", {"role_stage": "DEPRECATED"}, A),
    ):
        estate = organisation({SHOP: [binding(mine, ANN)]}, custom(mine, READ, **more))
        yield Case(name, estate, ANN, READ, OBJECT, {}, expected)
        yield Case(name, estate, ANN, "storage.objects.delete", OBJECT, {}, N)
    both = organisation(
        {
            SHOP: [
                binding("roles/iam.serviceAccountUser", ANN),
                binding("roles/aiplatform.user", ANN),
            ]
        }
    )
    for permission in ("iam.serviceAccounts.actAs", "aiplatform.customJobs.create"):
        yield Case("roles add up", both, ANN, permission, SHOP, {}, A)
    pool = f"//{POOL}"
    slashed = organisation({SHOP: [binding("roles/iam.workloadIdentityPoolAdmin", ANN)]})
    for spelling in (
        "iam.googleapis.com/workloadIdentityPoolProviders.update",
        "iam.workloadIdentityPoolProviders.update",
    ):
        yield Case(
            "some permissions are spelled with the service's address",
            slashed,
            ANN,
            spelling,
            pool,
            {},
            A,
        )
    plain = organisation({SHOP: [binding("roles/storage.objectViewer", ANN)]})
    yield Case(
        "both spellings of a permission are one",
        plain,
        ANN,
        "storage.googleapis.com/objects.get",
        OBJECT,
        {},
        A,
    )


# --- inheritance: a policy reaches what lies below and nothing else
PLACES = [ORG, FOLDER, INNER, SHOP, BUCKET, OBJECT, MODEL, DATASET, TABLE, LAB]
INHERITED = {
    ORG: "YYYYYYYYYY", FOLDER: ".YYYYYYYY.", INNER: "..YYYYYYY.", SHOP: "...YYYYYY.", BUCKET: "....YY....",
    MODEL: "......Y...", DATASET: ".......YY.", TABLE: "........Y.", LAB: ".........Y",
}  # fmt: skip
SPELLED = [
    (SHOP, f"{MANAGER}/projects/300"),
    (BUCKET, "//storage.googleapis.com/projects/_/buckets/shop-data"),
    (BUCKET, "//storage.googleapis.com/projects/_/buckets/shop-data/objects/train/2026/a.csv"),
    (MODEL, MODEL.replace("projects/shop", "projects/300")),
    (TRAIN, f"//iam.googleapis.com/projects/shop/serviceAccounts/{TRAIN[15:]}"),
    (TRAIN, f"//iam.googleapis.com/projects/-/serviceAccounts/{TRAIN[15:]}"),
    (TRAIN, "//iam.googleapis.com/projects/shop/serviceAccounts/9001"),
    (TRAIN, "//iam.googleapis.com/projects/300/serviceAccounts/9001"),
    (SECRET, f"{SECRET}/versions/3"),
    (SECRET, SECRET.replace("projects/shop", "projects/300") + "/versions/latest"),
    (KEY, f"{KEY}/cryptoKeyVersions/1"),
]


def inheritance() -> Iterator[Case]:
    role = custom("organizations/100/roles/r", "x.things.read")
    for holder, row in INHERITED.items():
        estate = organisation({holder: [binding("organizations/100/roles/r", ANN)]}, role)
        for place, inside in zip(PLACES, row, strict=True):
            yield Case(
                f"granted on {holder}: inherited below",
                estate,
                ANN,
                "x.things.read",
                place,
                {},
                WORDS[inside],
            )
    for holder, name in SPELLED:
        estate = organisation({holder: [binding("organizations/100/roles/r", ANN)]}, role)
        yield Case(
            "one thing, however its name is spelled", estate, ANN, "x.things.read", name, {}, A
        )
    nowhere = organisation({SHOP: [binding("organizations/100/roles/r", ANN)]}, role)
    for name in (
        "//storage.googleapis.com/elsewhere",
        "//storage.googleapis.com/elsewhere/objects/o",
    ):
        yield Case(
            "a bucket that the snapshot lacks may lie in any project",
            nowhere,
            ANN,
            "x.things.read",
            name,
            {},
            U,
        )
    partly = organisation({SHOP: [binding("organizations/100/roles/r", ANN)]}, role, read=False)
    yield Case("what one policy grants needs no other", partly, ANN, "x.things.read", MODEL, {}, A)
    yield Case(
        "policies above that nobody read may grant", partly, BOB, "x.things.read", MODEL, {}, U
    )


# --- members of allow policies. Columns: caller.
CALLERS = [ANN, BOB, EVE, TRAIN, ADMIN, DEFAULT, CI, ANYBODY, SIGNED]
MEMBERS = {
    ANN: "Y........",
    "user:ANN@Example.com": "Y........",
    EVE: "..Y......",
    TRAIN: "...Y.....",
    DEVS: "Y........",
    OUTER: "Y........",
    CLOSED: "??????...",
    "domain:example.com": "YY.......",
    ANYBODY: "YYYYYYYYY",
    SIGNED: "YYYYYY..Y",
    CI: "......Y..",
    f"principalSet://{POOL}/*": "......Y..",
    f"principalSet://{POOL}/attribute.repository/org/app": "......?..",
    f"principalSet://{POOL}/group/g": "......?..",
    f"principalSet://{POOL.replace('/ci', '/other')}/*": ".........",
    f"principalSet://{POOL.replace('projects/300', 'projects/shop')}/*": "......Y..",
    "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/*": ".........",
    "principalSet://cloudresourcemanager.googleapis.com/projects/300/type/ServiceAccount": "...Y.Y...",
    "principalSet://cloudresourcemanager.googleapis.com/folders/200/type/ServiceAccount": "...Y.Y...",
    "principalSet://cloudresourcemanager.googleapis.com/organizations/100/type/ServiceAccount": "...YYY...",
    "deleted:user:ann@example.com?uid=1": ".........",
    "deleted:serviceAccount:train@shop.iam.gserviceaccount.com?uid=9001": ".........",
    "serviceAccount:shop.svc.id.goog[ns/ksa]": ".........",
    "projectOwner:shop": ".Y.......",
    "projectEditor:shop": "...Y.....",
    "projectViewer:shop": ".........",
    "projectOwner:elsewhere": "???????..",
}  # fmt: skip
CLUSTER = "principal://iam.googleapis.com/projects/300/locations/global/workloadIdentityPools/shop.svc.id.goog/subject/ns/web/sa/app"


def members() -> Iterator[Case]:
    basic = [binding("roles/owner", BOB), binding("roles/editor", TRAIN)]
    for member, row in MEMBERS.items():
        reader = [binding("roles/storage.legacyObjectReader", member)]
        estate = organisation({SHOP: basic, BUCKET: reader})
        for caller, named in zip(CALLERS, row, strict=True):
            yield Case(f"{member} names", estate, caller, READ, OBJECT, {}, WORDS[named])
    workload = organisation(
        {
            BUCKET: [
                binding("roles/storage.objectViewer", "serviceAccount:shop.svc.id.goog[web/app]")
            ]
        }
    )
    yield Case("a Kubernetes account has two spellings", workload, CLUSTER, READ, OBJECT, {}, A)
    yield Case(
        "a Kubernetes account is of one namespace",
        workload,
        CLUSTER.replace("/web/", "/db/"),
        READ,
        OBJECT,
        {},
        N,
    )
    space = organisation(
        {
            BUCKET: [
                binding(
                    "roles/storage.objectViewer",
                    f"principalSet://{CLUSTER[12:].partition('/subject')[0]}/namespace/web",
                )
            ]
        }
    )
    yield Case("everybody of a namespace", space, CLUSTER, READ, OBJECT, {}, A)
    yield Case(
        "everybody of another namespace",
        space,
        CLUSTER.replace("/web/", "/db/"),
        READ,
        OBJECT,
        {},
        N,
    )
    group = organisation({BUCKET: [binding("roles/storage.objectViewer", OUTER)]})
    yield Case("a group that is in a group", group, DEVS, READ, OBJECT, {}, A)
    nested = organisation(
        {BUCKET: [binding("roles/storage.objectViewer", OUTER)]}, *in_group(OUTER, CLOSED)
    )
    yield Case("a nested group that nobody read leaves it open", nested, BOB, READ, OBJECT, {}, U)
    yield Case("who is known to be in it is in it", nested, ANN, READ, OBJECT, {}, A)
    for spelling in (
        "principal://goog/subject/ann@example.com",
        "USER:".lower() + "Ann@example.com",
    ):
        yield Case(
            "one person, two spellings",
            organisation({BUCKET: [binding("roles/storage.objectViewer", ANN)]}),
            spelling,
            READ,
            OBJECT,
            {},
            A,
        )
    for closed, where in (
        ({"public_access": "enforced"}, BUCKET),
        ({"public_access": "inherited"}, BUCKET),
    ):
        public = organisation(
            {BUCKET: [binding("roles/storage.objectViewer", ANYBODY, ANN)]}, asset(where, **closed)
        )
        word = N if closed["public_access"] == "enforced" else A
        yield Case(
            "public access prevention takes everybody out", public, ANYBODY, READ, OBJECT, {}, word
        )
        yield Case(
            "public access prevention takes everybody out", public, BOB, READ, OBJECT, {}, word
        )
        yield Case("who is named stays in", public, ANN, READ, OBJECT, {}, A)
    for uniform, word in ((False, U), (True, N)):
        listed = organisation(
            {BUCKET: [binding("roles/storage.objectViewer", ANN)]},
            asset(BUCKET, uniform_access=uniform),
        )
        yield Case("without uniform access, lists may grant", listed, BOB, READ, OBJECT, {}, word)
        yield Case(
            "lists are of objects alone", listed, BOB, "storage.buckets.update", BUCKET, {}, N
        )
        yield Case("what a policy grants needs no list", listed, ANN, READ, OBJECT, {}, A)
    prevention = "//orgpolicy.googleapis.com/folders/200/policies/storage.publicAccessPrevention"
    for on, word in ((True, N), (False, A)):
        policy = asset(
            prevention,
            constraint="storage.publicAccessPrevention",
            document={"rules": [{"enforce": on}]},
        )
        applies = Relationship(source=prevention, kind="APPLIES_TO", target=FOLDER)
        public = organisation(
            {BUCKET: [binding("roles/storage.objectViewer", ANYBODY)]}, policy, applies
        )
        yield Case("public access prevention is inherited", public, ANYBODY, READ, OBJECT, {}, word)
    mapping = {
        "google.subject": "assertion.sub",
        "attribute.repository": "assertion.repository",
        "attribute.owner": "assertion.repository_owner",
        "attribute.actor": "assertion.actor",
    }
    provider = f"//{POOL}/providers/github"
    for issuer, attribute, word in (
        (GITHUB, "attribute.repository/org/app", A), (GITHUB, "attribute.repository/org/other", N), (GITHUB, "attribute.owner/org", A), (GITHUB, "attribute.owner/evil", N),
        (GITHUB, "attribute.actor/ann", U), (GITHUB, "attribute.unmapped/x", U), ("https://issuer.example", "attribute.repository/org/app", U),
    ):  # fmt: skip
        trusted = organisation(
            {BUCKET: [binding("roles/storage.objectViewer", f"principalSet://{POOL}/{attribute}")]},
            asset(f"//{POOL}"),
            asset(provider, url=issuer, attribute_mapping=mapping),
            Relationship(source=f"//{POOL}", kind="TRUSTS", target=provider),
        )
        yield Case(
            f"what a subject of {issuer} tells of {attribute}", trusted, CI, READ, OBJECT, {}, word
        )
    off = organisation(
        {BUCKET: [binding("roles/storage.objectViewer", TRAIN, ANYBODY)]},
        asset(TRAIN, enabled=False),
    )
    yield Case("a disabled service account cannot authenticate", off, TRAIN, READ, OBJECT, {}, N)
    yield Case(
        "a deleted principal cannot authenticate", off, f"deleted:{BOB}?uid=1", READ, OBJECT, {}, N
    )


# --- conditions on bindings: attributes, operators, functions. GONE: known to be absent; OPEN: nobody told.
GONE, OPEN = None, object()
TIME = "request.time"
EXPRESSIONS: list[tuple[str, str, list[tuple[Any, str]]]] = [
    ("resource.type == 'storage.googleapis.com/Object'", "", [(OPEN, A)]),
    ("resource.type == 'storage.googleapis.com/Bucket'", "", [(OPEN, N)]),
    ("resource.type == 'x'", "resource.type", [("x", A), ("y", N), (GONE, N)]),
    ("resource.service == 'storage.googleapis.com'", "", [(OPEN, A)]),
    ("resource.name == 'projects/_/buckets/shop-data/objects/train/2026/a.csv'", "", [(OPEN, A)]),
    ("resource.name.startsWith('projects/_/buckets/shop-data/objects/train/')", "", [(OPEN, A)]),
    ("resource.name.startsWith('shop-data')", "", [(OPEN, N)]),
    ("!resource.name.startsWith('projects/_/buckets/other')", "resource.name", [(OPEN, A), (GONE, N)]),
    ("resource.name.endsWith('.csv')", "resource.name", [(OPEN, A), ("x.txt", N), (GONE, N)]),
    ("resource.name.contains('/train/')", "", [(OPEN, A)]),
    ("resource.name.matches('a\\\\.csv$')", "", [(OPEN, A)]),
    ("resource.name.matches('^a')", "", [(OPEN, N)]),
    ("resource.name.extract('/objects/{part}/') == 'train'", "", [(OPEN, A)]),
    ("resource.name.extract('/train/{year}/a.csv') == '2026'", "", [(OPEN, A)]),
    ("resource.name.extract('{all}').startsWith('projects/_')", "", [(OPEN, A)]),
    ("resource.name.extract('/none/{x}') == ''", "", [(OPEN, A)]),
    ("request.time < timestamp('2026-06-02T00:00:00Z')", TIME, [(OPEN, A), ("2026-06-03T00:00:00Z", N), ("2026-06-01T00:00:00Z", A), (GONE, N)]),
    ("request.time > timestamp('2026-06-02T00:00:00Z')", TIME, [(OPEN, N), ("2026-06-03T00:00:00Z", A), ("2026-06-02T03:00:00+02:00", A)]),
    ("request.time < timestamp('2026-01-01T00:00:00Z') + duration('4000h')", TIME, [(OPEN, A)]),
    ("request.time.getHours('Europe/Berlin') >= 9 && request.time.getHours('Europe/Berlin') <= 17", TIME, [("2026-06-01T07:30:00Z", A), ("2026-06-01T16:30:00Z", N), (OPEN, U)]),
    ("request.time.getDayOfWeek('UTC') == 1", TIME, [("2026-06-01T07:30:00Z", A), ("2026-06-02T07:30:00Z", N), (OPEN, U)]),
    ("request.time.getFullYear() == 2026", TIME, [("2026-12-31T23:59:59Z", A), ("2027-01-01T00:00:00Z", N)]),
    ("request.time.getMonth() == 5", TIME, [("2026-06-01T00:00:00Z", A), ("2026-05-01T00:00:00Z", N)]),
    ("request.time.getDayOfMonth() == 0 && request.time.getDate() == 1", TIME, [("2026-06-01T00:00:00Z", A)]),
    ("request.time.getDayOfYear() == 0", TIME, [("2026-01-01T00:00:00Z", A), ("2026-01-02T00:00:00Z", N)]),
    ("request.time >= date('2026-06-01')", TIME, [(OPEN, A), ("2026-05-31T23:59:59Z", N)]),
    ("'accessPolicies/1/accessLevels/corp' in request.auth.access_levels", "request.auth.access_levels", [(["accessPolicies/1/accessLevels/corp"], A), ([], N), (GONE, N), (OPEN, U)]),
    ("request.path.startsWith('/admin')", "request.path", [("/admin/x", A), ("/x", N), (GONE, N), (OPEN, U)]),
    ("request.host == 'h'", "request.host", [("h", A), ("g", N), (OPEN, U)]),
    ("destination.port == 22", "destination.port", [(22, A), (80, N), (OPEN, U)]),
    ("destination.port in [22, 3389]", "destination.port", [(3389, A), (80, N), (OPEN, U)]),
    ("destination.ip == '10.0.0.1'", "destination.ip", [("10.0.0.1", A), ("10.0.0.2", N), (GONE, N)]),
    ("api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('train')", "storage.googleapis.com/objectListPrefix", [("train/", A), ("x", N), (GONE, N), (OPEN, U)]),
    ("api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer', 'roles/browser'])", "iam.googleapis.com/modifiedGrantsByRole", [(["roles/viewer"], A), ([], A), (["roles/owner"], N), (GONE, A), (OPEN, U)]),
    ("resource.matchTag('100/env', 'dev')", "resource.tags", [({"100/env": "dev"}, A), ({"100/env": "prod"}, N), ({}, N), (GONE, N), (OPEN, U)]),
    ("resource.hasTagKey('100/env')", "resource.tags", [({"100/env": "dev"}, A), ({}, N), (OPEN, U)]),
    ("!resource.matchTag('100/env', 'prod')", "resource.tags", [({"100/env": "dev"}, A), ({"100/env": "prod"}, N), (OPEN, U)]),
    ("resource.matchTagId('tagKeys/1', 'tagValues/2')", "resource.tagIds", [({"tagKeys/1": "tagValues/2"}, A), ({"tagKeys/1": "tagValues/3"}, N), (OPEN, U)]),
    ("resource.hasTagKeyId('tagKeys/1')", "resource.matchTagId('tagKeys/1', 'x')", [(True, U)]),
    ("resource.matchTag('100/env', 'dev')", "resource.matchTag('100/env', 'dev')", [(True, A), (False, N)]),
    ("true", "", [(OPEN, A)]),
    ("false", "", [(OPEN, N)]),
    ("false || resource.type == 'storage.googleapis.com/Object'", "", [(OPEN, A)]),
    ("request.host == 'h' || true", "request.host", [(OPEN, A), (GONE, A)]),
    ("request.host == 'h' && false", "request.host", [(OPEN, N), (GONE, N)]),
    ("request.host == 'h' ? false : true", "request.host", [("h", N), ("g", A), (GONE, N), (OPEN, U)]),
    ("(request.host == 'h' ? true : true)", "request.host", [(OPEN, A)]),
    ("request.host != 'h'", "request.host", [("h", N), ("g", A), (GONE, N), (OPEN, U)]),
    ("request.host == 1", "request.host", [("h", N)]),
    ("resource.name.size() > 10 && size('abc') == 3", "", [(OPEN, A)]),
    ("resource.name.lowerAscii() == resource.name && 'A'.lowerAscii() == 'a'", "", [(OPEN, A)]),
    ("1 + 2 - 1 == 2 && -1 < 0 && 1.5 <= 2", "", [(OPEN, A)]),
    ("'a' + 'b' == \"ab\" && r'\\d' == '\\\\d'", "", [(OPEN, A)]),
    ("has(request.host) && request.host == 'h'", "request.host", [("h", A), (GONE, N), (OPEN, U)]),
    ("request.auth.claims['org'] == 'o'", "request.auth.claims.org", [("o", A), ("p", N), (OPEN, U)]),
    ("// people\n request.host\n == 'h'", "request.host", [("h", A)]),
    ("resource.name.unheardOf('x')", "", [(OPEN, U)]),
    ("resource.name ==", "", [(OPEN, U)]),
    ("'x'", "", [(OPEN, N)]),
]  # fmt: skip
LACKING = [
    (ENDPOINT, PREDICT),
    (MODEL, "aiplatform.models.get"),
    (TRAIN, "iam.serviceAccounts.actAs"),
]


def conditions() -> Iterator[Case]:
    for expression, key, rows in EXPRESSIONS:
        estate = organisation(
            {SHOP: [binding("roles/storage.objectViewer", ANN, condition=expression)]}
        )
        for value, expected in rows:
            context = {} if value is OPEN else {key: value}
            yield Case(expression, estate, ANN, READ, OBJECT, context, expected)
    for expression in (
        "resource.name.startsWith('projects/')",
        "!resource.name.startsWith('x')",
        "resource.type != 'x'",
        "resource.service != 'x'",
    ):
        estate = organisation({SHOP: [binding("roles/owner", ANN, condition=expression)]})
        for resource, permission in LACKING:
            name = (
                resource
                if resource.startswith("//")
                else f"//iam.googleapis.com/projects/-/serviceAccounts/{resource[15:]}"
            )
            yield Case(
                f"{expression}: a service without resource attributes never grants",
                estate,
                ANN,
                permission,
                name,
                {},
                N,
            )
    rest = "resource.type != 'x' || request.time < timestamp('2027-01-01T00:00:00Z')"
    estate = organisation({SHOP: [binding("roles/owner", ANN, condition=rest)]})
    yield Case("the part that can be evaluated still grants", estate, ANN, PREDICT, ENDPOINT, {}, A)
    own = organisation(
        {
            SHOP: [
                binding("roles/storage.objectViewer", ANN, condition="false"),
                binding("roles/storage.objectViewer", ANN),
            ]
        }
    )
    yield Case("a condition belongs to its own binding", own, ANN, READ, OBJECT, {}, A)
    numbered = "resource.name.startsWith('projects/300/secrets/token')"
    estate = organisation(
        {SHOP: [binding("roles/secretmanager.secretAccessor", ANN, condition=numbered)]}
    )
    yield Case(
        "Secret Manager names the project by number",
        estate,
        ANN,
        "secretmanager.versions.access",
        f"{SECRET}/versions/1",
        {},
        A,
    )
    old = organisation(
        {
            SHOP: [
                binding(
                    "roles/storage.objectViewer",
                    ANN,
                    condition="request.time < timestamp('2026-06-02T00:00:00Z')",
                )
            ]
        },
        at="2026-06-03T00:00:00Z",
    )
    yield Case("expiry is judged at the snapshot's time", old, ANN, READ, OBJECT, {}, N)
    undated = organisation(
        {
            SHOP: [
                binding(
                    "roles/storage.objectViewer",
                    ANN,
                    condition="request.time < timestamp('2026-06-02T00:00:00Z')",
                )
            ]
        },
        at="",
    )
    yield Case("without a time expiry is open", undated, ANN, READ, OBJECT, {}, U)
    for tags, expected in (({"100/env": "dev"}, A), ({"100/env": "prod"}, N), (None, N)):
        tagged = organisation(
            {
                SHOP: [
                    binding(
                        "roles/storage.objectViewer",
                        ANN,
                        condition="resource.matchTag('100/env', 'dev')",
                    )
                ]
            },
            asset(SHOP, resource_tags={"100/env": "prod"}),
            asset(BUCKET, resource_tags=tags),
        )
        yield Case(
            "a lower tag value replaces the inherited one", tagged, ANN, READ, OBJECT, {}, expected
        )


# --- deny policies
ALL = "principalSet://goog/public:all"
VIEW = {SHOP: [binding("roles/storage.objectViewer", ANN, BOB, TRAIN, CI, ANYBODY)]}
DENIED = ["storage.googleapis.com/objects.get"]


def denies() -> Iterator[Case]:
    rule: dict[str, Any] = {"deniedPrincipals": [ALL], "deniedPermissions": DENIED}
    for holder, word in ((SHOP, E), (INNER, E), (FOLDER, E), (ORG, E), (LAB, A)):
        yield Case(
            f"a deny policy on {holder} is inherited",
            organisation(VIEW, *deny(holder, rule)),
            ANN,
            READ,
            OBJECT,
            {},
            word,
        )
    for principal, row in (
        (ALL, "XXXXX"), ("principal://goog/subject/ann@example.com", "XYYYY"), ("principalSet://goog/group/devs@example.com", "XYYYY"),
        ("principalSet://goog/group/closed@example.com", "???YY"), ("principal://iam.googleapis.com/projects/-/serviceAccounts/train@shop.iam.gserviceaccount.com", "YYXYY"),
        (f"principal://{POOL}/subject/repo:org/app:ref:refs/heads/main", "YYYXY"), (f"principalSet://{POOL}/*", "YYYXY"), ("principalSet://goog/cloudIdentityCustomerId/C1", "???YY"),
        ("deleted:principal://goog/subject/ann@example.com?uid=1", "YYYYY"), (f"principalSet://{POOL}/attribute.ref/main", "YYY?Y"),
    ):  # fmt: skip
        estate = organisation(VIEW, *deny(ORG, {**rule, "deniedPrincipals": [principal]}))
        for caller, mark in zip((ANN, BOB, TRAIN, CI, ANYBODY), row, strict=True):
            yield Case(f"deny {principal}", estate, caller, READ, OBJECT, {}, WORDS[mark])
    for excepted, row in (
        (["principal://goog/subject/ann@example.com"], "YX"),
        (["principalSet://goog/group/devs@example.com"], "YX"),
        (["principalSet://goog/group/closed@example.com"], "??"),
        ([ALL], "YY"),
        (["deleted:principal://goog/subject/ann@example.com?uid=1"], "XX"),
    ):
        estate = organisation(VIEW, *deny(ORG, {**rule, "exceptionPrincipals": excepted}))
        for caller, mark in zip((ANN, BOB), row, strict=True):
            yield Case(
                f"an exception spares {excepted[0]}", estate, caller, READ, OBJECT, {}, WORDS[mark]
            )
    for patterns, spared, word in (
        (["storage.googleapis.com/objects.*"], [], E), (["storage.googleapis.com/*.get"], [], E), (["storage.googleapis.com/*.*"], [], E),
        (["storage.googleapis.com/buckets.*"], [], A), (["compute.googleapis.com/*.*"], [], A), (["storage.googleapis.com/objects.*"], DENIED, A),
        (["storage.googleapis.com/objects.*"], ["storage.googleapis.com/objects.list"], E), (["storage.googleapis.com/objects.list"], [], A), ([], [], A),
    ):  # fmt: skip
        one = {**rule, "deniedPermissions": patterns, "exceptionPermissions": spared}
        yield Case(
            f"denied {patterns} less {spared}",
            organisation(VIEW, *deny(SHOP, one)),
            ANN,
            READ,
            OBJECT,
            {},
            word,
        )
    manager = {
        **rule,
        "deniedPermissions": ["cloudresourcemanager.googleapis.com/projects.setIamPolicy"],
    }
    owner = organisation({SHOP: [binding("roles/owner", ANN)]}, *deny(ORG, manager))
    yield Case(
        "resourcemanager is cloudresourcemanager.googleapis.com",
        owner,
        ANN,
        "resourcemanager.projects.setIamPolicy",
        SHOP,
        {},
        E,
    )
    yield Case("an owner keeps the rest", owner, ANN, "resourcemanager.projects.get", SHOP, {}, A)
    for condition, context, word in (
        ("!resource.matchTag('100/env', 'dev')", {"resource.tags": {"100/env": "dev"}}, A), ("!resource.matchTag('100/env', 'dev')", {"resource.tags": {}}, E),
        ("!resource.matchTag('100/env', 'dev')", {}, U), ("resource.hasTagKey('100/env')", {"resource.tags": {"100/env": "x"}}, E),
        ("resource.matchTag('100/env')", {"resource.tags": {}}, E), ("request.host == 'h'", {"request.host": None}, E),
    ):  # fmt: skip
        one = {**rule, "denialCondition": {"expression": condition}}
        yield Case(
            f"denial condition {condition}: what cannot be evaluated denies",
            organisation(VIEW, *deny(SHOP, one)),
            ANN,
            READ,
            OBJECT,
            context,
            word,
        )
    listed = organisation(
        VIEW,
        *(item for item in deny(SHOP, rule)[1:]),
        asset("//iam.googleapis.com/policies/x/denypolicies/d1"),
    )
    yield Case(
        "a deny policy that was only listed leaves it open", listed, ANN, READ, OBJECT, {}, U
    )
    yield Case(
        "what nobody grants needs no deny",
        listed,
        EVE.replace("eve", "mallory"),
        "storage.objects.delete",
        OBJECT,
        {},
        N,
    )
    two = organisation(
        VIEW, *deny(SHOP, {**rule, "deniedPermissions": []}), *deny(ORG, rule, number=2)
    )
    yield Case("each rule stands by itself", two, ANN, READ, OBJECT, {}, E)


# --- principal access boundaries
def boundaries() -> Iterator[Case]:
    marks = {"Y": A, "N": N, "?": U}
    grants = {SHOP: [binding("roles/storage.objectViewer", ANN, TRAIN, ADMIN, CI, EVE)]}
    for target, row in (
        (f"{MANAGER}/organizations/100", "NNNNY"), (f"{MANAGER}/folders/200", "YNYNY"), (f"{MANAGER}/projects/300", "YNYNY"),
        (f"{MANAGER}/projects/400", "YYNYY"), ("//iam.googleapis.com/locations/global/workspace/C1", "???YY"), (f"//{POOL}", "YYYNY"),
    ):  # fmt: skip
        estate = organisation(grants, *boundary(target, LAB))
        for caller, mark in zip((ANN, TRAIN, ADMIN, CI, EVE), row, strict=True):
            yield Case(
                f"bound to {target}, which lists another project",
                estate,
                caller,
                READ,
                OBJECT,
                {},
                marks[mark],
            )
    for resources, word in (
        ([SHOP], A),
        ([ORG], A),
        ([INNER], A),
        ([LAB], N),
        ([LAB, SHOP], A),
        ([f"{MANAGER}/projects/300"], A),
    ):
        estate = organisation(grants, *boundary(f"{MANAGER}/projects/300", *resources))
        yield Case(f"within reach: {resources}", estate, TRAIN, READ, OBJECT, {}, word)
    two = organisation(
        grants,
        *boundary(f"{MANAGER}/projects/300", LAB),
        *boundary(f"{MANAGER}/organizations/100", SHOP, number=2),
    )
    yield Case("boundaries add up", two, TRAIN, READ, OBJECT, {}, A)
    for condition, row in (
        ("principal.type == 'iam.googleapis.com/ServiceAccount'", "YNNYY"), ("principal.type != 'iam.googleapis.com/ServiceAccount'", "NYYNY"),
        ("principal.subject == 'train@shop.iam.gserviceaccount.com'", "YNYYY"), ("principal.subject.endsWith('@example.com')", "NYYYY"),
    ):  # fmt: skip
        estate = organisation(
            grants, *boundary(f"{MANAGER}/organizations/100", LAB, condition=condition)
        )
        for caller, mark in zip((ANN, TRAIN, ADMIN, CI, EVE), row, strict=True):
            yield Case(f"bound where {condition}", estate, caller, READ, OBJECT, {}, marks[mark])
    held = (
        "bigquery.dataViewer",
        "aiplatform.user",
        "storage.objectAdmin",
        "secretmanager.secretAccessor",
        "browser",
        "compute.admin",
        "iam.serviceAccountUser",
        "dlp.admin",
    )
    table = {SHOP: [binding(f"roles/{role}", TRAIN) for role in held]}
    for version, permission, resource, word in (
        ("1", "bigquery.tables.getData", TABLE, A), ("2", "bigquery.tables.getData", TABLE, N), ("latest", "bigquery.tables.getData", TABLE, N),
        ("1", PREDICT, ENDPOINT, N), ("1", "aiplatform.operations.list", ENDPOINT, A), ("3", "secretmanager.versions.access", SECRET, A),
        ("4", "secretmanager.versions.access", SECRET, N), ("1", "resourcemanager.projects.get", SHOP, A), ("2", "resourcemanager.projects.get", SHOP, N),
        ("4", "compute.instances.setMetadata", VM, A), ("9", "compute.instances.setMetadata", VM, U), ("4", "dlp.jobs.list", SHOP, U), ("2", "iam.serviceAccounts.actAs", SHOP, A),
        ("3", "iam.serviceAccounts.actAs", SHOP, N), ("1", "storage.objects.create", BUCKET, A), ("2", "storage.objects.create", BUCKET, N),
    ):  # fmt: skip
        estate = organisation(table, *boundary(f"{MANAGER}/projects/300", LAB, version=version))
        yield Case(
            f"version {version} blocks what its list names",
            estate,
            TRAIN,
            permission,
            resource,
            {},
            word,
        )
    stopped = organisation(
        grants,
        *boundary(f"{MANAGER}/projects/300", LAB),
        *deny(ORG, {"deniedPrincipals": [ALL], "deniedPermissions": DENIED}),
    )
    yield Case("a deny policy is named before a boundary", stopped, TRAIN, READ, OBJECT, {}, E)


FAMILIES = (roles, inheritance, members, conditions, denies, boundaries)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_requests(family: Any) -> None:
    wrong = []
    opened: dict[int, Any] = {}
    for case in family():
        answer = opened.setdefault(id(case.estate), answerer(case.estate))
        found = answer(
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
                    case.principal,
                    case.action,
                    case.resource,
                    case.context,
                    case.expected,
                    found.decision,
                    found.reason,
                )
            )
        if found.decision == U:
            assert found.reason, case.rule
    assert not wrong, "\n".join(map(str, wrong))


def test_there_are_enough_requests() -> None:
    assert sum(len(list(family())) for family in FAMILIES) >= 400
