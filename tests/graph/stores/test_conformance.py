"""One suite for every store: what goes in comes out equal, again changes nothing, broken saves leave the old graph."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.asset_graph import AssetGraph
from graph.model import Cancelled, CoverageEntry, CoverageState, Scope, StoreError, Verdict
from graph.stores import GraphStore
from graph.stores.neo4j import Neo4jStore, refuse_plain_to_elsewhere
from graph.stores.spelling import graph_digest
from graph.stores.sqlite import SqliteStore
from tests.beds.neo4j_bed import Neo4jServer
from tests.graph.factories import arn, asset, edge, estate

BUCKET = arn("s3", "acme-'train`data")
USER = arn("iam", 'user/né\u202ename" MATCH (n) DETACH DELETE n //')
ENDPOINT = arn("sagemaker", "endpoint/e")

in_its_worker = pytest.mark.xdist_group("neo4j_server")


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=in_its_worker)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    made: GraphStore
    if request.param == "sqlite":
        made = SqliteStore(tmp_path / "a.workspace")
    else:
        server = request.getfixturevalue("neo4j_server")
        made = Neo4jStore(server.uri, server.user, server.password)
        for name in made.names():
            made.delete(name)
    yield made
    made.close()


def some_graph(*, extra: int = 0) -> AssetGraph:
    entries = (
        CoverageEntry(
            operation="s3:ListBuckets",
            scope=Scope(provider="aws", account="111122223333"),
            state=CoverageState.DENIED,
            reason="AccessDenied",
            params={"Bucket": "x"},
        ),
    )
    built = estate(
        asset(BUCKET, "AWS::S3::Bucket", tags={"a": [1, None, {"b": 2.5}]}, policy=None, big=2**70),
        asset(USER, "AWS::IAM::User", mfa=False),
        asset(ENDPOINT, "AWS::SageMaker::Endpoint"),
        *(asset(arn("s3", f"b{i}"), "AWS::S3::Bucket") for i in range(extra)),
        edge(USER, "CAN_READ", BUCKET, Verdict.UNDECIDED),
        edge(USER, "CAN_INVOKE", ENDPOINT),
        edge("internet", "CAN_REACH", ENDPOINT),
    )
    return AssetGraph.build(replace(built, coverage=type(built.coverage)(entries)))


def test_what_goes_in_comes_out_equal(store: GraphStore) -> None:
    graph = some_graph()
    assert store.save("estate", graph)
    loaded = store.load("estate")
    assert list(loaded.assets()) == list(graph.assets())
    assert list(loaded.relationships()) == list(graph.relationships())
    assert loaded.coverage.entries == graph.coverage.entries
    assert loaded.collected_at == graph.collected_at
    assert graph_digest(loaded) == graph_digest(graph)


def test_saving_again_changes_nothing(store: GraphStore) -> None:
    assert store.save("estate", some_graph())
    assert not store.save("estate", some_graph())
    assert store.names() == ["estate"]


def test_a_new_graph_replaces_the_old_one_of_its_name_only(store: GraphStore) -> None:
    store.save("other", some_graph())
    store.save("estate", some_graph())
    store.save("estate", some_graph(extra=3))
    assert store.load("estate").node_count == some_graph(extra=3).node_count
    assert graph_digest(store.load("other")) == graph_digest(some_graph())


def test_a_cancelled_save_leaves_the_old_graph(store: GraphStore) -> None:
    store.save("estate", some_graph())
    with pytest.raises(Cancelled):
        store.save("estate", some_graph(extra=5), cancelled=_after(1))
    assert graph_digest(store.load("estate")) == graph_digest(some_graph())
    assert store.save("estate", some_graph(extra=5))
    assert graph_digest(store.load("estate")) == graph_digest(some_graph(extra=5))


def test_an_unknown_name_is_one_clear_sentence(store: GraphStore) -> None:
    store.save("estate", some_graph())
    with pytest.raises(StoreError, match=r"no graph named 'nope'.*estate"):
        store.load("nope")


def test_a_deleted_graph_is_gone(store: GraphStore) -> None:
    store.save("estate", some_graph())
    store.delete("estate")
    store.delete("estate")
    assert store.names() == []


def test_a_graph_changed_on_the_server_is_refused(neo4j_server: Neo4jServer) -> None:
    store = Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    store.save("changed", some_graph())
    store._run("MATCH (n:Asset {id: $id}) DETACH DELETE n", id=ENDPOINT)
    with pytest.raises(StoreError, match="changed on the server"):
        store.load("changed")
    assert store.save("changed", some_graph()), "a push mends what is missing"
    assert graph_digest(store.load("changed")) == graph_digest(some_graph())
    store.close()


def test_a_wrong_password_and_no_server_are_clear(neo4j_server: Neo4jServer) -> None:
    with pytest.raises(StoreError, match="user name or password is wrong"):
        Neo4jStore(neo4j_server.uri, neo4j_server.user, "wrong")
    with pytest.raises(StoreError, match="no Neo4j server answers"):
        Neo4jStore("bolt://127.0.0.1:1", "neo4j", "x")


def test_people_can_query_labels_kinds_and_properties(neo4j_server: Neo4jServer) -> None:
    store = Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    store.save("queried", some_graph())
    rows = store._run(
        "MATCH (g:ModelhoundGraph {name: 'queried'}) "
        "MATCH (u:User {mfa: false, graph: g.current})-[r:CAN_READ]->(b:Bucket) "
        "RETURN b.id AS id, r.verdict AS verdict"
    )
    assert rows == [{"id": BUCKET, "verdict": "undecided"}]
    store.close()


@pytest.mark.parametrize(
    "uri", ["bolt://graph.example.com", "neo4j+ssc://10.0.0.1", "http://localhost"]
)
def test_unencrypted_addresses_elsewhere_are_refused(uri: str) -> None:
    with pytest.raises(StoreError):
        refuse_plain_to_elsewhere(uri)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        SqliteStore(path)
    text = tmp_path / "text.db"
    text.write_text("not a database, but long enough to be read as one" * 40, encoding="utf-8")
    with pytest.raises(StoreError, match="not a workspace"):
        SqliteStore(text)


def test_marks_of_the_user_survive_a_new_graph(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "a.workspace")
    store.set_mark(BUCKET, "target", wanted=True)
    store.set_mark(USER, "entry", wanted=False)
    store.save("estate", some_graph())
    store.save("estate", some_graph(extra=1))
    store.close()
    again = SqliteStore(tmp_path / "a.workspace")
    assert again.marks("target") == {BUCKET: True}
    assert again.marks("entry") == {USER: False}
    again.set_mark(BUCKET, "target", wanted=None)
    assert again.marks("target") == {}
    again.close()


def _after(calls: int) -> Callable[[], bool]:
    """Not cancelled the first `calls` times, then cancelled."""
    count = iter(range(calls))
    return lambda: next(count, None) is None
