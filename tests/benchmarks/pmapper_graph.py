"""Run by bench_escalation.py with the interpreter of an environment that holds PMapper: its graph of an account, with edges.

PMapper is AGPL: it is measured where somebody installed it, never imported by the product. The account is on the server that
AWS_ENDPOINT_URL names.
"""

import collections
import collections.abc
import importlib
import json
import os
from time import process_time


def main() -> None:
    """Print {"seconds", "nodes", "edges"}: processor time of the whole graph build, calls included."""
    for name in ("Mapping", "MutableMapping"):  # it was written for Python before 3.10
        setattr(collections, name, getattr(collections.abc, name))
    session = importlib.import_module("botocore.session").Session()
    session.set_credentials("testing", "testing")
    session.register("after-call.iam.GetAccountAuthorizationDetails", named)
    actions = importlib.import_module("principalmapper.graphing.graph_actions")
    checkers = importlib.import_module("principalmapper.graphing.edge_identification").checker_map
    region = os.environ["AWS_DEFAULT_REGION"]
    before = process_time()
    graph = actions.create_new_graph(session, list(checkers), region_allow_list=[region])
    seconds = process_time() - before
    told = {"seconds": seconds, "nodes": len(graph.nodes), "edges": len(graph.edges)}
    print(json.dumps(told))


def named(parsed, **_) -> None:
    """The server leaves out two names that AWS gives."""
    for policy in parsed.get("Policies", ()):
        policy.setdefault("PolicyName", policy["Arn"].rsplit("/", 1)[1])
        policy.setdefault("PolicyId", policy["PolicyName"])


if __name__ == "__main__":
    main()
