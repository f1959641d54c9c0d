"""Google Cloud: cost of deriving rights by number of principals, and of one question against a large organisation."""

import random
from collections.abc import Iterator
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from graph.estate import Estate
from graph.permissions.gcp.answers import answerer
from graph.permissions.gcp.derive import derive_gcp_identity
from graph.permissions.question import Question
from tests.graph.permissions.gcp.estates import (
    MANAGER,
    asset,
    binding,
    contains,
    in_group,
    organisation,
)

if TYPE_CHECKING:
    from graph.model import Asset, Relationship

pytestmark = pytest.mark.benchmark
SIZES = (5, 20, 80)  # projects, each of ten service accounts and a hundred resources
QUESTIONS = 20_000
WEIGHTS = {
    "roles/viewer": 20, "roles/editor": 5, "roles/aiplatform.user": 20, "roles/storage.objectViewer": 20,
    "roles/iam.serviceAccountUser": 10, "roles/iam.serviceAccountTokenCreator": 3, "roles/bigquery.dataViewer": 20, "roles/owner": 1,
}  # fmt: skip
NAMES = (
    "//storage.googleapis.com/{project}-{number}",
    "//aiplatform.googleapis.com/projects/{project}/locations/l/models/{number}",
    "//aiplatform.googleapis.com/projects/{project}/locations/l/endpoints/{number}",
    "//secretmanager.googleapis.com/projects/{project}/secrets/{number}",
    "//bigquery.googleapis.com/projects/{project}/datasets/{number}",
)


def _organisation(projects: int) -> Estate:
    """Ten users a project, groups of ten, fifteen bindings a project, a binding on every third resource."""
    chance = random.Random(1)
    users = [f"user:u{n}@example.com" for n in range(10 * projects)]
    groups = [f"group:g{n}@example.com" for n in range(projects)]
    policies: dict[str, list[dict[str, Any]]] = {}
    items: list[Asset | Relationship] = [asset(one, members_read=True) for one in groups]
    for user in users:
        items += [asset(user), *in_group(chance.choice(groups), user)]
    for number in range(projects):
        project = f"{MANAGER}/projects/p{number}"
        accounts = [f"serviceAccount:s{n}@p{number}.iam.gserviceaccount.com" for n in range(10)]
        resources = [
            chance.choice(NAMES).format(project=f"p{number}", number=n) for n in range(100)
        ]
        pool = [*accounts, chance.choice(users), chance.choice(users), chance.choice(groups)]
        policies[project] = [
            binding(role, *chance.sample(pool, 3))
            for role in chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=15)
        ]
        for name in resources[::3]:
            policies[name] = [binding("roles/storage.objectAdmin", chance.choice(pool))]
        items += [asset(one) for one in (*accounts, *resources)]
        items += [
            asset(project, number=str(1_000 + number)),
            *contains(project, *accounts, *resources),
        ]
    return organisation(policies, *items)


def test_cost_grows_with_what_is_granted() -> None:
    for size in SIZES:
        estate = _organisation(size)
        before = process_time()
        found = sum(1 for _ in derive_gcp_identity(estate))
        spent = process_time() - before
        print(f"{20 * size:>6} principals, {len(estate.assets):>6} assets: {found:>7} relationships, {spent:5.1f} s, {1e6 * spent / found:3.0f} us each")  # fmt: skip
        assert spent / found < 500e-6


def test_questions_against_a_large_organisation() -> None:
    estate = _organisation(SIZES[-1])
    before = process_time()
    answer = answerer(estate)
    ready = process_time() - before
    names = [asset_id for asset_id in estate.assets if asset_id.startswith("//")]
    asked = list(_questions(names))
    before = process_time()
    for question in asked:
        answer(question)
    spent = process_time() - before
    print(f"ready in {ready:.2f} s; {QUESTIONS / spent:,.0f} questions a second")
    assert QUESTIONS / spent > 1_000


def _questions(names: list[str]) -> Iterator[Question]:
    chance = random.Random(2)
    for number in range(QUESTIONS):
        yield Question(
            id=number,
            principal=f"user:u{chance.randrange(800)}@example.com",
            action=chance.choice(
                (
                    "storage.objects.get",
                    "aiplatform.endpoints.predict",
                    "secretmanager.versions.access",
                )
            ),
            resource=chance.choice(names),
        )
