"""Relationships that only several records together tell, and what lies in what by its id."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from collectors.azure.entra import kind_of
from collectors.azure.ids import clean, group, is_guid, parent, subscription
from collectors.azure.lineage import lineage
from collectors.lineage import by_source, first_named, serves
from graph.estate import Piece
from graph.model import Asset, Evidence, Relationship

_ASSIGNMENTS = "Microsoft.Authorization/"
_KEYS = {"AccountKey", "Sas", "ServicePrincipal", "Certificate"}  # what a datastore may store
_OF_DATA = {"READS_FROM", "STORED_IN", "WRITES_TO"}
_REGISTRIES = "azureml://registries/"
_DATASTORE = "Microsoft.MachineLearningServices/workspaces/datastores"


def links(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """All of them, from the pieces of one estate."""
    yield from _contents(pieces)
    yield from _principals(pieces)
    yield from _applications(pieces)
    yield from _datastores(pieces)
    yield from serves(pieces)
    yield from _machines(pieces)
    yield from _catalogue(pieces)
    yield from lineage(pieces)


def _proof(asset: Asset) -> tuple[Evidence, ...]:
    return tuple(Evidence(record=item.record, pointer=item.pointer) for item in asset.evidence[:1])


def _contents(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Subscription, group and outer resource contain what their ids begin."""
    seen: set[str] = set()
    for piece in pieces:
        if not isinstance(piece, Asset) or piece.id in seen or piece.kind.startswith(_ASSIGNMENTS):
            continue
        seen.add(piece.id)
        owner = subscription(piece.id)
        if not owner:
            continue
        root = f"/subscriptions/{owner}"
        outer = parent(piece.id).removesuffix("/blobServices/default")
        for above in dict.fromkeys((root, group(piece.id), outer)):
            if above and above.lower() != piece.id.lower():
                yield Relationship(
                    source=above, kind="CONTAINS", target=piece.id, evidence=_proof(piece)
                )
        yield Asset(id=root, kind="Microsoft.Resources/subscriptions", name=owner, account=owner)


def _principals(pieces: Iterable[Piece]) -> Iterator[Asset]:
    """Whom an assignment names and no answer describes: the assignment tells the sort of it."""
    known = {piece.id for piece in pieces if isinstance(piece, Asset)}
    for piece in pieces:
        if isinstance(piece, Asset) and (named := piece.properties.get("principal_id")):
            sort = piece.properties.get("principal_type")
            if named not in known and is_guid(named) and piece.kind.startswith(_ASSIGNMENTS):
                known.add(named)
                yield Asset(
                    id=named,
                    kind=kind_of(sort),
                    name=named,
                    properties={"described": False},
                    evidence=_proof(piece),
                )


def _applications(pieces: Iterable[Piece]) -> Iterator[Relationship]:
    """Application -AUTHENTICATES_TO-> its service principal: its credentials are those of it."""
    by_client: dict[str, Asset] = {}
    applications: list[Asset] = []
    for piece in pieces:
        client = piece.properties.get("client_id") if isinstance(piece, Asset) else None
        if not isinstance(piece, Asset) or not isinstance(client, str):
            continue
        if piece.kind == "Microsoft.Graph/applications":
            applications.append(piece)
        elif piece.kind.startswith("Microsoft.Graph/"):
            by_client[client.lower()] = piece
    for application in applications:
        principal = by_client.get(str(application.properties["client_id"]).lower())
        if principal:
            yield Relationship(
                source=application.id,
                kind="AUTHENTICATES_TO",
                target=principal.id,
                evidence=_proof(application) + _proof(principal),
            )


def _datastores(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """Datastore -STORED_IN-> container, and whatever reads from or is stored in the datastore likewise."""
    accounts = {
        piece.id.rpartition("/")[2].lower(): piece.id
        for piece in pieces
        if isinstance(piece, Asset) and piece.kind == "Microsoft.Storage/storageAccounts"
    }
    places: dict[str, tuple[str, Asset]] = {}
    for piece in pieces:
        if isinstance(piece, Asset) and piece.kind == _DATASTORE:
            account = accounts.get(str(piece.properties.get("storage_account") or "").lower())
            container = piece.properties.get("container") or piece.properties.get("filesystem")
            if account and container:
                target = clean(f"{account}/blobServices/default/containers/{container}")
                places[piece.id] = (target, piece)
    for datastore, (container, asset) in sorted(places.items()):
        kinds = ["STORED_IN"]
        if asset.properties.get("credentials_type") in _KEYS:
            kinds.append("AUTHENTICATES_TO")
        for kind in kinds:
            yield Relationship(
                source=datastore, kind=kind, target=container, evidence=_proof(asset)
            )
    for piece in pieces:
        if isinstance(piece, Relationship) and piece.target in places and piece.kind in _OF_DATA:
            container, asset = places[piece.target]
            yield Relationship(
                source=piece.source,
                kind=piece.kind,
                target=container,
                evidence=piece.evidence + _proof(asset),
            )


def _catalogue(pieces: Iterable[Piece]) -> Iterator[Asset]:
    """Models of Azure's catalogue that something uses, under their names."""
    for used in first_named(pieces, _REGISTRIES):
        yield Asset(
            id=used.target,
            kind="Microsoft.CognitiveServices/models",
            name=used.target.rpartition("/models/")[2].replace("/versions/", " "),
            properties={"publisher": used.target.split("/")[3]},
            evidence=used.evidence,
        )


def _machines(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """Machine -IN_NETWORK-> the subnet of its interface, -GUARDED_BY-> that interface's group."""
    inner: dict[str, list[Relationship]] = defaultdict(list)
    for kind in ("IN_NETWORK", "GUARDED_BY"):
        for source, edges in by_source(pieces, kind).items():
            inner[source] += edges
    for machine, parts in by_source(pieces, "RESOURCE").items():
        if "/virtualMachines/" in machine:
            for part in parts:
                for edge in inner.get(part.target, ()):
                    yield Relationship(
                        source=machine,
                        kind=edge.kind,
                        target=edge.target,
                        evidence=part.evidence + edge.evidence,
                    )
