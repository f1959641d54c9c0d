"""The least that the live collector needs: a custom role and Microsoft Graph permissions, made of what it reads."""

from collections.abc import Iterable, Sequence
from typing import Any

from collectors.azure.reads import QUERY_ACTION, all_reads, queries
from collectors.azure.session import subscription_id

_SUBSCRIPTIONS = "Microsoft.Resources/subscriptions/read"
_PLACE = "SUBSCRIPTION-ID"  # where the user names none


def read_role(subscriptions: Sequence[str] = ()) -> dict[str, Any]:
    """A custom role, as `az role definition create` takes it, that allows every call and nothing else."""
    named = [subscription_id(text) for text in subscriptions] or [_PLACE]
    return {
        "Name": "Modelhound reader",
        "IsCustom": True,
        "Description": "What modelhound collect azure reads; no keys, no secrets, no content.",
        "Actions": sorted(set(_actions())),
        "NotActions": [],
        "DataActions": sorted({read.data_action for read in all_reads().values()} - {""}),
        "NotDataActions": [],
        "AssignableScopes": [f"/subscriptions/{name}" for name in named],
    }


def graph_permissions() -> dict[str, Any]:
    """The application permissions of Microsoft Graph, and which lists need each."""
    needed: dict[str, list[str]] = {}
    for read in all_reads().values():
        if read.permission:
            needed.setdefault(read.permission, []).append(read.operation.removeprefix("graph:"))
    return {name: sorted(set(needed[name])) for name in sorted(needed)}


def _actions() -> Iterable[str]:
    yield from (_SUBSCRIPTIONS, QUERY_ACTION)
    yield from (read.action for read in all_reads().values() if read.action)
    for query in queries().values():
        yield from (f"{kind}/read" for kind in query.types)
