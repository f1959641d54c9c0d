"""The user's workspace: graphs that were derived once, and which entry points and targets the user chose."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from app import folders
from app.version import VERSION
from graph.asset_graph import AssetGraph
from graph.paths import Selected, crown_jewels, entry_points
from graph.snapshot import snapshot_digest
from graph.stores.sqlite import Role, SqliteStore


class Workspace:
    """One SQLite file, by default in the user's data folder."""

    def __init__(self, path: Path | None = None) -> None:
        """StoreError if the file is not a workspace or cannot be written."""
        self.store = SqliteStore(path or folders.data() / "default.workspace")

    def graph(self, snapshot: Path, build: Callable[[], AssetGraph]) -> AssetGraph:
        """The derived graph of a snapshot file: kept from last time, or built and kept now."""
        name = f"{VERSION} {snapshot_digest(snapshot)}"
        if name in self.store.names():
            return self.store.load(name)
        graph = build()
        for old in self.store.names():
            if not old.startswith(f"{VERSION} "):
                self.store.delete(old)
        self.store.save(name, graph)
        return graph

    def entries(self, graph: AssetGraph) -> list[str]:
        """Entry points: chosen by data, changed by the user's marks."""
        return self._chosen("entry", graph, entry_points(graph))

    def targets(self, graph: AssetGraph) -> list[str]:
        """Crown jewels: chosen by data, changed by the user's marks."""
        return self._chosen("target", graph, crown_jewels(graph))

    def mark(self, asset: str, role: Role, *, wanted: bool | None) -> None:
        """The user says that an asset is, or is not, an entry or a target; None takes it back."""
        self.store.set_mark(asset, role, wanted=wanted)

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    def _chosen(self, role: Role, graph: AssetGraph, by_data: Iterable[Selected]) -> list[str]:
        return with_marks(graph, by_data, self.store.marks(role))


def with_marks(
    graph: AssetGraph, by_data: Iterable[Selected], marks: Mapping[str, bool]
) -> list[str]:
    """Ids chosen by data, changed by the user's marks, as far as they are in the graph."""
    chosen = {item.id for item in by_data} | {item for item, wanted in marks.items() if wanted}
    return sorted(item for item in chosen if marks.get(item, True) and item in graph)
