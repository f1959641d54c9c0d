"""How data is classified: by tables that people keep, Macie, Sensitive Data Protection, Purview."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collectors.register.subjects import Subjects
from collectors.register.words import class_of_found, class_of_label
from collectors.tags import says_yes
from graph.estate import Piece
from graph.model import Asset, Evidence, Record, Relationship

KIND = "Modelhound::Classification"


def table(record: Record, subjects: Subjects) -> Iterator[Piece]:
    """Rows with a resource and its classification; a crown jewel may be named as well."""
    for number, row in enumerate(record.body["rows"]):
        found = class_of_label(row.get("classification")) or class_of_found(
            _listed(row, "info_types")
        )
        said = _Said(
            subjects.find(row["resource"]),
            "register",
            found,
            _listed(row, "info_types"),
            Evidence(record=record.id, pointer=f"/rows/{number}"),
        )
        yield from said.pieces(crown_jewel=says_yes(row.get("crown_jewel")))


def macie(record: Record, subjects: Subjects) -> Iterator[Piece]:
    """Findings on S3 objects, told of their buckets. Source: Macie API, GetFindings."""
    for number, item in enumerate(record.body["findings"]):
        result = (item.get("classificationDetails") or {}).get("result") or {}
        names = [row.get("category") for row in result.get("sensitiveData") or ()]
        names += [
            found.get("type")
            for row in result.get("sensitiveData") or ()
            for found in row.get("detections") or ()
        ]
        custom = (result.get("customDataIdentifiers") or {}).get("detections") or ()
        names += [f"custom {row.get('name')}" for row in custom]
        bucket = ((item.get("resourcesAffected") or {}).get("s3Bucket") or {}).get("name")
        if bucket and names:
            proof = Evidence(record=record.id, pointer=f"/findings/{number}")
            found = [str(name) for name in names if name]
            yield from _Said(
                subjects.find(f"s3://{bucket}"), "Macie", class_of_found(found), found, proof
            ).pieces()


def data_profiles(record: Record, subjects: Subjects) -> Iterator[Piece]:
    """Profiles of tables and buckets. Source: Sensitive Data Protection API, TableDataProfile, FileStoreDataProfile."""
    for key, lists in _PROFILES.items():
        for number, item in enumerate(record.body.get(key) or ()):
            names = [
                (row.get("infoType") or {}).get("name")
                for name in lists
                for row in item.get(name) or ()
            ]
            found = [str(name) for name in names if name]
            score = (item.get("sensitivityScore") or {}).get("score", "")
            proof = Evidence(record=record.id, pointer=f"/{key}/{number}")
            yield from _Said(
                subjects.find(item["fullResource"]),
                "Sensitive Data Protection",
                class_of_found(found, score),
                found,
                proof,
            ).pieces()


_PROFILES: Mapping[str, tuple[str, ...]] = {
    "tableDataProfiles": ("predictedInfoTypes", "otherInfoTypes"),
    "fileStoreDataProfiles": ("fileStoreInfoTypeSummaries",),
}


def purview(record: Record, subjects: Subjects) -> Iterator[Piece]:
    """Assets of the data map, told of the storage account. Source: Purview Data Map API, Discovery - Query."""
    for number, item in enumerate(record.body["value"]):
        found = [str(name) for name in item.get("classification") or ()]
        if found:
            host = str(item["qualifiedName"]).partition("://")[2].partition("/")[0]
            proof = Evidence(record=record.id, pointer=f"/value/{number}")
            account = host.partition(".")[0] or str(item["qualifiedName"])
            yield from _Said(
                subjects.find(account), "Purview", class_of_found(found), found, proof
            ).pieces()


class _Said:
    """What one source says of one asset."""

    def __init__(
        self, subject: str, source: str, found: str, info_types: Iterable[str], proof: Evidence
    ) -> None:
        self._subject = subject
        self._source = source
        self._class = found
        self._types = sorted(set(info_types))
        self._proof = proof

    def pieces(self, *, crown_jewel: bool = False) -> Iterator[Piece]:
        """A node that says it, joined to its asset."""
        node = f"classification:{self._source}:{self._subject}:{self._proof.pointer}"
        properties: dict[str, Any] = {
            "classification": self._class or None,
            "info_types": self._types,
            "source": self._source,
        }
        if crown_jewel:
            properties["crown_jewel"] = True
        name = f"{self._source}: {self._class or 'no class'}"
        yield Asset(id=node, kind=KIND, name=name, properties=properties, evidence=(self._proof,))
        yield Relationship(
            source=self._subject, kind="CLASSIFIED_BY", target=node, evidence=(self._proof,)
        )


def _listed(row: Mapping[str, Any], key: str) -> list[str]:
    value = row.get(key) or ()
    texts = (
        value
        if isinstance(value, list)
        else str(value).replace("|", ";").replace(",", ";").split(";")
    )
    return [str(text).strip() for text in texts if str(text).strip()]
