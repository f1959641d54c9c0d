"""AssetGraph gives back what the estate held, by number, by kind and by label."""

import numpy as np
import pytest

from graph.asset_graph import AssetGraph
from graph.model import Verdict
from tests.graph.factories import arn, asset, edge, estate, graph

ROLE = arn("iam", "role/data")
BUCKET = arn("s3", "::corpus")
MODEL = arn("sagemaker", "model/churn")

ITEMS = (
    asset(MODEL, "AWS::SageMaker::Model", custom=True),
    asset(ROLE, "AWS::IAM::Role"),
    asset(BUCKET, "AWS::S3::Bucket", policy=None),
    edge(ROLE, "CAN_WRITE", BUCKET, Verdict.UNDECIDED, missing=["the condition"]),
    edge(ROLE, "CAN_READ", BUCKET),
    edge(MODEL, "TRAINED_ON", BUCKET, Verdict.NO),
)


@pytest.fixture
def small() -> AssetGraph:
    return graph(*ITEMS)


def test_assets_and_relationships_stand_in_order(small):
    assert list(small.ids) == sorted([ROLE, BUCKET, MODEL])
    assert [item.key for item in small.relationships()] == sorted(
        item.key for item in estate(*ITEMS).relationships
    )
    assert tuple(small.assets()) == tuple(estate(*ITEMS).assets.values())


def test_an_id_leads_to_its_number_and_back(small):
    for i, asset_id in enumerate(small.ids):
        assert small.index_of(asset_id) == i
        assert small.asset(i).id == asset_id
    assert "nothing" not in small
    assert 7 not in small
    with pytest.raises(KeyError):
        small.index_of("nothing")


def test_edges_of_a_node_both_ways_all_or_by_kind(small):
    role, bucket = small.index_of(ROLE), small.index_of(BUCKET)
    kinds = [small.relationship(e).kind for e in small.out_edges(role)]
    assert kinds == ["CAN_READ", "CAN_WRITE"]
    assert [small.relationship(e).kind for e in small.in_edges(bucket, ["TRAINED_ON"])] == [
        "TRAINED_ON"
    ]
    assert not len(small.out_edges(bucket))
    assert not len(small.out_edges(role, ["NO_SUCH_KIND"]))


def test_columns_agree_with_relationships(small):
    for e, item in enumerate(small.relationships()):
        assert small.ids[small.source[e]] == item.source
        assert small.ids[small.target[e]] == item.target
        assert small.relationship_kinds[small.relationship_code[e]] == item.kind
        assert small.verdict_code[e] == {"no": 0, "undecided": 1, "yes": 2}[item.verdict]


def test_labels_kinds_and_properties(small):
    model = small.index_of(MODEL)
    assert small.label(model) == "AIModel"
    assert list(small.nodes_of_label("AIModel", "Role")) == sorted([model, small.index_of(ROLE)])
    assert not len(small.nodes_of_label("Notebook"))
    assert len(small.edges_of_kind("CAN_READ", "CAN_WRITE")) == 2
    assert small.property(model, "custom") is True
    assert small.property(small.index_of(BUCKET), "policy", "default") is None
    assert small.property(model, "image", "default") == "default"


def test_arrays_cannot_be_changed(small):
    for array in (small.source, small.kind_code, small.forward.edges, small.backward.offsets):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_an_empty_estate_is_a_graph():
    empty = graph()
    assert (empty.node_count, empty.edge_count) == (0, 0)
    assert not len(empty.nodes_of_label("Role"))
    assert not len(empty.edges_of_kind("CAN_READ"))


def test_an_edge_takes_at_most_32_bytes():
    items = [edge(f"a{i}", "CAN_READ", f"a{j}") for i in range(40) for j in range(40) if i != j]
    dense = graph(*items)
    assert dense.nbytes / dense.edge_count <= 32
    assert dense.source.dtype == np.int32
