"""Build resources/sample/estate.hound: a made-up company, set up on a test server and read by the product itself.

    python packaging/sample_estate.py [--out FILE]

The accounts of AWS are seeded with boto3 (packaging/sample), read by the live collector, completed by saved answers and by the
Terraform state of a team; what Azure and Google Cloud answered is saved as files; the import brings all of it together. Clock and ids of
the server stand still, so two runs give the same bytes.
"""

import argparse
import datetime as dt
import json
import os
import random
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import botocore.session  # noqa: E402 - run by path
from botocore import xform_name  # noqa: E402 - run by path
from botocore.validate import ParamValidator  # noqa: E402 - run by path
from sample import (  # noqa: E402 - run by path
    agents,
    apps,
    azure,
    crossing,
    data_platform,
    development,
    gcp,
    management,
    organisation,
    production,
)
from sample.answers import Answer, answers  # noqa: E402 - run by path
from sample.company import EAST, MANAGEMENT, Company  # noqa: E402 - run by path
from sample.console import HOME, Account, Clock  # noqa: E402 - run by path

from collectors.aws import READS  # noqa: E402 - after the path is set
from collectors.aws.live import CollectRequest, collect  # noqa: E402 - after the path is set
from collectors.exports import read_exports  # noqa: E402 - after the path is set
from collectors.reads import Detail, Read  # noqa: E402 - after the path is set
from graph.model import CoverageEntry, Record, Snapshot  # noqa: E402 - after the path is set
from graph.snapshot import write_snapshot  # noqa: E402 - after the path is set
from tests.beds import moto_bed  # noqa: E402 - after the path is set

TARGET = ROOT / "resources" / "sample" / "estate.hound"
BESIDE = Path(__file__).with_name("sample")
READ_AT = "2026-11-02T08:30:00Z"
SEED = 20261102
# What the test server does not know, or not enough of: read from saved answers instead.
SAVED = frozenset(
    {
        "bedrock:ListFoundationModels", "bedrock:ListGuardrails", "bedrock:ListInferenceProfiles", "bedrock-agent:ListAgents",
        "bedrock-agent:ListKnowledgeBases", "bedrock-agentcore-control:ListCodeInterpreters", "sagemaker:GetModelPackageGroupPolicy",
        "bedrock:GetModelCustomizationJob",
    }
)  # fmt: skip


def build() -> Snapshot:
    """The whole estate."""
    chance = random.Random(SEED)  # noqa: S311 - must be the same every time
    uuid.uuid4 = lambda: uuid.UUID(
        int=chance.getrandbits(128), version=4
    )  # tokens that the SDK sends
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (endpoint, clock):
        company = _seed(endpoint, clock)
        exports = Path(folder) / "larkfield-health"
        saved = list(answers(company))
        _save(saved, exports / "saved")
        clock.set(READ_AT[:10])
        replaced = {(a.account, a.region, a.operation, json.dumps(dict(a.params))) for a in saved}
        for name, account in company.accounts.items():
            regions = [HOME, EAST] if account is company.development else [HOME]
            found = _without(_read(account, endpoint, regions), replaced)
            write_snapshot(found, exports / f"{name}.hound")
        (exports / "research.tfstate").write_bytes((BESIDE / "research.tfstate").read_bytes())
        # The other clouds, each as saved answers.
        azure.save(exports / "azure", crossing.stored_key(company))
        gcp.save(exports / "gcp")
        return replace(read_exports([exports], name="Larkfield Health"), collected_at=READ_AT)


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, Clock]]:
    clock = Clock(folder / "clock")
    clock.set("2022-03-14")
    settings = {
        "SAMPLE_CLOCK": str(folder / "clock"), "PYTHONPATH": str(BESIDE / "clock"), "PYTHONHASHSEED": "0",
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    }  # fmt: skip
    with moto_bed.running(**settings) as endpoint:
        urlopen(Request(f"{endpoint}/moto-api/seed?a={SEED}", method="POST"), timeout=30).close()  # noqa: S310 - loopback
        yield endpoint, clock


