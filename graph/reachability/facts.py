"""Reading properties as facts: what was read becomes evidence, what was not becomes a named gap."""

from collections import defaultdict
from enum import Enum
from typing import Any, Final

from graph.coverage import Coverage, provider_of
from graph.estate import Estate
from graph.model import Asset, CoverageEntry, CoverageState, Evidence, Scope, Verdict


class Unknown(Enum):
    """The value of a fact that was not read."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
INTERNET = Asset(id="internet", kind="Modelhound::Internet", name="Internet")

_KNOWN = {CoverageState.COMPLETE, CoverageState.NOT_OFFERED}


class Facts:
    """What an estate knows, and why it does not know the rest."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self._known_of: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for entry in estate.coverage:
            for value in _of_one_parent(entry):
                self._known_of[entry.operation].add((entry.scope.account, value))

    @property
    def coverage(self) -> Coverage:
        """The ledger of the estate."""
        return self.estate.coverage

    def gap(self, asset: Asset, name: str) -> str | None:
        """Why a property that an asset lacks is not known; None if it was read and is not set."""
        label = self.estate.label(asset.id)
        declared = self.estate.schema.property(label, name)
        title = declared.title if declared else name
        cloud = provider_of(asset.kind)
        reads = [op for op in (declared.read_by if declared else ()) if provider_of(op) == cloud]
        if any(self._was_read(operation, asset) for operation in reads):
            return None
        for operation in reads or self.estate.schema.kinds[asset.kind].listed_by:
            why = self.coverage.gap(operation, scope_of(asset))
            if why:
                return f"{asset.name}: {title} ({why})"
        return f"{asset.name}: {title} (not in what was read)"

    def list_gap(self, operation: str, near: Asset) -> str | None:
        """Why a list is not known whole where an asset is."""
        return self.coverage.gap(operation, scope_of(near))

    def _was_read(self, operation: str, asset: Asset) -> bool:
        known = self._known_of[operation]
        return any(
            (account, value) in known
            for account in ("", asset.account)
            for value in (asset.id, asset.name)
        )


class Case:
    """One question of yes, no or undecided: the evidence that was looked at, the facts that are missing."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.evidence: list[Evidence] = []
        self.missing: list[str] = []

    @property
    def verdict(self) -> Verdict:
        """Yes, unless a fact is missing."""
        return Verdict.UNDECIDED if self.missing else Verdict.YES

    def read(self, asset: Asset, name: str) -> Any:
        """The value of a property, None if it is not set, or UNKNOWN."""
        if name in asset.properties:
            self.cite(asset, name)
            return asset.properties[name]
        gap = self.facts.gap(asset, name)
        if gap is None:
            return None
        self.lacks(gap)
        return UNKNOWN

    def cite(self, asset: Asset, name: str) -> None:
        """Take where a property was read into the evidence."""
        found = asset.evidence_for(name)
        if found and found not in self.evidence:
            self.evidence.append(found)

    def lacks(self, gap: str) -> None:
        """Name a missing fact once."""
        if gap not in self.missing:
            self.missing.append(gap)


def scope_of(asset: Asset) -> Scope:
    """Where an asset's settings are read."""
    return Scope(provider=provider_of(asset.kind), account=asset.account, region=asset.region)


def _of_one_parent(entry: CoverageEntry) -> list[str]:
    if entry.state not in _KNOWN:
        return []
    return [value for value in entry.params.values() if isinstance(value, str)]
