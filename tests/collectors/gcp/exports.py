"""Export files of the shop, as Google's tools write them."""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from collectors.gcp.item import snake
from tests.beds import gcp_world as world

ENVELOPE = (
    "assetType",
    "iamPolicy",
    "orgPolicy",
    "accessPolicy",
    "accessLevel",
    "servicePerimeter",
    "updateTime",
)


def enveloped(items: Iterable[Any]) -> Iterator[Any]:
    """Items as `gcloud asset export` writes them: the envelope in snake case, the resource in camel case."""
    for item in items:
        yield {snake(name) if name in ENVELOPE else name: value for name, value in item.items()}


def lines(path: Path, items: Iterable[Any]) -> Path:
    """One JSON object a line, packed where the name says so."""
    text = "".join(json.dumps(item) + "\n" for item in items).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def asset_exports(folder: Path) -> Path:
    """The four content types of one organisation, each in a file of its own."""
    folder.mkdir(exist_ok=True)
    lines(folder / "resource.jsonl", enveloped(world.resource_assets()))
    lines(folder / "iam_policy.json.gz", world.policy_assets())
    lines(folder / "org_policy.jsonl", enveloped(world.org_policy_assets()))
    lines(folder / "access_policy.jsonl", enveloped(world.access_assets()))
    return folder


def save(path: Path, value: Any) -> Path:
    """One JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")
    return path
