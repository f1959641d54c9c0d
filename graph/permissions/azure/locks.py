"""Resource locks: they bind everybody, and are inherited by what lies below.

Source: Azure documentation, lock your resources. Read-only lets only reads through; the keys of a storage account
count as a write (POST). CanNotDelete stops deletion alone.
"""

from graph.estate import Estate
from graph.model import Asset

_KIND = "Microsoft.Authorization/locks"
_POSTS = (
    "microsoft.storage/storageaccounts/listkeys/action",
    "microsoft.storage/storageaccounts/regeneratekey/action",
)


class Locks:
    """The locks of an estate by the scope that they are set on."""

    def __init__(self, estate: Estate) -> None:
        self._by_scope: dict[str, list[Asset]] = {}
        for asset in estate.assets.values():
            if asset.kind == _KIND:
                scope = asset.id.rpartition("/providers/")[0].lower()
                self._by_scope.setdefault(scope, []).append(asset)

    def stops(self, operation: str, resource: str) -> Asset | None:
        """The lock that stops a management operation, if there is one."""
        if not self._by_scope:
            return None
        lowered = operation.lower()
        deletes = lowered.endswith("/delete")
        changes = deletes or lowered.endswith("/write") or lowered in _POSTS
        if not changes or lowered.startswith("microsoft.authorization/locks/"):
            return None
        parts = resource.lower().rstrip("/").split("/")
        for end in range(len(parts), 1, -1):
            for lock in self._by_scope.get("/".join(parts[:end]), ()):
                level = str(lock.properties.get("level") or "").lower()
                if level == "readonly" or (level == "cannotdelete" and deletes):
                    return lock
        return None