def _seed(endpoint: str, clock: Clock) -> Company:
    """Every account as its teams left it."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    outside = Account(endpoint, "", keys, clock)

    def enter(account: str) -> Account:
        given = outside.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole",
            RoleSessionName="seed",
        )["Credentials"]
        inside = {
            "aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"], "aws_session_token": given["SessionToken"],
        }  # fmt: skip
        return Account(endpoint, account, inside, clock)

    company = organisation.found(enter(MANAGEMENT), enter, clock)
    for account in company.accounts.values():
        organisation.baseline(account, company)
    for team in (management, data_platform, production, agents, development, apps, crossing):
        team.seed(company)
    organisation.rule(company)
    return company


def _read(account: Account, endpoint: str, regions: Sequence[str]) -> Snapshot:
    """What the live collector sees with the credentials of one account."""
    own = account.client("sts")
    given = own._request_signer._credentials.get_frozen_credentials()  # noqa: SLF001 - boto3 hands them out nowhere else
    os.environ |= {"AWS_ACCESS_KEY_ID": given.access_key, "AWS_SECRET_ACCESS_KEY": given.secret_key}
    os.environ["AWS_SESSION_TOKEN"] = given.token or ""
    reads = tuple(_offered(READS, organization=account.id == MANAGEMENT))
    return collect(
        CollectRequest(
            environment=True, regions=regions, endpoint_url=endpoint, reads=reads, time=READ_AT
        )
    )


def _offered(reads: Iterable[Read], *, organization: bool) -> Iterator[Read]:
    """The calls without those that saved answers stand for; the organisation is read where it is managed."""

    def kept(client: str, details: Iterable[Detail]) -> tuple[Detail, ...]:
        return tuple(
            replace(detail, details=kept(detail.client or client, detail.details))
            for detail in details
            if f"{detail.client or client}:{detail.operation}" not in SAVED
        )

    for read in reads:
        if f"{read.client}:{read.operation}" not in SAVED and (
            organization or read.scope != "organization"
        ):
            yield replace(read, details=kept(read.client, read.details))


def _without(found: Snapshot, replaced: set[tuple[str, str, str, str]]) -> Snapshot:
    """A collection without what was read from a saved answer instead, or refused to the audit role."""

    def stands(item: Record | CoverageEntry) -> bool:
        scope = item.scope
        return (
            scope.account,
            scope.region,
            item.operation,
            json.dumps(dict(item.params)),
        ) not in replaced

    return replace(
        found,
        records=tuple(record for record in found.records if stands(record)),
        coverage=tuple(entry for entry in found.coverage if stands(entry)),
    )


def _save(found: Iterable[Answer], folder: Path) -> None:
    """Each answer as the command line of AWS would have written it, checked against the model of the API."""
    session = botocore.session.Session()
    models = {}
    for answer in found:
        client, _, name = answer.operation.partition(":")
        if client not in models:
            models[client] = session.get_service_model(client)
        operation = models[client].operation_model(name)
        if answer.body is not None:
            report = ParamValidator().validate(
                _as_sent(answer.body, operation.output_shape), operation.output_shape
            )
            if report.has_errors():
                raise SystemExit(f"{answer.operation}: {report.generate_report()}")
        place = folder / answer.account / (answer.region or "global")
        place.mkdir(parents=True, exist_ok=True)
        cli = {"s3": "s3api"}.get(client, client)
        words = [
            cli,
            xform_name(name, "-"),
            *(value for value in answer.params.values() if isinstance(value, str)),
        ]
        (place / f"{'_'.join(words)}.json").write_text(_spoken(answer, name), encoding="utf-8")


def _as_sent(value: Any, shape: Any) -> Any:
    """An answer before the SDK decoded the policies in it."""
    if shape.type_name == "string" and isinstance(value, dict):
        return json.dumps(value)
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            name: _as_sent(item, shape.members[name]) if name in shape.members else item
            for name, item in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_as_sent(item, shape.member) for item in value]
    return value


def _spoken(answer: Answer, name: str) -> str:
    if answer.body is not None:
        return json.dumps(answer.body, indent=4, default=dt.datetime.isoformat)
    code, _, message = answer.error.partition(": ")
    return f"\nAn error occurred ({code}) when calling the {name} operation: {message}\n"


def main() -> None:
    """Build and write, and say what it holds."""
    parser = argparse.ArgumentParser(description="Build the sample estate.")
    parser.add_argument("--out", type=Path, default=TARGET)
    out = parser.parse_args().out
    snapshot = build()
    out.parent.mkdir(parents=True, exist_ok=True)
    write_snapshot(snapshot, out)
    print(f"{out}: {len(snapshot.records)} records, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
