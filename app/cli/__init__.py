"""The command line: one module a group of commands, all registered here."""

import click

from app import version
from app.cli import assessment, demo, doctor, input_, neo4j, window

EXIT_CODES = """\b
Exit codes: 0 done; 1 an error inside Modelhound; 2 wrong input or usage;
3 findings at or above --fail-on; 130 cancelled.
"""


@click.group(
    epilog=EXIT_CODES,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(version.VERSION, prog_name="modelhound")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """See an AI estate as an attack graph: which paths lead to models, data and agents, and how to break them.

    Without a command the window opens.
    """
    context.ensure_object(dict)["debug"] = debug
    if context.invoked_subcommand is None:
        context.invoke(window.open_window, paths=())


for command in (
    window.open_window,
    input_.import_command,
    input_.collect,
    assessment.assess_command,
    assessment.paths,
    assessment.findings,
    assessment.export,
    neo4j.neo4j,
    demo.demo,
    doctor.doctor,
):
    cli.add_command(command)
