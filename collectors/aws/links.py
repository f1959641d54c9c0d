"""Relationships that only several records together tell: what an endpoint serves, what a job made, what an instance runs as."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from collectors.aws.shape import Piece
from graph.model import Asset, Evidence, Relationship


def links(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """All of them, from the assets and relationships of one estate."""
    yield from _serves(pieces)
    yield from _produces(pieces)
    yield from _instance_roles(pieces)


def _by_source(pieces: Iterable[Piece], kind: str) -> dict[str, list[Relationship]]:
    found: dict[str, list[Relationship]] = defaultdict(list)
    for piece in pieces:
        if isinstance(piece, Relationship) and piece.kind == kind:
            found[piece.source].append(piece)
    return found


def _serves(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """Endpoint -SERVES-> model, through its configuration."""
    models = _by_source(pieces, "USES_MODEL")
    for endpoint, parts in _by_source(pieces, "RESOURCE").items():
        for part in parts:
            for model in models.get(part.target, ()):
                yield Relationship(
                    source=endpoint,
                    kind="SERVES",
                    target=model.target,
                    evidence=part.evidence + model.evidence,
                )


def _produces(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """Training job -PRODUCES-> the model or package that is loaded from its output file."""
    jobs: dict[str, Asset] = {}
    loaded: list[tuple[str, Asset]] = []
    for piece in pieces:
        artifact = piece.properties.get("artifact") if isinstance(piece, Asset) else None
        if isinstance(piece, Asset) and isinstance(artifact, str):
            if piece.kind == "AWS::SageMaker::TrainingJob":
                jobs[artifact] = piece
            else:
                loaded.append((artifact, piece))
    for artifact, model in loaded:
        if job := jobs.get(artifact):
            yield Relationship(
                source=job.id,
                kind="PRODUCES",
                target=model.id,
                evidence=_proof(job, "artifact") + _proof(model, "artifact"),
            )


def _instance_roles(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """Instance -RUNS_AS-> the role of its instance profile."""
    roles = _by_source(pieces, "HAS_ROLE")
    for piece in pieces:
        if isinstance(piece, Asset) and piece.kind == "AWS::EC2::Instance":
            for role in roles.get(str(piece.properties.get("instance_profile")), ()):
                yield Relationship(
                    source=piece.id,
                    kind="RUNS_AS",
                    target=role.target,
                    evidence=_proof(piece, "instance_profile") + role.evidence,
                )


def _proof(asset: Asset, name: str) -> tuple[Evidence, ...]:
    found = asset.evidence_for(name)
    return (Evidence(record=found.record, pointer=found.pointer),) if found else ()
