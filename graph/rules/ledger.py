"""What is known: why a property, or the absence of a relationship, cannot be told from the snapshot."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from graph.coverage import Coverage, provider_of
from graph.model import Asset, CoverageEntry, CoverageState, Scope
from graph.schema import Schema

_KNOWN = {CoverageState.COMPLETE, CoverageState.NOT_OFFERED}
_CACHED = 100_000


class Ledger:
    """The coverage of a graph, asked for one asset; answers are remembered."""

    def __init__(self, coverage: Coverage, schema: Schema) -> None:
        self.schema = schema
        self._of_parent: dict[tuple[str, str, str], CoverageEntry] = {}
        self._general: dict[str, list[CoverageEntry]] = defaultdict(list)
        self._specific: set[str] = set()
        for entry in coverage:
            texts = [value for value in entry.params.values() if isinstance(value, str)]
            for text in texts:
                self._remember((entry.operation, entry.scope.account, text), entry)
            if texts:
                self._specific.add(entry.operation)
            else:
                self._general[entry.operation].append(entry)
        self._place = lru_cache(_CACHED)(self._gap_of_place)

    def property_gap(self, asset: Asset, name: str) -> str:
        """Why a property that the asset lacks is not known."""
        declared = self.schema.property(self.schema.label(asset.kind).name, name)
        title = declared.title if declared else name
        reads = declared.read_by if declared and declared.read_by else ()
        for operation in reads or self.schema.kinds[asset.kind].listed_by:
            why = self.gap(operation, asset)
            if why:
                return f"{asset.name}: {title} ({why})"
        return f"{asset.name}: {title} (not in what was read)"

    def gaps(self, operations: Iterable[str], asset: Asset) -> tuple[str, ...]:
        """What of several operations was not read whole for one asset."""
        return tuple(why for operation in operations if (why := self.gap(operation, asset)))

    def gap(self, operation: str, asset: Asset) -> str | None:
        """Why an operation was not read whole for one asset; None if it was."""
        for account in (asset.account, ""):
            for text in (asset.id, asset.name, asset.id.rpartition("/")[2]):
                entry = self._of_parent.get((operation, account, text))
                if entry:
                    return _why(entry, asset)
        return self._place(operation, asset.account, asset.region)

    def read_somewhere(self, operation: str) -> bool:
        """Was it read whole anywhere?"""
        known = any(entry.state in _KNOWN for entry in self._general.get(operation, ()))
        return known or operation in self._specific

    def _gap_of_place(self, operation: str, account: str, region: str) -> str | None:
        scope = Scope(provider=provider_of(operation), account=account, region=region)
        general = self._general.get(operation, [])
        if operation in self._specific and not general:
            return f"{operation} was not read for it"
        return Coverage(general).gap(operation, scope)

    def _remember(self, key: tuple[str, str, str], entry: CoverageEntry) -> None:
        """Of several entries for one thing, the one that is not whole counts."""
        known = self._of_parent.get(key)
        if known is None or known.state in _KNOWN:
            self._of_parent[key] = entry


def _why(entry: CoverageEntry, asset: Asset) -> str | None:
    if entry.state in _KNOWN:
        return None
    reason = f": {entry.reason}" if entry.reason else ""
    return f"{entry.operation} is {entry.state.value} for {asset.name}{reason}"
