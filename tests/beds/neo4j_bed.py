"""A real Neo4j Community server for tests: a process of its own, from the jars that Neo4j publishes.

Needs Java 17 and Maven. Neo4j is GPLv3: it is started beside Modelhound and never shipped or linked.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from neo4j import GraphDatabase
from platformdirs import user_cache_path

VERSION = "5.26.30"
READY_WITHIN = 120.0  # seconds
_HERE = Path(__file__).parent / "neo4j_server"
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


class Neo4jServer(NamedTuple):
    """Where it listens and how to log in; the process is there to be measured."""

    uri: str
    user: str
    password: str
    process: int = 0


def why_not() -> str:
    """What is missing to start a server, or ""."""
    missing = [tool for tool in ("java", "mvn") if not shutil.which(tool)]
    return f"Neo4j tests need {' and '.join(missing)}" if missing else ""


@contextmanager
def running(
    *, files: Mapping[str, Sequence[Path]] | None = None, memory: str = "1g"
) -> Iterator[Neo4jServer]:
    """A fresh server, gone with everything it wrote at the end.

    Its database is empty, or holds `files` ("nodes" and "relationships" as Neo4j's bulk importer reads them).
    """
    jars = _jars()
    with tempfile.TemporaryDirectory(
        prefix="modelhound-neo4j-", ignore_cleanup_errors=True
    ) as name:
        folder, port = Path(name), _free_port()
        _configure(folder, port)
        if files:
            _import(jars, folder, files)
        process = _start(jars, folder, memory)
        try:
            _wait_until_ready(process, READY_WITHIN * (10 if files else 1))
            yield _with_password(port)._replace(process=process.pid)
        finally:
            process.terminate()
            process.wait(60)
            if process.stdout:
                process.stdout.close()


def _jars() -> Path:
    cache = user_cache_path("modelhound-tests", appauthor=False, ensure_exists=True)
    jars = cache / f"neo4j-{VERSION}"
    if not jars.exists():
        part = Path(tempfile.mkdtemp(dir=cache, prefix="neo4j-part-"))
        shutil.copy(_HERE / "pom.xml", part / "pom.xml")
        command = ["mvn", "-q", "-B", f"-Dneo4j.version={VERSION}", "dependency:copy-dependencies"]
        command += [f"-DoutputDirectory={part / 'jars'}", "-DincludeScope=runtime"]
        subprocess.run([shutil.which("mvn") or "mvn", *command[1:]], cwd=part, check=True)
        if not jars.exists():
            (part / "jars").rename(jars)
        shutil.rmtree(part, ignore_errors=True)
    return jars


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _configure(folder: Path, port: int) -> None:
    (folder / "home").mkdir()
    (folder / "neo4j.conf").write_text(
        "server.bolt.enabled=true\n"
        f"server.bolt.listen_address=127.0.0.1:{port}\n"
        f"server.bolt.advertised_address=127.0.0.1:{port}\n"
        "dbms.security.auth_enabled=true\n"
        "dbms.usage_report.enabled=false\n"
        "server.memory.pagecache.size=128m\n",
        encoding="utf-8",
    )


def _java(jars: Path, memory: str) -> list[str]:
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED]
    return [shutil.which("java") or "java", *opened, f"-Xmx{memory}", "-cp", f"{jars}/*"]


def _import(jars: Path, folder: Path, files: Mapping[str, Sequence[Path]]) -> None:
    """Neo4j's own bulk importer; lists are parted by U+001D."""
    command = [*_java(jars, "2g"), "org.neo4j.cli.AdminTool", "database", "import", "full", "neo4j"]
    command += [f"--{what}={path}" for what, paths in files.items() for path in paths]
    command += ["--array-delimiter=U+001D", "--multiline-fields=true"]
    home = {"NEO4J_HOME": str(folder / "home"), "NEO4J_CONF": str(folder)}
    subprocess.run(command, check=True, env=os.environ | home, stdout=subprocess.DEVNULL)


def _start(jars: Path, folder: Path, memory: str) -> "subprocess.Popen[str]":
    command = [*_java(jars, memory), str(_HERE / "Neo4jServer.java")]
    command += [str(folder / "home"), str(folder / "neo4j.conf")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _wait_until_ready(process: "subprocess.Popen[str]", within: float) -> None:
    ready = threading.Event()

    def watch() -> None:
        for line in process.stdout or ():
            if line.strip() == "READY":
                ready.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    if not ready.wait(within):
        raise RuntimeError(f"Neo4j did not get ready; exit code {process.poll()}")


def _with_password(port: int) -> Neo4jServer:
    uri, password = f"bolt://127.0.0.1:{port}", secrets.token_urlsafe(12)
    with GraphDatabase.driver(uri, auth=("neo4j", "neo4j")) as driver:
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=password, database_="system"
        )
    return Neo4jServer(uri, "neo4j", password)
