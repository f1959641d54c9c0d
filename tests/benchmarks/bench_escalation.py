"""Escalation: cost by number of principals, and the account with every known escalation beside PMapper's graph of it.

PMapper is measured where MODELHOUND_PMAPPER names the Python of an environment that holds PMapper 1.1.5:
    python -m venv pm && pm/bin/pip install principalmapper==1.1.5
    MODELHOUND_PMAPPER=pm/bin/python make bench ARGS=tests/benchmarks/bench_escalation.py
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from app import sources
from collectors.mapping import map_snapshot
from graph.derive import derive
from graph.estate import Estate
from graph.permissions.aws.derive import derive_identity
from graph.permissions.escalation import Escalation
from tests.beds.moto_bed import CREDENTIALS, running
from tests.benchmarks.identities import account

pytestmark = pytest.mark.benchmark
DUMP = Path(__file__).parents[1] / "fixtures" / "identity" / "iam_vulnerable_gaad.json"
PMAPPER = os.environ.get("MODELHOUND_PMAPPER", "")
SIZES = (100, 1_000, 10_000)
LINEAR = 2.0  # so much more than its share of time may ten times as many principals take
FASTER = 20.0


def verdicts(known: Estate) -> int:
    return len(list(Escalation(derive(known, [derive_identity])).verdicts()))


def seconds(known: Estate) -> float:
    before = process_time()
    verdicts(known)
    return process_time() - before


def test_cost_grows_with_principals() -> None:
    seconds(account(10))  # reads the data files
    taken = {size: seconds(account(size)) for size in SIZES}
    for size, spent in taken.items():
        print(f"{size:>6} principals: {spent:6.2f} s, {1e6 * spent / size:5.0f} us a principal")
    assert taken[10_000] / taken[1_000] < LINEAR * 10


@pytest.mark.skipif(not PMAPPER, reason="MODELHOUND_PMAPPER names no Python with PMapper")
def test_the_account_with_every_escalation_beside_pmapper() -> None:
    theirs = pmapper()
    before = process_time()
    snapshot = sources.load([DUMP])
    verdicts(map_snapshot(snapshot))
    first = process_time() - before
    mapped = map_snapshot(snapshot)
    ours = min(seconds(mapped) for _ in range(3))
    print(f"PMapper 1.1.5, whole graph: {theirs['seconds']:.3f} s, {theirs['edges']} edges")
    print(f"whole graph and verdicts: {ours:.3f} s, {theirs['seconds'] / ours:.1f} times faster")
    print(f"with reading the dump and Modelhound's own data, once a process: {first:.3f} s")
    assert theirs["seconds"] / ours > FASTER


def pmapper() -> Mapping[str, Any]:
    """Its processor time for the same account on a server of its own; the better of two runs."""
    script = Path(__file__).with_name("pmapper_graph.py")
    with running() as address:
        put(address)
        environment = {**os.environ, **CREDENTIALS, "AWS_ENDPOINT_URL": address}
        told = [
            subprocess.run(
                [PMAPPER, str(script)], env=environment, capture_output=True, text=True, check=True
            ).stdout
            for _ in range(2)
        ]
    return min((json.loads(text.splitlines()[-1]) for text in told), key=lambda row: row["seconds"])


def put(address: str) -> None:
    """The account of the dump, on a server."""
    import boto3  # noqa: PLC0415 - only where PMapper is measured

    dump = json.loads(DUMP.read_text(encoding="utf-8"))
    iam = boto3.client(
        "iam",
        endpoint_url=address,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        region_name="us-east-1",
    )
    arns = dict(created(iam, dump["Policies"]))
    for what, items, inline in (
        ("group", "GroupDetailList", "GroupPolicyList"),
        ("user", "UserDetailList", "UserPolicyList"),
        ("role", "RoleDetailList", "RolePolicyList"),
    ):
        for item in dump[items]:
            make(iam, what, item)
            grant(iam, what, item, item.get(inline) or (), arns)


def created(iam: Any, policies: list[Any]) -> Iterator[tuple[str, str]]:
    """(ARN in the dump, ARN on the server); AWS's own policies become policies of the account."""
    for policy in policies:
        document = next(v["Document"] for v in policy["PolicyVersionList"] if v["IsDefaultVersion"])
        prefix = "aws-" if ":iam::aws:" in policy["Arn"] else ""
        made = iam.create_policy(
            PolicyName=prefix + policy["PolicyName"], PolicyDocument=json.dumps(document)
        )
        yield policy["Arn"], made["Policy"]["Arn"]


def make(iam: Any, what: str, item: Mapping[str, Any]) -> None:
    name = item[f"{what.capitalize()}Name"]
    if what == "role":
        trust = json.dumps(item["AssumeRolePolicyDocument"])
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        for profile in item.get("InstanceProfileList") or ():
            called = {"InstanceProfileName": profile["InstanceProfileName"]}
            iam.create_instance_profile(**called)
            iam.add_role_to_instance_profile(**called, RoleName=name)
    else:
        getattr(iam, f"create_{what}")(**{f"{what.capitalize()}Name": name})
        for group in item.get("GroupList") or ():
            iam.add_user_to_group(UserName=name, GroupName=group)


def grant(
    iam: Any, what: str, item: Mapping[str, Any], inline: Any, arns: Mapping[str, str]
) -> None:
    called = {f"{what.capitalize()}Name": item[f"{what.capitalize()}Name"]}
    for policy in item["AttachedManagedPolicies"]:
        getattr(iam, f"attach_{what}_policy")(**called, PolicyArn=arns[policy["PolicyArn"]])
    for policy in inline:
        document = json.dumps(policy["PolicyDocument"])
        more = {"PolicyName": policy["PolicyName"], "PolicyDocument": document}
        getattr(iam, f"put_{what}_policy")(**called, **more)
