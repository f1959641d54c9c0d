"""Registers and scanners: recognised by content, joined to the assets they speak of, the strongest class counts."""

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.exports import read_exports
from collectors.mapping import map_snapshot
from graph.derive import derive
from graph.estate import Estate
from graph.model import ImportFileError

BUCKET = "arn:aws:s3:::care-notes"
MODEL = "arn:aws:sagemaker:eu-west-1:111122223333:model/triage"
BUCKETS = {"Buckets": [{"Name": "care-notes", "CreationDate": "2026-01-01T00:00:00Z"}], "Owner": {}}


@pytest.fixture
def estate_of(tmp_path: Path) -> Any:
    """The derived estate of the files given by name, beside a bucket and its tags."""

    def make(tag: str = "", **files: str) -> Estate:
        folder = tmp_path / "in"
        folder.mkdir()
        (folder / "s3api_list-buckets.json").write_text(json.dumps(BUCKETS))
        if tag:
            tags = {"TagSet": [{"Key": "classification", "Value": tag}]}
            (folder / "s3api_get-bucket-tagging_care-notes.json").write_text(json.dumps(tags))
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
        return derive(map_snapshot(read_exports([folder])))

    return make


def said(estate: Estate, subject: str = BUCKET) -> tuple[Any, Any]:
    found = estate.assets[subject].properties
    return found.get("classification"), found.get("classification_basis")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"resource_id,sensitivity\n{BUCKET},PHI\n", "phi"),
        (f"Resource ID;Data Classification\r\n{BUCKET.upper()};Confidential\r\n", "confidential"),
        ("bucket\tinfo types\ns3://care-notes/2026/\tEMAIL_ADDRESS|CREDIT_CARD_NUMBER\n", "pci"),
        ('"resource","classification"\n"care-notes","Strictly confidential"\n', "restricted"),
        ("resource,classification\ncare-notes,no such word\n", None),
    ],
)
def test_a_table_classifies(estate_of: Any, text: str, expected: str | None) -> None:
    estate = estate_of(register__csv=text)
    assert said(estate) == (expected, "register" if expected else None)
    if expected:
        proof = estate.assets[BUCKET].evidence_for("classification")
        assert proof is not None
        assert proof.pointer == "/rows/0"


def macie(*categories: str) -> str:
    result = {"sensitiveData": [{"category": name, "detections": []} for name in categories]}
    finding = {
        "id": "f",
        "type": "SensitiveData:S3Object/Multiple",
        "classificationDetails": {"result": result},
        "resourcesAffected": {"s3Bucket": {"name": "care-notes"}},
    }
    return json.dumps({"findings": [finding]})


def test_macie_speaks_of_the_bucket(estate_of: Any) -> None:
    estate = estate_of(findings__json=macie("PERSONAL_INFORMATION", "CREDENTIALS"))
    assert said(estate) == ("pii", "Macie")


def test_a_weaker_word_never_overrules_a_stronger(estate_of: Any) -> None:
    estate = estate_of(
        tag="phi",
        findings__json=macie("PERSONAL_INFORMATION"),
        register__csv="resource,classification\ncare-notes,public\n",
    )
    assert said(estate) == ("phi", "tag classification")


def test_profiles_of_google_and_purview(estate_of: Any) -> None:
    table = "//bigquery.googleapis.com/projects/p/datasets/d/tables/t"
    profiles = {
        "tableDataProfiles": [
            {
                "fullResource": table,
                "sensitivityScore": {"score": "SENSITIVITY_MODERATE"},
                "predictedInfoTypes": [],
            }
        ]
    }
    found = {
        "value": [
            {
                "qualifiedName": "https://lake.blob.core.windows.net/raw/x.csv",
                "entityType": "azure_blob_path",
                "classification": ["MICROSOFT.PERSONAL.NAME"],
            }
        ]
    }
    estate = estate_of(profiles__json=json.dumps(profiles), purview__json=json.dumps(found))
    assert said(estate, table) == ("confidential", "Sensitive Data Protection")
    assert said(estate, "lake") == ("pii", "Purview")


YAML = f"""\
modelhound-register: 1
classification:
  - resource: {BUCKET}
    classification: pii
    crown_jewel: yes
evidence:
  - model: {MODEL}
    evidence: DPIA
    status: approved
    issued: 2026-01-02
    expires: 2027-01-02
    owner: Clinical Safety
    reference: https://wiki.example/dpia/7
"""


def test_yaml_tells_both(estate_of: Any) -> None:
    estate = estate_of(register__yaml=YAML)
    assert said(estate) == ("pii", "register")
    assert estate.assets[BUCKET].properties["crown_jewel"] is True
    edges = {item.kind: item.target for item in estate.outgoing[MODEL]}
    evidence = estate.assets[edges["EVIDENCED_BY"]].properties
    assert evidence["evidence_type"] == "impact_assessment"
    assert (evidence["issued"], evidence["expires"]) == ("2026-01-02", "2027-01-02")
    assert estate.assets[edges["OWNED_BY"]].name == "Clinical Safety"


def test_a_model_card_and_an_evaluation(estate_of: Any) -> None:
    content = {
        "model_overview": {"model_id": MODEL},
        "evaluation_details": [{"name": "bias", "metric_groups": []}],
    }
    card = {
        "ModelCardArn": "arn:aws:sagemaker:eu-west-1:111122223333:model-card/triage",
        "ModelCardName": "triage",
        "ModelCardVersion": 1,
        "Content": json.dumps(content),
        "ModelCardStatus": "Approved",
        "CreationTime": "2026-01-01T00:00:00Z",
        "CreatedBy": {},
    }
    name = "projects/p/locations/europe-west1/models/1"
    evaluation = {"name": f"{name}/evaluations/2", "createTime": "2026-03-01T00:00:00Z"}
    estate = estate_of(
        card__json=json.dumps(card),
        evaluations__json=json.dumps({"modelEvaluations": [evaluation]}),
    )
    sorts = {
        subject: sorted(
            str(estate.assets[item.target].properties["evidence_type"])
            for item in estate.outgoing[subject]
            if item.kind == "EVIDENCED_BY"
        )
        for subject in (MODEL, f"//aiplatform.googleapis.com/{name}")
    }
    assert list(sorts.values()) == [["bias_report", "model_card"], ["quality_report"]]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "resource,classification\n,phi\n", "row 1 names no resource"),
        ("a.yaml", "modelhound-register: 1\nevidence: 3\n", "evidence is no list of rows"),
        ("a.yaml", "modelhound-register: 1\na: &x [1]\nb: [*x, *x]\n", "aliases are not read"),
        ("a.yaml", "modelhound-register: [\n", "not YAML"),
        ("a.yaml", "modelhound-register: 1\nx: " + "[" * 5_000, "not YAML"),
        ("a.yaml", "modelhound-register: 1\nx: !!python/object:os.system {}\n", "not YAML"),
    ],
)
def test_a_wrong_register_gets_one_sentence(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ImportFileError, match=told):
        read_exports([tmp_path / name])
