"""What is known: why a property, or the absence of a relationship, cannot be told from the snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
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
        self._specific: dict[str, list[CoverageEntry]] = defaultdict(list)
        for entry in coverage:
            texts = [value for value in entry.params.values() if isinstance(value, str)]
            for text in texts:
                self._remember((entry.operation, entry.scope.account, _spelled(text)), entry)
            if texts:
                self._specific[entry.operation].append(entry)
            else:
                self._general[entry.operation].append(entry)
        self._place = lru_cache(_CACHED)(self._gap_of_place)
        self._others = lru_cache(_CACHED)(self._gap_of_others)
        self._whole_lists = lru_cache(_CACHED)(self._has_whole_lists)

    def property_gap(self, asset: Asset, name: str) -> str:
        """Why a property that the asset lacks is not known."""
        declared = self.schema.property(self.schema.label(asset.kind).name, name)
        title = declared.title if declared else name
        reads = declared.read_by if declared and declared.read_by else ()
        reads = tuple(op for op in reads if provider_of(op) == provider_of(asset.kind))
        for operation in reads or self.schema.kinds[asset.kind].listed_by:
            why = self.gap(operation, asset)
            if why:
                return f"{asset.name}: {title} ({why})"
        return f"{asset.name}: {title} (not in what was read)"

    def gaps(self, operations: Iterable[tuple[str, bool]], asset: Asset) -> tuple[str, ...]:
        """What was not read whole for one asset, of (operation, is it asked once for each such asset?)."""
        found = (
            self.gap(operation, asset) if own else self.gap_anywhere(operation, asset)
            for operation, own in operations
        )
        return tuple(why for why in found if why)

    def asks_each(self, operations: Iterable[tuple[str, bool]]) -> bool:
        """Was one of them asked once for each of some assets, so that the answer depends on the asset itself?"""
        return any(operation in self._specific for operation, _ in operations)

    def gap_anywhere(self, operation: str, asset: Asset) -> str | None:
        """Likewise of an operation that is asked once for each of other assets: all of them count."""
        if operation not in self._specific or self._whole_lists(operation, asset.account):
            return self.gap(operation, asset)
        return self._others(operation, asset.account)

    def gap(self, operation: str, asset: Asset) -> str | None:
        """Why an operation was not read whole for one asset; None if it was."""
        for account in (asset.account, ""):
            for text in (asset.id, asset.name, asset.id.rpartition("/")[2], *_above(asset.id)):
                entry = self._of_parent.get((operation, account, _spelled(text)))
                if entry:
                    return _why(entry, asset)
        return self._place(operation, asset.account, asset.region)

    def read_somewhere(self, operation: str) -> bool:
        """Was it read whole anywhere?"""
        known = any(entry.state in _KNOWN for entry in self._general.get(operation, ()))
        return known or operation in self._specific

    def _has_whole_lists(self, operation: str, account: str) -> bool:
        """Was it asked for all of the account at once, not for each of some assets?"""
        general = self._general.get(operation, ())
        return any(not account or entry.scope.account in ("", account) for entry in general)

    def _gap_of_place(self, operation: str, account: str, region: str) -> str | None:
        scope = Scope(provider=provider_of(operation), account=account, region=region)
        general = self._general.get(operation, [])
        if not account and general:  # of a whole tenant or organisation: every account counts
            every = [*general, *self._specific.get(operation, ())]
            lacking = next((entry for entry in every if entry.state not in _KNOWN), None)
            return Coverage([lacking]).gap(operation, lacking.scope) if lacking else None
        if operation in self._specific and not general:
            return f"{operation} was not read for it"
        return Coverage(general).gap(operation, scope)

    def _gap_of_others(self, operation: str, account: str) -> str | None:
        entries = [e for e in self._specific[operation] if e.scope.account in ("", account)]
        for entry in entries:
            if entry.state not in _KNOWN:
                named = next((v for v in entry.params.values() if isinstance(v, str)), "")
                return f"{operation} is {entry.state.value} for {named}"
        if entries or self._nothing_to_ask(operation.partition(":")[0], account):
            return None
        return f"{operation} was not read for {account}"

    def _nothing_to_ask(self, service: str, account: str) -> bool:
        """Were the lists of the service read whole in the account? Then there was nothing to ask more of."""
        lists = [
            entry
            for operation, entries in self._general.items()
            if operation.partition(":")[0] == service
            for entry in entries
            if entry.scope.account in ("", account)
        ]
        return bool(lists) and all(entry.state in _KNOWN for entry in lists)

    def _remember(self, key: tuple[str, str, str], entry: CoverageEntry) -> None:
        """Of several entries for one thing, the one that is not whole counts."""
        known = self._of_parent.get(key)
        if known is None or known.state in _KNOWN:
            self._of_parent[key] = entry


def _spelled(text: str) -> str:
    """Azure compares its ids without case."""
    return text.lower() if text.startswith("/") else text


def _above(asset_id: str) -> Iterator[str]:
    """The resources that an Azure id lies in, the nearest first: a list of one of them holds what lies in it."""
    while asset_id.startswith("/") and "/providers/" in asset_id:
        asset_id = asset_id.rpartition("/")[0]
        yield asset_id


def _why(entry: CoverageEntry, asset: Asset) -> str | None:
    if entry.state in _KNOWN:
        return None
    reason = f": {entry.reason}" if entry.reason else ""
    return f"{entry.operation} is {entry.state.value} for {asset.name}{reason}"
