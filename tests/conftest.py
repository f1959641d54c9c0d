"""What holds for every test: no display, no packet beyond this machine, nobody's own settings."""

import ipaddress
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.beds import aws_estate
    from tests.beds.neo4j_bed import Neo4jServer

# Before anything imports Qt or a cloud SDK.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for name in [name for name in os.environ if name.startswith(("AWS_", "AZURE_", "GOOGLE_"))]:
    if not name.endswith("CA_BUNDLE"):
        del os.environ[name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

settings.register_profile("modelhound", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("modelhound")

BENCHMARKS = Path(__file__).parent / "benchmarks"
HERE = {"localhost", ""}
SERVERS = {"aws_bed", "neo4j_server"}  # fixtures that start one for the session


def _is_here(host: object) -> bool:
    if host is None or host in HERE:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse, from within Python's own audit events, to look up or reach any other machine."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not _is_here(host):
        raise RuntimeError(f"A test tried to reach {host!r}: tests stay on this machine.")


sys.addaudithook(_stay_on_this_machine)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a server go to one worker; everything in tests/benchmarks is a benchmark, so that `make test` leaves it out."""
    for item in items:
        for server in SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(server))
        if item.path.is_relative_to(BENCHMARKS):
            item.add_marker("benchmark")


@pytest.fixture(scope="session")
def aws_bed() -> "Iterator[aws_estate.Bed]":
    """A moto server with an AI estate, started once; tests only read it."""
    from tests.beds import aws_estate  # noqa: PLC0415 - the SDK loads only for the tests that need it

    with aws_estate.running() as bed:
        yield bed


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give each test a home of its own, so that it finds and leaves no one's settings."""
    home = tmp_path_factory.mktemp("home")
    folders = {
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": home / "roaming",
        "LOCALAPPDATA": home / "local",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in folders.items():
            patch.setenv(name, str(folder))
        yield home


@pytest.fixture(scope="session")
def neo4j_server() -> "Iterator[Neo4jServer]":
    """A real server for the session."""
    from tests.beds import neo4j_bed  # noqa: PLC0415 - the driver is slow to import

    reason = neo4j_bed.why_not()
    if reason:
        warnings.warn(f"SKIPPED: {reason}", pytest.PytestWarning, stacklevel=1)
        pytest.skip(reason)
    with neo4j_bed.running() as server:
        yield server
