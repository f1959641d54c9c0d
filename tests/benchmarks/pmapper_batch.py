"""Run by bench_access.py with the interpreter of an environment that holds PMapper: its answers to what-if cases.

PMapper is AGPL: it is measured where somebody installed it, never imported by the product.
"""

import collections
import collections.abc
import importlib
import json
import sys
from pathlib import Path
from time import process_time

ARN_ACCOUNT = 4


def main(source: str) -> None:
    """Print {"seconds", "answered"} for the cases of a file."""
    for name in ("Mapping", "MutableMapping"):  # it was written for Python before 3.10
        setattr(collections, name, getattr(collections.abc, name))
    common = importlib.import_module("principalmapper.common")
    ask = importlib.import_module("principalmapper.querying.query_interface")
    lines = Path(source).read_text(encoding="utf-8").splitlines()
    answered = 0
    before = process_time()
    for line in lines:
        try:
            answer(json.loads(line), common, ask)
        except Exception:  # noqa: BLE001 - what it cannot answer is not counted
            continue
        answered += 1
    print(json.dumps({"seconds": process_time() - before, "answered": answered}))


def answer(case, common, ask) -> bool:
    """One case, given to its full local evaluation."""
    arn = case["principal"]
    is_role = ":role/" in arn
    policies = [
        common.Policy(arn, f"p{i}", document)
        for i, document in enumerate(case.get("identityPolicies", []))
    ]
    boundary = case.get("permissionBoundary")
    node = common.Node(
        arn=arn,
        id_value="AIDAX",
        attached_policies=policies,
        group_memberships=[],
        trust_policy={"Statement": []} if is_role else None,
        instance_profile=None,
        num_access_keys=0,
        active_password=False,
        is_admin=False,
        permissions_boundary=(
            common.Policy("arn:aws:iam::1:policy/b", "b", boundary) if boundary else None
        ),
        has_mfa=False,
        tags={},
    )
    scps = case.get("scps")
    groups = [
        [common.Policy("arn:aws:iam::1:policy/s", "s", d) for d in level] for level in scps or ()
    ]
    return bool(
        ask.local_check_authorization_full(
            node,
            case["action"],
            case["resource"],
            case.get("context", {}),
            case.get("resourcePolicy"),
            case.get("resourceAccount") or arn.split(":")[ARN_ACCOUNT],
            groups if scps is not None else None,
            case.get("sessionPolicy"),
        )
    )


main(sys.argv[1])
