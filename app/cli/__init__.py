"""The command line: one module a group of commands, imported when it is called, all named here."""

from importlib import import_module

import click

EXIT_CODES = """\b
Exit codes: 0 done; 1 an error inside Modelhound; 2 wrong input or usage;
3 findings at or above --fail-on; 130 cancelled.
"""
COMMANDS = {
    "open": "app.cli.window:open_window",
    "import": "app.cli.input_:import_command",
    "collect": "app.cli.collect:collect",
    "policy": "app.cli.policy:policy",
    "assess": "app.cli.assessment:assess_command",
    "paths": "app.cli.assessment:paths",
    "what-if": "app.cli.what_if:what_if_command",
    "findings": "app.cli.assessment:findings",
    "rules": "app.cli.rules:rules",
    "access": "app.cli.access:access",
    "who-can": "app.cli.inquiry:who_can",
    "what-can": "app.cli.inquiry:what_can",
    "why": "app.cli.inquiry:why",
    "review": "app.cli.inquiry:review",
    "export": "app.cli.assessment:export",
    "risks": "app.cli.risks:risks",
    "neo4j": "app.cli.neo4j:neo4j",
    "demo": "app.cli.demo:demo",
    "doctor": "app.cli.doctor:doctor",
}


class LazyGroup(click.Group):
    """Commands that are imported only when asked for, so that the window and small commands start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command's module."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


def print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click
    """What `--version` answers; looking it up takes longer than many commands."""
    if wanted and not context.resilient_parsing:
        from app.version import VERSION  # noqa: PLC0415 - only when it is asked for

        click.echo(f"modelhound, version {VERSION}")
        context.exit()


@click.group(
    cls=LazyGroup,
    epilog=EXIT_CODES,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show the version and exit.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """See an AI estate as an attack graph: which paths lead to models, data and agents, and how to break them.

    Without a command the window opens.
    """
    context.ensure_object(dict)["debug"] = debug
    if context.invoked_subcommand is None:
        context.exit(context.obj["show_window"]([]))
