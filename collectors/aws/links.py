"""Relationships that only several records together tell: what an endpoint serves, what a job made, what an instance runs as."""

from collections.abc import Iterator, Sequence

from collectors.lineage import by_source, serves
from graph.estate import Piece
from graph.model import Asset, Evidence, Relationship


def links(pieces: Sequence[Piece]) -> Iterator[Relationship]:
    """All of them, from the assets and relationships of one estate."""
    yield from serves(pieces)
    yield from _produces(pieces)
    yield from _instance_roles(pieces)


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
    roles = by_source(pieces, "HAS_ROLE")
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
