"""Rights that somebody holds directly over models, data, agents, keys and secrets; and how to ask about one."""

from functools import cache
from typing import Any

import numpy as np

from app import inquiry
from graph.asset_graph import AssetGraph, Int32
from graph.content import read_toml
from graph.estate import Estate
from graph.permissions.aws.access import table
from graph.permissions.inquiry import Explanation


@cache
def _listed() -> dict[str, Any]:
    return read_toml("analysis/access_review.toml")


def rights(graph: AssetGraph) -> Int32:
    """The edges that give a principal a right over what an access review lists, in order of key."""
    kinds = [
        kind
        for kind in graph.relationship_kinds
        if graph.schema.relationships[kind].derived
        and graph.schema.relationships[kind].attack_class in inquiry.RIGHTS
    ]
    edges: Int32 = graph.edges_of_kind(*kinds)
    if not len(edges):
        return edges
    listed = _listed()
    acts = np.array([label in listed["principals"] for label in graph.labels])
    worth = {*listed["targets"], *listed["sensitive"]}
    of_worth = np.array([label in worth for label in graph.labels])
    labels = graph.label_code
    found: Int32 = edges[acts[labels[graph.source[edges]]] & of_worth[labels[graph.target[edges]]]]
    return found


def why(graph: AssetGraph, principal: str, action: str, resource: str) -> Explanation:
    """The decision of one request on an asset, and everything that stops it; UserError if it cannot be asked."""
    return inquiry.why(
        estate_of(graph), principal, action, request_resource(graph, action, resource)
    )


def request_resource(graph: AssetGraph, action: str, asset_id: str) -> str:
    """What a request names where it acts on something in the asset: an object of a bucket."""
    if asset_id not in graph:
        return asset_id
    i = graph.index_of(asset_id)
    for row in table():
        if row.label == graph.label(i) and action in row.actions:
            return row.request_resource(graph.asset(i))
    return asset_id


def estate_of(graph: AssetGraph) -> Estate:
    """The estate that a graph was built from."""
    return Estate(
        schema=graph.schema,
        assets={asset.id: asset for asset in graph.assets()},
        relationships=tuple(graph.relationships()),
        coverage=graph.coverage,
        collected_at=graph.collected_at,
    )
