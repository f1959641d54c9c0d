"""Relationships that only several records together tell, and what lies in what by its id."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from collectors.gcp import names
from collectors.gcp.accounts import ACCOUNT, POOL, PROVIDER, member_asset
from collectors.gcp.answer import Piece
from collectors.gcp.hierarchy import PROJECT
from collectors.gcp.shape import shapes
from collectors.lineage import first_named, serves
from graph.model import Asset, Evidence, Relationship

_PUBLISHERS = "//aiplatform.googleapis.com/publishers/"
_NOT_INSIDE = {
    PROJECT,
    "iam.googleapis.com/ServiceAgent",
    "aiplatform.googleapis.com/PublisherModel",
}


def links(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """All of them, from the pieces of one estate."""
    numbers = {
        names.last(p.id): str(p.properties["number"])
        for p in pieces
        if isinstance(p, Asset) and p.kind == PROJECT and p.properties.get("number")
    }
    yield from _contents(pieces)
    yield from _defaults(pieces, numbers)
    yield from serves(pieces)
    yield from _learnt(pieces)
    yield from _catalogue(pieces)
    yield from _accounts(pieces, {number: name for name, number in numbers.items()})
    yield from _issuers(pieces)


def _proof(asset: Asset) -> tuple[Evidence, ...]:
    return tuple(Evidence(record=item.record, pointer=item.pointer) for item in asset.evidence[:1])


def _contents(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Project, folder or organisation contain what their ids begin."""
    seen: set[str] = set()
    roots: set[str] = set()
    for piece in pieces:
        if not isinstance(piece, Asset) or piece.id in seen or piece.kind in _NOT_INSIDE:
            continue
        seen.add(piece.id)
        root = names.PROJECT + piece.account if piece.account else names.above(piece.id)
        if not root or root == piece.id:
            continue
        yield Relationship(source=root, kind="CONTAINS", target=piece.id, evidence=_proof(piece))
        if piece.account and root not in roots:
            roots.add(root)
            yield Asset(id=root, kind=PROJECT, name=piece.account, account=piece.account)


def _defaults(pieces: Sequence[Piece], numbers: Mapping[str, str]) -> Iterator[Piece]:
    """What names nobody to run as runs as its service's default; told only where the whole resource was read."""
    named = {p.source for p in pieces if isinstance(p, Relationship) and p.kind == "RUNS_AS"}
    seen: set[str] = set()
    for piece in pieces:
        if not isinstance(piece, Asset) or piece.id in named or piece.id in seen:
            continue
        shape = shapes().get(piece.kind)
        if not shape or not shape.runs_as or not shape.read_whole(piece.properties):
            continue  # told only where the resource itself was read, not its policy or a search result
        if any(piece.properties.get(name) == value for name, value in shape.runs_as_unless.items()):
            continue
        seen.add(piece.id)
        number = numbers.get(piece.account) or (piece.account if piece.account.isdigit() else "")
        if "{number}" in shape.runs_as and not number:
            continue
        email = shape.runs_as.format(number=number, project=piece.account)
        target = names.account_member(email)
        yield Relationship(
            source=piece.id,
            kind="RUNS_AS",
            target=target,
            evidence=_proof(piece),
            properties={"because": "nobody is named: the default of its service"},
        )
        found = member_asset(target)
        yield replace(found, account=piece.account) if found.kind == ACCOUNT else found


def _by_source(pieces: Iterable[Piece], kind: str) -> dict[str, list[Relationship]]:
    """Relationships of a kind by their source, each once, however many records tell it."""
    found: dict[str, dict[str, Relationship]] = defaultdict(dict)
    for piece in pieces:
        if isinstance(piece, Relationship) and piece.kind == kind:
            found[piece.source].setdefault(piece.target, piece)
    return {source: list(edges.values()) for source, edges in found.items()}


def _learnt(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """Model -TRAINED_ON-> the data that its job reads, a dataset and what lies behind it; -BASED_ON-> what it tunes."""
    read, stored = _by_source(pieces, "READS_FROM"), _by_source(pieces, "STORED_IN")
    bases = _by_source(pieces, "USES_MODEL")
    for job, made in _by_source(pieces, "PRODUCES").items():
        for model in made:
            for base in bases.get(job, ()):
                yield replace(_trained(model.target, base.target, model, base), kind="BASED_ON")
            for source in read.get(job, ()):
                yield _trained(model.target, source.target, model, source)
                for lies in stored.get(source.target, ()):
                    yield _trained(model.target, lies.target, model, source, lies)
                    yield replace(
                        source, target=lies.target, evidence=source.evidence + lies.evidence
                    )


def _trained(model: str, data: str, *proofs: Relationship) -> Relationship:
    return Relationship(
        source=model,
        kind="TRAINED_ON",
        target=data,
        evidence=tuple(item for proof in proofs for item in proof.evidence),
    )


def _catalogue(pieces: Iterable[Piece]) -> Iterator[Asset]:
    """Models of Google's catalogue that something uses, under their names."""
    for used in first_named(pieces, _PUBLISHERS):
        yield Asset(
            id=used.target,
            kind="aiplatform.googleapis.com/PublisherModel",
            name=names.last(used.target),
            properties={"publisher": used.target.split("/")[4]},
            evidence=used.evidence,
        )


def _accounts(pieces: Sequence[Piece], ids: Mapping[str, str]) -> Iterator[Asset]:
    """Service accounts that something runs as and nothing describes; and the full resource name of all."""
    known = {p.id: p for p in pieces if isinstance(p, Asset) and p.kind == ACCOUNT}
    for piece in pieces:
        if isinstance(piece, Relationship) and piece.kind in {"RUNS_AS", "AUTHENTICATES_TO"}:
            member = piece.target
            if member.startswith("serviceAccount:") and member not in known:
                found = member_asset(member)
                project = ids.get(found.account, found.account)
                known[member] = replace(found, account=project)
                yield known[member]
    for member, asset in sorted(known.items()):
        if asset.kind == ACCOUNT and asset.account:
            email = names.last(member)
            name = f"//iam.googleapis.com/projects/{asset.account}/serviceAccounts/{email}"
            yield replace(asset, properties={"resource": name}, evidence=())


def _issuers(pieces: Sequence[Piece]) -> Iterator[Asset]:
    """Who vouches for a federated principal, where its pool has one provider alone."""
    providers: dict[str, set[str]] = defaultdict(set)
    for piece in pieces:
        if isinstance(piece, Asset) and piece.kind == PROVIDER and piece.properties.get("url"):
            providers[names.parent(piece.id)].add(str(piece.properties["url"]))
    for piece in pieces:
        if not isinstance(piece, Relationship) or piece.kind != "MEMBER_OF":
            continue
        urls = providers.get(piece.target, set())
        if len(urls) == 1 and names.kind_of(piece.target) == POOL:
            asset = member_asset(piece.source, issuer=next(iter(urls)))
            yield asset
