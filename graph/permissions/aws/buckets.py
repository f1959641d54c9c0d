"""Block Public Access of a bucket and its account.

Source: S3 User Guide, "Blocking public access to your Amazon S3 storage".
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graph.model import Asset


class Block(NamedTuple):
    """Settings of Block Public Access. `unread`: the fact that would decide where nobody read the bucket's."""

    restricts_policy: bool = False
    ignores_acl: bool = False
    unread: str = ""


def block_of(bucket: Asset, account: Asset | None) -> Block:
    """The stricter of the bucket's settings and its account's, where these were read."""
    own = bucket.properties.get("public_access_block") or {}
    shared = (account.properties.get("public_access_block") if account else None) or {}
    restricts, ignores = (
        any(bool(_setting(block, name)) for block in (own, shared))
        for name in ("RestrictPublicBuckets", "IgnorePublicAcls")
    )
    is_read = "public_access_block" in bucket.properties
    return Block(restricts, ignores, "" if is_read else f"Block Public Access of {bucket.name}")


def _setting(block: Mapping[str, Any], name: str) -> Any:
    """The setting under its API name, however the mapper spelt it."""
    wanted = name.replace("_", "").lower()
    return next((v for k, v in block.items() if k.replace("_", "").lower() == wanted), None)
