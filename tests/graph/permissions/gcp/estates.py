"""A small organisation of Google Cloud, made of policies, for questions about rights."""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.coverage import Coverage
from graph.estate import Estate, assemble
from graph.model import Asset, CoverageEntry, CoverageState, Evidence, Relationship, Scope
from graph.permissions.gcp.answers import answerer
from graph.permissions.question import Answer, Question
from graph.schema import load_schema

AT = "2026-06-01T12:00:00Z"
MANAGER = "//cloudresourcemanager.googleapis.com"
ORG, FOLDER, INNER = (f"{MANAGER}/{n}" for n in ("organizations/100", "folders/200", "folders/201"))
SHOP, LAB = f"{MANAGER}/projects/shop", f"{MANAGER}/projects/lab"
SHOP_NUMBER, LAB_NUMBER = "300", "400"
BUCKET = "//storage.googleapis.com/shop-data"
OBJECT = f"{BUCKET}/objects/train/2026/a.csv"
MODEL = "//aiplatform.googleapis.com/projects/shop/locations/us-central1/models/7"
ENDPOINT = "//aiplatform.googleapis.com/projects/shop/locations/us-central1/endpoints/8"
SECRET = "//secretmanager.googleapis.com/projects/shop/secrets/token"
KEY = "//cloudkms.googleapis.com/projects/shop/locations/us/keyRings/ring/cryptoKeys/key"
DATASET = "//bigquery.googleapis.com/projects/shop/datasets/sales"
TABLE = f"{DATASET}/tables/orders"
VM = "//compute.googleapis.com/projects/shop/zones/us-central1-a/instances/vm"
ANN, BOB, EVE = "user:ann@example.com", "user:bob@example.com", "user:eve@gmail.com"
TRAIN = "serviceAccount:train@shop.iam.gserviceaccount.com"
ADMIN = "serviceAccount:admin@lab.iam.gserviceaccount.com"
DEFAULT = "serviceAccount:300-compute@developer.gserviceaccount.com"
DEVS, OUTER, CLOSED = (f"group:{name}@example.com" for name in ("devs", "outer", "closed"))
POOL = "iam.googleapis.com/projects/300/locations/global/workloadIdentityPools/ci"
CI = f"principal://{POOL}/subject/repo:org/app:ref:refs/heads/main"
KINDS = {
    "organizations": "cloudresourcemanager.googleapis.com/Organization",
    "folders": "cloudresourcemanager.googleapis.com/Folder",
    "projects": "cloudresourcemanager.googleapis.com/Project",
}
Item = Asset | Relationship


def binding(role: str, *members: str, condition: str = "") -> dict[str, Any]:
    """One binding of an allow policy."""
    row: dict[str, Any] = {"role": role, "members": list(members)}
    if condition:
        row["condition"] = {"title": "t", "expression": condition}
    return row


def asset(asset_id: str, kind: str = "", name: str = "", **properties: Any) -> Asset:
    """An asset whose properties stand in a record of its own."""
    kind = kind or load_schema().kind_of_id(asset_id) or "Modelhound::Unknown"
    fields = {key: f"/{key}" for key in properties}
    proof = Evidence(record=f"r-{asset_id}", pointer="", fields=fields)
    name = name or asset_id.rpartition("/")[2]
    return Asset(id=asset_id, kind=kind, name=name, properties=properties, evidence=(proof,))


def contains(above: str, *below: str) -> list[Relationship]:
    """What lies in what."""
    return [Relationship(source=above, kind="CONTAINS", target=one) for one in below]


def in_group(group: str, *members: str) -> list[Relationship]:
    """Who is in a group."""
    proof = (Evidence(record="r-members", pointer=f"/{group}"),)
    return [
        Relationship(source=one, kind="MEMBER_OF", target=group, evidence=proof) for one in members
    ]


