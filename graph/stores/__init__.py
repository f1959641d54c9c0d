"""Where a graph is kept: one protocol, one conformance suite, two implementations (SQLite file, Neo4j server)."""

from typing import Protocol

from graph.asset_graph import AssetGraph
from graph.progress import CancelCheck, Progress, never, silent


class GraphStore(Protocol):
    """Named graphs, each saved whole or not at all. Every method may raise StoreError."""

    def names(self) -> list[str]:
        """The graphs it holds, sorted."""
        ...

    def save(
        self,
        name: str,
        graph: AssetGraph,
        *,
        progress: Progress = silent,
        cancelled: CancelCheck = never,
    ) -> bool:
        """Keep a graph under a name; False if the very same graph was there and nothing was written."""
        ...

    def load(self, name: str, *, progress: Progress = silent) -> AssetGraph:
        """Give a graph back, equal in every asset, relationship and coverage line."""
        ...

    def delete(self, name: str) -> None:
        """Forget a graph; not an error if there is none."""
        ...

    def close(self) -> None:
        """Give back the file or connection."""
        ...
