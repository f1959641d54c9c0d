"""Who acts for whom: a principal and every group that it is in, those of which the members were not read told apart."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from graph.coverage import Coverage
from graph.estate import Estate
from graph.model import Asset, CoverageState, Evidence
from graph.permissions.truth import NO, YES, Truth

EVERYBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Acting:
    """A principal's own id and its groups, with the proof of each membership."""

    principal: str
    groups: Mapping[str, tuple[Evidence, ...]]


class Members:
    """Group membership of an estate, transitive."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._cache: dict[str, Acting] = {}
        self._unread: dict[str, bool] = {}

    def acting(self, principal: str) -> Acting:
        """The principal with all groups that it is known to be in."""
        if principal not in self._cache:
            found: dict[str, tuple[Evidence, ...]] = {}
            waiting: deque[tuple[str, tuple[Evidence, ...]]] = deque([(principal, ())])
            while waiting:
                node, proof = waiting.popleft()
                for edge in self.estate.outgoing.get(node, ()):
                    if edge.kind == "MEMBER_OF" and edge.target not in found:
                        found[edge.target] = proof + edge.evidence
                        waiting.append((edge.target, found[edge.target]))
            self._cache[principal] = Acting(principal, found)
        return self._cache[principal]

    def is_named(self, named: str, sort: str, acting: Acting) -> Truth:
        """Whether an id in an assignment is the principal, a group of it, or everybody."""
        named = named.lower()
        if named in {acting.principal, EVERYBODY} or named in acting.groups:
            return YES
        if self._is_group(named, sort) and (gap := self._gap(named)):
            return Truth(None, (gap,))
        return NO

    def _is_group(self, named: str, sort: str) -> bool:
        asset = self.estate.assets.get(named)
        if asset is not None and asset.kind.startswith("Microsoft.Graph/"):
            return asset.kind == "Microsoft.Graph/groups"
        return sort.lower().endswith("group")

    def _gap(self, group: str) -> str:
        """Why somebody might be in a group for all that is known; "" if its members are known, and theirs."""
        waiting, seen = [group], {group}
        while waiting:
            node = waiting.pop()
            if not self._members_read(node):
                return f"the members of group {_name(self.estate.assets.get(node), node)}"
            for edge in self.estate.incoming.get(node, ()):
                inner = edge.kind == "MEMBER_OF" and self._is_group(edge.source, "")
                if inner and edge.source not in seen:
                    seen.add(edge.source)
                    waiting.append(edge.source)
        return ""

    def _members_read(self, group: str) -> bool:
        if group not in self._unread:
            asset = self.estate.assets.get(group)
            told = bool(asset and asset.properties.get("members_read"))
            whole = told or (asset is not None and _all_read(self.estate.coverage))
            self._unread[group] = whole and not _cut(self.estate.coverage, group)
        return self._unread[group]


def _all_read(coverage: Coverage) -> bool:
    """Whether one list tells the members of every group: those that it does not name have none."""
    return any(
        entry.operation == "graph:groups/members"
        and not entry.params
        and entry.state is CoverageState.COMPLETE
        for entry in coverage
    )


def _cut(coverage: Coverage, group: str) -> bool:
    """Whether the list of one group's members is known to be cut off."""
    asked = [
        entry
        for entry in coverage
        if entry.operation == "graph:groups/members" and dict(entry.params).get("id") == group
    ]
    return bool(asked) and all(entry.state is not CoverageState.COMPLETE for entry in asked)


def _name(asset: Asset | None, fallback: str) -> str:
    return asset.name if asset else fallback
