"""Every operator on a server says of every value what it says on arrays."""

import itertools
from typing import Any

import pytest

from graph.asset_graph import AssetGraph
from graph.model import Asset
from graph.rules.conditions import Conditions
from graph.rules.cypher import Query
from graph.rules.kept import RESERVED
from graph.rules.model import Predicate, Selector
from graph.rules.predicates import holds
from graph.schema import load_schema
from graph.stores.neo4j import Neo4jStore
from tests.beds.neo4j_bed import Neo4jServer
from tests.graph.factories import ACCOUNT, asset, estate
from tests.graph.permissions.corpus_parts import doc, grant

NOW = "2026-11-22T12:00:00+00:00"
MISSING = object()
ELSEWHERE = "arn:aws:iam::999988887777:root"
TEXTS = [
    "pii",
    "PII",
    "",
    "a\nb",
    "Straße.pickle",
    "10.1.2.3",
    "10.0.0.0/8",
    "::1",
    "fd00::/8",
    "x[1]&&y{",
]
POLICIES = [
    doc(grant(Principal="*", Action="s3:GetObject")),
    doc(
        grant(
            Principal={"AWS": "*"},
            Action="s3:*",
            Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        )
    ),
    doc(grant(Principal={"AWS": [ELSEWHERE, ACCOUNT]}, NotAction=["s3:Get*"], Resource="arn:x")),
    doc(
        grant(
            Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Action=["S3:Put?bject", "x\x1fy\x1e"]
        )
    ),
    doc(grant(Principal={"Service": "bedrock.amazonaws.com"}, Action="sts:AssumeRole")),
    doc({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}),
    doc(),
]
RULES = [
    [{"cidrs": ["0.0.0.0/0"], "protocol": "tcp", "from_port": 8000, "to_port": 9000}],
    [{"cidrs": ["10.0.0.0/8"], "protocol": "-1"}, {"cidrs": ["::/0"], "protocol": "udp"}],
    [{"cidrs": ["0.0.0.0/0"], "protocol": "6", "allow": False}],
    [{"cidrs": ["::/0"], "protocol": "tcp"}],
    [],
]
VALUES: dict[str, list[Any]] = {
    "string": TEXTS,
    "bool": [True, False],
    "number": [0, 1, 3, 2.5, -1, 2**70],
    "time": ["2026-11-22T11:00:00Z", "2026-08-01", "2030-01-01T00:00:00+02:00", "never", ""],
    "list": [[], ["a", "B"], ["1.2.3.4"], ["10.9.0.0/16", "x"], [1, None]],
    "map": [{}, {"Owner": "me"}, {"a=b": "c"}, {"team": None}],
    "document": POLICIES,
    "rules": RULES,
}
REGEXES = [
    r"\.(pkl|pickle)$",
    "^p",
    "i{2}",
    "[x&&y\\[]",
    "a.b",
    r"^$",
    "(?P<n>stra.e)",
    r"\d+\.\d",
    "owner=",
    "{$",
]
SCALARS: dict[str, list[tuple[Any, Any]]] = {
    "string": [
        *itertools.product(["eq", "ne"], ["pii", ""]),
        ("in", ("pii", "x")),
        ("not_in", ("pii", "")),
    ],
    "bool": list(itertools.product(["eq", "ne"], [True, False])),
    "number": [
        ("eq", 1),
        ("ne", 1.0),
        ("in", (0, 3)),
        ("not_in", (1, 2)),
        ("gte", 1),
        ("lte", 2.5),
    ],
    "time": list(itertools.product(["older_than_days", "younger_than_days"], [0, 0.5, 90])),
    "list": [("has", "a"), ("has_not", ("B", "c")), ("has", "1")],
    "map": [("has", "Owner"), ("has_not", "a"), ("has", "team")],
    "document": [
        ("allows", value)
        for value in (
            {"principal": "anyone"},
            {"principal": "outsider"},
            {"principal": "service:bedrock.amazonaws.com"},
            {"principal": "anyone", "unless": ["aws:principal*"]},
            {"principal": "anyone", "unless": ["*"]},
            {"actions": ["s3:PutObject"]},
            {"actions": ["s3:GetObject", "sts:AssumeRole"], "resource": "*"},
        )
    ],
    "rules": [
        ("opens", {"ports": [8888]}),
        ("opens", {"ports": [22, 8000], "from": ["10.0.0.0/8"]}),
    ],
}
PROPERTIES = {  # type -> (kind, property)
    "string": ("AWS::S3::Bucket", "classification"),
    "bool": ("AWS::S3::Bucket", "versioning"),
    "number": ("AWS::SageMaker::TrainingJob", "instance_count"),
    "time": ("AWS::S3::Bucket", "created"),
    "list": ("AWS::IAM::Role", "trust_services"),
    "map": ("AWS::S3::Bucket", "tags"),
    "document": ("AWS::S3::Bucket", "policy"),
    "rules": ("AWS::EC2::SecurityGroup", "ingress"),
}


def _predicates(kind: str) -> list[Predicate]:
    asked = [*SCALARS[kind], ("present", True), ("present", False)]
    if kind in {"string", "list", "map"}:
        asked += itertools.product(["matches", "not_matches"], REGEXES)
    if kind in {"string", "list"}:
        asked += [("cidr", "10.0.0.0/8"), ("cidr", ("fc00::/7", "1.2.3.0/24", "0.0.0.0/0"))]
    name = PROPERTIES[kind][1]
    return [Predicate(property=name, operator=o, value=v) for o, v in asked]


def _assets(kind: str) -> list[Asset]:
    of, name = PROPERTIES[kind]
    values = [*VALUES[kind], None]
    found = [asset(f"{kind}-{n}", of, **{name: value}) for n, value in enumerate(values)]
    return [*found, asset(f"{kind}-missing", of)]


@pytest.mark.parametrize("kind", PROPERTIES)
def test_an_operator_means_the_same_on_both(kind: str, neo4j_server: Neo4jServer) -> None:
    predicates, assets, schema = _predicates(kind), _assets(kind), load_schema()
    store = Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    made = estate(*assets)
    object.__setattr__(made, "collected_at", NOW)
    store.save("conditions", AssetGraph.build(made))
    conditions = Conditions(schema)
    selector = Selector(kinds=frozenset({PROPERTIES[kind][0]}))
    told = [
        f"[{conditions.none_fails('n', selector, [p])}, {conditions.all_hold('n', selector, [p])}]"
        for p in predicates
    ]
    text = f"MATCH (n:Asset) WHERE n.graph = $graph RETURN n.id, [{', '.join(told)}]"
    rows = dict(store.served("conditions").ask(Query(text, conditions.parameters)))
    store.close()
    for item in assets:
        for predicate, said in zip(predicates, rows[item.id], strict=True):
            here = holds(predicate, item, NOW)
            assert said == [here is not False, here is True], (item.properties, predicate)


def test_no_property_has_a_name_that_the_store_uses_itself() -> None:
    own = {"name"} | (RESERVED - {"id", "name", "kind", "account", "region"})
    for label, properties in load_schema().properties.items():
        assert own.isdisjoint(properties), label
