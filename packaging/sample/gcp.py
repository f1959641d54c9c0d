"""Larkfield Health in Google Cloud: a project of the research team, as `gcloud asset export` and `gcloud identity` write it.

Resources and policies are lines of Cloud Asset Inventory, each group's members a list of its own; the import reads them as anybody's.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from sample import gcp_identity, gcp_research
from sample.gcp_ids import CRM, DOMAIN, FOLDER, NUMBER, ORGANISATION, REGION, Item

_TOLD = "2026-11-02T06:00:00Z"


def save(folder: Path) -> None:
    """Every answer as a file."""
    folder.mkdir(parents=True)
    _lines(folder / "resource.jsonl", _resources())
    _lines(folder / "iam_policy.jsonl", _policies())
    for group in gcp_identity.GROUPS:
        text = json.dumps(gcp_identity.members(group), indent=2)
        (folder / f"memberships-list_{group}@{DOMAIN}.json").write_text(text, encoding="utf-8")


def _lines(path: Path, items: Iterable[Item]) -> None:
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")


def _resources() -> Iterator[Item]:
    listed = (
        gcp_identity.containers(), gcp_identity.identities(), gcp_research.learning(), gcp_research.agents(), gcp_research.data(),
        gcp_research.machines(),
    )  # fmt: skip
    for lists in listed:
        for kind, items in lists.items():
            for name, data in items:
                above = _ancestors(name)
                resource = {"version": "v1", "discovery_name": kind.rpartition("/")[2], "parent": f"//{CRM}/{above[0]}", "data": data, "location": REGION}  # fmt: skip
                yield {"name": name, "asset_type": kind, "resource": resource, "ancestors": above, "update_time": _TOLD}  # fmt: skip


def _policies() -> Iterator[Item]:
    for kind, name, granted in gcp_identity.policies():
        bindings = [{"role": role, "members": members} for role, members in granted]
        yield {
            "name": name,
            "asset_type": kind,
            "iam_policy": {"version": 3, "bindings": bindings},
            "ancestors": _ancestors(name),
            "update_time": _TOLD,
        }


def _ancestors(name: str) -> list[str]:
    """The chain that Asset Inventory gives beside each asset."""
    organisation = [f"organizations/{ORGANISATION}"]
    if "/organizations/" in name or name.startswith("//cloudidentity."):
        return organisation
    return [*([] if "/folders/" in name else [f"projects/{NUMBER}"]), f"folders/{FOLDER}", *organisation]  # fmt: skip
