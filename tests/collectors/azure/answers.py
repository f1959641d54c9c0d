"""Exports of the test tenant as files, and estates made from them."""

import json
from pathlib import Path
from typing import Any

from collectors.exports import read_exports
from collectors.mapping import map_snapshot
from graph.estate import Estate
from graph.model import Snapshot
from tests.beds import azure_world as world


def save(folder: Path, name: str, value: Any) -> Path:
    """A JSON file."""
    path = folder / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def arm_exports(folder: Path) -> Path:
    """One ARM list a type, and Graph lists beside them."""
    for number, items in enumerate(world.ARM.values()):
        save(folder, f"arm{number}.json", {"value": items})
    graph_exports(folder)
    return folder


def graph_exports(folder: Path) -> None:
    """Microsoft Graph lists with their context."""
    base = "https://graph.microsoft.com/v1.0/$metadata#"
    for name, items in world.GRAPH.items():
        save(folder, f"{name}.json", {"@odata.context": base + name, "value": items})
    for group, members in world.MEMBERS.items():
        save(
            folder,
            f"members_{group}.json",
            {"@odata.context": base + "directoryObjects", "value": members},
        )
    for app, owners in world.OWNERS.items():
        save(folder, f"application_owners_{app}.json", {"value": owners})


def estate_of(snapshot: Snapshot) -> Estate:
    """What a snapshot says."""
    return map_snapshot(snapshot)


def read(folder: Path) -> tuple[Snapshot, Estate]:
    """A folder of exports, and what it says."""
    snapshot = read_exports([folder])
    return snapshot, map_snapshot(snapshot)


def edges(found: Estate, kind: str) -> set[tuple[str, str]]:
    """(source, target) of every relationship of a kind."""
    return {(r.source, r.target) for r in found.relationships if r.kind == kind}
