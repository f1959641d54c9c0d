"""The graph as GraphML, for Gephi, yEd, Cytoscape and networkx."""

import io
import json

import networkx as nx

from graph.assessment import Assessment

_ILLEGAL_IN_XML = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}


def render(assessment: Assessment) -> str:
    """Every asset and relationship; lists and maps as JSON text."""
    graph = assessment.graph
    drawing: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for asset in graph.assets():
        drawing.add_node(
            _text(asset.id),
            name=_text(asset.name),
            kind=asset.kind,
            label=graph.schema.kinds[asset.kind].label,
            account=asset.account,
            region=asset.region,
            properties=_text(
                json.dumps(dict(asset.properties), sort_keys=True, ensure_ascii=False)
            ),
        )
    for item in graph.relationships():
        drawing.add_edge(
            _text(item.source),
            _text(item.target),
            key=item.kind,
            kind=item.kind,
            verdict=item.verdict.value,
            missing=_text("; ".join(item.missing)),
        )
    buffer = io.BytesIO()
    nx.write_graphml_xml(drawing, buffer)
    return buffer.getvalue().decode()


def _text(value: str) -> str:
    return value.translate(_ILLEGAL_IN_XML)
