"""What a search service tells of itself (not ARM): indexes, where their documents come from, and what carries them over.

Items have names, no ids; the call was about one service (params: its address or resource id). An index is the knowledge
that agents ask, so it is a knowledge base that is indexed in its service; RBAC names it `<service>/indexes/<name>`.
Source: Azure AI Search REST API, Indexes, Data Sources and Indexers; answers leave connection strings out.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from collectors.azure.answer import Answer, Mapper
from collectors.azure.ids import clean
from collectors.azure.item import read
from collectors.azure.standins import SEARCH
from graph.estate import Piece
from graph.model import Asset

_KIND = "Microsoft.Search/searchServices"


def service_of(text: str) -> str:
    """A service by its address (`https://NAME.search.windows.net`) or its id; "" if it names none."""
    if text.startswith("/"):
        return clean(text)
    host = text.partition("://")[2].partition("/")[0].lower()
    return f"{SEARCH}{host.partition('.')[0]}" if host.endswith(".search.windows.net") else ""


def _service(answer: Answer) -> str:
    return next((found for v in answer.params.values() if (found := service_of(str(v)))), "")


def _asset(
    answer: Answer, item: Any, pointer: str, folder: str, **places: str
) -> tuple[str, Asset | None]:
    service, name = _service(answer), read(item, "/name")
    if not service or not isinstance(name, str):
        return "", None
    asset_id = f"{service}/{folder}/{name}"
    return service, Asset(
        id=asset_id,
        kind=f"{_KIND}/{folder}",
        name=name,
        properties={key: read(item, place) for key, place in places.items()},
        evidence=(answer.evidence(pointer, places),),
    )


def index(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """An index: knowledge that stands in its service."""
    service, asset = _asset(answer, item, pointer, "indexes")
    if asset:
        yield replace(asset, properties={"classification": None, "crown_jewel": None})
        yield answer.edge(asset.id, "INDEXED_IN", service, pointer)


def data_source(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """Where an indexer takes documents from; of a storage account only the container is named."""
    places = {"datastore_type": "/type", "container": "/container/name"}
    yield from (a for a in [_asset(answer, item, pointer, "dataSources", **places)[1]] if a)


def indexer(answer: Answer, item: Any, pointer: str) -> Iterator[Piece]:
    """What carries documents of a data source into an index."""
    service, asset = _asset(answer, item, pointer, "indexers")
    if not asset:
        return
    yield asset
    for kind, folder, name in (
        ("READS_FROM", "dataSources", "dataSourceName"),
        ("WRITES_TO", "indexes", "targetIndexName"),
    ):
        other = read(item, f"/{name}")
        if isinstance(other, str):
            yield answer.edge(asset.id, kind, f"{service}/{folder}/{other}", f"{pointer}/{name}")


MAPPERS: dict[str, Mapper] = {
    f"arm:{_KIND}/indexes": index,
    f"arm:{_KIND}/dataSources": data_source,
    f"arm:{_KIND}/indexers": indexer,
}
