"""Saved answers about what else runs with a role: they are recognised, and their roles are steps."""

import json
from pathlib import Path
from typing import Any

import pytest

from app import sources
from collectors.mapping import map_snapshot

ROLE = "arn:aws:iam::111122223333:role/r"


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:eu-west-1:111122223333:{resource}"


ANSWERS: dict[str, tuple[dict[str, Any], str]] = {
    "cloudformation-describe-stacks": (
        {
            "Stacks": [
                {
                    "StackId": arn("cloudformation", "stack/s/1"),
                    "StackName": "s",
                    "RoleARN": ROLE,
                    "CreationTime": "2026-01-01T00:00:00Z",
                    "StackStatus": "CREATE_COMPLETE",
                }
            ]
        },
        arn("cloudformation", "stack/s/1"),
    ),
    "glue-get-dev-endpoints": (
        {"DevEndpoints": [{"EndpointName": "e", "RoleArn": ROLE, "Status": "READY"}]},
        arn("glue", "devEndpoint/e"),
    ),
    "glue-get-jobs": (
        {"Jobs": [{"Name": "j", "Role": ROLE, "MaxRetries": 0}]},
        arn("glue", "job/j"),
    ),
    "codebuild-batch-get-projects": (
        {
            "projects": [{"name": "p", "arn": arn("codebuild", "project/p"), "serviceRole": ROLE}],
            "projectsNotFound": [],
        },
        arn("codebuild", "project/p"),
    ),
    "apprunner-describe-service": (
        {
            "Service": {
                "ServiceName": "s",
                "ServiceArn": arn("apprunner", "service/s/1"),
                "InstanceConfiguration": {"InstanceRoleArn": ROLE},
            }
        },
        arn("apprunner", "service/s/1"),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_saved_answer_tells_what_runs_as_which_role(name: str, tmp_path: Path) -> None:
    body, expected = ANSWERS[name]
    folder = tmp_path / "111122223333" / "eu-west-1"
    folder.mkdir(parents=True)
    (folder / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    known = map_snapshot(sources.load([tmp_path]))
    runs = [(item.source, item.target) for item in known.relationships if item.kind == "RUNS_AS"]
    assert runs == [(expected, ROLE)]
    assert all(item.evidence for item in known.relationships)
