"""Larkfield Health in Azure: a subscription for assistants and models, and the directory, as saved ARM, Graph and service answers.

What ARM, Microsoft Graph, the search service and the Foundry project answered is written as files, in the shape in which they
answer, and read by the import. Google Cloud stands beside it (gcp.py), with a `save` of its own.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sample import azure_assistants, azure_directory, azure_learning, azure_networks
from sample.azure_ids import (
    ASSIST,
    ML_GROUP,
    PLACE,
    ROOT,
    SHARED,
    SUB,
    SUBSCRIPTION,
    TENANT,
    Item,
    item,
    oid,
)


def save(folder: Path, aws_key: tuple[str, str]) -> None:
    """Every answer as a file; `aws_key` is the id of an AWS access key and the ARN of its user."""
    for name, items in _arm(aws_key).items():
        _write(folder, f"arm_{name.replace('/', '_')}", {"value": items})
    for name, items in azure_directory.graph().items():
        context = f"https://graph.microsoft.com/v1.0/$metadata#{name}"
        _write(
            folder, f"graph_{name.replace('/', '_')}", {"@odata.context": context, "value": items}
        )
    for group, members in azure_directory.members().items():
        context = "https://graph.microsoft.com/v1.0/$metadata#directoryObjects"
        _write(folder, f"members_{oid(group)}", {"@odata.context": context, "value": members})
    owner = [azure_directory.user("noor.rahman", "Noor Rahman")]
    _write(folder, f"application_owners_{oid('app-claims-portal')}", {"value": owner})
    for name, items in azure_assistants.search().items():
        context = f"https://larkfield-search.search.windows.net/$metadata#{name}"
        _write(folder, f"search_{name}", {"@odata.context": context, "value": items})
    _write(
        folder,
        "foundry_agents",
        {"object": "list", "has_more": False, "data": azure_assistants.agents()},
    )


def _write(folder: Path, name: str, content: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(content, indent=2), encoding="utf-8")


def _arm(aws_key: tuple[str, str]) -> Mapping[str, list[Item]]:
    """One list a type."""
    every = [
        *_containers(),
        *azure_assistants.assistants(),
        *azure_learning.stores(),
        *azure_learning.machine_learning(),
        *azure_learning.identities(),
        *azure_learning.vaults(aws_key),
        *azure_networks.networks(),
        *azure_directory.rights(),
    ]
    lists: dict[str, list[Item]] = {}
    for one in every:
        lists.setdefault(one.get("type") or "Microsoft.Resources/subscriptions", []).append(one)
    return lists


def _containers() -> Iterable[Item]:
    children = [
        {"id": SUB, "type": "/subscriptions", "name": SUBSCRIPTION, "displayName": "larkfield-ai"}
    ]
    yield item(ROOT, displayName="Larkfield Health", tenantId=TENANT, children=children)
    yield {
        "id": SUB,
        "subscriptionId": SUBSCRIPTION,
        "displayName": "larkfield-ai",
        "state": "Enabled",
        "tenantId": TENANT,
    }
    for group in (ASSIST, ML_GROUP, SHARED):
        name = group.rpartition("/")[2]
        yield {
            "id": group,
            "name": name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": PLACE,
            "properties": {"provisioningState": "Succeeded"},
        }
