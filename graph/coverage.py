"""The coverage ledger: which lists were read whole, so that "not there" can be told from "not collected"."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from graph.model import CoverageEntry, CoverageState, Scope
from graph.schema import Schema

KINDS = {
    "aws": "AWS::",
    "azure": "Microsoft[.]",
    "gcp": "[^:]*googleapis[.]com/",
}  # how a cloud names its kinds
_KNOWN = {CoverageState.COMPLETE, CoverageState.NOT_OFFERED}


class Coverage:
    """Answers whether an operation was read whole for a scope."""

    def __init__(self, entries: Iterable[CoverageEntry]) -> None:
        self.entries = tuple(entries)
        self._by_operation: dict[str, list[CoverageEntry]] = defaultdict(list)
        for entry in self.entries:
            self._by_operation[entry.operation].append(entry)

    def __iter__(self) -> Iterator[CoverageEntry]:
        return iter(self.entries)

    def gap(self, operation: str, scope: Scope, params: object = None) -> str | None:
        """Why the operation is not known whole for the scope, as text; None if it was read whole.

        An entry of a global service (region "") counts for every region of its account; an entry without an account
        (an export that does not name it) counts for every account. `params` narrows to one parent, such as a bucket.
        """
        entries = [e for e in self._by_operation.get(operation, ()) if _covers(e.scope, scope)]
        if params is not None:
            entries = [e for e in entries if dict(e.params) == params]
        if not entries:
            return f"{operation} was not read for {_place(scope)}"
        if any(entry.state in _KNOWN for entry in entries):
            return None
        entry = entries[0]
        return f"{operation} is {entry.state.value} for {_place(scope)}" + (
            f": {entry.reason}" if entry.reason else ""
        )

    def gaps(self) -> tuple[CoverageEntry, ...]:
        """Every line of the ledger that is not whole."""
        return tuple(entry for entry in self.entries if entry.state not in _KNOWN)


def never_asked(coverage: Coverage, schema: Schema) -> dict[str, list[str]]:
    """Lists of the clouds that were read which nobody asked for, each with the titles of the kinds that it lists."""
    asked = {entry.operation for entry in coverage}
    clouds = tuple(KINDS[p] for p in {e.scope.provider for e in coverage} if p in KINDS)
    found: dict[str, list[str]] = defaultdict(list)
    for kind in schema.kinds.values():
        if clouds and re.match("|".join(clouds), kind.name):
            for operation in kind.listed_by:
                if operation not in asked:
                    found[operation].append(kind.title)
    return {operation: sorted(found[operation]) for operation in sorted(found)}


def provider_of(name: str) -> str:
    """The cloud of an asset kind or of an operation, by how it is spelled; "register", or "" for what no cloud has."""
    if name.startswith(("Microsoft.", "arm:", "graph:")):
        return "azure"
    if name.partition("/")[0].endswith(".googleapis.com") or name.startswith("gcp:"):
        return "gcp"
    if name.startswith("register:"):
        return "register"
    return "" if name.startswith("Modelhound::") else "aws"


def own_lists(operations: Iterable[str], kind: str) -> tuple[str, ...]:
    """Of the operations by which several clouds tell something, those of the cloud of an asset kind; all if it has none."""
    every = tuple(operations)
    return tuple(op for op in every if provider_of(op) == provider_of(kind)) or every


def _covers(entry: Scope, asked: Scope) -> bool:
    return (
        entry.provider == asked.provider
        and entry.account in ("", asked.account)
        and (entry.region in ("", asked.region) or not asked.region)
    )


def _place(scope: Scope) -> str:
    return " / ".join(part for part in (scope.provider, scope.account, scope.region) if part)
