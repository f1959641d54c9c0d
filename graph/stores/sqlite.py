"""The workspace: one SQLite file that Modelhound made itself, with graphs as arrays and the user's own marks.

Graphs can be rebuilt from snapshots at any time; marks (entry points and crown jewels that the user chose) cannot, so
they stand in tables of their own. Journal DELETE with synchronous FULL: no acknowledged commit is lost when power fails.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from graph.asset_graph import AssetGraph, Columns
from graph.coverage import Coverage
from graph.model import AcceptedRisk, Asset, Relationship, StoreError
from graph.progress import CancelCheck, Progress, never, silent, stop_if
from graph.rules.accepted import risk_id, risk_of, row_of
from graph.schema import load_schema
from graph.stores import spelling

APPLICATION_ID = 0x4D484E44  # "MHND", so that another program's database is refused
VERSION = 1
CHUNK = 1024  # assets or relationships in one compressed row
Role = Literal["entry", "target"]

_TABLES = """
CREATE TABLE graph (name TEXT PRIMARY KEY, digest TEXT NOT NULL, header BLOB NOT NULL) STRICT;
CREATE TABLE column_data (name TEXT, field TEXT, data BLOB NOT NULL, PRIMARY KEY (name, field)) STRICT;
CREATE TABLE chunk (name TEXT, part TEXT, number INTEGER, data BLOB NOT NULL, PRIMARY KEY (name, part, number)) STRICT;
CREATE TABLE mark (asset TEXT, role TEXT, wanted INTEGER NOT NULL, PRIMARY KEY (asset, role)) STRICT;
"""
_LATER = "CREATE TABLE IF NOT EXISTS accepted (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT"
_COLUMNS = {
    "kind_code": np.uint16,
    "source": np.int32,
    "target": np.int32,
    "relationship_code": np.uint8,
    "verdict_code": np.uint8,
}


class SqliteStore:
    """A workspace file; see GraphStore for the protocol."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; StoreError if it is something else or cannot be written."""
        self.path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._prepare()
        except sqlite3.Error as error:
            raise StoreError(
                f"{path}: not a workspace that can be opened ({error}); choose another file"
            ) from error

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA trusted_schema = OFF")
        run("PRAGMA journal_mode = DELETE")
        run("PRAGMA synchronous = FULL")
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        (owner,) = run("PRAGMA application_id").fetchone()
        (version,) = run("PRAGMA user_version").fetchone()
        if not tables:
            self._connection.executescript(
                f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
                f"{_TABLES} COMMIT;"
            )
        elif owner != APPLICATION_ID:
            raise StoreError(f"{self.path}: a database of another program; choose another file")
        elif version != VERSION:
            raise StoreError(
                f"{self.path}: a workspace of version {version}, this Modelhound reads {VERSION}; "
                "make a new one from the snapshots"
            )
        run(_LATER)

    def names(self) -> list[str]:
        """The graphs it holds, sorted."""
        rows = self._connection.execute("SELECT name FROM graph ORDER BY name")
        return [name for (name,) in rows]

    def save(
        self,
        name: str,
        graph: AssetGraph,
        *,
        progress: Progress = silent,
        cancelled: CancelCheck = never,
    ) -> bool:
        """Keep a graph in one transaction."""
        digest = spelling.graph_digest(graph)
        found = self._connection.execute("SELECT digest FROM graph WHERE name = ?", (name,))
        if found.fetchone() == (digest,):
            return False
        try:
            with _transaction(self._connection):
                self._erase(name)
                self._write(name, digest, graph, progress, cancelled)
        except sqlite3.Error as error:
            raise StoreError(
                f"{self.path}: could not save ({error}); what was there is untouched"
            ) from error
        return True

    def load(self, name: str, *, progress: Progress = silent) -> AssetGraph:
        """Columns at once, details when they are asked for."""
        progress(None, f"Opening {name}")
        found = self._connection.execute("SELECT header FROM graph WHERE name = ?", (name,))
        row = found.fetchone()
        if row is None:
            raise StoreError(f"{self.path}: holds no graph named {name!r}; it holds {self.names()}")
        header = msgspec.msgpack.decode(row[0])
        arrays = {field: self._array(name, field, kind) for field, kind in _COLUMNS.items()}
        columns = Columns(**arrays)
        return AssetGraph(
            schema=load_schema(),
            coverage=Coverage(spelling.coverage_from(text) for text in header["coverage"]),
            collected_at=header["collected_at"],
            ids=header["ids"],
            kinds=tuple(header["kinds"]),
            relationship_kinds=tuple(header["relationship_kinds"]),
            columns=columns,
            details=_Stored(self._connection, name),
        )

    def delete(self, name: str) -> None:
        """Forget a graph."""
        with _transaction(self._connection):
            self._erase(name)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def set_mark(self, asset: str, role: Role, *, wanted: bool | None) -> None:
        """The user says that an asset is, or is not, an entry point or target; None takes it back."""
        if wanted is None:
            self._connection.execute("DELETE FROM mark WHERE asset = ? AND role = ?", (asset, role))
        else:
            row = (asset, role, int(wanted))
            self._connection.execute("INSERT OR REPLACE INTO mark VALUES (?, ?, ?)", row)

    def marks(self, role: Role) -> dict[str, bool]:
        """The user's choices for a role, by asset id."""
        rows = self._connection.execute(
            "SELECT asset, wanted FROM mark WHERE role = ? ORDER BY asset", (role,)
        )
        return {asset: bool(wanted) for asset, wanted in rows}

    def accept(self, risk: AcceptedRisk) -> None:
        """Keep an accepted risk, in place of one for the same."""
        row = (risk_id(risk), json.dumps(row_of(risk)))
        self._connection.execute("INSERT OR REPLACE INTO accepted VALUES (?, ?)", row)

    def revoke(self, wanted: str) -> None:
        """Forget an accepted risk, by its id."""
        self._connection.execute("DELETE FROM accepted WHERE id = ?", (wanted,))

    def accepted(self) -> tuple[AcceptedRisk, ...]:
        """Every accepted risk, in order of id, expired or not."""
        rows = self._connection.execute("SELECT data FROM accepted ORDER BY id")
        return tuple(risk_of(json.loads(data), str(self.path)) for (data,) in rows)

    def _array(self, name: str, field: str, kind: Any) -> Any:
        query = "SELECT data FROM column_data WHERE name = ? AND field = ?"
        (data,) = self._connection.execute(query, (name, field)).fetchone()
        return np.frombuffer(data, dtype=kind)

    def _erase(self, name: str) -> None:
        for table in ("graph", "column_data", "chunk"):
            self._connection.execute(f"DELETE FROM {table} WHERE name = ?", (name,))  # noqa: S608 - own table names

    def _write(
        self, name: str, digest: str, graph: AssetGraph, progress: Progress, cancelled: CancelCheck
    ) -> None:
        header = {
            "ids": list(graph.ids),
            "kinds": list(graph.kinds),
            "relationship_kinds": list(graph.relationship_kinds),
            "collected_at": graph.collected_at,
            "coverage": [spelling.coverage_text(entry) for entry in graph.coverage],
        }
        run = self._connection.execute
        run("INSERT INTO graph VALUES (?, ?, ?)", (name, digest, msgspec.msgpack.encode(header)))
        for field, kind in _COLUMNS.items():
            data = np.ascontiguousarray(getattr(graph, field), dtype=kind).tobytes()
            run("INSERT INTO column_data VALUES (?, ?, ?)", (name, field, data))
        total = graph.node_count + graph.edge_count
        written = 0
        for part, rows in (
            ("asset", (spelling.asset_row(item) for item in graph.assets())),
            ("relationship", (spelling.relationship_row(item) for item in graph.relationships())),
        ):
            for number, chunk in enumerate(_chunks(rows)):
                stop_if(cancelled)
                data = zlib.compress(msgspec.json.encode(chunk), 1)
                run("INSERT INTO chunk VALUES (?, ?, ?, ?)", (name, part, number, data))
                written += len(chunk)
                progress(written / total, "Saving the graph")


class _Stored:
    """Details read chunk by chunk from the workspace, the last ones kept."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._chunk = lru_cache(maxsize=64)(self._read)

    def asset(self, i: int) -> Asset:
        return spelling.asset_from(self._chunk("asset", i // CHUNK)[i % CHUNK])

    def relationship(self, e: int) -> Relationship:
        return spelling.relationship_from(self._chunk("relationship", e // CHUNK)[e % CHUNK])

    def _read(self, part: str, number: int) -> list[list[Any]]:
        query = "SELECT data FROM chunk WHERE name = ? AND part = ? AND number = ?"
        row = self._connection.execute(query, (self._name, part, number)).fetchone()
        if row is None:
            raise StoreError(f"workspace graph {self._name!r} lacks {part} rows; save it again")
        rows: list[list[Any]] = msgspec.json.decode(zlib.decompress(row[0]))
        return rows


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, whatever is raised inside."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
