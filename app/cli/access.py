"""The command `access`: who can really do what."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from app.batch import run_batch
from app.cli.arguments import PATH
from app.cli.output import progress_bar, say
from graph.model import UserError
from graph.progress import Progress
from graph.text import visible

if TYPE_CHECKING:
    from graph.estate import Estate
    from graph.permissions.escalation import PrincipalVerdict

_encode = msgspec.json.Encoder().encode


@click.command("access")
@click.argument("estate", nargs=-1, type=PATH, metavar="[ESTATE...]")
@click.option(
    "--batch",
    type=PATH,
    help="Questions, one JSON object a line; - is stdin. Without ESTATE each line brings its own policies.",
)
@click.option("--out", type=PATH, help="Where the batch's answers go; - is stdout.")
@click.option(
    "--escalation",
    "escalates",
    is_flag=True,
    help="Who is, or can become, administrator; with --batch: who can get what of whom.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def access(
    estate: tuple[Path, ...], batch: Path | None, out: Path | None, form: str, *, escalates: bool
) -> None:
    """Who can really do what, and why.

    \b
    Examples:
      modelhound access --batch cases.jsonl --out answers.jsonl
      modelhound access estate.hound --batch questions.jsonl --out answers.jsonl
      modelhound access estate.hound --escalation --format json
      modelhound access estate.hound --escalation --batch pairs.jsonl --out answers.jsonl
    """
    if escalates:
        escalation(estate, batch, out, form)
        return
    if batch is None:
        raise UserError("access: nothing was asked; give --batch FILE --out FILE")
    if out is None:
        raise UserError("access: --batch needs --out FILE for the answers")
    count = _questions(estate, batch, out) if estate else _cases(batch, out)
    say(f"{out}: {count} answers")


def _cases(batch: Path, out: Path) -> int:
    from app.cases import answer_cases  # noqa: PLC0415 - no estate, so nothing that reads one

    return run_batch(batch, out, answer_cases)


def _questions(estate: tuple[Path, ...], batch: Path, out: Path) -> int:
    from app.access import answer_questions  # noqa: PLC0415 - cases need none of it

    with progress_bar() as progress:
        known = _estate(estate, progress)
        return run_batch(batch, out, partial(answer_questions, known))


def _estate(paths: tuple[Path, ...], progress: Progress) -> "Estate":
    from app import sources  # noqa: PLC0415 - cases need none of it
    from collectors.mapping import map_snapshot  # noqa: PLC0415 - likewise

    return map_snapshot(sources.load(paths, progress=progress))


def escalation(estate: tuple[Path, ...], batch: Path | None, out: Path | None, form: str) -> None:
    """Verdicts of every principal, or answers to pairs."""
    if not estate:
        raise UserError("access: --escalation needs an estate; give a .hound file or exports")
    if batch is not None and out is None:
        raise UserError("access: --batch needs --out FILE for the answers")
    from app.escalation import Verdicts  # noqa: PLC0415 - cases need none of it

    with progress_bar() as progress:
        known = Verdicts(_estate(estate, progress))
    if batch is not None and out is not None:
        count = run_batch(batch, out, known.answer_pairs)
        say(f"{out}: {count} answers")
    else:
        for verdict in known.principals():
            click.echo(_line(verdict) if form == "text" else _encode(verdict).decode())


def _line(verdict: "PrincipalVerdict") -> str:
    ways = " > ".join(step.technique or step.target for step in verdict.steps)
    facts = "; ".join(verdict.missing)
    parts = [visible(part) for part in (verdict.principal, ways, facts) if part]
    return f"{verdict.verdict:<12}{'  '.join(parts)}"
