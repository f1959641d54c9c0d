"""The team's graph in Neo4j, over Bolt; the only importer of the driver.

Assets carry their label and the shared label Asset, relationships their kind as type: names come from the closed schema
only, everything else is a parameter. A new graph is loaded beside the old one under its digest, counted, then switched
to in one transaction; what a broken load left behind is removed by the next. Properties stand on the nodes as
`graph.rules.kept` says, for rules and people's own Cypher; `detail` holds the exact spelling that `load` reads back.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from neo4j import READ_ACCESS, WRITE_ACCESS, Driver, GraphDatabase, Session
from neo4j import Query as Statement
from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, ServiceUnavailable

from graph.asset_graph import AssetGraph
from graph.coverage import Coverage
from graph.estate import Estate
from graph.model import Asset, Relationship, StoreError, canonical_json
from graph.progress import CancelCheck, Progress, never, silent, stop_if
from graph.rules.cypher import Query
from graph.rules.kept import LAYOUT, kept
from graph.rules.predicates import moment
from graph.schema import Schema, load_schema
from graph.stores import spelling

BATCH = 5_000  # rows in one write transaction
FETCH = 10_000  # rows in one network round when reading
LONGEST = 600.0  # seconds that one query may take
_SCHEMA: tuple[str, ...] = (
    "CREATE CONSTRAINT modelhound_asset_key IF NOT EXISTS FOR (n:Asset) REQUIRE n.key IS UNIQUE",
    "CREATE INDEX modelhound_asset_id IF NOT EXISTS FOR (n:Asset) ON (n.id)",
    "CREATE INDEX modelhound_asset_graph IF NOT EXISTS FOR (n:Asset) ON (n.graph)",
    "CREATE CONSTRAINT modelhound_graph IF NOT EXISTS FOR (g:ModelhoundGraph) REQUIRE g.name IS UNIQUE",
)


class Neo4jStore:
    """Graphs on a Neo4j server; see GraphStore for the protocol."""

    def __init__(self, uri: str, user: str, password: str, *, database: str = "neo4j") -> None:
        """Connect and check the login; StoreError says what is wrong and what to do."""
        refuse_plain_to_elsewhere(uri)
        self._uri = uri
        self._database = database
        self._schema = load_schema()
        with self._errors():
            self._driver: Driver = GraphDatabase.driver(
                uri,
                auth=(user, password),
                connection_timeout=10,
                max_transaction_retry_time=15,
                notifications_min_severity="OFF",  # labels and properties that no asset has are no news
            )
        try:
            self._prepare()
        except BaseException:
            self._driver.close()
            raise

    def _prepare(self) -> None:
        with self._errors():
            self._driver.verify_connectivity()
        for statement in _SCHEMA:
            self._run(statement)

    def names(self) -> list[str]:
        """The graphs it holds, sorted."""
        rows = self._run("MATCH (g:ModelhoundGraph) RETURN g.name AS name ORDER BY name")
        return [row["name"] for row in rows]

    def save(
        self,
        name: str,
        graph: AssetGraph,
        *,
        progress: Progress = silent,
        cancelled: CancelCheck = never,
    ) -> bool:
        """Load beside what is there, count, switch, then remove what was there."""
        digest = f"{name}@{spelling.graph_digest(graph)}"
        header = self._header(name)
        kept_so = (header.get("current"), header.get("layout")) == (digest, LAYOUT)
        if kept_so and self._counts(digest) == _counts(graph):
            return False
        with self._errors():
            self._remove_other(name, keep=header.get("current"))
            self._load_assets(graph, digest, progress, cancelled)
            self._load_relationships(graph, digest, progress, cancelled)
        if self._counts(digest) != _counts(graph):
            raise StoreError(
                f"{self._uri}: the server holds {self._counts(digest)} assets and relationships "
                f"instead of {_counts(graph)}; push again, the graph in use is untouched"
            )
        self._switch(name, digest, graph)
        self._remove_other(name, keep=digest)
        return True

    def load(self, name: str, *, progress: Progress = silent) -> AssetGraph:
        """Read the graph in use, whole; StoreError if the server does not hold what it says."""
        header = self._required(name)
        digest = header["current"]
        progress(None, "Reading assets")
        assets = {item.id: item for item in self._read_assets(digest)}
        progress(None, "Reading relationships")
        relationships = sorted(self._read_relationships(digest), key=lambda item: item.key)
        estate = Estate(
            schema=self._schema,
            assets={key: assets[key] for key in sorted(assets)},
            relationships=tuple(relationships),
            coverage=Coverage(spelling.coverage_from(text) for text in header["coverage"]),
            collected_at=header["collected_at"],
        )
        graph = AssetGraph.build(estate)
        if digest != f"{name}@{spelling.graph_digest(graph)}":
            raise StoreError(
                f"{self._uri}: the graph {name!r} was changed on the server since it was pushed; push it again"
            )
        return graph

    def delete(self, name: str) -> None:
        """Forget a graph."""
        self._run("MATCH (g:ModelhoundGraph {name: $name}) DELETE g", name=name)
        self._remove_other(name, keep=None)

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def served(self, name: str) -> "ServedGraph":
        """The graph in use, to be asked where it is; StoreError if an older Modelhound pushed it."""
        header = self._required(name)
        if header.get("layout") != LAYOUT:
            raise StoreError(
                f"{self._uri}: the graph {name!r} was pushed by another version of Modelhound; push it again"
            )
        return ServedGraph(self, header)

    def ask(self, query: str, **parameters: Any) -> Iterator[list[Any]]:
        """The rows of a query that only reads, as they come."""
        with self._errors(), self._session(reading=True) as session:
            for row in session.run(Statement(query, timeout=LONGEST), parameters):
                yield list(row.values())

    def _header(self, name: str) -> dict[str, Any]:
        rows = self._run("MATCH (g:ModelhoundGraph {name: $name}) RETURN g AS graph", name=name)
        return dict(rows[0]["graph"]) if rows else {}

    def _required(self, name: str) -> dict[str, Any]:
        header = self._header(name)
        if not header:
            raise StoreError(f"{self._uri}: holds no graph named {name!r}; it holds {self.names()}")
        return header

    def _counts(self, digest: str) -> tuple[int, int]:
        nodes = self._run("MATCH (n:Asset {graph: $graph}) RETURN count(n) AS count", graph=digest)
        edges = self._run(
            "MATCH (n:Asset {graph: $graph})-[r]->(:Asset) RETURN count(r) AS count", graph=digest
        )
        return nodes[0]["count"], edges[0]["count"]

    def _load_assets(
        self, graph: AssetGraph, digest: str, progress: Progress, cancelled: CancelCheck
    ) -> None:
        by_label: dict[str, list[int]] = defaultdict(list)
        for i in range(graph.node_count):
            by_label[graph.label(i)].append(i)
        done = 0
        for label, numbers in sorted(by_label.items()):
            query = (
                "UNWIND $rows AS row MERGE (n:Asset {key: row.key}) "
                f"SET n:{_closed(label, self._schema.labels)}, n += row.values"
            )
            for chunk in _chunks(numbers):
                stop_if(cancelled)
                rows = [_node(graph, self._schema, i, digest) for i in chunk]
                self._run(query, rows=rows)
                done += len(chunk)
                progress(0.4 * done / graph.node_count, "Loading assets")

    def _load_relationships(
        self, graph: AssetGraph, digest: str, progress: Progress, cancelled: CancelCheck
    ) -> None:
        done = 0
        for kind in graph.relationship_kinds:
            query = (
                "UNWIND $rows AS row MATCH (a:Asset {key: row.source}) MATCH (b:Asset {key: row.target}) "
                f"MERGE (a)-[r:{_closed(kind, self._schema.relationships)}]->(b) SET r += row.values"
            )
            for chunk in _chunks(int(e) for e in graph.edges_of_kind(kind)):
                stop_if(cancelled)
                self._run(query, rows=[_edge(graph.relationship(e), digest) for e in chunk])
                done += len(chunk)
                progress(0.4 + 0.6 * done / graph.edge_count, "Loading relationships")

    def _switch(self, name: str, digest: str, graph: AssetGraph) -> None:
        self._run(
            "MERGE (g:ModelhoundGraph {name: $name}) SET g.current = $digest, "
            "g.collected_at = $collected_at, g.coverage = $coverage, g.assets = $assets, "
            "g.relationships = $relationships, g.layout = $layout",
            name=name,
            digest=digest,
            collected_at=graph.collected_at,
            coverage=[spelling.coverage_text(entry) for entry in graph.coverage],
            assets=graph.node_count,
            relationships=graph.edge_count,
            layout=LAYOUT,
        )

    def _remove_other(self, name: str, *, keep: str | None) -> None:
        """Old graphs of the name and what broken loads left, in bounded transactions."""
        query = (
            "MATCH (n:Asset) WHERE n.graph STARTS WITH $prefix AND n.graph <> $keep "
            "WITH n LIMIT $limit DETACH DELETE n RETURN count(*) AS count"
        )
        prefix = f"{name}@"
        while self._run(query, prefix=prefix, keep=keep or "", limit=BATCH)[0]["count"]:
            pass

    def _read_assets(self, digest: str) -> Iterator[Asset]:
        query = "MATCH (n:Asset {graph: $graph}) RETURN n.detail AS detail"
        for detail in self._stream(query, digest):
            yield spelling.asset_from(detail)

    def _read_relationships(self, digest: str) -> Iterator[Relationship]:
        query = "MATCH (:Asset {graph: $graph})-[r]->(:Asset) RETURN r.detail AS detail"
        for detail in self._stream(query, digest):
            yield spelling.relationship_from(detail)

    def _stream(self, query: str, digest: str) -> Iterator[list[Any]]:
        with self._errors(), self._session(reading=True) as session:
            for row in session.run(query, graph=digest):
                yield json.loads(row["detail"])

    def _run(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """One auto-retried write transaction; text is ours and of the closed schema, never a name."""
        with self._errors(), self._session() as session:
            return session.execute_write(lambda run: run.run(query, **parameters).data())

    def _session(self, *, reading: bool = False) -> Session:
        access = READ_ACCESS if reading else WRITE_ACCESS
        return self._driver.session(
            database=self._database, fetch_size=FETCH, default_access_mode=access
        )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except AuthError as error:
            raise StoreError(
                f"{self._uri}: user name or password is wrong; check them and try again"
            ) from error
        except ServiceUnavailable as error:
            raise StoreError(
                f"{self._uri}: no Neo4j server answers there ({_first_line(error)}); "
                "start it, or correct the address"
            ) from error
        except ClientError as error:
            raise StoreError(f"{self._uri}: refused: {_first_line(error)}") from error
        except (Neo4jError, DriverError, ValueError) as error:
            raise StoreError(f"{self._uri}: {_first_line(error)}") from error


class ServedGraph:
    """One graph on the server, for `graph.rules.served`."""

    def __init__(self, store: Neo4jStore, header: Mapping[str, Any]) -> None:
        self._store = store
        now = moment(header["collected_at"])
        self._given = {
            "graph": header["current"],
            "now": None if now is None else round(now.timestamp() * 1_000_000),
        }
        self.collected_at = str(header["collected_at"])
        self.coverage = Coverage(spelling.coverage_from(text) for text in header["coverage"])
        rows = store.ask("MATCH (n:Asset {graph: $graph}) RETURN DISTINCT n.kind", **self._given)
        self.kinds = frozenset(kind for (kind,) in rows)

    def ask(self, query: Query, **more: Any) -> Iterator[list[Any]]:
        """The rows that a query answers."""
        return self._store.ask(query.text, **query.parameters, **more, **self._given)

    def assets(self, ids: Sequence[str]) -> Iterator[Asset]:
        """The assets of these ids."""
        query = (
            "UNWIND $ids AS id MATCH (n:Asset {key: $graph + '|' + id}) RETURN n.detail AS detail"
        )
        for (detail,) in self._store.ask(query, ids=list(ids), **self._given):
            yield spelling.asset_from(json.loads(detail))

    def relationship(self, detail: str) -> Relationship:
        """A relationship from its stored spelling."""
        return spelling.relationship_from(json.loads(detail))


def refuse_plain_to_elsewhere(uri: str) -> None:
    """Plain bolt:// and neo4j:// are unencrypted: only to this machine."""
    address = urlsplit(uri)
    host = address.hostname or ""
    if address.scheme not in {"bolt", "neo4j", "bolt+s", "neo4j+s", "bolt+ssc", "neo4j+ssc"}:
        raise StoreError(f"{uri}: not a Neo4j address; use neo4j+s://host or bolt://localhost:7687")
    if not address.scheme.endswith("+s") and not _is_loopback(host):
        raise StoreError(
            f"{uri}: not encrypted with a checked certificate; use neo4j+s://{host or 'host'} (plain only to localhost)"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _node(graph: AssetGraph, schema: Schema, i: int, digest: str) -> dict[str, Any]:
    asset = graph.asset(i)
    values = kept(asset, schema) | {
        "category": schema.category(asset.kind),
        "graph": digest,
        "detail": canonical_json(spelling.asset_row(asset)),
    }
    return {"key": f"{digest}|{asset.id}", "values": values}


def _edge(item: Relationship, digest: str) -> dict[str, Any]:
    return {
        "source": f"{digest}|{item.source}",
        "target": f"{digest}|{item.target}",
        "values": {
            "verdict": item.verdict.value,
            "missing": list(item.missing),
            "detail": canonical_json(spelling.relationship_row(item)),
        },
    }


def _closed(name: str, known: Mapping[str, object]) -> str:
    if name not in known:
        raise StoreError(f"{name}: not a word of the schema")
    return name


def _counts(graph: AssetGraph) -> tuple[int, int]:
    return graph.node_count, graph.edge_count


def _chunks(numbers: Iterable[int]) -> Iterator[Sequence[int]]:
    iterator = iter(numbers)
    while chunk := list(islice(iterator, BATCH)):
        yield chunk


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or str(error)
    return str(message).splitlines()[0] if str(message) else type(error).__name__
