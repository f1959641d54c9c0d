"""What lies below what: scopes of assignments, compared by segment and without case, and the tree of management groups."""

from collections.abc import Mapping

from graph.estate import Estate
from graph.permissions.truth import NO, YES, Truth

_GROUPS = "/providers/microsoft.management/managementgroups/"
_SUBSCRIPTION = 3  # "", "subscriptions", "<id>"


class Scopes:
    """Answers whether a scope covers a resource."""

    def __init__(self, estate: Estate) -> None:
        self._above: Mapping[str, frozenset[str]] = _tree(estate)
        self._roots = {
            asset.id.lower()
            for asset in estate.of_label("OrganizationalUnit")
            if asset.properties.get("tenant")
            and str(asset.properties["tenant"]).lower() == asset.id.lower().rpartition("/")[2]
        }

    def covers(self, scope: str, resource: str) -> Truth:
        """Yes, no, or unknown where the snapshot does not tell in which management group a subscription lies."""
        scope, resource = scope.lower().rstrip("/"), resource.lower().rstrip("/")
        if (
            not scope
            or scope == resource
            or resource.startswith(scope + "/")
            or scope in self._roots
        ):
            return YES
        if not scope.startswith(_GROUPS):
            return NO
        inside = "/".join(resource.split("/")[:_SUBSCRIPTION])
        if resource.startswith(_GROUPS):
            inside = resource
        elif not resource.startswith("/subscriptions/"):
            return NO
        known = self._above.get(inside)
        if known is None:
            return Truth(None, (f"the management groups above {inside}",))
        return YES if scope in known else NO


def _tree(estate: Estate) -> Mapping[str, frozenset[str]]:
    """Subscription or management group -> every group above it, where anything above it is known."""
    parents: dict[str, set[str]] = {}
    for edge in estate.relationships:
        if edge.kind == "CONTAINS" and edge.source.lower().startswith(_GROUPS):
            parents.setdefault(edge.target.lower(), set()).add(edge.source.lower())
    found: dict[str, frozenset[str]] = {}
    for start in parents:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for above in parents.get(waiting.pop(), ()):
                if above not in seen:
                    seen.add(above)
                    waiting.append(above)
        found[start] = frozenset(seen)
    for asset in estate.of_label("OrganizationalUnit"):
        lowered = asset.id.lower()
        if lowered.startswith(_GROUPS) and asset.properties.get("described") is not False:
            found.setdefault(lowered, frozenset())
    return found
