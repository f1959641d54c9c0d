"""The path from records to an estate: what is merged, what is joined, what stays unknown."""

import json
from typing import Any

from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import Record, RecordError, Scope, Snapshot

HERE = Scope(provider="aws", account="111122223333", region="us-east-1")
BUCKET = "arn:aws:s3:::acme-train"


def record(
    operation: str, body: Any = None, *, scope: Scope = HERE, error: str = "", **params: Any
) -> Record:
    return Record(
        source="aws",
        operation=operation,
        scope=scope,
        params=params,
        body=body,
        error=RecordError(code=error) if error else None,
    )


def estate(*records: Record) -> Estate:
    return map_snapshot(Snapshot(records=records, coverage=()))


def edges(found: Estate, kind: str) -> set[tuple[str, str]]:
    return {(r.source, r.target) for r in found.relationships if r.kind == kind}


def test_pieces_of_a_bucket_make_one_asset():
    policy = {"Version": "2012-10-17", "Statement": []}
    found = estate(
        record("s3:ListBuckets", {"Buckets": [{"Name": "acme-train"}]}),
        record("s3:GetBucketPolicy", {"Policy": json.dumps(policy)}, Bucket="acme-train"),
        record(
            "s3:GetBucketTagging",
            {"TagSet": [{"Key": "Data-Classification", "Value": "PII"}]},
            Bucket="acme-train",
        ),
        record("s3:GetBucketLocation", {"LocationConstraint": None}, Bucket="acme-train"),
    )
    bucket = found.assets[BUCKET]
    assert bucket.name == "acme-train"
    assert bucket.region == "us-east-1"
    assert bucket.properties["policy"] == policy
    assert bucket.properties["classification"] == "pii"
    assert bucket.properties["classification_basis"] == "tag Data-Classification"
    proof = bucket.evidence_for("policy")
    assert proof is not None
    assert proof.pointer == "/Policy"


def test_read_and_absent_is_none_and_an_error_is_unknown():
    found = estate(
        record("s3:ListBuckets", {"Buckets": [{"Name": "acme-train"}]}),
        record("s3:GetBucketPolicy", error="NoSuchBucketPolicy", Bucket="acme-train"),
        record("s3:GetBucketAcl", error="AccessDenied", Bucket="acme-train"),
    )
    properties = found.assets[BUCKET].properties
    assert properties["policy"] is None
    assert "acl_public" not in properties
    assert "versioning" not in properties


def test_the_order_of_records_does_not_matter():
    records = (
        record("s3:ListBuckets", {"Buckets": [{"Name": "b"}, {"Name": "a"}]}),
        record("s3:GetBucketVersioning", {"Status": "Enabled"}, Bucket="a"),
        record("kms:ListKeys", {"Keys": [{"KeyId": "k", "KeyArn": KEY}]}),
    )
    forward, backward = estate(*records), estate(*reversed(records))
    assert forward.assets == backward.assets
    assert forward.relationships == backward.relationships


KEY = "arn:aws:kms:us-east-1:111122223333:key/k"


def test_every_described_asset_stands_in_its_account():
    found = estate(record("kms:ListKeys", {"Keys": [{"KeyId": "k", "KeyArn": KEY}]}))
    account = "arn:aws:iam::111122223333:root"
    assert edges(found, "CONTAINS") == {(account, KEY)}
    assert found.assets[account].kind == "AWS::Account::Account"


def test_a_file_without_a_scope_gets_its_place_from_its_arns():
    somewhere = Scope(provider="aws")
    found = estate(
        record("kms:ListKeys", {"Keys": [{"KeyId": "k", "KeyArn": KEY}]}, scope=somewhere),
        record("ec2:DescribeVpcs", {"Vpcs": [{"VpcId": "vpc-1"}]}, scope=somewhere),
    )
    assert "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1" in found.assets


def test_an_endpoint_serves_the_model_of_its_configuration():
    arn = "arn:aws:sagemaker:us-east-1:111122223333:"
    found = estate(
        record(
            "sagemaker:DescribeEndpoint",
            {"EndpointArn": f"{arn}endpoint/e", "EndpointName": "e", "EndpointConfigName": "c"},
        ),
        record(
            "sagemaker:DescribeEndpointConfig",
            {
                "EndpointConfigArn": f"{arn}endpoint-config/c",
                "EndpointConfigName": "c",
                "ProductionVariants": [{"ModelName": "m"}],
            },
        ),
    )
    assert edges(found, "SERVES") == {(f"{arn}endpoint/e", f"{arn}model/m")}
    assert found.assets[f"{arn}model/m"].properties == {"described": False}


def test_models_that_nothing_uses_are_left_out():
    models = [
        {"modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{name}", "modelName": name}
        for name in ("used", "unused")
    ]
    agent = {"agentId": "A", "agentName": "a", "foundationModel": "used"}
    found = estate(
        record("bedrock:ListFoundationModels", {"modelSummaries": models}),
        record("bedrock-agent:GetAgent", {"agent": agent}),
    )
    kinds = {asset.name for asset in found.of_label("AIModel")}
    assert kinds == {"used"}
