"""Commands for the team's graph in Neo4j."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import keyring
from keyring.errors import KeyringError

from app import shapes, sources
from app.assess import build_graph
from app.cli.arguments import PATH, estate_argument
from app.cli.assessment import print_findings
from app.cli.output import format_option, print_json, progress_bar, say
from app.cli.rules import rules_option
from graph.rules.load import with_packs
from graph.rules.served import evaluate_served
from graph.stores.sqlite import SqliteStore

if TYPE_CHECKING:
    from graph.stores.neo4j import Neo4jStore

PASSWORD_VARIABLE = "MODELHOUND_NEO4J_PASSWORD"  # noqa: S105 - the variable's name
KEYRING_SERVICE = "modelhound-neo4j"


@click.group()
def neo4j() -> None:
    """Share the graph through a Neo4j server of your own.

    The password is asked for, or taken from the system's keyring (login --save) or from the
    environment variable MODELHOUND_NEO4J_PASSWORD; never from the command line.

    \b
    Example:
      modelhound neo4j push estate.hound --uri neo4j+s://graph.example.com
    """


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command with a server takes."""
    for option in (
        click.option(
            "--database", default="neo4j", show_default=True, help="Database on the server."
        ),
        click.option("--user", default="neo4j", show_default=True, help="User name."),
        click.option(
            "--uri",
            default="bolt://localhost:7687",
            show_default=True,
            help="neo4j+s://host, bolt+s://host, or plain bolt://localhost.",
        ),
        click.option(
            "--graph", "name", default="estate", show_default=True, help="Name of the graph."
        ),
    ):
        command = option(command)
    return command


@neo4j.command()
@estate_argument
@server_options
def push(estate: tuple[Path, ...], uri: str, user: str, database: str, name: str) -> None:
    """Load a snapshot's graph into the server; the graph in use stays until the new one is whole.

    \b
    Example:
      modelhound neo4j push estate.hound --uri bolt://localhost:7687 --graph production
    """
    with progress_bar() as progress:
        graph = build_graph(sources.load(estate, progress=progress), progress=progress)
    store = connect(uri, user, database)
    try:
        with progress_bar() as progress:
            written = store.save(name, graph, progress=progress)
    finally:
        store.close()
    done = "loaded" if written else "already there, nothing changed"
    say(f"{name}: {graph.node_count} assets, {graph.edge_count} relationships {done}")


@neo4j.command()
@server_options
@click.option(
    "--workspace",
    required=True,
    type=PATH,
    help="The workspace file to write the graph to; made if it is not there.",
)
def pull(uri: str, user: str, database: str, name: str, workspace: Path) -> None:
    """Read a graph from the server into a workspace file.

    \b
    Example:
      modelhound neo4j pull --uri bolt://localhost:7687 --graph production --workspace team.workspace
    """
    store = connect(uri, user, database)
    try:
        with progress_bar() as progress:
            graph = store.load(name, progress=progress)
    finally:
        store.close()
    kept = SqliteStore(workspace)
    try:
        written = kept.save(name, graph)
    finally:
        kept.close()
    done = "written" if written else "already there, nothing changed"
    say(f"{workspace}: {name}: {graph.node_count} assets, {graph.edge_count} relationships {done}")


@neo4j.command()
@server_options
@click.option("--kind", type=click.Choice(["posture", "toxic"]), help="Only rules of this kind.")
@rules_option
@format_option
def findings(
    *,
    uri: str,
    user: str,
    database: str,
    name: str,
    kind: str | None,
    packs: tuple[Path, ...],
    format_: str,
) -> None:
    """Run the rules on the server's graph; only what the findings show comes back.

    Severities are those of the rules: attack paths, which would raise or lower them, are not searched there.

    \b
    Example:
      modelhound neo4j findings --uri bolt://localhost:7687 --graph production --kind toxic
    """
    rules = {key: rule for key, rule in with_packs(packs).items() if kind in {None, rule.kind}}
    store = connect(uri, user, database)
    try:
        with progress_bar() as progress:
            found = evaluate_served(store.served(name), rules, progress=progress)
    finally:
        store.close()
    if format_ == "json":
        print_json([shapes.finding_shape(item) for item in found.outcome.findings])
    else:
        print_findings(found.graph, found.outcome.findings, format_)


@neo4j.command("list")
@server_options
def list_graphs(uri: str, user: str, database: str, name: str) -> None:  # noqa: ARG001 - shared options
    """The graphs on the server.

    \b
    Example:
      modelhound neo4j list --uri bolt://localhost:7687
    """
    store = connect(uri, user, database)
    try:
        for found in store.names():
            click.echo(found)
    finally:
        store.close()


@neo4j.command()
@click.option(
    "--uri", default="bolt://localhost:7687", show_default=True, help="Address of the server."
)
@click.option("--user", default="neo4j", show_default=True, help="User name.")
def login(uri: str, user: str) -> None:
    """Keep a server's password in the system's keyring.

    \b
    Example:
      modelhound neo4j login --uri neo4j+s://graph.example.com
    """
    secret = click.prompt(f"Password of {user} at {uri}", hide_input=True, err=True)
    try:
        keyring.set_password(KEYRING_SERVICE, f"{user}@{uri}", secret)
    except KeyringError as error:
        raise click.ClickException(
            f"no keyring on this machine ({error}); the password will be asked for each time"
        ) from error
    say("Kept in the system's keyring")


def connect(uri: str, user: str, database: str) -> "Neo4jStore":
    """A connected store; the driver is imported only now."""
    from graph.stores.neo4j import Neo4jStore, refuse_plain_to_elsewhere  # noqa: PLC0415 - only when it is asked for

    refuse_plain_to_elsewhere(uri)
    return Neo4jStore(uri, user, _password(uri, user), database=database)


def _password(uri: str, user: str) -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    if given:
        return given
    try:
        kept = keyring.get_password(KEYRING_SERVICE, f"{user}@{uri}")
    except KeyringError:
        kept = None
    return kept or str(click.prompt(f"Password of {user} at {uri}", hide_input=True, err=True))
