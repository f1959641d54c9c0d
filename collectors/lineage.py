"""Relationships that only several records together tell, alike in every cloud."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from graph.estate import Piece
from graph.model import Relationship


def by_source(pieces: Iterable[Piece], kind: str) -> dict[str, list[Relationship]]:
    """The relationships of a kind, by where they begin."""
    found: dict[str, list[Relationship]] = defaultdict(list)
    for piece in pieces:
        if isinstance(piece, Relationship) and piece.kind == kind:
            found[piece.source].append(piece)
    return found


def serves(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """Endpoint or account -SERVES-> model, through its configuration or deployments."""
    models = by_source(pieces, "USES_MODEL")
    for endpoint, parts in by_source(pieces, "RESOURCE").items():
        for part in parts:
            for model in models.get(part.target, ()):
                yield Relationship(
                    source=endpoint,
                    kind="SERVES",
                    target=model.target,
                    evidence=part.evidence + model.evidence,
                )


def first_named(pieces: Iterable[Piece], start: str) -> Iterator[Relationship]:
    """For each target whose id begins so, the first relationship that names it."""
    seen: set[str] = set()
    for piece in pieces:
        if (
            isinstance(piece, Relationship)
            and piece.target.startswith(start)
            and piece.target not in seen
        ):
            seen.add(piece.target)
            yield piece
