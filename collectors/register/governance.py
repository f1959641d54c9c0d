"""Evidence of governance: model cards, bias and quality reports, assessments, approvals, licences, owners."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from collectors.register.subjects import Subjects
from collectors.register.words import evidence_type
from graph.estate import Piece
from graph.model import Asset, Evidence, Record, Relationship

KIND = "Modelhound::Evidence"
_TOLD = ("status", "issued", "expires", "reference")


def table(record: Record, subjects: Subjects) -> Iterator[Piece]:
    """Rows with a resource, a sort of evidence, and what is known of it; a row may name an owner alone."""
    for number, row in enumerate(record.body["rows"]):
        subject = subjects.find(row["resource"])
        proof = Evidence(record=record.id, pointer=f"/rows/{number}")
        sort = evidence_type(row.get("evidence")) or ("owner" if row.get("owner") else "")
        if not sort:
            raise ValueError("a row without a known sort of evidence and without an owner")
        told = {name: row.get(name) or None for name in _TOLD}  # what it leaves out is not set
        yield from _evidence(subject, sort, {**told, "source": "register"}, proof)
        if row.get("owner"):
            yield from _owner(subject, str(row["owner"]), proof)


def model_card(record: Record, subjects: Subjects) -> Iterator[Piece]:
    """A SageMaker model card; its content is JSON as a text. Source: SageMaker API, DescribeModelCard, model card schema."""
    body = record.body
    content = body.get("Content")
    card = msgspec.json.decode(content) if isinstance(content, str) else content or {}
    overview = card.get("model_overview") or {}
    package = (card.get("model_package_details") or {}).get("model_package_arn")
    about = overview.get("model_id") or package or overview.get("model_name")
    proof = Evidence(record=record.id)
    told = {
        "status": body.get("ModelCardStatus"),
        "issued": body.get("LastModifiedTime") or body.get("CreationTime"),
        "reference": body["ModelCardArn"],
        "source": "SageMaker model card",
    }
    if about:
        subject = subjects.find(str(about))
        yield from _evidence(subject, "model_card", told, proof)
        for number, item in enumerate(card.get("evaluation_details") or ()):
            report = {**told, "reference": item.get("evaluation_job_arn") or item.get("name")}
            sort = "bias_report" if "bias" in str(item).lower() else "quality_report"
            yield from _evidence(subject, sort, report, proof, f":{number}")


def evaluations(record: Record, subjects: Subjects) -> Iterator[Piece]:
    """Evaluations of Vertex AI models. Source: Vertex AI API, projects.locations.models.evaluations.list."""
    for number, item in enumerate(record.body["modelEvaluations"]):
        model = item["name"].partition("/evaluations/")[0]
        subject = subjects.find(f"//aiplatform.googleapis.com/{model}")
        proof = Evidence(record=record.id, pointer=f"/modelEvaluations/{number}")
        told = {
            "issued": item.get("createTime"),
            "reference": item["name"],
            "source": "Vertex AI model evaluation",
        }
        sort = "bias_report" if item.get("biasConfigs") else "quality_report"
        yield from _evidence(subject, sort, told, proof)


def _evidence(
    subject: str, sort: str, told: Mapping[str, Any], proof: Evidence, more: str = ""
) -> Iterator[Piece]:
    node = f"evidence:{sort}:{subject}:{proof.record}{proof.pointer}{more}"
    yield Asset(
        id=node,
        kind=KIND,
        name=f"{sort.replace('_', ' ')}",
        properties={"evidence_type": sort, **told},
        evidence=(proof,),
    )
    yield Relationship(source=subject, kind="EVIDENCED_BY", target=node, evidence=(proof,))


def _owner(subject: str, owner: str, proof: Evidence) -> Iterator[Piece]:
    node = f"owner:{owner.strip().lower()}"
    yield Asset(id=node, kind="Modelhound::Owner", name=owner.strip(), evidence=(proof,))
    yield Relationship(source=subject, kind="OWNED_BY", target=node, evidence=(proof,))
