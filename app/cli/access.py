"""The command `access`: who can really do what."""

from functools import partial
from pathlib import Path

import click

from app import access as use_case
from app import sources
from app.cli.output import progress_bar, say
from collectors.mapping import map_snapshot
from graph.model import UserError


@click.command("access")
@click.argument("estate", nargs=-1, type=click.Path(path_type=Path), metavar="[ESTATE...]")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    help="Questions, one JSON object a line; without ESTATE each line brings its own policies.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Where the batch's answers go.")
def access(estate: tuple[Path, ...], batch: Path | None, out: Path | None) -> None:
    """Who can really do what, and why.

    \b
    Examples:
      modelhound access --batch cases.jsonl --out answers.jsonl
      modelhound access estate.hound --batch questions.jsonl --out answers.jsonl
    """
    if batch is None:
        raise UserError("access: nothing was asked; give --batch FILE --out FILE")
    if out is None:
        raise UserError("access: --batch needs --out FILE for the answers")
    if estate:
        with progress_bar() as progress:
            known = map_snapshot(sources.load(estate, progress=progress))
            count = use_case.run_batch(batch, out, partial(use_case.answer_questions, known))
    else:
        count = use_case.run_batch(batch, out, use_case.answer_cases)
    say(f"{out}: {count} answers")
