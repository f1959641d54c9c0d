"""Entry points and crown jewels are chosen by the shipped patterns."""

import pytest

from graph.model import ContentError
from graph.paths import Selected, crown_jewels, entry_points
from graph.paths.selection import _pattern, load_patterns, selected
from tests.graph.factories import asset, edge, graph

USER = "AWS::IAM::User"
BUCKET = "AWS::S3::Bucket"
SECRET = "AWS::SecretsManager::Secret"


def chosen(items: tuple[Selected, ...]) -> dict[str, int]:
    return {item.id: item.weight for item in items}


def test_entry_points():
    of = graph(
        asset("internet", "Modelhound::Internet"),
        asset("anonymous", "Modelhound::Anonymous"),
        asset("repo:acme/*", "Modelhound::FederatedSubject", subject="repo:acme/*"),
        asset("repo:acme/app", "Modelhound::FederatedSubject", subject="repo:acme/app"),
        asset("no-mfa", USER, console_password=True, mfa=False),
        asset("mfa", USER, console_password=True, mfa=True),
        asset("mfa-unread", USER, console_password=True),
        asset("no-console", USER, console_password=False, mfa=False),
        asset("svc-github-deploy", USER),
        asset("magithubb", USER),
        asset("tagged", USER, tags={"Type": "contractor"}),
        asset("key", "AWS::IAM::AccessKey", status="Active"),
        asset("dead-key", "AWS::IAM::AccessKey", status="Inactive"),
    )
    assert chosen(entry_points(of)) == {
        "internet": 5,
        "anonymous": 5,
        "repo:acme/*": 4,
        "repo:acme/app": 3,
        "no-mfa": 4,
        "svc-github-deploy": 3,
        "tagged": 3,
        "key": 2,
    }


def test_crown_jewels():
    of = graph(
        asset("account", "AWS::Account::Account"),
        asset("pii", BUCKET, classification="pii"),
        asset("plain", BUCKET),
        asset("corpus", BUCKET),
        asset("kb", "AWS::Bedrock::KnowledgeBase"),
        edge("kb", "GROUNDED_ON", "corpus"),
        asset("training", BUCKET),
        asset("job", "AWS::SageMaker::TrainingJob"),
        edge("job", "READS_FROM", "training"),
        asset("churn", "AWS::SageMaker::Model", custom=True),
        asset("titan", "AWS::Bedrock::FoundationModel"),
        asset("openai-key", SECRET),
        asset("db-password", SECRET),
        asset("marked", BUCKET, crown_jewel=True),
    )
    assert chosen(crown_jewels(of)) == {
        "account": 5,
        "marked": 5,
        "pii": 5,
        "churn": 4,
        "corpus": 4,
        "kb": 4,
        "openai-key": 4,
        "training": 3,
        "db-password": 2,
    }
    levels = {item.id: item.level for item in crown_jewels(of)}
    assert (levels["account"], levels["pii"]) == ("control", "use")
    weights = [item.weight for item in crown_jewels(of)]
    assert weights == sorted(weights, reverse=True)


def test_the_user_may_choose_instead():
    of = graph(asset("plain", BUCKET), asset("pii", BUCKET, classification="pii"))
    plain, pii = selected(of, ["plain", "pii"], crown_jewels(of))
    assert plain.reason == "chosen by the user"
    assert pii == crown_jewels(of)[0]
    own = Selected(id="plain", reason="ours", weight=1)
    assert selected(of, [own], crown_jewels(of)) == (own,)


@pytest.mark.parametrize("name", ["entry_points", "crown_jewels"])
def test_every_shipped_pattern_holds_together(name):
    assert all(pattern.weight in range(1, 6) for pattern in load_patterns(name))
    assert all(pattern.reason and pattern.labels for pattern in load_patterns(name))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"labels": ["Bukket"]}, "no label 'Bukket'"),
        ({"where": {"colour": "red"}}, "no such property"),
        ({"where": {"policy": {"like": "x"}}}, "use a value"),
        ({"incoming": ["POISONS"]}, "no relationship kind 'POISONS'"),
        ({"wieght": 3}, "wieght: no such key"),
    ],
)
def test_a_pattern_that_does_not_hold_together_is_named(change, words):
    row = {"labels": ["Bucket"], "reason": "why", "weight": 3, **change}
    with pytest.raises(ContentError, match=words):
        _pattern("resources/analysis/x.toml: p", row)


def test_an_outside_identity_that_one_of_ours_stands_for_is_no_entry_point():
    subject = "Modelhound::FederatedSubject"
    of = graph(
        asset("pipeline", subject),
        asset("ours", subject),
        asset("identity", "Microsoft.Graph/managedIdentities"),
        edge("identity", "CAN_ACT_AS", "ours"),
    )
    assert {item.id for item in entry_points(of)} == {"pipeline"}


def test_what_stands_at_the_other_end_tells_what_a_place_is_for():
    of = graph(
        asset("models", BUCKET),
        asset("data", BUCKET),
        asset("m", "AWS::SageMaker::Model"),
        asset("d", "Microsoft.MachineLearningServices/workspaces/datastores"),
        edge("m", "STORED_IN", "models"),
        edge("d", "STORED_IN", "data"),
    )
    chosen = {item.id: item.reason for item in crown_jewels(of)}
    assert chosen["models"] == "holds model files"
    assert "data" not in chosen
