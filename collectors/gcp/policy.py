"""The least that the live collector needs: a custom role made of what it reads, and roles that no custom role can stand for."""

from typing import Any

from collectors.gcp.reads import permissions, rest_reads


def read_role() -> dict[str, Any]:
    """A custom role, as `gcloud iam roles create --file` takes it, that allows every call and nothing else."""
    return {
        "title": "Modelhound reader",
        "description": "What modelhound collect gcp reads; no keys, no secrets, no content.",
        "stage": "GA",
        "includedPermissions": permissions(),
    }


def other_roles() -> dict[str, list[str]]:
    """Roles that are given elsewhere, and which lists need each."""
    found: dict[str, list[str]] = {}
    for kind, read in rest_reads().items():
        if read.role:
            found.setdefault(read.role, []).append(kind)
    return {role: sorted(kinds) for role, kinds in sorted(found.items())}