def organisation(
    policies: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    *more: Item,
    read: bool = True,
    at: str = AT,
    lists: Sequence[str] = (),
) -> Estate:
    """The organisation with these allow policies by holder; `read`: every other thing is known to have none.

    `lists`: asset types that were read whole besides.
    """
    items: list[Item] = [
        asset(ORG, KINDS["organizations"], "example.com"),
        asset(FOLDER, KINDS["folders"]), asset(INNER, KINDS["folders"]),
        asset(SHOP, KINDS["projects"], number=SHOP_NUMBER), asset(LAB, KINDS["projects"], number=LAB_NUMBER),
        *(asset(one) for one in (BUCKET, MODEL, ENDPOINT, SECRET, KEY, DATASET, TABLE, VM)),
        *(asset(one) for one in (ANN, BOB, EVE, ADMIN)),
        asset(TRAIN, unique_id="9001"), asset(DEFAULT, default=True),
        asset(DEVS, members_read=True), asset(OUTER, members_read=True), asset(CLOSED),
        *contains(ORG, FOLDER, LAB), *contains(FOLDER, INNER), *contains(INNER, SHOP),
        *contains(SHOP, BUCKET, MODEL, ENDPOINT, SECRET, KEY, DATASET, TABLE, VM, TRAIN, DEFAULT),
        *contains(LAB, ADMIN), *in_group(DEVS, ANN), *in_group(OUTER, DEVS),
    ]  # fmt: skip
    items += [
        asset(holder, iam_policy={"bindings": list(rows)})
        for holder, rows in (policies or {}).items()
    ]
    named = {m for rows in (policies or {}).values() for row in rows for m in row["members"]}
    items += [asset(one) for one in sorted(named) if not one.startswith("deleted:")]
    ledger = [
        CoverageEntry(
            operation="gcp:iam.googleapis.com/AllowPolicy",
            scope=Scope(provider="gcp"),
            state=CoverageState.COMPLETE if read else CoverageState.PARTIAL,
        )
    ]
    ledger += [
        CoverageEntry(
            operation=f"gcp:{kind}", scope=Scope(provider="gcp"), state=CoverageState.COMPLETE
        )
        for kind in lists
    ]
    return assemble(
        [*items, *more], schema=load_schema(), coverage=Coverage(ledger), collected_at=at
    )


def custom(name: str, *permissions: str, **more: Any) -> Asset:
    """A custom role, such as projects/shop/roles/x."""
    return asset(
        f"//iam.googleapis.com/{name}",
        "iam.googleapis.com/Role",
        role_name=name,
        document={"includedPermissions": list(permissions)},
        **more,
    )


def deny(holder: str, *rules: Mapping[str, Any], number: int = 1) -> list[Item]:
    """A deny policy on project, folder or organisation."""
    policy = f"//iam.googleapis.com/policies/x/denypolicies/d{number}"
    document = {"rules": [{"denyRule": dict(rule)} for rule in rules]}
    return [
        asset(policy, document=document),
        Relationship(source=policy, kind="APPLIES_TO", target=holder),
    ]


def boundary(
    target: str, *resources: str, condition: str = "", version: str = "3", number: int = 1
) -> list[Item]:
    """A principal access boundary, bound to a set of principals."""
    base = "//iam.googleapis.com/organizations/100/locations/global"
    policy = f"{base}/principalAccessBoundaryPolicies/b{number}"
    bound = f"{base}/policyBindings/p{number}"
    rules = [{"resources": list(resources), "effect": "ALLOW"}]
    told: dict[str, Any] = {"target": target}
    if condition:
        told["condition"] = {"expression": condition}
    return [
        asset(policy, document={"rules": rules, "enforcementVersion": version}),
        asset(bound, **told),
        Relationship(source=bound, kind="ATTACHED_TO", target=policy),
    ]


def ask(
    estate: Estate, principal: str, action: str, resource: str, context: Mapping[str, Any] = {}
) -> Answer:
    """The answer to one question."""
    question = Question(
        id=1, principal=principal, action=action, resource=resource, context=context
    )
    return answerer(estate)(question)
