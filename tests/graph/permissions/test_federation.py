"""Trust across clouds: each door, and the one fact that shuts it."""

from typing import Any

import pytest

from graph.coverage import Coverage
from graph.derive import derive
from graph.estate import Estate, assemble
from graph.model import Asset, Relationship, Verdict
from graph.permissions.escalation import Escalation, PairQuestion
from graph.permissions.federation import derive_federation
from graph.schema import load_schema
from tests.graph.permissions.gcp.estates import POOL, TRAIN, asset, binding, organisation

GITHUB = "https://token.actions.githubusercontent.com"
ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci/deploy"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other"
TENANT = "00000000-1111-2222-3333-444444444444"
OBJECT = "30000000-0000-0000-0000-00000000000a"
APP = "aaaaaaaa-0000-0000-0000-000000000001"
POOL_ID, PROVIDER = f"//{POOL}", f"//{POOL}/providers/p"
SUBJECT = "repo:org/app:ref:refs/heads/main"


def _principal(which: str) -> str:
    return f"{'principal' if which.startswith('subject/') else 'principalSet'}://{POOL}/{which}"


def _estate(which: str, provider: dict[str, Any], *more: Asset, **pool: Any) -> Estate:
    items: list[Asset | Relationship] = [
        asset(_principal(which)),
        asset(POOL_ID, **pool),
        asset(PROVIDER, **provider),
        Relationship(source=_principal(which), kind="MEMBER_OF", target=POOL_ID),
        Relationship(source=POOL_ID, kind="TRUSTS", target=PROVIDER),
        Asset(id=ROLE, kind="AWS::IAM::Role", name="deploy", account=ACCOUNT),
        Asset(id=OTHER, kind="AWS::IAM::Role", name="other", account=ACCOUNT),
        Asset(id=APP, kind="Microsoft.Graph/servicePrincipals", name="app"),
        *more,
    ]
    return assemble(items, schema=load_schema(), coverage=Coverage(()))


def _sources(estate: Estate, target: str) -> dict[str, Verdict]:
    edges = [item for item in derive_federation(estate) if isinstance(item, Relationship)]
    return {edge.source: edge.verdict for edge in edges if edge.target == target}


AWS = {"provider_type": "aws", "aws_account": ACCOUNT}
ENTRA = {"provider_type": "oidc", "url": f"https://sts.windows.net/{TENANT}/"}
OIDC = {"provider_type": "oidc", "url": GITHUB}
ASSUMED = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy"
YES, OPEN = Verdict.YES, Verdict.UNDECIDED
DOORS: list[tuple[str, dict[str, Any], dict[str, Verdict]]] = [
    (f"subject/{ASSUMED}/session", AWS, {ROLE: YES}),
    (f"attribute.aws_role/{ASSUMED}", AWS, {ROLE: YES}),
    ("*", AWS, {ROOT: YES, ROLE: YES, OTHER: YES}),
    ("attribute.team/red", AWS, {ROOT: OPEN, ROLE: OPEN, OTHER: OPEN}),
    (f"subject/{ASSUMED.replace(ACCOUNT, '999999999999')}/s", AWS, {}),
    (f"subject/{APP}", ENTRA, {APP: YES}),
    ("*", ENTRA, {f"federated:sts.windows.net/{TENANT}:*": YES}),
    (f"subject/{SUBJECT}", OIDC, {f"federated:token.actions.githubusercontent.com:{SUBJECT}": YES}),
    ("attribute.repository/org/app", OIDC, {"federated:token.actions.githubusercontent.com:repo:org/app:*": YES}),
    ("*", OIDC, {"federated:token.actions.githubusercontent.com:*": YES}),
    ("*", {"provider_type": "saml"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("which", "provider", "expected"), DOORS)
def test_who_is_let_in(which: str, provider: dict[str, Any], expected: dict[str, Verdict]) -> None:
    assert _sources(_estate(which, provider), _principal(which)) == expected


@pytest.mark.parametrize(("which", "provider", "expected"), DOORS)
def test_a_door_that_is_off_lets_nobody_in(
    which: str, provider: dict[str, Any], expected: dict[str, Verdict]
) -> None:
    assert not _sources(_estate(which, {**provider, "enabled": False}), _principal(which))
    assert not _sources(_estate(which, provider, enabled=False), _principal(which))
    assert isinstance(expected, dict)


def test_a_condition_of_the_provider_leaves_aws_open_and_names_it() -> None:
    narrowed = {**AWS, "attribute_condition": "assertion.account == 'x'"}
    assert _sources(_estate("*", narrowed), _principal("*"))[ROLE] is OPEN


@pytest.mark.parametrize(
    ("subject", "expected"), [("9001", YES), ("*", OPEN), ("9002", None), ("90*", YES)]
)
def test_a_service_account_shows_its_number_to_aws_and_entra(
    subject: str, expected: Verdict | None
) -> None:
    node = Asset(
        id=f"federated:accounts.google.com:{subject}",
        kind="Modelhound::FederatedSubject",
        name=subject,
        properties={"issuer": "accounts.google.com", "subject": subject},
    )
    found = _sources(organisation({}, node), node.id)
    assert found.get(TRAIN) is expected


def test_a_path_from_a_pipeline_through_google_into_aws() -> None:
    """GitHub -> pool -> service account -> AWS role, every step with its proof."""
    node = "federated:accounts.google.com:9001"
    principal = _principal(f"subject/{SUBJECT}")
    items: list[Asset | Relationship] = [
        asset(POOL_ID),
        asset(PROVIDER, **OIDC),
        Relationship(source=principal, kind="MEMBER_OF", target=POOL_ID),
        Relationship(source=POOL_ID, kind="TRUSTS", target=PROVIDER),
        Asset(id=ROLE, kind="AWS::IAM::Role", name="deploy", account=ACCOUNT),
        Asset(
            id=node,
            kind="Modelhound::FederatedSubject",
            name="9001",
            properties={"issuer": "accounts.google.com", "subject": "9001"},
        ),
        Relationship(source=node, kind="CAN_ASSUME", target=ROLE),
    ]
    estate = organisation({TRAIN: [binding("roles/iam.workloadIdentityUser", principal)]}, *items)
    answer = Escalation(derive(estate)).answer(
        PairQuestion(
            id=1,
            principal=f"federated:token.actions.githubusercontent.com:{SUBJECT}",
            target=ROLE,
        )
    )
    assert answer.verdict == "yes"
    assert [step.target for step in answer.steps] == [principal, TRAIN, node, ROLE]


@pytest.mark.parametrize(
    ("issuer", "subject", "expected"),
    [
        (f"sts.windows.net/{TENANT}/", OBJECT, Verdict.YES),
        (f"login.microsoftonline.com/{TENANT}/v2.0", OBJECT.upper(), Verdict.YES),
        (f"sts.windows.net/{TENANT}/", "9" * 36, None),
        ("token.actions.githubusercontent.com", OBJECT, None),
    ],
)
def test_an_object_of_entra_shows_its_id_to_another_cloud(
    issuer: str, subject: str, expected: Verdict | None
) -> None:
    node = Asset(
        id=f"federated:{issuer}:{subject}",
        kind="Modelhound::FederatedSubject",
        name=subject,
        properties={"issuer": issuer, "subject": subject},
    )
    shown = Asset(id=OBJECT, kind="Microsoft.Graph/managedIdentities", name="id-sync")
    assert _sources(organisation({}, node, shown), node.id).get(OBJECT) is expected
