"""What an index is grounded on, and what protects an agent and whom it acts as: told by several records together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from collectors.lineage import by_source
from collectors.tags import meaning
from graph.estate import Piece
from graph.model import Asset, Evidence, Relationship, Verdict

_CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers"
_SOURCE = "Microsoft.Search/searchServices/dataSources"
_AGENT = "Microsoft.CognitiveServices/accounts/projects/agents"
_BLOBS = {"azureblob", "adlsgen2"}


def lineage(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Data source -STORED_IN-> container, index -GROUNDED_ON-> container; agent -PROTECTED_BY, RUNS_AS->."""
    stored: dict[str, list[Relationship]] = defaultdict(list)
    for edge in _stored(pieces):
        stored[edge.source].append(edge)
        yield edge
    written = by_source(pieces, "WRITES_TO")
    for indexer, reads in by_source(pieces, "READS_FROM").items():
        for read in reads:
            for edge in stored.get(read.target, ()):
                for write in written.get(indexer, ()):
                    yield _joined(write.target, "GROUNDED_ON", edge, (read, write))
    yield from _agents(pieces)
    yield from _objects(pieces)
    yield from _classified(pieces)


def _joined(
    source: str, kind: str, last: Relationship, before: Sequence[Relationship]
) -> Relationship:
    return Relationship(
        source=source,
        kind=kind,
        target=last.target,
        verdict=last.verdict,
        missing=last.missing,
        evidence=tuple(item for edge in (*before, last) for item in edge.evidence),
    )


def _stored(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """A data source names a container, not its account: a shared private link of the service tells which."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for piece in pieces:
        if isinstance(piece, Asset) and piece.kind == _CONTAINER:
            by_name[piece.name.lower()].append(piece.id)
    linked = _linked(pieces)
    for piece in pieces:
        if not isinstance(piece, Asset) or piece.kind != _SOURCE:
            continue
        if str(piece.properties.get("datastore_type")).lower() not in _BLOBS:
            continue
        service = piece.id.rpartition("/dataSources/")[0]
        candidates = sorted(set(by_name.get(str(piece.properties.get("container")).lower(), ())))
        proofs = linked.get(service, {})
        sure = [one for one in candidates if one.partition("/blobServices/")[0] in proofs]
        for container in sure or candidates:
            account = container.partition("/blobServices/")[0]
            yield _storage(piece, container, proofs.get(account, ()))


def _storage(source: Asset, container: str, link: tuple[Evidence, ...]) -> Relationship:
    own = tuple(Evidence(record=e.record, pointer=e.pointer) for e in source.evidence[:1])
    gap = f"{source.name}: in which account its container lies (answers leave the address out)"
    return Relationship(
        source=source.id,
        kind="STORED_IN",
        target=container,
        verdict=Verdict.YES if link else Verdict.UNDECIDED,
        missing=() if link else (gap,),
        evidence=own + link,
    )


def _linked(pieces: Sequence[Piece]) -> Mapping[str, dict[str, tuple[Evidence, ...]]]:
    """Search service -> accounts to which it has a shared private link."""
    found: dict[str, dict[str, tuple[Evidence, ...]]] = defaultdict(dict)
    for piece in pieces:
        if isinstance(piece, Relationship) and piece.kind == "ROUTES_TO":
            service, _, link = piece.source.partition("/sharedPrivateLinkResources/")
            if link:
                found[service][piece.target] = piece.evidence
    return found


def _agents(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """An agent is protected by the filter of its deployment, and acts as its project where it has no identity."""
    filters = by_source(pieces, "PROTECTED_BY")
    identities = by_source(pieces, "RUNS_AS")
    models = by_source(pieces, "USES_MODEL")
    for agent in {p.id: p for p in pieces if isinstance(p, Asset) and p.kind == _AGENT}:
        for use in models.get(agent, ()):
            for edge in filters.get(use.target, ()):
                yield _joined(agent, "PROTECTED_BY", edge, (use,))
        if agent not in identities:
            for edge in identities.get(agent.rpartition("/agents/")[0], ()):
                yield _joined(agent, "RUNS_AS", edge, ())


def _objects(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """What runs as a user-assigned identity runs as its object in Entra, which is whom roles are given to."""
    identities = by_source(pieces, "RUNS_AS")
    for source, edges in identities.items():
        for edge in edges:
            for inner in identities.get(edge.target, ()):
                yield _joined(source, "RUNS_AS", inner, (edge,))


def _classified(pieces: Sequence[Piece]) -> Iterator[Asset]:
    """A container has no tags: what it holds is told by its metadata, or by the tags of its account."""
    tagged = {
        piece.id: piece
        for piece in pieces
        if isinstance(piece, Asset) and piece.properties.get("tags") is not None
    }
    for piece in pieces:
        if not isinstance(piece, Asset) or piece.kind != _CONTAINER:
            continue
        metadata = piece.properties.get("metadata")
        own, place = meaning(metadata or {}), piece.evidence_for("metadata")
        above = tagged.get(piece.id.partition("/blobServices/")[0])
        if own["classification"] is None and above is not None:
            own, place = _of_account(above) | _set(own), above.evidence_for("tags")
        if place:
            fields = dict.fromkeys(own, "")
            proof = Evidence(record=place.record, pointer=place.pointer, fields=fields)
            yield replace(piece, properties=own, evidence=(proof,))


def _set(properties: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in properties.items() if value is not None}


def _of_account(account: Asset) -> dict[str, object]:
    names = ("classification", "environment", "crown_jewel")
    found = {name: account.properties.get(name) for name in names}
    if found["classification"]:
        found["classification_basis"] = "the tags of its storage account"
    return found
