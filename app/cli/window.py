"""The command that opens the window; the window itself is handed in by app.__main__."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from app import sources
from app.cli.arguments import PATH


@click.command("open")
@click.argument("paths", nargs=-1, type=PATH)
@click.pass_context
def open_window(context: click.Context, paths: Sequence[Path]) -> None:
    """Open the window, with a snapshot or exports if you name some.

    \b
    Example:
      modelhound open estate.hound
    """
    sources.must_exist(paths)
    show: Callable[[Sequence[Path]], int] = context.obj["show_window"]
    context.exit(show(list(paths)))
