"""A small estate for the window's tests and pictures: about 60 assets, real records, believable paths; and a large one."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from graph.assessment import Assessment
from graph.asset_graph import AssetGraph
from graph.coverage import Coverage
from graph.estate import assemble
from graph.model import (
    Asset,
    AttackPath,
    CoverageEntry,
    CoverageState,
    Evidence,
    Finding,
    Record,
    Relationship,
    RuleVerdict,
    Scope,
    Snapshot,
    Verdict,
)
from graph.paths import attack_paths, crown_jewels, entry_points
from graph.rules.load import load_rules
from graph.schema import load_schema

ACCOUNT, REGION = "111122223333", "eu-west-1"
SCOPE = Scope(provider="aws", account=ACCOUNT, region=REGION)
GLOBAL = Scope(provider="aws", account=ACCOUNT)
HOSTILE = '<img src="file:///etc/hostname"> \u202eevil'


def arn(service: str, resource: str) -> str:
    """An ARN of the test account; IAM has no region, S3 neither region nor account."""
    region = "" if service in {"iam", "s3"} else REGION
    return f"arn:aws:{service}:{region}:{'' if service == 's3' else ACCOUNT}:{resource}"


NOTEBOOK = arn("sagemaker", "notebook-instance/fraud-research")
DS_ROLE = arn("iam", "role/DataScienceRole")
CI_USER = arn("iam", "user/github-ci")
TRAIN_ROLE = arn("iam", "role/TrainingRole")
AGENT_ROLE = arn("iam", "role/SupportAgentRole")
TRAIN_DATA = arn("s3", "acme-train-claims")
KB_DATA = arn("s3", "acme-kb-policies")
MODEL = arn("sagemaker", "model/claims-classifier-v3")
AGENT = arn("bedrock", "agent/SUPPORT01")
KB = arn("bedrock", "knowledge-base/POLICIES01")
SECRET = arn("secretsmanager", "secret:prod/openai-api-key")
WEBHOOK = arn("lambda", "function:claims-webhook")
LOOKUP = arn("lambda", "function:customer-lookup")
JOB = arn("sagemaker", "training-job/claims-v3")
ENDPOINT = arn("sagemaker", "endpoint/claims-prod")
ACCOUNT_ID = arn("iam", "root")


def role_record(name: str, statements: list[dict[str, Any]]) -> Record:
    """An inline policy as the API answers it."""
    document = {"Version": "2012-10-17", "Statement": statements}
    body = {"RoleName": name, "PolicyName": f"{name}Inline", "PolicyDocument": document}
    params = {"RoleName": name, "PolicyName": f"{name}Inline"}
    return _record("iam:GetRolePolicy", body, scope=GLOBAL, params=params)


def _record(
    operation: str, body: Any, scope: Scope = SCOPE, params: dict[str, Any] | None = None
) -> Record:
    return Record(
        source="aws",
        operation=operation,
        scope=scope,
        params=params or {},
        body=body,
        time="2026-11-20T09:30:00Z",
    )


def allow(sid: str, actions: list[str], resource: str) -> dict[str, Any]:
    """One statement."""
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


READ_ALL = allow("ReadTraining", ["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::acme-*")
DS_POLICY = role_record(
    "DataScienceRole",
    [
        allow("Logs", ["logs:PutLogEvents"], "*"),
        READ_ALL,
        allow("WriteFeatures", ["s3:PutObject"], f"{KB_DATA}/*"),
        allow("Secrets", ["secretsmanager:GetSecretValue"], "*"),
        allow("Pass", ["iam:PassRole", "sagemaker:CreateTrainingJob"], "*"),
    ],
)
NOTEBOOK_RECORD = _record(
    "sagemaker:DescribeNotebookInstance",
    {
        "NotebookInstanceName": "fraud-research",
        "NotebookInstanceStatus": "InService",
        "InstanceType": "ml.t3.xlarge",
        "DirectInternetAccess": "Enabled",
        "RootAccess": "Enabled",
        "RoleArn": DS_ROLE,
        "SecurityGroups": ["sg-0a1b2c3d"],
        "NotebookInstanceLifecycleConfigName": "install-tools",
    },
    params={"NotebookInstanceName": "fraud-research"},
)
AGENT_POLICY = role_record(
    "SupportAgentRole",
    [
        allow("Retrieve", ["bedrock:Retrieve"], KB),
        allow("Tools", ["lambda:InvokeFunction"], LOOKUP),
        allow("Data", ["s3:GetObject"], "*"),
    ],
)
WEBHOOK_RECORD = _record(
    "lambda:GetFunctionUrlConfig",
    {"FunctionArn": WEBHOOK, "AuthType": "NONE", "Cors": {"AllowOrigins": ["*"]}},
    params={"FunctionName": "claims-webhook"},
)
TRUST = _record(
    "iam:GetRole",
    {
        "RoleName": "TrainingRole",
        "AssumeRolePolicyDocument": {
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": CI_USER}, "Action": "sts:AssumeRole"}
            ]
        },
    },
    scope=GLOBAL,
    params={"RoleName": "TrainingRole"},
)
RECORDS = (DS_POLICY, NOTEBOOK_RECORD, AGENT_POLICY, WEBHOOK_RECORD, TRUST)


def _asset(asset_id: str, kind: str, name: str = "", **properties: Any) -> Asset:
    return Asset(
        id=asset_id,
        kind=kind,
        name=name or asset_id.rpartition("/")[2].rpartition(":")[2],
        account=ACCOUNT,
        region="" if ":iam:" in asset_id or ":s3:" in asset_id else REGION,
        properties={"described": True, **properties},
    )


def _step(
    source: str,
    kind: str,
    target: str,
    record: Record | None = None,
    pointer: str = "",
    *,
    note: str = "",
    missing: tuple[str, ...] = (),
    **properties: Any,
) -> Relationship:
    evidence = (Evidence(record=record.id, pointer=pointer, note=note),) if record else ()
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=Verdict.UNDECIDED if missing else Verdict.YES,
        missing=missing,
        evidence=evidence,
        properties=properties,
    )


def statement(number: int) -> str:
    """The pointer to a statement of an inline policy."""
    return f"/PolicyDocument/Statement/{number}"


def _assets() -> Iterator[Asset]:
    yield _asset("internet", "Modelhound::Internet", "Internet")
    yield _asset(ACCOUNT_ID, "AWS::Account::Account", "acme-ml-prod", alias="acme-ml-prod")
    yield Asset(
        id=NOTEBOOK,
        kind="AWS::SageMaker::NotebookInstance",
        name="fraud-research",
        account=ACCOUNT,
        region=REGION,
        properties={
            "direct_internet_access": True,
            "root_access": True,
            "status": "InService",
            "instance_type": "ml.t3.xlarge",
            "tags": {"team": "fraud", "env": "production"},
        },
        evidence=(
            Evidence(
                record=NOTEBOOK_RECORD.id,
                fields={
                    "direct_internet_access": "/DirectInternetAccess",
                    "root_access": "/RootAccess",
                    "status": "/NotebookInstanceStatus",
                },
            ),
        ),
    )
    yield _asset(DS_ROLE, "AWS::IAM::Role", admin=False)
    yield _asset(TRAIN_ROLE, "AWS::IAM::Role")
    yield _asset(AGENT_ROLE, "AWS::IAM::Role")
    yield _asset(CI_USER, "AWS::IAM::User", ci=True, mfa=False, console_password=False)
    yield _asset(TRAIN_DATA, "AWS::S3::Bucket", classification="pii", versioning=False)
    yield _asset(KB_DATA, "AWS::S3::Bucket", classification="confidential")
    yield _asset(MODEL, "AWS::SageMaker::Model", custom=True, network_isolation=False)
    yield _asset(AGENT, "AWS::Bedrock::Agent", "customer-support-agent")
    yield _asset(KB, "AWS::Bedrock::KnowledgeBase", "policy-handbook")
    yield _asset(SECRET, "AWS::SecretsManager::Secret", "prod/openai-api-key")
    yield _asset(WEBHOOK, "AWS::Lambda::Function", url_auth="NONE", runtime="python3.12")
    yield _asset(LOOKUP, "AWS::Lambda::Function", runtime="python3.12")
    yield _asset(JOB, "AWS::SageMaker::TrainingJob")
    yield _asset(ENDPOINT, "AWS::SageMaker::Endpoint")
    yield from _surroundings()


def _surroundings() -> Iterator[Asset]:
    for number in range(1, 9):
        yield _asset(arn("s3", f"acme-data-{number}"), "AWS::S3::Bucket")
        yield _asset(arn("iam", f"role/service-{number}"), "AWS::IAM::Role")
        yield _asset(arn("ec2", f"subnet/subnet-0a{number}"), "AWS::EC2::Subnet")
        yield _asset(arn("ec2", f"security-group/sg-0{number}"), "AWS::EC2::SecurityGroup")
    for number in range(1, 6):
        yield _asset(arn("kms", f"key/0000-{number}"), "AWS::KMS::Key", rotation_enabled=False)
        yield _asset(arn("logs", f"log-group:/aws/sagemaker/{number}"), "AWS::Logs::LogGroup")
    yield _asset(arn("ec2", "vpc/vpc-0main"), "AWS::EC2::VPC")
    yield _asset(arn("s3", "hostile"), "AWS::S3::Bucket", HOSTILE)


def _relationships() -> Iterator[Relationship]:
    yield _step(
        "internet",
        "CAN_REACH",
        NOTEBOOK,
        NOTEBOOK_RECORD,
        "/DirectInternetAccess",
        note="DirectInternetAccess",
        missing=("it is not in the snapshot whether a session URL has leaked",),
    )
    yield _step(NOTEBOOK, "RUNS_AS", DS_ROLE, NOTEBOOK_RECORD, "/RoleArn", note="RoleArn")
    for target, number, kind, action in (
        (TRAIN_DATA, 1, "CAN_READ", "s3:GetObject"),
        (KB_DATA, 2, "CAN_WRITE", "s3:PutObject"),
        (SECRET, 3, "CAN_READ", "secretsmanager:GetSecretValue"),
    ):
        sid = DS_POLICY.body["PolicyDocument"]["Statement"][number]["Sid"]
        yield _step(DS_ROLE, kind, target, DS_POLICY, statement(number), note=sid, actions=[action])
    yield _step(CI_USER, "CAN_ASSUME", TRAIN_ROLE, TRUST, "/AssumeRolePolicyDocument/Statement/0")
    yield _step(TRAIN_ROLE, "CAN_WRITE", TRAIN_DATA, actions=["s3:PutObject"])
    yield _step(TRAIN_DATA, "CAN_POISON", JOB)
    yield _step(JOB, "CAN_POISON", MODEL)
    yield _step(KB_DATA, "CAN_INFLUENCE", KB)
    yield _step(KB, "CAN_INFLUENCE", AGENT)
    yield _step("internet", "CAN_REACH", WEBHOOK, WEBHOOK_RECORD, "/AuthType", note="AuthType")
    yield _step(WEBHOOK, "CAN_INVOKE", AGENT)
    yield _step(AGENT, "RUNS_AS", AGENT_ROLE)
    yield _step(AGENT_ROLE, "CAN_READ", TRAIN_DATA, AGENT_POLICY, statement(2), note="Data")
    yield _step(AGENT_ROLE, "CAN_INVOKE", LOOKUP, AGENT_POLICY, statement(1), note="Tools")
    yield _step(ENDPOINT, "SERVES", MODEL)
    yield _step(AGENT, "USES_KNOWLEDGE_BASE", KB)
    yield _step(KB, "GROUNDED_ON", KB_DATA)
    yield _step(MODEL, "TRAINED_ON", TRAIN_DATA)
    for number in range(1, 9):
        subnet, vpc = arn("ec2", f"subnet/subnet-0a{number}"), arn("ec2", "vpc/vpc-0main")
        yield _step(subnet, "IN_NETWORK", vpc)
        yield _step(
            arn("iam", f"role/service-{number}"), "CAN_READ", arn("s3", f"acme-data-{number}")
        )
    yield from (
        _step(ACCOUNT_ID, "CONTAINS", asset.id)
        for asset in _assets()
        if asset.id not in {"internet", ACCOUNT_ID}
    )


COVERAGE = (
    *(
        CoverageEntry(operation=operation, scope=scope, state=CoverageState.COMPLETE)
        for operation, scope in (
            ("iam:ListRoles", GLOBAL),
            ("iam:ListUsers", GLOBAL),
            ("s3:ListBuckets", GLOBAL),
            ("sagemaker:ListNotebookInstances", SCOPE),
            ("sagemaker:ListModels", SCOPE),
            ("bedrock-agent:ListAgents", SCOPE),
            ("lambda:ListFunctions", SCOPE),
        )
    ),
    CoverageEntry(
        operation="kms:GetKeyPolicy",
        scope=SCOPE,
        params={"KeyId": "0000-1"},
        state=CoverageState.DENIED,
        reason="AccessDeniedException: not authorized to perform kms:GetKeyPolicy",
    ),
    CoverageEntry(
        operation="organizations:ListPolicies",
        scope=GLOBAL,
        state=CoverageState.DENIED,
        reason="AccessDeniedException: only the management account may list policies",
    ),
    CoverageEntry(
        operation="bedrock:ListCustomModels",
        scope=SCOPE,
        state=CoverageState.FAILED,
        reason="connection timed out after 4 attempts",
    ),
    CoverageEntry(
        operation="secretsmanager:ListSecrets",
        scope=SCOPE,
        state=CoverageState.PARTIAL,
        reason="the export holds the first page only",
    ),
)


def _findings(paths: tuple[AttackPath, ...]) -> tuple[Finding, ...]:
    rules = sorted(load_rules().values(), key=lambda rule: (-rule.severity.rank, rule.id))
    abouts = (NOTEBOOK, AGENT, TRAIN_DATA, MODEL, KB, SECRET, CI_USER, WEBHOOK)
    made = []
    for number, rule in enumerate(rules):
        asset = abouts[number % len(abouts)]
        path = paths[number % len(paths)].steps if rule.kind == "toxic" else ()
        undecided = number % 5 == 4
        made.append(
            Finding(
                rule=rule.id,
                kind=rule.kind,
                title=rule.title,
                severity=rule.severity,
                verdict=RuleVerdict.UNDECIDED if undecided else RuleVerdict.FAIL,
                assets=(asset,),
                path=path,
                evidence=(
                    Evidence(record=NOTEBOOK_RECORD.id, pointer="/RootAccess", note="RootAccess"),
                ),
                missing=("kms:GetKeyPolicy is denied for aws / 111122223333",) if undecided else (),
            )
        )
    return tuple(made)


@cache
def small() -> Assessment:
    """The assessment of the small estate; findings are handed out to its assets, not evaluated."""
    estate = assemble(
        (*_assets(), *_relationships()), schema=load_schema(), coverage=Coverage(COVERAGE)
    )
    graph = AssetGraph.build(estate)
    paths = attack_paths(graph)
    snapshot = Snapshot(
        records=RECORDS, coverage=COVERAGE, name="acme-ml-prod", collected_at="2026-11-20T09:30:00Z"
    )
    return Assessment(
        snapshot=snapshot,
        graph=graph,
        findings=_findings(paths),
        results={},
        attack_paths=paths,
        entry_points=entry_points(graph),
        crown_jewels=crown_jewels(graph),
    )


def nothing() -> Assessment:
    """A snapshot in which nothing was found."""
    graph = AssetGraph.build(assemble((), schema=load_schema(), coverage=Coverage(())))
    return Assessment(
        snapshot=Snapshot(records=(), coverage=()),
        graph=graph,
        findings=(),
        results={},
        attack_paths=(),
        entry_points=(),
        crown_jewels=(),
    )


@cache
def large(count: int = 100_000) -> Assessment:
    """Many assets in ten accounts, three relationships each."""
    kinds = sorted(load_schema().kinds)
    ids = [f"arn:aws:x:{REGION}:{ACCOUNT[:-1]}{n % 10}:asset/{n:06}" for n in range(count)]
    assets = [
        Asset(
            id=asset_id,
            kind=kinds[n * 7 % len(kinds)],
            name=f"asset-{n * 7919 % count:06}",
            account=f"{ACCOUNT[:-1]}{n % 10}",
            region=(REGION, "us-east-1", "")[n % 3],
        )
        for n, asset_id in enumerate(ids)
    ]
    edges = [
        Relationship(source=ids[n], kind="CAN_READ", target=ids[(n * step + 1) % count])
        for n in range(count)
        for step in (3, 17, 101)
        if n != (n * step + 1) % count
    ]
    graph = AssetGraph.build(
        assemble((*assets, *edges), schema=load_schema(), coverage=Coverage(()))
    )
    return Assessment(
        snapshot=Snapshot(records=(), coverage=(), name="large"),
        graph=graph,
        findings=(),
        results={},
        attack_paths=(),
        entry_points=(),
        crown_jewels=(),
    )


@cache
def hostile() -> Assessment:
    """An estate in which every text that a snapshot may hold is an attack on the window."""
    source, target = arn("iam", f"user/{HOSTILE}"), arn("s3", f"bucket-{HOSTILE}")
    record = _record(
        f"s3:{HOSTILE}", {HOSTILE: [HOSTILE, {"Sid": HOSTILE}]}, params={HOSTILE: HOSTILE}
    )
    evidence = Evidence(record=record.id, pointer=f"/{HOSTILE.replace('/', '~1')}/1", note=HOSTILE)
    assets = [
        Asset(
            id=asset_id,
            kind=kind,
            name=HOSTILE,
            account=HOSTILE,
            region=HOSTILE,
            properties={"tags": {HOSTILE: HOSTILE}, "classification": "pii", "ci": True},
            evidence=(Evidence(record=record.id, fields={"tags": "/x"}),),
        )
        for asset_id, kind in ((source, "AWS::IAM::User"), (target, "AWS::S3::Bucket"))
    ]
    edge = Relationship(
        source=source,
        kind="CAN_READ",
        target=target,
        verdict=Verdict.UNDECIDED,
        evidence=(evidence,),
        missing=(HOSTILE,),
        properties={HOSTILE: [HOSTILE]},
    )
    ledger = (
        CoverageEntry(
            operation=f"s3:{HOSTILE}",
            scope=Scope(provider="aws", account=HOSTILE, region=HOSTILE),
            params={HOSTILE: HOSTILE},
            state=CoverageState.DENIED,
            reason=HOSTILE,
        ),
    )
    graph = AssetGraph.build(
        assemble((*assets, edge), schema=load_schema(), coverage=Coverage(ledger))
    )
    paths = attack_paths(graph)
    rule = next(iter(load_rules().values()))
    finding = Finding(
        rule=rule.id,
        kind="toxic",
        title=HOSTILE,
        severity=rule.severity,
        verdict=RuleVerdict.UNDECIDED,
        assets=(target,),
        path=paths[0].steps,
        evidence=(evidence,),
        missing=(HOSTILE,),
    )
    return Assessment(
        snapshot=Snapshot(records=(record,), coverage=ledger, name=HOSTILE, collected_at=HOSTILE),
        graph=graph,
        findings=(finding,),
        results={},
        attack_paths=paths,
        entry_points=entry_points(graph),
        crown_jewels=crown_jewels(graph),
    )
