"""Ids that stand in for something which an answer names by less than its id, until the estate tells the id.

Names of storage accounts, search services and key vaults are unique in all of Azure, so a name is as good as the id of one that
the estate holds. One that it does not hold keeps its stand-in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from graph.estate import Piece
from graph.model import Asset

BLOB = "azure-blob:"  # <account>/<container>
SEARCH = "azure-search:"  # <service>, and what lies in it
VAULT = "azure-vault:"  # <vault>/keys/<key>
CONNECTION = (
    "azure-connection:"  # <id of a connection>/indexes/<index>: of the service that it leads to
)
APP = "app:"  # an application by its client id
_NAMED = {  # prefix -> the kind whose name follows, and what lies between its id and the rest
    BLOB: ("Microsoft.Storage/storageAccounts", "/blobServices/default/containers/"),
    SEARCH: ("Microsoft.Search/searchServices", "/"),
    VAULT: ("Microsoft.KeyVault/vaults", "/"),
}
_SEARCH_HOST = ".search.windows.net"


def stand_ins(pieces: Sequence[Piece]) -> Mapping[str, str]:
    """Every stand-in of these pieces that can be resolved, in lower case, and its id."""
    named = dict(_by_name(pieces))
    services = dict(_services(pieces))
    result = dict(_applications(pieces))
    for text in _ids(pieces):
        if text.startswith(CONNECTION):
            connection, _, index = text.removeprefix(CONNECTION).partition("/indexes/")
            if service := services.get(connection.lower()):
                whole = f"{SEARCH}{service}/indexes/{index}"
                result[text.lower()] = _resolved(whole, named) or whole
        elif found := _resolved(text, named):
            result[text.lower()] = found
    return result


def _ids(pieces: Iterable[Piece]) -> Iterator[str]:
    for piece in pieces:
        yield from (piece.id,) if isinstance(piece, Asset) else (piece.source, piece.target)


def _resolved(text: str, named: Mapping[tuple[str, str], str]) -> str | None:
    for prefix, (kind, between) in _NAMED.items():
        if text.startswith(prefix):
            name, _, rest = text.removeprefix(prefix).partition("/")
            found = named.get((kind, name.lower()))
            return found and (f"{found}{between}{rest}" if rest else found)
    return None


def _by_name(pieces: Iterable[Piece]) -> Iterator[tuple[tuple[str, str], str]]:
    kinds = {kind for kind, _ in _NAMED.values()}
    for piece in pieces:
        if isinstance(piece, Asset) and piece.kind in kinds and piece.id.startswith("/"):
            yield (piece.kind, piece.id.rpartition("/")[2].lower()), piece.id


def _services(pieces: Iterable[Piece]) -> Iterator[tuple[str, str]]:
    """Connections to a search service: id in lower case, name of the service."""
    for piece in pieces:
        target = str(piece.properties.get("target") or "") if isinstance(piece, Asset) else ""
        host = target.partition("://")[2].partition("/")[0].lower()
        if isinstance(piece, Asset) and host.endswith(_SEARCH_HOST):
            yield piece.id.lower(), host.removesuffix(_SEARCH_HOST)


def _applications(pieces: Iterable[Piece]) -> Iterator[tuple[str, str]]:
    for piece in pieces:
        if isinstance(piece, Asset) and piece.kind == "Microsoft.Graph/applications":
            client = piece.properties.get("client_id")
            if client:
                yield f"{APP}{client}".lower(), piece.id
